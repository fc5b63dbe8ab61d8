"""How often the first answer to a danger holds the emergency number, and to everything else.

    python -m tests.bench.number_shown

Runs the analysis and the conversation on the corpus' test messages in the demo town's languages,
each as the first one that somebody writes. "line" is the emergency line at the top; "number" is the
number anywhere in the answer: also under receipts for what is urgent, and beside the question
whether anyone is in danger now.
"""

import sys
from collections.abc import Sequence

from bot.city import demo_city_path, load_city
from nlp.analysis import Analysis, Query
from nlp.analyzer import Analyzer
from nlp.learning.corpus import Row, corpus_paths, read_rows
from nlp.learning.scoring import Share
from tests.unit.transcripts import Resident, replies

CITY = load_city(demo_city_path())


def main() -> None:
    """One block a language."""
    analyzer = Analyzer.load(CITY.path, CITY.languages)
    tested = [row for path in corpus_paths(testing=True) for row in read_rows(path)]
    for language in CITY.languages:
        rows = [row for row in tested if row.lang == language]
        analyses = analyzer.analyze_many([Query(row.text) for row in rows])
        _report(language, rows, analyses)


def _report(language: str, rows: Sequence[Row], analyses: Sequence[Analysis]) -> None:
    answers = [_answer(row, found) for row, found in zip(rows, analyses, strict=True)]
    sys.stdout.write(f"{language}: {len(rows)} messages\n")
    for name, chosen in (
        ("danger, worded", [r.emergency and r.worded for r in rows]),
        ("danger, indirect", [r.emergency and not r.worded for r in rows]),
        ("everything else", [not r.emergency for r in rows]),
    ):
        own = [number for number, wanted in enumerate(chosen) if wanted]
        line = _words([analyses[n].danger.emergency for n in own])
        number = _words([CITY.emergency.general in answers[n] for n in own])
        sys.stdout.write(f"  {name:18} line {line}   number {number}\n")


def _words(hits: Sequence[bool]) -> str:
    share = Share(sum(hits), len(hits))
    low, high = share.interval
    return f"{share.value or 0:6.1%} ({low:.0%}-{high:.0%}) of {share.total}"


def _answer(row: Row, found: Analysis) -> str:
    outcome = Resident(language=row.lang).send(row.text, found)
    return "\n".join(reply.message.text for reply in replies(outcome))


if __name__ == "__main__":
    main()
