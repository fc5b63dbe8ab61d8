"""Texts that fit: two SMS segments at most, whatever the names in them."""

from collections.abc import Sequence
from typing import Final

from bot.channels.gsm import downgrade, segments

MOST_SEGMENTS: Final = 2


def fits(text: str) -> bool:
    """Whether the text, as it will be sent, takes at most two segments."""
    return segments(downgrade(text)) <= MOST_SEGMENTS


def compose(needed: Sequence[str], wanted: Sequence[str] = ()) -> str:
    """The needed lines, then as many of the wanted ones, in their order, as fit."""
    text = "\n".join(line for line in needed if line)
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


def first_fitting(*texts: str) -> str:
    """The first of the texts that fits, else the last."""
    return next((text for text in texts if fits(text)), texts[-1])
