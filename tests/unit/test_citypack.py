"""Building a pack from open data: every input kind, every way for it to be wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from nlp.citypack.area import code_of, display_name
from nlp.citypack.areas import read_areas
from nlp.citypack.check import check_pack
from nlp.citypack.errors import SourceError
from nlp.citypack.grid import grid_areas
from nlp.citypack.pack import BuildReport, build_pack
from nlp.citypack.place import PlaceSource
from nlp.citypack.size import TIMES, check_size, memory_limit
from nlp.citypack.write import swap, write_pack
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.geocoder import Geocoder
from nlp.places.areas import Areas
from nlp.places.spatial import METRES_PER_DEGREE
from tests.unit.smalltown import area_features, build_town, feature, line, point, square, write


def build(folder: Path, *places: Path, **more: Any) -> BuildReport:
    areas = folder / "areas_in.geojson"
    if not areas.exists():
        write(areas, area_features())
    options = {"timezone": "Etc/UTC", "languages": ("en",), "emergency": "112", **more}
    return build_pack("Town", areas, places, folder / "pack", **options)


def digest(pack: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(pack)): p.read_bytes() for p in sorted(pack.rglob("*")) if p.is_file()
    }


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = digest(build_town(tmp_path / "a"))
    assert first == digest(build_town(tmp_path / "b"))
    assert first == digest(build_town(tmp_path / "a"))
    assert {"areas.geojson", "city.toml", "gazetteer/meta.json"} <= first.keys()


def test_an_operators_city_toml_is_kept(tmp_path: Path) -> None:
    pack = build_town(tmp_path)
    (pack / "city.toml").write_text('name = "Mine"\n[emergency]\ngeneral = "999"\n')
    build_town(tmp_path)
    assert "Mine" in (pack / "city.toml").read_text()
    assert sorted(p.name for p in pack.iterdir()) == ["areas.geojson", "city.toml", "gazetteer"]


def test_streets_are_cut_by_area(tmp_path: Path) -> None:
    gazetteer = Gazetteer.open(build_town(tmp_path))
    main = [p for p in gazetteer.places() if p.name == "Main Street"]
    assert {p.area for p in main} == {"highfield", "riverside-township"}
    assert all(900 < p.radius_m < 1200 for p in main)


def test_wide_grounds_are_cut_by_area(tmp_path: Path) -> None:
    river = square(10.005, 10.035, 20.002, 20.004)
    pond = square(10.001, 10.002, 20.002, 20.004)
    source = write(
        tmp_path / "p.geojson",
        [feature(river, name="River", kind="river"), feature(pond, name="Pond", kind="water")],
    )
    build(tmp_path, source)
    places = [p for p in Gazetteer.open(tmp_path / "pack").places() if p.kind != "area"]
    assert sorted((p.name, p.area) for p in places) == [
        ("Pond", "riverside-township"),
        ("River", "highfield"),
        ("River", "riverside-township"),
    ]


def test_csv(tmp_path: Path) -> None:
    source = tmp_path / "p.csv"
    source.write_text(
        "Name,Lat,Lon,Kind,Area,Aliases\n"
        "The Slab,10.03,20.01,market,Riverside Township,slab;el slab\n"
        "Kiosk,10.03,20.01,,,\n,10.0,20.0,,,\n",
        encoding="utf-8-sig",
    )
    report = build(tmp_path, source)
    assert (report.landmarks, report.streets) == (2, 0)
    gazetteer = Gazetteer.open(tmp_path / "pack")
    places = {p.name: (p.kind, p.area) for p in gazetteer.places()}
    assert places["The Slab"] == ("market", "riverside-township")
    assert places["Kiosk"] == ("landmark", "highfield")
    assert gazetteer.lookup("el slab")


def crossings(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_jsonl_of_crossings_makes_streets(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"addr": "A ST & ELM AVE", "twp": "HIGHFIELD", "lat": 10.03, "lon": 20.01},
        {"addr": "ELM AVE & A ST", "twp": "HIGHFIELD", "lat": 10.0301, "lon": 20.01},
        {"addr": "B ST & ELM AVE", "twp": "HIGHFIELD", "lat": 10.032, "lon": 20.01},
        {"addr": "ELM AVE & DEAD END", "twp": "HIGHFIELD", "lat": 10.034, "lon": 20.01},
        {"addr": "A ST & OAK ST", "twp": "ATLANTIS", "lat": 10.03, "lon": 20.012},
    ]
    report = build(tmp_path, crossings(tmp_path / "x.jsonl", rows))
    assert report.intersections == 4
    assert report.unknown_areas == ("ATLANTIS",)
    assert "4 crossings" in report.text()
    assert "ATLANTIS" in report.text()
    gazetteer = Gazetteer.open(tmp_path / "pack")
    names = sorted(p.name for p in gazetteer.places() if p.kind == "street")
    assert names == ["A St", "B St", "Elm Ave", "Oak St"]
    assert {p.area for p in gazetteer.places()} == {"highfield", "riverside-township"}


def test_an_area_named_by_a_place_beats_its_polygon(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"name": "A ST & ELM AVE", "borough": "HIGHFIELD", "lat": 10.001, "lon": 20.01}
    ]
    source = crossings(tmp_path / "x.jsonl", rows)
    build(tmp_path, source, place_area="borough")
    crossing = Geocoder.open(tmp_path / "pack").gazetteer
    assert [p.area for p in crossing.places() if p.kind == "intersection"] == ["highfield"]


def test_progress_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    source = write(tmp_path / "p.geojson", [feature(point(10.03, 20.01), name="Kiosk")])
    build(tmp_path, source, progress=said.append)
    assert any("p.geojson" in words for words in said)


BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[20, 10], [20.02, 10.02], [20.02, 10], [20, 10.02], [20, 10]]],
}
GOOD = square(10, 10.02)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        ([], "no features"),
        ([feature(BOWTIE, name="Bow")], "feature 1 (Bow): the polygon crosses itself"),
        ([feature(GOOD, name="A"), feature(GOOD, name="a")], "'a' is already used"),
        ([feature(GOOD)], "it has no name"),
        ([feature(point(10, 20), name="Dot")], "it is a Point"),
        ([{"type": "Feature", "properties": {"name": "N"}, "geometry": None}], "no geometry"),
        ([feature({"type": "Polygon", "coordinates": []}, name="E")], "empty"),
        ([feature({"type": "Polygon", "coordinates": [[[1, 2]]]}, name="S")], "broken"),
        ([feature(square(100, 120, 20, 40), name="Swapped")], "swapped"),
        ([feature(square(5_000_000, 5_001_000, 400_000, 401_000), name="U")], "projection"),
        (["nonsense"], "no geometry"),
    ],
)
def test_bad_areas(tmp_path: Path, features: list[Any], words: str) -> None:
    source = write(tmp_path / "areas_in.geojson", features)
    with pytest.raises(SourceError) as error:
        build(tmp_path)
    assert words in str(error.value)
    assert source.name in str(error.value)
    assert error.value.remedy
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.geojson", "", "it is empty"),
        ("a.geojson", "[1]", "not a FeatureCollection"),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}', "no features"),
        ("a.jsonl", '{"name": "X", "lat": 1, "lon": 2}\n{"broken', "a.jsonl, line 2"),
        ("a.jsonl", "[1, 2]", "not an object"),
        ("a.jsonl", '{"name": "X"}', "lat or lon"),
        ("a.jsonl", '{"name": "X", "lat": 400000, "lon": 5000000}', "projection"),
        ("a.jsonl", "", "it is empty"),
        ("a.jsonl", "\n", "names no place"),
        ("a.csv", "name,lat,lon\nX,north,20\n", "a.csv, line 2"),
        ("a.csv", "name,lat,lon\nX,100,20\n", "swapped"),
        ("a.csv", "", "it is empty"),
        ("a.csv", "name,lat,lon\n", "names no place"),
        ("a.shp", "x", "not known"),
    ],
)
def test_bad_places(tmp_path: Path, name: str, content: str, words: str) -> None:
    source = tmp_path / name
    source.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError) as error:
        build(tmp_path, source)
    assert words in str(error.value)
    assert name in str(error.value)
    assert not (tmp_path / "pack").exists()


@pytest.mark.parametrize("suffix", [".geojson", ".csv", ".jsonl"])
def test_not_utf8(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"a{suffix}"
    source.write_bytes(b"name,lat,lon\n\xff\xfe\xe9,1,2\n")
    with pytest.raises(SourceError, match="UTF-8"):
        build(tmp_path, source)


def test_missing_file_and_number(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        build(tmp_path, tmp_path / "nothing.geojson")
    with pytest.raises(SourceError, match="emergency"):
        build(tmp_path, emergency=" ")


def test_a_failed_build_leaves_the_old_pack(tmp_path: Path) -> None:
    pack = build_town(tmp_path)
    before = digest(pack)
    (tmp_path / "bad.csv").write_text("name,lat,lon\nX,,\n")
    write(tmp_path / "areas_in.geojson", area_features())
    with pytest.raises(SourceError):
        build(tmp_path, tmp_path / "bad.csv")
    assert digest(pack) == before


def test_fields_for_code_and_name(tmp_path: Path) -> None:
    areas = write(tmp_path / "w.geojson", [feature(GOOD, WARD="W 07", TITLE="OLD QUAY")])
    (area,), _ = read_areas(areas, "WARD", "TITLE")
    assert (area.code, area.name) == ("w-07", "Old Quay")
    with pytest.raises(SourceError, match="Its fields are: TITLE, WARD"):
        read_areas(areas, "CODE", "TITLE")


@pytest.mark.parametrize(
    ("name", "code", "shown"),
    [
        ("LOWER MERION", "lower-merion", "Lower Merion"),
        ("São João", "sao-joao", "São João"),
        ("10TH AVE", "10th-ave", "10th Ave"),
        ("10TH AVENUE", "10th-avenue", "10th Avenue"),
        ("O'HARA  LANE", "ohara-lane", "O'hara Lane"),
        ("RT202 BYPASS", "rt202-bypass", "RT202 Bypass"),
        ("NHS", "nhs", "NHS"),
    ],
)
def test_codes_and_names(name: str, code: str, shown: str) -> None:
    assert code_of(name) == code
    assert display_name(name) == shown


def test_a_good_pack_has_nothing_to_mend(tmp_path: Path) -> None:
    assert check_pack(build_town(tmp_path)) == []


def test_check_names_gaps(tmp_path: Path) -> None:
    rows = [
        feature(square(10.0, 10.02), name="A"),
        feature(square(10.01, 10.03), name="B"),
        feature(square(10.05, 10.06), name="C"),
    ]
    write(tmp_path / "areas_in.geojson", rows)
    street = feature(line((10.001, 20.001), (10.015, 20.001)), name="Elm Road", kind="street")
    away = feature(line((30.0, 20.0), (30.01, 20.0)), name="Far Road", kind="street")
    build(tmp_path, write(tmp_path / "p.geojson", [street, away]))
    problems = [f"{f.level} {f.problem}" for f in check_pack(tmp_path / "pack")]
    for words in ("no population", "a and b overlap", "no landmark", "c has no place", "1 places"):
        assert any(words in problem for problem in problems), words
    assert all(problem.startswith("warning") for problem in problems)


def test_check_finds_what_stops_a_start(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    levels = [(f.level, f.where) for f in check_pack(tmp_path / "empty")]
    assert levels == [("error", "city.toml"), ("error", "areas.geojson")]
    pack = build_town(tmp_path)
    (pack / "city.toml").write_text('name = "X"\n')
    write(pack / "areas.geojson", [feature(GOOD, code="other", name="Other")])
    problems = [f.problem for f in check_pack(pack) if f.level == "error"]
    assert any("emergency" in problem for problem in problems)
    assert str(check_pack(pack)[0]).startswith("error: city.toml: there is no emergency number. ")
    assert any("other areas" in problem for problem in problems)
    (pack / "gazetteer" / "meta.json").unlink()
    assert any("no index" in f.problem for f in check_pack(pack))
    assert Areas.open(pack).codes == ["other"]


def test_a_file_too_large_for_the_memory_is_not_begun(tmp_path: Path) -> None:
    huge = tmp_path / "huge.geojson"
    with huge.open("wb") as file:
        file.truncate(10 * memory_limit())  # a hole: it takes no room on the disk
    with pytest.raises(SourceError) as error:
        build(tmp_path, huge)
    assert "huge.geojson: it is" in str(error.value)
    assert "osm.pbf" in error.value.remedy
    assert not (tmp_path / "pack").exists()
    huge.rename(tmp_path / "areas_in.geojson")
    with pytest.raises(SourceError, match="too large"):
        build(tmp_path)


def test_what_fits_is_not_refused(tmp_path: Path) -> None:
    source = tmp_path / "s.csv"
    source.write_text("x" * 100)
    check_size(source, limit=100 * TIMES)
    with pytest.raises(SourceError, match="too large"):
        check_size(source, limit=100 * TIMES - 1)
    check_size(tmp_path / "absent.csv", limit=1)


@pytest.mark.parametrize("blocked", ["gazetteer", "areas.geojson"])
def test_a_swap_that_fails_half_way_is_undone(tmp_path: Path, blocked: str) -> None:
    pack = build_town(tmp_path)
    before = digest(pack)
    files = {"areas.geojson": "{}", "absent/areas.geojson": "cannot be written"}
    with pytest.raises(OSError, match="absent"):
        write_pack(pack, files, [], ("en",), [])
    assert digest(pack) == before
    new = tmp_path / "new"
    (new / "gazetteer").mkdir(parents=True)
    (new / "areas.geojson").write_text("new")
    names = ["gazetteer", "areas.geojson"]
    names.insert(names.index(blocked) + 1, "never-made")
    with pytest.raises(FileNotFoundError):
        swap(new, pack, names)
    assert digest(pack) == before


def test_a_first_build_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        write_pack(tmp_path / "pack", {"absent/x": ""}, [], ("en",), [])
    assert not (tmp_path / "pack").exists()


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    pack = build_town(tmp_path)
    (pack / ".building-dead").mkdir()
    (pack / ".building-dead" / "half").write_text("x")
    build_town(tmp_path)
    assert sorted(p.name for p in pack.iterdir()) == ["areas.geojson", "city.toml", "gazetteer"]


@pytest.mark.parametrize(
    ("row", "column", "page"), [(0, 0, "a1"), (1, 2, "b3"), (25, 0, "z1"), (26, 0, "aa1")]
)
def test_cells_are_named_like_pages(row: int, column: int, page: str) -> None:
    spots = [(0.0, 0.0), (-0.01 * row, 0.01 * column), (-0.3, 0.3)]
    sources = [
        PlaceSource("x", f"P{i}", "shop", (), None, shapely.Point(lon, lat))
        for i, (lat, lon) in enumerate(spots)
    ]
    codes = {area.code for area in grid_areas(sources, 0.01 * METRES_PER_DEGREE / 1000)}
    assert page in codes


def test_a_cell_is_named_after_what_people_know(tmp_path: Path) -> None:
    middle = shapely.Point(20.01, 10.03)
    street = shapely.LineString([(20.009, 10.03), (20.011, 10.03)])
    sources = [
        PlaceSource("x", "Elm Road", "street", (), None, street),
        PlaceSource("x", "Old Town", "district", (), None, middle),
    ]
    (area,) = grid_areas(sources, 5)
    assert (area.code, area.name, area.aliases) == ("a1", "A1 Old Town", ("A1",))
    assert area.shape.contains(street)
    (plain,) = grid_areas(sources[:1], 5)
    assert plain.name == "A1 Elm Road"


@pytest.mark.parametrize(
    ("kind", "geometry", "row"),
    [
        ("street", {"fclass": "primary"}, "polygon"),
        ("district", {}, "polygon"),
        ("landmark", {}, "point"),
    ],
)
def test_places_without_a_kind(
    tmp_path: Path, kind: str, geometry: dict[str, str], row: str
) -> None:
    shape = square(10.021, 10.029) if row == "polygon" else point(10.03, 20.01)
    source = write(tmp_path / "p.geojson", [feature(shape, name="long lane", **geometry)])
    build(tmp_path, source)
    places = [p for p in Gazetteer.open(tmp_path / "pack").places() if p.kind != "area"]
    assert {(p.name, p.kind) for p in places} == {("Long Lane", kind)}
