"""Texts that fit: two SMS segments at most, whatever the names in them."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.channels.gsm import downgrade, segments

MOST_SEGMENTS: Final = 2
#: Letters that take one unit of GSM-7 each, as they are or without their accent.
_SIMPLE: Final = re.compile(r"[\n -Z_a-zñÑüÜéÉ¿¡áíóúÁÍÓÚ]*")
#: Units in two joined segments: 3GPP TS 23.040 leaves 153 in each.
_ROOM: Final = 2 * 153
#: A line is not cut below this: shorter it would say nothing.
_SHORTEST: Final = 16
_BARRED: Final = str.maketrans("łŁđĐħĦıŧŦ", "lLdDhHitT")


def fits(text: str) -> bool:
    """Whether the text, as it will be sent, takes at most two segments."""
    # Nearly every text is of one-unit letters, and counting those takes a hundredth of the time.
    if _SIMPLE.fullmatch(text):
        return len(text) <= _ROOM
    return segments(downgrade(text)) <= MOST_SEGMENTS


def compose(needed: Sequence[str], wanted: Sequence[str] = ()) -> str:
    """The needed lines, then as many of the wanted ones, in their order, as fit."""
    text = _fitted([line for line in needed if line])
    for line in wanted:
        longer = f"{text}\n{line}" if text else line
        if line and fits(longer):
            text = longer
    return text


def short(name: str, limit: int) -> str:
    """A name of at most `limit` characters, cut between words where that leaves enough of it."""
    if len(name) <= limit:
        return name
    cut = name[: limit - 2]
    words = cut.rpartition(" ")[0]
    return f"{words if len(words) > limit // 2 else cut}.."


def _fitted(lines: list[str]) -> str:
    """The lines as one text. One letter outside the SMS alphabet halves the room: then such letters
    lose their marks, and at last the longest lines are cut, but never the first."""
    text = "\n".join(lines)
    if fits(text):
        return text
    lines = [_unmarked(line) for line in lines]
    while not fits("\n".join(lines)):
        longest = max(range(1, len(lines)), key=lambda i: len(lines[i]), default=0)
        if longest == 0 or len(lines[longest]) <= _SHORTEST:
            break
        lines[longest] = short(lines[longest], max(_SHORTEST, len(lines[longest]) * 9 // 10))
    return "\n".join(lines)


def _unmarked(line: str) -> str:
    apart = unicodedata.normalize("NFD", line.translate(_BARRED))
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")
