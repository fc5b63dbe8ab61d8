"""Areas from the administrative polygons of an OpenStreetMap extract."""

from pathlib import Path
from typing import Any

import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way

from nlp.analysis import Query
from nlp.citypack.admin import admin_areas
from nlp.citypack.errors import SourceError
from nlp.citypack.pack import Town, build_pack
from nlp.geocoder.geocoder import Geocoder
from nlp.osm.boundaries import read_boundaries
from nlp.osm.extract import ATTRIBUTION
from nlp.places.areas import Areas

TOWN = Town(timezone="Europe/Dublin", languages=("en",), emergency="112")
#: level, name, west, south, east, north, more tags; ids count up from 1.
AREAS: list[tuple[str, str, float, float, float, float, dict[str, str]]] = [
    ("8", "Kettlebridge", 0.00, 52.00, 0.04, 52.02, {"population": "40 000"}),
    ("9", "Upper Side", 0.00, 52.01, 0.04, 52.02, {}),
    ("10", "Mill", 0.00, 52.01, 0.02, 52.02, {"alt_name": "The Mill", "population": "900"}),
    ("10", "Chapel", 0.02, 52.01, 0.04, 52.02, {"ref": "7"}),
    ("10", "Quay", 0.00, 52.00, 0.04, 52.01, {}),
    ("8", "Elsewhere", 1.00, 52.00, 1.04, 52.02, {}),
    ("10", "Chapel", 1.00, 52.00, 1.04, 52.02, {"ref": "8"}),
]


def extract(path: Path, *, cut: bool = False) -> Path:
    """Closed boundaries, two streets; `cut`: the file lacks half the ring of one of level 7."""
    with osmium.SimpleWriter(str(path)) as writer:
        objects = list(boundaries())
        if cut:
            members: list[Any] = [("w", 101, "outer"), ("w", 999, "outer")]
            objects.append(Relation(id=77, members=members, tags=tags("7", "Greater")))
        for kind, add in (
            (Node, writer.add_node),
            (Way, writer.add_way),
            (Relation, writer.add_relation),
        ):
            for item in objects:
                if isinstance(item, kind):
                    add(item)
    return path


def boundaries() -> Any:
    for i, (level, name, west, south, east, north, more) in enumerate(AREAS, start=1):
        corners = [(west, south), (east, south), (east, north), (west, north)]
        for number, spot in enumerate(corners):
            yield Node(id=i * 10 + number, location=spot)
        nodes = [i * 10 + number for number in (0, 1, 2, 3, 0)]
        yield Way(id=100 + i, nodes=nodes, tags={})
        yield Relation(id=i, members=[("w", 100 + i, "outer")], tags=tags(level, name) | more)
    for number, lon in enumerate((0.005, 0.015, 0.025, 0.035)):
        yield Node(id=900 + number, location=(lon, 52.015))
    street = {"highway": "residential"}
    yield Way(id=900, nodes=[900, 901], tags=street | {"name": "Corn Street"})
    yield Way(id=901, nodes=[902, 903], tags=street | {"name": "Bell Street"})


def tags(level: str, name: str) -> dict[str, str]:
    kind = {"type": "boundary", "boundary": "administrative"}
    return kind | {"admin_level": level, "name": name}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extract(tmp_path_factory.mktemp("admin") / "region.osm.pbf")


def test_boundaries_are_read_whole(source: Path) -> None:
    found = read_boundaries(source)
    mill = next(area for area in found.of(10) if area.name == "Mill")
    assert (mill.aliases, mill.population, mill.level) == (("The Mill",), 900, 10)
    assert mill.shape.bounds == (0.0, 52.01, 0.02, 52.02)
    assert found.cut == ()
    town = next(area for area in found.of(8) if area.name == "Kettlebridge")
    assert town.population == 40_000


@pytest.mark.parametrize(
    ("levels", "inside", "codes"),
    [
        ([10], None, ["chapel-7", "chapel-8", "mill", "quay"]),
        ([10], "Kettlebridge", ["chapel", "mill", "quay"]),
        ([10], "the mill", ["mill"]),
        ([9], None, ["upper-side"]),
        ([10, 9], "kettlebridge", ["upper-side", "chapel", "mill", "quay"]),
    ],
)
def test_areas_of_a_level(
    source: Path, levels: list[int], inside: str | None, codes: list[str]
) -> None:
    areas, notes = admin_areas(source, levels, inside)
    assert [area.code for area in areas] == codes
    assert notes == [ATTRIBUTION]


def test_the_larger_level_holds_the_smaller(source: Path) -> None:
    areas, _ = admin_areas(source, [9, 10], "Kettlebridge")
    within = {area.code: area.within for area in areas}
    assert within == {
        "upper-side": None, "chapel": "upper-side", "mill": "upper-side", "quay": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "inside", "words"),
    [
        ([11], None, r"no administrative area of level 11. Whole levels in it are: 8 \(2: Else"),
        ([10], "Nowhere", "no administrative area in it is named 'Nowhere'"),
        ([9], "Elsewhere", "of level 9 inside Elsewhere"),
        ([7], None, r"level 7 are cut by its edge \(Greater\).*larger extract"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    tmp_path: Path, levels: list[int], inside: str | None, words: str
) -> None:
    with pytest.raises(SourceError, match=words):
        admin_areas(extract(tmp_path / "cut.osm.pbf", cut=True), levels, inside)


def test_a_pack_from_an_extract_alone(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "pack"
    options: Any = {"admin_levels": [9, 10], "inside": "Kettlebridge"}
    build_pack("Kettlebridge", None, [source], out, **options, **TOWN)
    assert Areas.open(out).within["mill"] == "upper-side"
    _, location = Geocoder.open(out).locate(Query("dumping on Bell Street"))
    assert location.area == "chapel"


def test_levels_need_an_extract(tmp_path: Path) -> None:
    rows = tmp_path / "places.csv"
    rows.write_text("name,lat,lon\nThe Cage,52.015,0.01\n")
    with pytest.raises(SourceError, match="there is no extract"):
        build_pack("T", None, [rows], tmp_path / "pack", admin_levels=[10], **TOWN)
    assert not (tmp_path / "pack").exists()
