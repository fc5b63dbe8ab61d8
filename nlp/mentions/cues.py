"""How surely a name in a message is a place, from the words around it."""

from enum import IntEnum
from typing import Protocol

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import How, Token


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
    known = gazetteer.words
    parts = found.key.split()
    first, how = found.postings[0]
    if gazetteer.kind(first) == "mark":
        return Strength.WEAK
    if _someones(words, found.first, gazetteer) or _other_town(words, found, gazetteer):
        return Strength.NONE
    common = all(known.ordinary(part) for part in parts)
    shown = _capital(text, found.start)
    typed = found.last - found.first > len(parts)
    if found.slip:
        return _mended(words[found.first].key, parts, how, gazetteer, typed=typed, common=common)
    if typed:
        return Strength.STRONG
    if how in (How.NO_TYPE, How.BARE) or (gazetteer.is_street(first) and len(parts) == 1):
        return _untyped(words, found, gazetteer, common=common)
    cued = preceded(words, found.first, known.at, gazetteer)
    if not common and (len(found.key) > 3 or cued or shown):
        return Strength.STRONG
    if len(parts) > 1 and (parts[0] in known.articles or _sound(found, gazetteer)):
        return Strength.STRONG
    return Strength.STRONG if cued or shown else Strength.WEAK


def _untyped(
    words: list[Token], found: Candidate, gazetteer: Gazetteer, *, common: bool
) -> Strength:
    """A street by its bare name: "on Swede", but neither "the nursery" nor "by Charles"."""
    before = words[found.first - 1].key if found.first else ""
    if common or before in gazetteer.words.articles:
        return Strength.WEAK
    cued = preceded(words, found.first, gazetteer.words.on, gazetteer)
    return Strength.STRONG if cued or " " in found.key else Strength.WEAK


def _mended(
    written: str, parts: list[str], how: int, gazetteer: Gazetteer, *, typed: bool, common: bool
) -> Strength:
    """A mended misspelling needs more than one telling word, or a long name in full."""
    telling = [part for part in parts if part not in gazetteer.words.articles]
    # "knocked" is not Knock Street, nor "theres" Theresa Lane: endings are grammar, not slips
    grammar = written.startswith(telling[0]) or telling[0].startswith(written)
    if grammar and len(telling) == 1:
        return Strength.NONE
    if common:
        if how != How.FULL or len(telling) < 2:
            return Strength.NONE
        return Strength.STRONG if len(telling) > 2 else Strength.WEAK
    if len(telling) > 1 or typed:
        return Strength.STRONG
    return Strength.STRONG if how == How.FULL and len(telling[0]) > 6 else Strength.WEAK


def _sound(found: Candidate, gazetteer: Gazetteer) -> bool:
    """Streets with their type and areas are places even where each of their words is common."""
    kinds = {gazetteer.kind(place) for place, _ in found.postings[:3]}
    return not kinds.isdisjoint(("street", "area"))


def preceded(words: list[Token], first: int, cues: frozenset[str], gazetteer: Gazetteer) -> bool:
    """Whether one of `cues` ("at", "near the", "corner of") stands right before."""
    before = first - 1
    while before >= 0 and words[before].key in gazetteer.words.articles | {"of"}:
        before -= 1
    return before >= 0 and words[before].key in cues


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
