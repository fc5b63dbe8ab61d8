"""`city build` on bad input: what is wrong, where, what to do, and nothing half written."""

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main

#: Bytes that the command may use in the tests of too large files, and how large those are.
MEMORY = 2_000_000_000
LARGE = 10 * MEMORY


def ring(west: float, south: float, size: float = 0.01) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def area(name: str | None, points: list[list[float]], **more: Any) -> dict[str, Any]:
    properties = ({"name": name} if name else {}) | more
    shape = {"type": "Polygon", "coordinates": [points]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def swapped(points: list[list[float]]) -> list[list[float]]:
    return [[y, x] for x, y in points]


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


MILL, FEN = area("Mill", ring(0.0, 52.0)), area("Fen", ring(0.01, 52.0))
GOOD = collection(MILL, FEN)
BOW = [[0.0, 52.0], [0.01, 52.01], [0.01, 52.0], [0.0, 52.01], [0.0, 52.0]]
CAGE = b"name,lat,lon\nThe Cage,52.005,0.005\n"
BAD_AREAS = [
    (GOOD[:-40], "areas.geojson: it is not JSON", "Give a GeoJSON FeatureCollection"),
    (b"", "areas.geojson: it is empty", "Download or export it again"),
    (collection(), "it has no features", "Export it again"),
    (b'{"type": "Topology"}', "it is not a FeatureCollection", "Give a GeoJSON"),
    (collection(MILL, area("Fen", BOW)), "feature 2 (Fen): the polygon crosses itself", "Repair"),
    (collection(area("Mill", ring(5e5, 5e6, 900))), "feature 1 (Mill): its coordinates are in a "
     "projection", "reproject to EPSG:4326"),
    (collection(area("Mill", swapped(ring(120, -30)))), "(Mill): latitude and longitude are swap",
     "exchange the two"),
    (collection(MILL, FEN, area("Odd", swapped(ring(0.02, 52.0)))), "feature 3 (Odd): latitude and",
     "exchange the two"),
    (collection(area("Mill", swapped(ring(0.0, 52.0)))), "swapped, here or in the areas",
     "exchange the two"),
    (collection(area("Mill", ring(0, 52), code="a"), area("Fen", ring(0.01, 52), code="a")),
     "feature 2 (Fen): the code 'a' is already used by areas.geojson, feature 1 (Mill)",
     "--area-code"),
    (collection(area(None, ring(0.0, 52.0))), "feature 1: it has no name", "--area-name FIELD"),
    (GOOD.replace(b"52.0,", b"NaN,", 1).replace(b"[0.0, 52.0]", b"[0.0, NaN]"),
     "(Mill): a coordinate is not a number", "WGS 84"),
    (GOOD.replace(b"Mill", "M\u00fcll".encode("latin-1")), "it is not UTF-8 text", "Save it"),
]  # fmt: skip
BAD_PLACES = [
    ("p.csv", b"", "p.csv: it is empty", "export it again"),
    ("p.csv", b"name,lat,lon\nThe Cage,,0.005\n", "p.csv, line 2: lat or lon is missing", "Write"),
    ("p.csv", b"name,lat,lon\nThe Cage,0.005,52.005\n", "line 2 (The Cage): latitude and longitude",
     "exchange the two"),
    ("p.csv", b"name,lat,lon\nThe Cage,-1.28,36.82\n", "none of its places lies in or near the "
     "areas", "same town"),
    ("p.jsonl", b'{"name": "The Cage"\n', "p.jsonl, line 1: it is not JSON", "One object a line"),
    ("p.osm.pbf", b"", "p.osm.pbf: it is empty", "Download it again"),
    ("p.osm.pbf", b"no map at all", "it is not an OpenStreetMap extract", "Download it again"),
    ("p.xlsx", b"PK", "this kind of file is not known", "Use .osm.pbf"),
]  # fmt: skip


def build(folder: Path, places: str, *, memory: int | None = None) -> tuple[int, str]:
    """Run the command as an operator does; its exit code and what it says."""
    words = ["city", "build", "--name", "T", "--areas", "areas.geojson", "--places", places]
    words += ["--timezone", "UTC", "--languages", "en", "--emergency", "112", "--out", "out"]

    if memory is None:
        return in_process(folder, words)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    return done.returncode, done.stderr


def in_process(folder: Path, words: list[str]) -> tuple[int, str]:
    """The same without a process of its own: it takes seconds to load."""
    said, given = io.StringIO(), sys.argv
    sys.argv = ["lamplighter", *words]
    try:
        with contextlib.chdir(folder), contextlib.redirect_stderr(said):
            main()
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    finally:
        sys.argv = given
    return 0, said.getvalue()


def refused(folder: Path, places: str, problem: str, remedy: str, **more: Any) -> None:
    """One line with the problem and the remedy; and nothing beside what was there before."""
    before = sorted(path.name for path in folder.iterdir())
    code, said = build(folder, places, **more)
    assert code == 1, said
    [line] = said.strip().splitlines()
    assert problem in line
    assert remedy in line
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize(("content", "problem", "remedy"), BAD_AREAS)
def test_bad_areas(tmp_path: Path, content: bytes, problem: str, remedy: str) -> None:
    (tmp_path / "areas.geojson").write_bytes(content)
    (tmp_path / "places.csv").write_bytes(CAGE)
    refused(tmp_path, "places.csv", problem, remedy)


@pytest.mark.parametrize(("file", "content", "problem", "remedy"), BAD_PLACES)
def test_bad_places(tmp_path: Path, file: str, content: bytes, problem: str, remedy: str) -> None:
    (tmp_path / "areas.geojson").write_bytes(GOOD)
    (tmp_path / file).write_bytes(content)
    refused(tmp_path, file, problem, remedy)


@pytest.mark.parametrize("file", ["areas.geojson", "places.csv", "places.jsonl"])
def test_a_file_ten_times_the_memory_is_not_begun(tmp_path: Path, file: str) -> None:
    (tmp_path / "areas.geojson").write_bytes(GOOD)
    places = file if file.startswith("places") else "places.csv"
    (tmp_path / places).write_bytes(CAGE)
    os.truncate(tmp_path / file, LARGE)  # a sparse file: as long as told, and empty on the disk
    refused(tmp_path, places, f"{file}: it is 20.0 GB, too large", "Cut out", memory=MEMORY)


def test_what_fits_is_built_within_the_limit(tmp_path: Path) -> None:
    (tmp_path / "areas.geojson").write_bytes(GOOD)
    (tmp_path / "places.csv").write_bytes(CAGE)
    code, said = build(tmp_path, "places.csv", memory=MEMORY)
    assert code == 0, said
    assert (tmp_path / "out" / "gazetteer").is_dir()


def test_a_pack_that_stands_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "areas.geojson").write_bytes(GOOD)
    (tmp_path / "places.csv").write_bytes(CAGE)
    build(tmp_path, "places.csv")
    out = tmp_path / "out"
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (tmp_path / "areas.geojson").write_bytes(collection(MILL, area("Fen", BOW)))
    assert build(tmp_path, "places.csv")[0] == 1
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
