"""How surely a name in a message is a place, from the words around it."""

from enum import IntEnum
from typing import Protocol

from nlp.gazetteer import Gazetteer
from nlp.gazetteer_names import How, Token


class Strength(IntEnum):
    """NONE: not a place. WEAK: counts with a partner. STRONG: counts alone."""

    NONE = 0
    WEAK = 1
    STRONG = 2


class Candidate(Protocol):
    """What is asked of a mention."""

    @property
    def start(self) -> int: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def postings(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def slip(self) -> bool: ...


def strength(text: str, words: list[Token], found: Candidate, gazetteer: Gazetteer) -> Strength:
    """How much a name counts: its own words first, then the cues before it."""
    parts = found.key.split()
    if gazetteer.kind(found.postings[0][0]) == "mark":
        return Strength.WEAK
    if _someones(words, found.first, gazetteer) or _other_town(words, found, gazetteer):
        return Strength.NONE
    common = all(part in gazetteer.words.common | gazetteer.words.types for part in parts)
    cued = preceded(words, found.first, gazetteer)
    shown = _capital(text, found.start)
    typed = found.last - found.first > len(parts)
    if found.slip:
        return _mended(parts, found.postings[0][1], typed=typed, common=common)
    if found.postings[0][1] in (How.NO_TYPE, How.BARE) and not typed:
        if common:
            return Strength.WEAK
        return Strength.STRONG if len(parts) > 1 or cued or shown else Strength.WEAK
    if typed:
        return Strength.STRONG
    if not common:
        return Strength.STRONG if len(found.key) > 3 or cued or shown else Strength.WEAK
    if len(parts) > 1 and (parts[0] in gazetteer.words.articles or _sound(found, gazetteer)):
        return Strength.STRONG
    return Strength.STRONG if cued or shown else Strength.WEAK


def _sound(found: Candidate, gazetteer: Gazetteer) -> bool:
    """Streets with their type and areas are places even where each of their words is common."""
    kinds = {gazetteer.kind(place) for place, _ in found.postings[:3]}
    return not kinds.isdisjoint(("street", "area"))


def _mended(parts: list[str], how: int, *, typed: bool, common: bool) -> Strength:
    if common:
        return Strength.NONE
    longer = len(parts) > 1 or typed
    if longer or (how in (How.FULL, How.ALIAS) and len(parts[0]) > 5):
        return Strength.STRONG
    return Strength.WEAK


def preceded(words: list[Token], first: int, gazetteer: Gazetteer) -> bool:
    """Whether a word of place ("at", "near the", "corner of") stands right before."""
    before = first - 1
    while before >= 0 and words[before].key in gazetteer.words.articles:
        before -= 1
    return before >= 0 and words[before].key in gazetteer.words.at


def _someones(words: list[Token], first: int, gazetteer: Gazetteer) -> bool:
    return first > 0 and words[first - 1].key in gazetteer.words.personal


def _other_town(words: list[Token], found: Candidate, gazetteer: Gazetteer) -> bool:
    """ "Hatfield Boro" is not Hatfield Township, whose short name it holds."""
    types = gazetteer.words.town_types
    if found.last >= len(words) or words[found.last].key not in types:
        return False
    place, how = found.postings[0]
    entry = gazetteer.place(place)
    return (
        how == How.ALIAS and entry.kind == "area" and entry.name.lower().startswith(found.key + " ")
    )


def _capital(text: str, start: int) -> bool:
    """A capital that says something: inside a sentence that is not shouted."""
    before = text[:start].rstrip()
    if not text[start].isupper() or not before or before[-1] in ".!?":
        return False
    return any(c.islower() for c in text)
