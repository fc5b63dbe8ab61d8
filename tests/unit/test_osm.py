"""OpenStreetMap extracts: streets, junctions, grounds, points, names, addresses, and bad files."""

from pathlib import Path
from typing import Any

import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way

from nlp.analysis import Query
from nlp.citypack.errors import SourceError
from nlp.citypack.kinds import kind_of
from nlp.citypack.pack import build_pack
from nlp.citypack.place import PlaceSource
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.geocoder import Geocoder
from nlp.osm.extract import ATTRIBUTION, read_osm
from nlp.osm.kinds import is_street
from nlp.osm.kinds import kind_of as osm_kind
from nlp.osm.names import names_of, road_refs, stop_refs
from nlp.places.spatial import metres_between

STREET = {"highway": "residential"}


def node(number: int, lat: float, lon: float, **tags: str) -> Node:
    return Node(id=number, location=(lon, lat), tags=_tags(tags))


def way(number: int, *nodes: int, **tags: str) -> Way:
    return Way(id=number, nodes=list(nodes), tags=_tags(tags))


def _tags(tags: dict[str, str]) -> dict[str, str]:
    return {key.replace("__", ":"): value for key, value in tags.items()}


def town() -> list[Any]:
    """Two streets that share node 3, a bridge over both, a park, a stop, a hall and a house."""
    return [
        node(1, 60.170, 24.930),
        node(2, 60.172, 24.935),
        node(3, 60.171, 24.940),
        node(4, 60.171, 24.950),
        node(5, 60.168, 24.940),
        node(6, 60.175, 24.940),
        node(7, 60.173, 24.930),
        node(8, 60.174, 24.930),
        node(9, 60.174, 24.932),
        node(10, 60.1712, 24.945, highway="bus_stop", name="Old Mill", ref="0703"),
        node(11, 60.1711, 24.9451, public_transport="platform", name="Old Mill"),
        node(12, 60.1713, 24.947, addr__street="Kaivokatu", addr__housenumber="14 b"),
        node(13, 60.1723, 24.947, place="suburb", name="Kluuvi", name__sv="Gloet"),
        node(14, 60.1733, 24.947, name="Nameless purpose"),
        way(1, 1, 2, 3, 4, **STREET, name="Kaivokatu", name__sv="Brunnsgatan", ref="A4"),
        way(2, 5, 3, 6, highway="primary", name="Mannerheimintie"),
        way(3, 7, 8, 9, 7, leisure="park", name="Pocket Park", loc_name="The Patch"),
        way(4, 1, 99, **STREET, name="Half Lost"),
        way(5, 5, 4, railway="rail", name="Main Line"),
        way(6, 2, 6, waterway="river", name="Mill Brook"),
        way(7, 7, 8, 9, 7, building="yes", addr__housename="Rope House"),
        Relation(
            id=1,
            members=[("w", 3, "outer")],
            tags={"type": "multipolygon", "landuse": "residential", "name": "Green Estate"},
        ),
    ]


def extract(path: Path, objects: list[Any]) -> Path:
    with osmium.SimpleWriter(str(path)) as writer:
        for item in objects:
            {Node: writer.add_node, Way: writer.add_way, Relation: writer.add_relation}[type(item)](
                item
            )
    return path


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extract(tmp_path_factory.mktemp("osm") / "town.osm.pbf", town())


@pytest.fixture(scope="module")
def found(source: Path) -> dict[str, PlaceSource]:
    places, notes = read_osm(source)
    assert notes == [ATTRIBUTION]
    return {place.name: place for place in places}


@pytest.mark.parametrize(
    ("name", "kind", "aliases"),
    [
        ("Kaivokatu", "street", ("Brunnsgatan", "A4")),
        ("Mannerheimintie", "street", ()),
        ("Old Mill", "stop", ("stop 0703",)),
        ("Pocket Park", "park", ("The Patch",)),
        ("Green Estate", "estate", ()),
        ("Kluuvi", "district", ("Gloet",)),
        ("Mill Brook", "river", ()),
        ("Rope House", "building", ()),
        ("Kaivokatu & Mannerheimintie", "intersection", ()),
        ("14 b", "address", ()),
    ],
)
def test_what_is_read(
    found: dict[str, PlaceSource], name: str, kind: str, aliases: tuple[str, ...]
) -> None:
    assert (found[name].kind, found[name].aliases) == (kind, aliases)


def test_what_nobody_names_or_the_extract_cuts_off_is_left_out(
    found: dict[str, PlaceSource],
) -> None:
    assert not {"Main Line", "Half Lost", "Nameless purpose"} & found.keys()
    assert len(found) == 10


def test_a_junction_is_a_shared_node(found: dict[str, PlaceSource]) -> None:
    crossing = found["Kaivokatu & Mannerheimintie"]
    assert crossing.streets == ("Kaivokatu", "Mannerheimintie")
    assert crossing.geometry.bounds[:2] == (24.94, 60.171)


def test_only_what_lies_in_the_bounds(source: Path) -> None:
    places, _ = read_osm(source, bounds=(24.944, 60.1, 25.0, 60.3))
    names = {place.name for place in places}
    assert {"Old Mill", "Kluuvi", "Kaivokatu"} <= names
    assert not {"Pocket Park", "Mannerheimintie"} & names
    with pytest.raises(SourceError, match="inside the areas"):
        read_osm(source, bounds=(0.0, 0.0, 1.0, 1.0))


def test_files_that_are_none(tmp_path: Path, source: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_osm(tmp_path / "none.osm.pbf")
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"not a map")
    with pytest.raises(SourceError, match="not an OpenStreetMap extract"):
        read_osm(broken)
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(source.read_bytes()[:-40])
    with pytest.raises(SourceError, match="cut"):
        read_osm(cut)
    with pytest.raises(SourceError, match="names no place"):
        read_osm(extract(tmp_path / "empty.osm.pbf", [node(1, 60.0, 24.0)]))


def pack_of(source: Path, folder: Path, **more: Any) -> Path:
    build_pack(
        "Town",
        None,
        [source],
        folder / "pack",
        timezone="Europe/Helsinki",
        languages=("en",),
        emergency="112",
        **more,
    )
    return folder / "pack"


def test_a_pack_on_a_grid(source: Path, tmp_path: Path) -> None:
    pack = pack_of(source, tmp_path, grid_km=0.5)
    gazetteer = Gazetteer.open(pack)
    assert gazetteer.attribution == (ATTRIBUTION,)
    assert ATTRIBUTION in (pack / "areas.geojson").read_text(encoding="utf-8")
    geocoder = Geocoder.open(pack)
    _, crossing = geocoder.locate(Query("fight at Brunnsgatan and Mannerheimintie"))
    assert crossing.why == "intersection"
    assert metres_between(crossing.latitude or 0, crossing.longitude or 0, 60.171, 24.94) < 1
    _, park = geocoder.locate(Query("broken glass in the patch"))
    assert park.name == "Pocket Park"


@pytest.mark.parametrize(
    ("grid", "areas", "words"),
    [
        (None, None, "no areas"),
        (0.0, None, "no side of a cell"),
        (1000.0, None, "no side of a cell"),
        (0.1, Path("x.geojson"), "more than one way"),
    ],
)
def test_areas_or_a_grid(
    source: Path, tmp_path: Path, grid: float | None, areas: Path | None, words: str
) -> None:
    with pytest.raises(SourceError, match=words):
        build_pack(
            "T",
            areas,
            [source],
            tmp_path / "pack",
            grid_km=grid,
            timezone="UTC",
            languages=("en",),
            emergency="112",
        )
    assert not (tmp_path / "pack").exists()


def test_a_grid_of_too_many_cells(tmp_path: Path) -> None:
    lines = [node(i, 40 + i * 0.01, 10 + i * 0.01) for i in range(2100)]
    streets = [way(1, *range(2100), **STREET, name="Long Road")]
    source = extract(tmp_path / "far.osm.pbf", [*lines, *streets])
    with pytest.raises(SourceError, match="Try --grid"):
        pack_of(source, tmp_path, grid_km=0.1)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "school"}, "school"),
        ({"amenity": "place_of_worship", "building": "church"}, "worship"),
        ({"amenity": "bench"}, "landmark"),
        ({"shop": "mall"}, "market"),
        ({"shop": "shoes"}, "shop"),
        ({"railway": "station", "public_transport": "station"}, "station"),
        ({"railway": "rail"}, None),
        ({"boundary": "administrative", "admin_level": "4"}, None),
        ({"boundary": "administrative", "admin_level": "10"}, "district"),
        ({"place": "country"}, None),
        ({"highway": "pedestrian", "area": "yes"}, "square"),
        ({"highway": "proposed"}, None),
        ({"natural": "water"}, "water"),
        ({"building": "no"}, None),
        ({}, None),
    ],
)
def test_kinds(tags: dict[str, str], kind: str | None) -> None:
    assert osm_kind(tags) == kind


@pytest.mark.parametrize(
    ("tags", "street"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "primary_link"}, True),
        ({"highway": "pedestrian", "area": "yes"}, False),
        ({"highway": "bus_stop"}, False),
        ({"waterway": "river"}, False),
    ],
)
def test_streets(tags: dict[str, str], street: bool) -> None:
    assert is_street(tags) is street


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ({"name": "A"}, ("A", ())),
        ({"name": " A  B ", "alt_name": "C;D", "old_name_1": "E"}, ("A B", ("C", "D", "E"))),
        ({"name": "X", "name:sv": "Y", "name:zh-Hant": "Z"}, ("X", ("Y", "Z"))),
        ({"name": "X", "name:etymology": "Y", "source:name": "Z"}, ("X", ())),
        ({"name": "Ost / Est"}, ("Ost / Est", ("Est", "Ost"))),
        ({"addr:housename": "Rope House"}, ("Rope House", ())),
        ({}, ("", ())),
    ],
)
def test_names(tags: dict[str, str], names: tuple[str, tuple[str, ...]]) -> None:
    assert names_of(tags) == names


def test_refs() -> None:
    assert road_refs({"ref": "BR-116;290"}) == ("BR-116",)
    assert road_refs({}) == ()
    assert stop_refs({"ref": "H1234", "local_ref": "2"}) == ("stop H1234", "stop 2", "H1234")


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"kind": "Road"}, "street"),
        ({"kind": "area"}, "district"),
        ({"fclass": "trunk_link"}, "street"),
        ({"amenity": "library", "highway": None}, "library"),
        ({"type": "bus_station;transit_station;point_of_interest"}, "station"),
        ({"type": "point_of_interest"}, "landmark"),
    ],
)
def test_kinds_of_other_sources(
    given: dict[str, Any], kind: str, found: dict[str, PlaceSource]
) -> None:
    assert kind_of(given, "X", found["Kluuvi"].geometry) == kind


def test_a_large_file_keeps_its_nodes_on_disk(source: Path) -> None:
    small, _ = read_osm(source)
    large, _ = read_osm(source, large=0)
    assert [place.name for place in large] == [place.name for place in small]
