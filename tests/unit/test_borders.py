"""Borders: points just outside, places beyond, and what may lie on either side."""

import json
from typing import Any

import pytest

from nlp.analysis import Query
from nlp.citypack.pack import Town, build_pack
from nlp.geocoder.geocoder import Geocoder

TOWN = Town(timezone="Europe/Dublin", languages=("en",), emergency="112")
#: Two areas of 1.3 km with a border at longitude 0.02; 0.001 degrees of longitude are 68 m.
AREAS = [("West", 0.0, 0.02), ("East", 0.02, 0.04)]
PLACES = [
    ("Grain Hall", 0.0195, 52.01),  # 34 m from the border
    ("Sugar Hall", 0.018, 52.01),  # 137 m
    ("Copper Hall", 0.010, 52.01),  # 680 m
    ("Ferry Hall", 0.0412, 52.01),  # 82 m outside
    ("Distant Hall", 0.080, 52.01),
]


@pytest.fixture(scope="module")
def geocoder(tmp_path_factory: pytest.TempPathFactory) -> Geocoder:
    folder = tmp_path_factory.mktemp("borders")
    areas = folder / "areas.geojson"
    areas.write_text(json.dumps({"type": "FeatureCollection", "features": list(map(area, AREAS))}))
    places = folder / "places.csv"
    rows = [f"{name},{lat},{lon},landmark" for name, lon, lat in PLACES]
    places.write_text("\n".join(["name,lat,lon,kind", *rows]) + "\n")
    build_pack("Twin", areas, [places], folder / "pack", **TOWN)
    return Geocoder.open(folder / "pack")


def area(row: tuple[str, float, float]) -> dict[str, Any]:
    name, west, east = row
    ring = [[west, 52.0], [east, 52.0], [east, 52.02], [west, 52.02], [west, 52.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name}, "geometry": shape}


@pytest.mark.parametrize(
    ("text", "area", "options"),
    [
        ("noise at Grain Hall", "west", []),  # the hall itself is sure
        ("noise behind Grain Hall", None, ["Grain Hall, West", "Grain Hall, East"]),
        ("noise behind Grain Hall, East", "east", []),  # the text says which side
        ("noise behind Sugar Hall", "west", []),  # behind is 60 m, the border 137
        ("noise around Sugar Hall", None, ["Sugar Hall, West", "Sugar Hall, East"]),
        ("noise around Copper Hall", "west", []),
    ],
)
def test_near_a_border_and_unsure_it_asks(
    geocoder: Geocoder, text: str, area: str | None, options: list[str]
) -> None:
    _, location = geocoder.locate(Query(text))
    assert location.area == area
    assert [option.label for option in location.options] == options


def test_options_differ_in_the_area_alone(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("noise behind Grain Hall"))
    assert [option.area for option in location.options] == ["west", "east"]
    assert len({(option.latitude, option.longitude) for option in location.options}) == 1


@pytest.mark.parametrize(
    ("text", "area", "outside"),
    [
        ("noise at Ferry Hall", "east", False),  # just outside counts for the nearest
        ("noise at Distant Hall", None, True),
        ("noise at Copper Hall", "west", False),
    ],
)
def test_outside(geocoder: Geocoder, text: str, area: str | None, outside: bool) -> None:
    _, location = geocoder.locate(Query(text))
    assert (location.area, location.outside) == (area, outside)


@pytest.mark.parametrize(
    ("pin", "area"),
    [((52.01, 0.0412), "east"), ((52.01, 0.043), None), ((52.01, 0.0199), "west")],
)
def test_pins(geocoder: Geocoder, pin: tuple[float, float], area: str | None) -> None:
    _, location = geocoder.locate(Query("", pin=pin))
    assert (location.area, location.outside, location.options) == (area, area is None, ())
