"""Larger areas: wards in districts, in the pack, in the answers and in what staff may ask."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.city import City, load_city
from bot.city.records import CityError
from bot.commands.vocabulary import Vocabulary
from bot.insight.words import areas_name
from nlp.analysis import Query
from nlp.citypack.areas import read_areas
from nlp.citypack.check import check_pack
from nlp.citypack.errors import SourceError
from nlp.citypack.pack import Town, build_pack
from nlp.geocoder.geocoder import Geocoder
from nlp.places.areas import Areas

TOWN = Town(timezone="Europe/Dublin", languages=("en",), emergency="112")


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(name: str, geometry: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name, **more}, "geometry": geometry}


def street(name: str, *points: tuple[float, float]) -> dict[str, Any]:
    line = {"type": "LineString", "coordinates": [list(point) for point in points]}
    return feature(name, line, kind="street")


#: Two wards of North and one area of its own; each about 1 km wide.
WARDS = [
    feature("Mill Ward", square(0.00, 52.01, 0.015, 52.02), district="NORTH", population=900),
    feature("Fen Ward", square(0.015, 52.01, 0.03, 52.02), district="NORTH", population=1100),
    feature("Quay", square(0.00, 52.00, 0.03, 52.01), district="Quay"),
]
STREETS = [
    street("Corn Street", (0.002, 52.015), (0.012, 52.015)),
    street("Reed Street", (0.018, 52.013), (0.028, 52.013)),
    street("Tide Street", (0.004, 52.004), (0.025, 52.004)),
    street("Bell Street", (0.019, 52.017), (0.024, 52.017)),
    street("Bell Street", (0.009, 52.007), (0.013, 52.007)),
]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hierarchy")
    areas = write(folder / "areas.geojson", WARDS)
    places = write(folder / "streets.geojson", STREETS)
    out = folder / "pack"
    build_pack("Fenmouth", areas, [places], out, area_within="district", **TOWN)
    return out


def write(path: Path, features: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def city_of(pack: Path, tmp_path: Path, teams: str) -> City:
    for name in ("city.toml", "areas.geojson"):
        (tmp_path / name).write_bytes((pack / name).read_bytes())
    (tmp_path / "teams.toml").write_text(teams)
    return load_city(tmp_path)


def team(slug: str, *areas: str) -> str:
    return (
        f'[[teams]]\nslug = "{slug}"\nname = "{slug}"\nareas = {json.dumps(areas)}\n'
        'digest = { at = "08:00", days = ["mon"] }\n'
    )


def test_a_larger_area_that_nobody_drew_is_made_of_its_parts(pack: Path) -> None:
    areas = Areas.open(pack)
    assert areas.within == {"mill-ward": "north", "fen-ward": "north"}
    assert areas.names["north"] == "North"
    assert areas.parts("north") == ("mill-ward", "fen-ward")
    mill, fen = areas.polygon("mill-ward").area, areas.polygon("fen-ward").area
    assert areas.polygon("north").area == pytest.approx(mill + fen)
    people = {f["properties"]["code"]: f["properties"].get("population") for f in features_of(pack)}
    assert people["north"] == 2000


def features_of(pack: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((pack / "areas.geojson").read_text())["features"]
    return found


def test_the_smallest_area_holds_a_point_and_a_border_is_no_doubt_about_the_larger(
    pack: Path,
) -> None:
    areas = Areas.open(pack)
    assert areas.at(52.015, 0.005) == "mill-ward"
    assert areas.near(52.015, 0.0149, 200) == ("mill-ward", "fen-ward")
    assert areas.near(52.015, 0.005, 100) == ("mill-ward",)
    assert areas.neighbours("mill-ward") == ("fen-ward", "quay")


def test_nothing_is_wrong_with_wards_over_their_district(pack: Path) -> None:
    problems = [str(finding) for finding in check_pack(pack)]
    assert not [problem for problem in problems if "overlap" in problem or "north" in problem]


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("lights out on Corn Street", "mill-ward"),
        ("lights out on Corn Street, North", "mill-ward"),  # the district is true of it too
        ("noise in North again", "north"),
        ("North, Fen Ward: dumping", "fen-ward"),  # the smaller says more
        ("broken glass on Bell Street in North", "fen-ward"),  # it chooses between two
        ("broken glass on Bell Street in Quay", "quay"),
        ("broken glass on Bell Street", None),
    ],
)
def test_texts_may_name_either(pack: Path, text: str, area: str | None) -> None:
    _, location = Geocoder.open(pack).locate(Query(text))
    assert location.area == area


def test_a_drawn_larger_area_is_found_by_its_name_or_code(tmp_path: Path) -> None:
    whole = feature("North Side", square(0.0, 52.01, 0.03, 52.02), code="n1")
    wards = [
        feature("Mill", square(0.0, 52.01, 0.01, 52.02), within="North Side"),
        feature("Fen", square(0.01, 52.01, 0.02, 52.02), within="n1"),
    ]
    areas, _ = read_areas(write(tmp_path / "a.geojson", [*wards, whole]))
    assert [(a.code, a.within) for a in areas] == [("mill", "n1"), ("fen", "n1"), ("n1", None)]


def test_areas_cannot_lie_within_each_other(tmp_path: Path) -> None:
    two = [
        feature("Mill", square(0.0, 52.01, 0.01, 52.02), within="Fen"),
        feature("Fen", square(0.01, 52.01, 0.02, 52.02), within="Mill"),
    ]
    with pytest.raises(SourceError, match=r"feature 1 \(Mill\).*each said to lie within"):
        read_areas(write(tmp_path / "a.geojson", two))


def test_a_part_outside_its_larger_area_is_told(pack: Path, tmp_path: Path) -> None:
    for item in (pack / "gazetteer").iterdir():
        (tmp_path / "gazetteer").mkdir(exist_ok=True)
        (tmp_path / "gazetteer" / item.name).write_bytes(item.read_bytes())
    (tmp_path / "city.toml").write_bytes((pack / "city.toml").read_bytes())
    features = features_of(pack)
    features[2]["properties"]["within"] = "north"
    write(tmp_path / "areas.geojson", features)
    assert any("quay lies outside north" in str(finding) for finding in check_pack(tmp_path))


def test_a_team_of_a_larger_area_has_its_parts(pack: Path, tmp_path: Path) -> None:
    city = city_of(pack, tmp_path, team("up", "north") + team("down", "quay"))
    assert city.teams[0].areas == ("north", "mill-ward", "fen-ward")
    assert city.team_of("fen-ward") is city.teams[0]
    assert city.parts("north") == ("north", "mill-ward", "fen-ward")
    assert [city.is_larger(code) for code in ("north", "quay")] == [True, False]


def test_a_part_may_be_another_teams(pack: Path, tmp_path: Path) -> None:
    city = city_of(pack, tmp_path, team("up", "north") + team("fen", "fen-ward", "quay"))
    assert city.teams[0].areas == ("north", "mill-ward")


def test_staff_may_name_either(pack: Path, tmp_path: Path) -> None:
    city = city_of(pack, tmp_path, team("all", "north", "quay"))
    names = Vocabulary.of(city, "en").areas
    assert names["north"] == ("north", "mill-ward", "fen-ward")
    assert names["fen ward"] == ("fen-ward",)
    assert areas_name(city, names["north"], "en") == "North"
    assert areas_name(city, ("mill-ward", "quay"), "en") == "2 areas together"


@pytest.mark.parametrize(
    ("within", "words"),
    [("nroth", 'did you mean "north"'), ("mill-ward", "lies within it")],
)
def test_a_wrong_larger_area_stops_the_start(
    pack: Path, tmp_path: Path, within: str, words: str
) -> None:
    features = features_of(pack)
    north = next(f for f in features if f["properties"]["code"] == "north")
    north["properties"]["within"] = within
    if within == "nroth":
        north["properties"].pop("within")
        features[0]["properties"]["within"] = within
    (tmp_path / "city.toml").write_bytes((pack / "city.toml").read_bytes())
    write(tmp_path / "areas.geojson", features)
    with pytest.raises(CityError, match=words):
        load_city(tmp_path)
