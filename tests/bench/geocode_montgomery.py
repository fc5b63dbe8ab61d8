"""How well crossings of a real county are found in worded messages.

Run: `python -m tests.bench.geocode_montgomery [--texts 2000] [--seed 7] [--tuned]`. Builds two
packs from the county's townships and intersections (one with 20 % of the crossings taken out, both
orders of a pair together), words real calls' streets and townships with frames of its own.
The truth of a point is the call's; a crossing is in the pack when its pair and township are. The
truth of an area is the polygon that holds the point; a township that the text names is right too.
`--tuned` takes the frames that were looked at while building; misses may only be shown of those.
"""

import argparse
import csv
import gzip
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from nlp.analysis import Location, Query
from nlp.citypack.pack import build_pack
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between
from tests.bench import geocode_frames as frames
from tests.bench.geocode_calls import Case, Speech, pair_of

DATA = Path(__file__).parents[3] / "shared" / "data" / "montgomery"
Row = dict[str, Any]


def report(title: str, cases: Sequence[Case], geocoder: Geocoder) -> list[Location]:
    """Print one table row of figures."""
    started = time.process_time()
    answers = [found for _, found in geocoder.locate_many([Query(case.text) for case in cases])]
    pace = len(cases) / (time.process_time() - started)
    both = list(zip(cases, answers, strict=True))
    asked = sum(bool(a.options) and a.area is None for a in answers)
    print(f"{title}: n {len(cases)}, asked {percent(asked, len(cases))}, {pace:.0f} texts/s")
    points(both)
    known = [(c, a.area) for c, a in both if a.area]
    right, strictly = sum(a in c.areas for c, a in known), sum(a == c.polygon for c, a in known)
    town = sum(a in (*c.areas, c.township) for c, a in known)
    print(
        f"  area named {percent(len(known), len(cases))}, right {percent(right, len(known))}, in "
        f"the polygon {percent(strictly, len(known))}, right or the call's own township "
        f"{percent(town, len(known))}"
    )
    return answers


def points(both: Sequence[tuple[Case, Location]]) -> None:
    """Print how far the answers' points are from the calls'."""
    errors = [
        (metres_between(c.latitude, c.longitude, a.latitude, a.longitude), a.radius_m or 0.0)
        for c, a in both
        if a.latitude is not None and a.longitude is not None
    ]
    within = {limit: sum(e <= limit for e, _ in errors) for limit in (50, 250, 1000)}
    shares = ", ".join(f"{limit} m {percent(n, len(both))}" for limit, n in within.items())
    print(
        f"  answered {percent(len(errors), len(both))}, median "
        f"{median([e for e, _ in errors] or [0]):.0f} m; of all within {shares}; of the answered "
        f"within 1 km {percent(within[1000], len(errors))}, within the radius told "
        f"{percent(sum(e <= radius for e, radius in errors), len(errors))}; off by more than 5 km "
        f"{sum(e > 5000 for e, _ in errors)}"
    )


def percent(part: int, whole: int) -> str:
    """A share in words."""
    return f"{100 * part / max(whole, 1):.1f} %"


def build(rows: Sequence[Row], folder: Path) -> Geocoder:
    """A pack from these crossings."""
    source = folder / "crossings.jsonl"
    folder.mkdir()
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    started = time.perf_counter()
    build_pack(
        "Montgomery County",
        DATA / "areas.geojson",
        [source],
        folder / "pack",
        timezone="America/New_York",
        languages=("en",),
        emergency="911",
    )
    print(f"built from {len(rows)} crossings in {time.perf_counter() - started:.1f} s")
    return Geocoder.open(folder / "pack", ("en",))


@dataclass(frozen=True, slots=True)
class County:
    """The listed crossings, those that are kept in the smaller pack, and calls to word."""

    crossings: list[Row]
    kept: list[Row]
    known: list[Row]
    unseen: list[Row]


def read_county(texts: int, seed: int) -> County:
    """Take out 20 % of the crossings, and draw calls at listed ones and at those."""
    draw = random.Random(seed)
    lines = (DATA / "intersections.jsonl").read_text(encoding="utf-8").splitlines()
    crossings: list[Row] = [json.loads(line) for line in lines]
    with gzip.open(DATA / "calls.csv.gz", "rt", encoding="utf-8") as file:
        calls: list[Row] = [r for r in csv.DictReader(file) if r["addr"].count(" & ") == 1]
    pairs = sorted({pair_of(row) for row in crossings})
    out = set(draw.sample(pairs, len(pairs) // 5))
    kept = [row for row in crossings if pair_of(row) not in out]
    seen = {(row["twp"], street) for row in kept for street in row["addr"].split(" & ")}
    listed = set(pairs)
    known = [row for row in calls if pair_of(row) in listed]
    unseen = [
        row
        for row in {pair_of(row): row for row in calls if pair_of(row) in out}.values()
        if all((row["twp"], street) in seen for street in row["addr"].split(" & "))
    ]
    sample = draw.sample(known, min(texts, len(known)))
    rest = draw.sample(sorted(unseen, key=pair_of), min(texts, len(unseen)))
    return County(crossings, kept, sample, rest)


def measure(texts: int, seed: int, worst: int, speech: Speech) -> None:
    """Build, word, locate, print."""
    county = read_county(texts, seed)
    bare = Speech(frames.untowned(speech.frames), speech.joins)
    with tempfile.TemporaryDirectory() as folder:
        whole = build(county.crossings, Path(folder) / "whole")
        cases = speech.cases(county.known, whole.areas, seed)
        show(cases, report("in the pack, township named", cases, whole), worst)
        for name, noise in frames.NOISES.items():
            noisy = speech.cases(county.known, whole.areas, seed, noise)
            show(noisy, report(f"in the pack, noise: {name}", noisy, whole), worst)
        report("in the pack, no township", bare.cases(county.known, whole.areas, seed), whole)
        part = build(county.kept, Path(folder) / "part")
        cases = speech.cases(county.unseen, part.areas, seed)
        show(cases, report("unseen, township named", cases, part), worst)
        report("unseen, no township", bare.cases(county.unseen, part.areas, seed), part)


def show(cases: Sequence[Case], answers: Sequence[Location], worst: int) -> None:
    """Print the first misses, to learn from."""
    for case, answer in zip(cases, answers, strict=True):
        far = metres_between(
            case.latitude, case.longitude, answer.latitude or 0, answer.longitude or 0
        )
        if worst > 0 and (answer.latitude is None or far > 250):
            worst -= 1
            print(f"    {case.text} | {answer.area} {answer.name} {answer.why} {far:.0f} m")


def main() -> int:
    """Parse the options and measure; plain words where the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--worst", type=int, default=0, help="print so many misses of each table")
    parser.add_argument("--tuned", action="store_true", help="word them with the tuned frames")
    options = parser.parse_args()
    if not DATA.is_dir():
        print(f"skipped: no data at ../shared/data/{DATA.name} beside the repository")
        return 0
    print(f"python {sys.version.split()[0]}, texts {options.texts}, seed {options.seed}, one core")
    tuned = Speech(frames.TUNED, frames.JOINS)
    speech = tuned if options.tuned else Speech(frames.FRESH, frames.FRESH_JOINS)
    measure(options.texts, options.seed, options.worst if options.tuned else 0, speech)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
