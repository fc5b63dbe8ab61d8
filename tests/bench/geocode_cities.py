"""Messages in two cities' ways of speaking, against packs of open data.

Run: `python -m tests.bench.geocode_cities [--misses]`. Builds Nairobi (English, Swahili, Sheng) and
Porto Alegre (Portuguese) on a grid and asks where each message is about.

`cities/*.jsonl` hold some 330 messages a city by three authors who knew the data and not the code,
each with the points that it may mean and how far from one of them an answer may lie; rules were
mended after looking at what was wrong. `cities/*_fresh.jsonl` hold more by the last of them, which
nobody has tuned by. A message is right when the answer lies there, or when the question "which
one?" offers a place that does; where nothing is named, when nothing is found and nothing offered.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nlp.analysis import Location, Query
from nlp.citypack.pack import Town, build_pack
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between

DATA = Path(__file__).parents[3] / "shared" / "data"
#: Ending of a file of messages, and what it holds.
PARTS: Final = {"": "seen while rules were mended", "_fresh": "never tuned by"}
_LAYERS: Final = ("roads", "landmarks", "areas")


@dataclass(frozen=True, slots=True)
class City:
    """One city: its sources, languages and messages."""

    name: str
    sources: tuple[Path, ...]
    languages: tuple[str, ...]

    def messages(self, part: str) -> list[dict[str, Any]]:
        """What one author wrote; `part` is one of PARTS."""
        file = Path(__file__).parent / "cities" / f"{self.name}{part}.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


CITIES = (
    City(
        "nairobi",
        tuple(DATA / "nairobi" / f"nairobi_{part}.geojson" for part in _LAYERS),
        ("en", "sw"),
    ),
    City(
        "porto_alegre",
        (
            DATA / "osm" / "porto_alegre_centre.osm.pbf",
            DATA / "osm" / "poa_points_of_interest.csv",
        ),
        ("pt",),
    ),
)


def verdict(message: dict[str, Any], location: Location) -> str:
    """right, asked (rightly), wrong, missed, or invented where nothing is named."""
    points = [(spot["lat"], spot["lon"]) for spot in message["truth"]]
    if not points:
        silent = location.area is None and not location.options
        return "right" if silent and not location.outside else "invented"
    near = message["radius_m"]
    if location.latitude is not None and location.longitude is not None:
        found = _near((location.latitude, location.longitude), points, near)
        return "right" if found else "wrong"
    offered = [(o.latitude, o.longitude) for o in location.options if o.latitude is not None]
    if any(_near((lat, lon or 0.0), points, near) for lat, lon in offered):
        return "asked"
    return "wrong" if location.area or offered else "missed"


def _near(spot: tuple[float, float], points: Sequence[tuple[float, float]], metres: float) -> bool:
    return any(metres_between(*spot, *point) <= metres for point in points)


def named(source: Path, folder: Path) -> Path:
    """The source; a table whose names are ids ("beira_rio_stadium") with names made of them."""
    if source.suffix != ".csv":
        return source
    rows = source.read_text(encoding="utf-8").splitlines()
    made = folder / source.name
    lines = ["name,lat,lon", *(row.replace("_", " ") for row in rows[1:])]
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


def measure(city: City, *, misses: bool) -> None:
    """Build a pack, ask, print."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack"
        town = Town(timezone="UTC", languages=city.languages, emergency="112")
        sources = [named(source, Path(folder)) for source in city.sources]
        build_pack(city.name, None, sources, pack, grid_km=3, **town)
        geocoder = Geocoder.open(pack)
        for part, words in PARTS.items():
            _tell(f"{city.name}, {words}", city.messages(part), geocoder, misses=misses)


def _tell(
    title: str, messages: Sequence[dict[str, Any]], geocoder: Geocoder, *, misses: bool
) -> None:
    found = [geocoder.locate(Query(message["text"]))[1] for message in messages]
    verdicts = [verdict(*pair) for pair in zip(messages, found, strict=True)]
    counts = Counter(verdicts)
    share = 100 * (counts["right"] + counts["asked"]) / len(messages)
    print(f"{title}: {len(messages)} messages, right {share:.1f} %: {dict(counts)}")
    for message, location, word in zip(messages, found, verdicts, strict=True):
        if misses and word not in ("right", "asked"):
            meant = "; ".join(sorted({spot["name"] for spot in message["truth"]})) or "nowhere"
            labels = [option.label for option in location.options]
            print(f"    {word}: {message['text']} | {meant} | {location.name} {labels}")


def main() -> int:
    """Measure both cities; plain words where the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print what was not right")
    options = parser.parse_args()
    for city in CITIES:
        if not all(path.is_file() for path in city.sources):
            print(f"{city.name}: skipped: no data at ../shared/data beside the repository")
            continue
        measure(city, misses=options.misses)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
