"""How much the rules and the learnt tagger hide of what was marked in the training messages.

In four folds, each tagged by a tagger that was trained on the other three; no test part is read:
`python -m tests.bench.redaction_folds [MORE.jsonl ...]`. Prints recall / needless for each
language and the recall of each kind.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from nlp.learning.corpus import Row, corpus_paths, training_rows
from nlp.learning.people import learn_people
from nlp.redaction.redact import Hidden, hidden_spans
from nlp.redaction.tagger import Tagger

FOLDS = 4
MARKINGS = ("name", "descriptor", "house_number", "plate")


def folds(rows: Sequence[Row]) -> Iterable[tuple[list[Row], list[Row]]]:
    """Training and held-out rows, four times."""
    order = np.random.default_rng(3).permutation(len(rows))
    for number in range(FOLDS):
        held = {int(n) for n in order[number::FOLDS]}
        learnt = [row for n, row in enumerate(rows) if n not in held]
        yield learnt, [rows[n] for n in sorted(held)]


def meets(spans: Iterable[Hidden], start: int, end: int) -> bool:
    """Whether something was hidden there."""
    return any(span.start < end and start < span.end for span in spans)


def count(row: Row, spans: Sequence[Hidden], tally: Counter[tuple[str, str]]) -> None:
    """Add a message to the tally, as `nlp.evaluation.evaluate` counts."""
    kept = row.category in ("missing_person", "hate_incident")
    for start, end, kind in row.pii:
        if kept and kind == "descriptor":
            continue
        for key in ("all", row.lang, kind):
            tally[key, "marked"] += 1
            tally[key, "hidden"] += meets(spans, start, end)
    if not row.pii and not row.unmarked:
        for key in ("all", row.lang):
            tally[key, "clean"] += 1
            tally[key, "touched"] += bool(spans)


def line(title: str, tally: Counter[tuple[str, str]]) -> str:
    """The figures of one way to redact."""
    parts = []
    for key in ("all", "en", "es", "fr", "pt", "sw", *MARKINGS, "handle", "phone", "email"):
        text = f"{key} {tally[key, 'hidden'] / max(1, tally[key, 'marked']):.3f}"
        if clean := tally[key, "clean"]:
            text += f"/{tally[key, 'touched'] / clean:.4f}"
        parts.append(text)
    return f"{title}: {'  '.join(parts)}"


def main() -> None:
    """Print the figures."""
    rows = training_rows([*corpus_paths(), *map(Path, sys.argv[1:])])
    tallies: dict[str, Counter[tuple[str, str]]] = {"rules": Counter(), "tagger": Counter()}
    for learnt, held in folds(rows):
        started = time.process_time()
        tagger = Tagger(learn_people(learnt))
        spent = time.process_time() - started
        tags = tagger.tag_many([row.text for row in held])
        started = time.process_time()
        tagger.tag_many([row.text for row in held])
        cost = (time.process_time() - started) / len(held) * 1e6
        sys.stdout.write(f"trained in {spent:.1f} s, {cost:.0f} µs a text\n")
        for row, own in zip(held, tags, strict=True):
            kept = row.category in ("missing_person", "hate_incident")
            rules = hidden_spans(row.text, keep_descriptions=kept)
            count(row, rules, tallies["rules"])
            count(
                row, hidden_spans(row.text, keep_descriptions=kept, tagged=own), tallies["tagger"]
            )
    for title, tally in tallies.items():
        sys.stdout.write(f"{line(title, tally)}\n")


if __name__ == "__main__":
    main()
