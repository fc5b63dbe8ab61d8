"""Hiding what identifies people: numbers, names and descriptions, but never places."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from nlp.analysis import Place
from nlp.redaction.numbers import numbers
from nlp.redaction.people import descriptions, names

_HIDDEN: Final = re.compile(r"\[(name|description|number|plate|phone|email|handle)\]")
#: Kinds that may stand within the name of a place ("27 Larch Way").
_FIGURES: Final = frozenset({"number", "plate"})


class Hidden(NamedTuple):
    """`text[start:end]` identifies somebody; `kind` is what is written in its place."""

    start: int
    end: int
    kind: str


def hidden_spans(
    text: str,
    places: Iterable[Place] = (),
    *,
    keep_descriptions: bool = False,
    tagged: Iterable[tuple[int, int, str]] | None = None,
) -> list[Hidden]:
    """What to hide, in the order of the text and without overlaps.

    `tagged` is what the tagger says of the text (`nlp.redaction.tagger`); None leaves names,
    descriptions and house numbers to the rules. Descriptions of persons stay where they are the
    matter itself: somebody missing, or the motive of hatred. Of a place only a number is hidden.
    """
    streets = [(place.start, place.end, place.kind) for place in places]
    found = numbers(text, streets, houses=tagged is None)
    if tagged is None:
        people = [*names(text), *(() if keep_descriptions else descriptions(text))]
    else:
        people = [span for span in tagged if not (keep_descriptions and span[2] == "description")]
    outside = [span for span in people if span[2] in _FIGURES or not _inside(span, streets)]
    return _apart([Hidden(*span) for span in (*found, *outside)])


def redact(
    text: str,
    places: Iterable[Place] = (),
    *,
    keep_descriptions: bool = False,
    tagged: Iterable[tuple[int, int, str]] | None = None,
) -> str:
    """The text with words in brackets where somebody could be recognised; see `hidden_spans`."""
    spans = hidden_spans(text, places, keep_descriptions=keep_descriptions, tagged=tagged)
    return redacted_with(text, spans)


def redacted_with(text: str, spans: Iterable[Hidden]) -> str:
    """The text with "[kind]" in place of each span; spans as from `hidden_spans`."""
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += [text[done : span.start], f"[{span.kind}]"]
        done = span.end
    return "".join([*parts, text[done:]])


def hidden_in(text: str, redacted: str) -> list[Hidden]:
    """Where `redacted` hides something of the text: the reverse of `redacted_with`."""
    parts = _HIDDEN.split(redacted)
    written = "(.+?)".join(re.escape(part) for part in parts[::2])
    found = re.fullmatch(written, text, re.DOTALL)
    kinds = enumerate(parts[1::2], start=1)
    return [Hidden(*found.span(number), kind) for number, kind in kinds] if found else []


def _inside(span: tuple[int, int, str], places: Iterable[tuple[int, int, str]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end, _ in places)


def _apart(found: list[Hidden]) -> list[Hidden]:
    """Of overlapping spans the one that starts first, then the longest."""
    kept: list[Hidden] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
