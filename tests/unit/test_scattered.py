"""Landmarks by words that stand apart, and streets by their first names, in several languages."""

import json
from pathlib import Path
from typing import Any

import pytest

from nlp.analysis import Query
from nlp.citypack.pack import Town, build_pack
from nlp.geocoder.geocoder import Geocoder

TOWN = Town(timezone="Etc/UTC", languages=("en", "sw", "pt"), emergency="112")
LANDMARKS = [
    ("Mangrove Hospital Tembo", "hospital"),
    ("Tembo Mosque", "worship"),
    ("Tembo Police Station", "police"),
    ("Tembo Shopping Center", "market"),
    ("Hilltop Education Center - Tembo", "school"),
    ("Zulia Bank - Tembo Branch", "landmark"),
    ("Coral Lion Stadium", "landmark"),
    ("Upper Lagoon", "district"),
    ("Tembo", "district"),
    ("Kifarus", "district"),
]
STREETS = [
    ("Avenida Borges de Tamarindo", (0.002, 52.012), (0.018, 52.012)),
    ("Avenida Salgado Neto", (0.010, 52.003), (0.010, 52.018)),
    ("Outer Coral Road", (0.004, 52.003), (0.004, 52.018)),
    ("Rua Pelota", (0.002, 52.005), (0.008, 52.005)),
]


@pytest.fixture(scope="module")
def geocoder(tmp_path_factory: pytest.TempPathFactory) -> Geocoder:
    folder = tmp_path_factory.mktemp("scattered")
    ring = [[0.0, 52.0], [0.02, 52.0], [0.02, 52.02], [0.0, 52.02], [0.0, 52.0]]
    ward = feature("Ward", {"type": "Polygon", "coordinates": [ring]})
    places = [
        feature(
            name, {"type": "Point", "coordinates": [0.003 + i / 1000, 52.008 + i / 2000]}, kind=kind
        )
        for i, (name, kind) in enumerate(LANDMARKS)
    ]
    places += [
        feature(name, {"type": "LineString", "coordinates": [*map(list, line)]}, kind="street")
        for name, *line in STREETS
    ]
    write(folder / "areas.geojson", [ward])
    write(folder / "places.geojson", places)
    pack = folder / "pack"
    build_pack("T", folder / "areas.geojson", [folder / "places.geojson"], pack, **TOWN)
    return Geocoder.open(pack)


def feature(name: str, geometry: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name, **more}, "geometry": geometry}


def write(path: Path, features: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("waste behind Mangrove Hospital in Tembo", "Mangrove Hospital Tembo"),
        ("kando ya Hospitali ya Mangrove Tembo wametupa taka", "Mangrove Hospital Tembo"),
        ("Msikiti wa Tembo hauna maji", "Tembo Mosque"),
        ("kituo cha polisi cha Tembo kina taka", "Tembo Police Station"),
        ("delegacia, policia no Tembo", "Tembo Police Station"),
        ("noise at Tembo Shopping Center all night", "Tembo Shopping Center"),  # as it stands
        ("cars outside Hilltop Education Centre", "Hilltop Education Center - Tembo"),
        ("the queue at Zulia blocks the pavement", "Zulia Bank - Tembo Branch"),
        ("parking at coral lion is flooded", "Coral Lion Stadium"),
        ("lights are out in Tembo", "Tembo"),  # the district alone
        ("pale upperlagoon kuna mti", "Upper Lagoon"),
        ("watu wa Kifaru tunalalamika", "Kifarus"),
        ("zebra crossing is faded", None),
        ("the mosque is loud", None),
        ("water is leaking everywhere", None),
    ],
)
def test_landmarks_by_their_words(geocoder: Geocoder, text: str, name: str | None) -> None:
    assert geocoder.locate(Query(text))[1].name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("crateras na esquina da Borges com a Salgado", "intersection"),
        ("Borges c/ Salgado Neto, fios soltos", "intersection"),
        ("kona ya outercoral na borges kuna shimo", "intersection"),
        ("buraco na outer coral entre a Borges e a Salgado Neto", "intersection"),
        ("Borges com a Pelota", "none"),  # they do not meet
        ("moro em Pelota", "none"),  # a town; "na Pelota" would be the street
        ("buraco na Pelota", "street"),
    ],
)
def test_streets_by_their_first_names(geocoder: Geocoder, text: str, name: str) -> None:
    assert geocoder.locate(Query(text))[1].why == name


def test_between_two_streets_is_on_the_third(geocoder: Geocoder) -> None:
    text = "buraco na outer coral road entre a borges e a salgado neto"
    found = geocoder.locate(Query(text))[1]
    assert found.longitude == pytest.approx(0.004, abs=0.001)
