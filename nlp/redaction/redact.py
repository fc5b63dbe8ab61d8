"""Hiding what identifies people: numbers, names and descriptions, but never places."""

from collections.abc import Iterable
from typing import NamedTuple

from nlp.analysis import Place
from nlp.redaction.numbers import numbers
from nlp.redaction.people import descriptions, names


class Hidden(NamedTuple):
    """`text[start:end]` identifies somebody; `kind` is what is written in its place."""

    start: int
    end: int
    kind: str


def hidden_spans(
    text: str, places: Iterable[Place] = (), *, keep_descriptions: bool = False
) -> list[Hidden]:
    """What to hide, in the order of the text and without overlaps.

    Descriptions of persons stay where they are the matter itself: somebody missing, or the motive
    of hatred. A place is only hidden where it is a house number.
    """
    streets = [(place.start, place.end, place.kind) for place in places]
    found = [Hidden(*span) for span in numbers(text, streets)]
    found += [Hidden(*span) for span in names(text) if not _inside(span, streets)]
    if not keep_descriptions:
        found += [Hidden(*span) for span in descriptions(text) if not _inside(span, streets)]
    return _apart(found)


def redact(text: str, places: Iterable[Place] = (), *, keep_descriptions: bool = False) -> str:
    """The text with words in brackets where somebody could be recognised."""
    spans = hidden_spans(text, places, keep_descriptions=keep_descriptions)
    return redacted_with(text, spans)


def redacted_with(text: str, spans: Iterable[Hidden]) -> str:
    """The text with "[kind]" in place of each span; spans as from `hidden_spans`."""
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += [text[done : span.start], f"[{span.kind}]"]
        done = span.end
    return "".join([*parts, text[done:]])


def _inside(span: tuple[int, int, str], places: Iterable[tuple[int, int, str]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end, _ in places)


def _apart(found: list[Hidden]) -> list[Hidden]:
    """Of overlapping spans the one that starts first, then the longest."""
    kept: list[Hidden] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
