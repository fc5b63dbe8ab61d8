"""Otterhithe holds together: areas share borders, roads meet, only bridges cross the river."""

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from shapely import STRtree
from shapely.affinity import scale
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from bot.city import City, demo_city_path, load_city
from nlp.analysis import Query
from nlp.citypack.check import check_pack
from nlp.citypack.pack import build_pack
from nlp.geocoder.geocoder import Geocoder

PACK = demo_city_path()
METRES = 111_195.0
WEST_TO_EAST = 0.692  # cosine of 46.2 degrees of latitude

Feature = dict[str, Any]


def features(file: str) -> list[Feature]:
    rows: list[Feature] = json.loads((PACK / file).read_text(encoding="utf-8"))["features"]
    return rows


def drawn(feature: Feature) -> BaseGeometry:
    """The geometry in metres."""
    return scale(shape(feature["geometry"]), METRES * WEST_TO_EAST, METRES, origin=(-27.4, 46.2, 0))


def of_kind(*kinds: str) -> list[Feature]:
    return [row for row in PLACES if row["properties"]["kind"] in kinds]


def area(feature: Feature) -> Polygon:
    found = drawn(feature)
    assert isinstance(found, Polygon), feature["properties"]["name"]
    return found


AREAS = {row["properties"]["code"]: area(row) for row in features("areas.geojson")}
PLACES = features("places.geojson")
TOWN = unary_union(list(AREAS.values()))
STREETS = of_kind("street")
IN_THE_WATER = {"Sallow Weir", *(row["properties"]["name"] for row in of_kind("bridge"))}


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(PACK)


@pytest.fixture(scope="module")
def geocoder(city: City) -> Geocoder:
    return Geocoder.open(PACK, city.languages)


def test_the_town_is_big_enough(city: City) -> None:
    kinds = Counter(row["properties"]["kind"] for row in PLACES)
    assert len(city.areas) >= 8
    assert kinds["street"] >= 60
    assert len(PLACES) - kinds["street"] >= 40
    for kind in ("river", "market", "school", "park", "station", "estate", "bridge"):
        assert kinds[kind] >= 1, kind
    with_nicknames = [r for r in PLACES if r["properties"].get("aliases")]
    assert len(with_nicknames) >= 40


def test_people_live_in_every_area(city: City) -> None:
    for known in city.areas.values():
        assert known.population is not None
        assert 2_000 <= known.population <= 15_000


@pytest.mark.parametrize("code", AREAS)
def test_an_area_is_one_sound_shape(code: str) -> None:
    found = AREAS[code]
    assert found.is_valid
    assert 500_000 < found.area < 6_000_000, "between half and six square kilometres"


def test_areas_neither_overlap_nor_leave_gaps() -> None:
    for (one, a), (other, b) in combinations(AREAS.items(), 2):
        assert a.intersection(b).area < 1e-3, (one, other)
    assert isinstance(TOWN, Polygon)
    assert not TOWN.interiors
    assert TOWN.area == pytest.approx(sum(one.area for one in AREAS.values()))


def test_neighbours_share_every_point_of_their_border() -> None:
    corners = {code: set(area.exterior.coords) for code, area in AREAS.items()}
    for (one, a), (other, b) in combinations(AREAS.items(), 2):
        border = a.boundary.intersection(b.boundary)
        if border.length > 0:
            on_border = {c for c in corners[one] | corners[other] if c in _corners_of(border)}
            assert on_border <= corners[one] & corners[other], (one, other)


def _corners_of(shape_: BaseGeometry) -> set[tuple[float, ...]]:
    lines = getattr(shape_, "geoms", [shape_])
    return {corner for line in lines for corner in line.coords}


def test_every_place_lies_in_the_town() -> None:
    for row in PLACES:
        if row["properties"]["kind"] != "river":
            assert TOWN.buffer(30).covers(drawn(row)), row["properties"]["name"]


def test_all_roads_hang_together() -> None:
    lines = [drawn(row) for row in STREETS]
    tree = STRtree(lines)
    reached, edge = {0}, [0]
    while edge:
        here = lines[edge.pop()]
        for other in tree.query(here, predicate="intersects"):
            if int(other) not in reached:
                reached.add(int(other))
                edge.append(int(other))
    left = [STREETS[i]["properties"]["name"] for i in range(len(lines)) if i not in reached]
    assert left == []


def test_roads_are_no_drawing_board_grid() -> None:
    """A road of some length bends; hardly any is a straight line."""
    straight = 0
    for row in STREETS:
        line = drawn(row)
        ends = line.boundary.geoms
        straight += line.length < 1.0005 * ends[0].distance(ends[1])
    assert straight <= len(STREETS) // 10


def test_only_bridges_cross_the_river() -> None:
    river = drawn(next(r for r in of_kind("river") if r["properties"]["name"] == "River Sallow"))
    bridges = [drawn(row) for row in of_kind("bridge")]
    crossed = 0
    for row in STREETS:
        wet = drawn(row).intersection(river)
        if wet.length > 1:
            crossed += 1
            assert min(wet.distance(bridge) for bridge in bridges) < 10, row["properties"]["name"]
    assert crossed == len(bridges)


def test_no_landmark_stands_in_the_water() -> None:
    water = unary_union([drawn(row) for row in of_kind("river")])
    for row in PLACES:
        properties = row["properties"]
        if row["geometry"]["type"] == "Point" and properties["name"] not in IN_THE_WATER:
            assert drawn(row).distance(water) > 5, properties


def test_names_that_need_care_are_there() -> None:
    names = Counter(row["properties"]["name"] for row in STREETS)
    assert names["Mill Lane"] == 2
    assert {"Mill Street", "Old Mill Road", "Church Lane", "Church Street"} <= set(names)
    assert "The Maltings" in names
    assert "The Maltings" in {row["properties"]["name"] for row in of_kind("estate")}
    twins = [drawn(row) for row in STREETS if row["properties"]["name"] == "Mill Lane"]
    assert twins[0].distance(twins[1]) > 1_000, "far enough apart to be worth a question"


def test_a_nickname_means_one_place() -> None:
    said = Counter(
        alias.casefold()
        for row in [*PLACES, *features("areas.geojson")]
        for alias in row["properties"].get("aliases", [])
    )
    said.update({row["properties"]["name"].casefold() for row in PLACES})
    # the street named like its area may be meant by the same words
    assert {alias for alias, count in said.items() if count > 1} <= {"the ropewalk"}


@pytest.mark.parametrize("word", ["the light", "the wall", "the hall", "the lamp", "the steps"])
def test_everyday_words_are_no_nicknames(word: str) -> None:
    for row in PLACES:
        assert word not in row["properties"].get("aliases", []), row["properties"]["name"]


def test_every_number_is_one_that_nobody_has(city: City) -> None:
    numbers = [n for s in (*city.services, *city.helplines) for n in (s.phone, s.text) if n]
    assert len(numbers) >= 15
    assert all(re.fullmatch(r"555-01\d\d", number) for number in numbers)
    assert city.emergency.general == "112"


def test_every_area_has_one_team_and_each_language_its_team(city: City) -> None:
    assert all(city.team_of(code) for code in city.areas)
    assert {team.language for team in city.teams} == {"en", "es"}
    assert len(city.teams) == 2
    assert all(team.watched for team in city.teams)


def test_every_service_says_its_hours_in_both_languages(city: City) -> None:
    for service in (*city.services, *city.helplines):
        assert set(service.name) == set(service.hours) == {"en", "es"}, service.slug
        assert service.phone, service.slug


@pytest.mark.parametrize("file", ["areas.geojson", "places.geojson"])
def test_the_sources_are_small_and_plain(file: str) -> None:
    text = (PACK / file).read_text(encoding="utf-8")
    assert len(text) < 80_000
    assert not re.search(r"\d\.\d{6,}", text), "five decimals are a metre"


def test_nothing_else_lies_in_the_pack() -> None:
    known = {"city.toml", "teams.toml", "services.toml", "areas.geojson", "places.geojson"}
    assert {entry.name for entry in Path(PACK).iterdir()} - {"gazetteer"} == known


def test_the_index_is_the_one_that_the_sources_give(tmp_path: Path, city: City) -> None:
    """When it fails: run `lamplighter city build` over the demo pack and commit the result."""
    build_pack(
        city.name,
        areas=PACK / "areas.geojson",
        places=[PACK / "places.geojson"],
        out=tmp_path,
        timezone=city.timezone.key,
        languages=city.languages,
        emergency=city.emergency.general,
    )
    built = {file.name: file.read_bytes() for file in (tmp_path / "gazetteer").iterdir()}
    kept = {file.name: file.read_bytes() for file in (PACK / "gazetteer").iterdir()}
    assert built.keys() == kept.keys()
    assert [name for name in built if built[name] != kept[name]] == []
    assert (tmp_path / "areas.geojson").read_bytes() == (PACK / "areas.geojson").read_bytes()
    assert sum(map(len, kept.values())) < 300_000
    rebuilt = load_city(tmp_path)
    assert rebuilt.areas == city.areas, "what the build writes is a pack that loads"
    assert rebuilt.emergency.general == "112"


def test_the_pack_check_finds_nothing_to_mend() -> None:
    assert check_pack(PACK) == []


@pytest.mark.parametrize(
    ("text", "area", "name"),
    [
        ("street light out on church lane", "castle-hill", "Church Lane"),
        ("lights out in Church Street again", "old-town", "Church Street"),
        ("bins overflowing behind the codfather", "old-town", "Golden Cod"),
        ("graffiti on the underpass", "station-fields", "Railway Underpass"),
        ("farola rota en la plaza", "old-town", "Market Square"),
        ("basura en la playa", "saltings", "Saltings Beach"),
        ("no lights at mill street and wall road", "old-town", "Mill Street & Wall Road"),
        ("ruido en calle carmen", "quayside", "Carmen Street"),
        ("noise in heron park", "heron-park", "Heron Park"),
        ("something smells at mill lane", None, None),
    ],
)
def test_what_locals_say_is_found(
    geocoder: Geocoder, text: str, area: str | None, name: str | None
) -> None:
    _, found = geocoder.locate_many([Query(text)])[0]
    assert (found.area, found.name) == (area, name)


def test_a_name_in_two_areas_is_asked_about(geocoder: Geocoder) -> None:
    _, found = geocoder.locate_many([Query("noise on mill lane all night")])[0]
    assert {option.area for option in found.options} == {"millbrook", "orchard-end"}


def test_most_roads_lie_in_one_area() -> None:
    """Otherwise nearly every resident who names a road would have to be asked which area."""
    across = [
        row["properties"]["name"]
        for row in STREETS
        if sum(drawn(row).intersection(one).length > 30 for one in AREAS.values()) > 1
    ]
    assert 5 <= len(across) <= len(STREETS) // 4, across
