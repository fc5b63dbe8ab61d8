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
from pathlib import Path
from statistics import median

from nlp.analysis import Location, Query
from nlp.citypack.pack import build_pack
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between
from tests.bench import geocode_frames as frames
from tests.bench.geocode_calls import Case, Speech, pair_of

DATA = Path(__file__).parents[3] / "shared" / "data" / "montgomery"


def report(title: str, cases: Sequence[Case], geocoder: Geocoder) -> list[Location]:
    """Print one table row of figures."""
    started = time.perf_counter()
    answers = [found for _, found in geocoder.locate_many([Query(case.text) for case in cases])]
    seconds = time.perf_counter() - started
    answered = [(c, a) for c, a in zip(cases, answers, strict=True) if a.latitude is not None]
    errors = [
        metres_between(c.latitude, c.longitude, float(a.latitude or 0), float(a.longitude or 0))
        for c, a in answered
    ]
    total = max(len(cases), 1)
    known = [(c, a) for c, a in zip(cases, answers, strict=True) if a.area]
    right = sum(a.area in c.areas for c, a in known)
    strictly = sum(a.area == c.polygon for c, a in known)
    asked = sum(bool(a.options) and a.area is None for a in answers)
    print(
        f"{title}: n {len(cases)}, answered {100 * len(answered) / total:.1f} %, asked "
        f"{100 * asked / total:.1f} %\n  of all within 50 m "
        f"{100 * sum(e <= 50 for e in errors) / total:.1f} %, 250 m "
        f"{100 * sum(e <= 250 for e in errors) / total:.1f} %, 1 km "
        f"{100 * sum(e <= 1000 for e in errors) / total:.1f} % (of the answered "
        f"{100 * sum(e <= 1000 for e in errors) / max(len(errors), 1):.1f} %); off by more than "
        f"5 km {sum(e > 5000 for e in errors)}, median {median(errors or [0]):.0f} m\n  within its "
        f"radius {100 * _covered(answered, errors):.1f} %, area named {len(known)}, right "
        f"{100 * right / max(len(known), 1):.1f} %, in the polygon "
        f"{100 * strictly / max(len(known), 1):.1f} %, {len(cases) / seconds:.0f} texts/s"
    )
    return answers


def _covered(answered: Sequence[tuple[Case, Location]], errors: Sequence[float]) -> float:
    inside = [e <= float(a.radius_m or 0) for (_, a), e in zip(answered, errors, strict=True)]
    return sum(inside) / max(len(inside), 1)


def build(rows: Sequence[dict[str, str]], folder: Path) -> Geocoder:
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


def measure(texts: int, seed: int, worst: int, speech: Speech) -> None:
    """Build, word, locate, print."""
    draw = random.Random(seed)
    lines = (DATA / "intersections.jsonl").read_text(encoding="utf-8").splitlines()
    crossings = [json.loads(line) for line in lines]
    with gzip.open(DATA / "calls.csv.gz", "rt", encoding="utf-8") as file:
        calls = [row for row in csv.DictReader(file) if row["addr"].count(" & ") == 1]
    pairs = sorted({pair_of(row) for row in crossings})
    out = set(draw.sample(pairs, len(pairs) // 5))
    kept = [row for row in crossings if pair_of(row) not in out]
    townships = {json.loads(a)["twp"] for a in lines}
    seen = {(row["twp"], street) for row in kept for street in row["addr"].split(" & ")}
    known_pairs = set(pairs)
    known = [row for row in calls if pair_of(row) in known_pairs and row["twp"] in townships]
    unseen = [
        row
        for row in {pair_of(row): row for row in calls if pair_of(row) in out}.values()
        if all((row["twp"], street) in seen for street in row["addr"].split(" & "))
    ]
    sample = draw.sample(known, min(texts, len(known)))
    rest = draw.sample(sorted(unseen, key=pair_of), min(texts, len(unseen)))
    with tempfile.TemporaryDirectory() as folder:
        whole = build(crossings, Path(folder) / "whole")
        cases = speech.cases(sample, whole.areas, seed)
        show(cases, report("in the pack, township named", cases, whole), worst)
        for name, noise in frames.NOISES.items():
            noisy = speech.cases(sample, whole.areas, seed, noise)
            show(noisy, report(f"in the pack, noise: {name}", noisy, whole), worst)
        bare = Speech(frames.untowned(speech.frames), speech.joins)
        cases = bare.cases(sample, whole.areas, seed)
        show(cases, report("in the pack, no township", cases, whole), 0)
        part = build(kept, Path(folder) / "part")
        cases = speech.cases(rest, part.areas, seed)
        show(cases, report("unseen, township named", cases, part), worst)
        cases = bare.cases(rest, part.areas, seed)
        report("unseen, no township", cases, part)


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
