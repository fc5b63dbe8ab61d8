"""One area of a city pack, and how its code and names are made."""

import re
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from nlp.gazetteer.names import plain


@dataclass(frozen=True, slots=True)
class AreaSource:
    """One area as read."""

    code: str
    name: str
    population: int | None
    aliases: tuple[str, ...]
    team: str | None
    shape: BaseGeometry
    within: str | None = None
    """The code of the larger area that it is a part of."""


def code_of(name: str) -> str:
    """`LOWER MERION` → `lower-merion`."""
    return re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")


def display_name(name: str) -> str:
    """A name to show: single spaces; names of capitals or small letters only as people write."""
    text = " ".join(name.split())
    if text.islower():
        return re.sub(r"(?<![^\W_])(?<!['’])[^\W\d_]", lambda m: m.group().upper(), text)
    if not text.isupper() or (len(text) < 4 and " " not in text):
        return text
    return re.sub(r"(?<![^\W_])\w[\w'’]*", lambda m: _cased(m.group()), text)


def _cased(word: str) -> str:
    if word[0].isdigit():
        return word.lower()
    return word if any(c.isdigit() for c in word) else word.capitalize()


def names_in(value: object) -> tuple[str, ...]:
    """Aliases from a list, or from a text with `;` between them."""
    parts = value if isinstance(value, list) else str(value).split(";") if value else []
    return tuple(text for part in parts if (text := " ".join(str(part).split())))
