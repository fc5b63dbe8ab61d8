"""A gazetteer of a million made-up names: time to build, open and match, and memory.

Seconds are of the processor, so that what else the machine does is left out.

Run: `python -m tests.bench.gazetteer_million [--names 1000000] [--texts 4000] [--profile]`.
Building and opening run in processes of their own, so that resident memory is theirs alone; memory
counts what the process holds after 4,000 texts, pages of mapped files included.
"""

import argparse
import cProfile
import json
import pstats
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from nlp.analysis import Query
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.write import write_index
from nlp.geocoder.geocoder import Geocoder
from nlp.mentions.mentions import read
from nlp.mentions.spelling import Speller
from nlp.places.areas import Areas
from nlp.places.toponym import Toponym

_HEADS = ("ash", "bram", "cor", "dun", "elm", "far", "glen", "har", "ingle", "kel", "lang", "mor")
_MIDDLES = ("", "bo", "ca", "de", "fi", "ga", "le", "mi", "no", "ra", "so", "ti", "va", "we")
_TAILS = (
    *("ton", "ham", "wick", "ley", "field", "ford"),
    *("bury", "den", "worth", "stead", "by", "ville"),
)
_TYPES = ("Street", "Road", "Avenue", "Lane", "Drive", "Court", "Close", "Way", "Place", "Terrace")
_KINDS = ("school", "shop", "park", "stop", "worship", "building")
_NOUNS = ("Primary School", "Stores", "Park", "Station", "Chapel", "House", "Bakery", "Centre")
_FRAMES = (
    "broken street light on {x} for a week now, nobody comes",
    "kids throwing stones at cars near {x} again",
    "loud music every night around {x} and the police never come",
    "someone dumped rubbish behind {x}",
    "is anything being done about the noise, it is every weekend",
    "there is a man shouting at people outside {x}, he looks drunk",
)


def names(count: int, draw: random.Random) -> Iterator[str]:
    """Made-up street and landmark names, all different."""
    seen: set[str] = set()
    while len(seen) < count:
        word = draw.choice(_HEADS) + "".join(draw.choices(_MIDDLES, k=3))
        word = (word + draw.choice(_TAILS)).capitalize()
        if draw.random() < 0.6:
            name = f"{word} {draw.choice(_HEADS).capitalize()} {draw.choice(_TYPES)}"
        else:
            name = f"{word} {draw.choice(_MIDDLES)}{draw.choice(_TAILS)} {draw.choice(_NOUNS)}"
        if draw.random() < 0.3:
            name = f"{draw.choice('NSEW')} {name}"
        if name not in seen:
            seen.add(name)
            yield name


def toponyms(count: int, draw: random.Random) -> list[Toponym]:
    """A place for each name, scattered over a square of 60 km; streets of four points."""
    found = []
    for name in names(count, draw):
        lat, lon = 50 + draw.random() * 0.54, 10 + draw.random() * 0.84
        street = name.split()[-1] in _TYPES
        line = tuple((lat + i * 0.0005, lon + i * 0.0003) for i in range(4))
        kind = "street" if street else draw.choice(_KINDS)
        area = f"a{int((lat - 50) * 18)}-{int((lon - 10) * 12)}"
        lines = (line,) if street else ()
        found.append(Toponym(name, kind, area, lat, lon, 150.0, lines=lines))
    return found


def build(folder: Path, count: int) -> dict[str, float]:
    """Write the index; seconds without the making up of the names."""
    places = toponyms(count, random.Random(5))
    started = time.process_time()
    write_index(folder / "gazetteer", places, ("en",))
    return {"built_s": time.process_time() - started, "built_mb": peak_mb()}


def match(folder: Path, texts: int, *, profile: bool) -> dict[str, float]:
    """Open, match texts of six frames, first as written, then half of the names misspelt; rates."""
    before, started = resident_mb(), time.process_time()
    gazetteer = Gazetteer.open(folder)
    opened = time.process_time() - started
    lines, misspelt = worded(gazetteer, texts)
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    clean, found = matched(gazetteer, lines)
    profiler.disable()
    slips, mended = matched(gazetteer, misspelt)
    if profile:
        pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(25)
    return {
        "opened_s": opened,
        "texts": texts,
        "with_a_name": found,
        "matched_per_s": clean,
        "half_misspelt_with_a_name": mended,
        "half_misspelt_per_s": slips,
        "located_per_s": located(gazetteer, lines),
        "resident_mb": resident_mb(),
        "at_start_mb": before,
    }


def worded(gazetteer: Gazetteer, texts: int) -> tuple[list[str], list[str]]:
    """Texts of six frames, as written and with one letter doubled in every other name."""
    draw = random.Random(6)
    names = [gazetteer.place(draw.randrange(len(gazetteer))).name.lower() for _ in range(texts)]
    frames = [draw.choice(_FRAMES) for _ in names]
    lines = [frame.replace("{x}", name) for frame, name in zip(frames, names, strict=True)]
    doubled = [name[:4] + name[3:] if i % 2 else name for i, name in enumerate(names)]
    misspelt = [frame.replace("{x}", name) for frame, name in zip(frames, doubled, strict=True)]
    return lines, misspelt


def matched(gazetteer: Gazetteer, lines: list[str]) -> tuple[float, float]:
    """Texts a second, each read for the first time, and the share in which a name was found."""
    speller = Speller(gazetteer)
    started = time.process_time()
    found = sum(bool(read(line, gazetteer, speller).mentions) for line in lines)
    return len(lines) / (time.process_time() - started), found / len(lines)


def located(gazetteer: Gazetteer, lines: list[str]) -> float:
    """Texts a second, resolved as well."""
    geocoder = Geocoder(gazetteer, Areas([], {}, []))
    started = time.process_time()
    geocoder.locate_many([Query(line) for line in lines])
    return len(lines) / (time.process_time() - started)


def resident_mb() -> float:
    """Megabytes that this process holds now."""
    return _status("VmRSS")


def peak_mb() -> float:
    """Megabytes that this process held at most."""
    return _status("VmHWM")


def _status(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def main() -> int:
    """Run both steps, each in its own process, and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--texts", type=int, default=4000)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--step", choices=("build", "match"))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.step == "build":
        print(json.dumps(build(options.folder, options.names)))
        return 0
    if options.step == "match":
        print(json.dumps(match(options.folder, options.texts, profile=options.profile)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for step in ("build", "match"):
            run(step, folder)
        files = sorted(Path(folder, "gazetteer").iterdir(), key=lambda p: -p.stat().st_size)
        print("files", ", ".join(f"{p.name} {p.stat().st_size / 1e6:.0f} MB" for p in files[:6]))
    return 0


def run(step: str, folder: str) -> None:
    """One step in a process of its own; prints its figures."""
    command = [sys.executable, "-m", __spec__.name, *sys.argv[1:], "--step", step]
    done = subprocess.run([*command, "--folder", folder], stdout=subprocess.PIPE, check=True)
    figures = json.loads(done.stdout)
    print(step, ", ".join(f"{name} {value:.4g}" for name, value in figures.items()))


if __name__ == "__main__":
    raise SystemExit(main())
