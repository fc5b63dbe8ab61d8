"""Crossings of streets that are called by their first names: "Borges with Salgado Filho"."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.typos import distance
from nlp.mentions.found import Read
from nlp.mentions.strength import Strength

_MOST_WORDS: Final = 3
_MOST_STREETS: Final = 40
_MOST_SKIPPED: Final = 4
_RUN_TOGETHER: Final = 6
_SHORTEST: Final = 3
# Messages repeat the same words around "and" and "at": looking them up again is what takes time.
_MOST_REMEMBERED: Final = 20_000


def shortened_crossings(
    found: Read, gazetteer: Gazetteer
) -> tuple[int, int, list[tuple[int, tuple[int, int]]]] | None:
    """(first word, last word, crossings) where two shortened names are known to meet; else None.

    Only a crossing on the map proves that "Borges" is Avenida Borges de Medeiros here.
    """
    words = gazetteer.words
    cues = (words.join | words.between | (words.corner - words.fill)) - words.types
    for at, key in enumerate(found.keys):
        sure = key in words.corner
        if key not in cues or _inside(found, at):
            continue
        if not sure and _both_known(found, at, gazetteer):
            continue
        for first, ones in _before(found.keys, at, gazetteer):
            for last, others in _after(found.keys, at + 1, gazetteer):
                met = gazetteer.crossings(ones, others)
                if met:
                    return first, last, met
    return None


def _inside(found: Read, at: int) -> bool:
    """Whether the word joins nothing but a name: the "e" of "Lima e Silva"."""
    return any(m.first < at < m.last - 1 for m in found.mentions if m.strength is Strength.STRONG)


def _both_known(found: Read, at: int, gazetteer: Gazetteer) -> bool:
    """Whether whole names of streets stand on either side: then they are what was meant."""
    streets = [
        mention
        for mention in found.mentions
        if mention.strength is Strength.STRONG and gazetteer.is_street(mention.postings[0][0])
    ]
    before = any(at - _MOST_SKIPPED < mention.last <= at for mention in streets)
    return before and any(at < mention.first <= at + _MOST_SKIPPED for mention in streets)


def between_of(found: Read, first: int, gazetteer: Gazetteer) -> bool:
    """Whether the pair that begins at a word only bounds another street: "X between A and B"."""
    words = gazetteer.words
    at = first - 1
    while at > 0 and found.keys[at] not in words.between and found.keys[at] in words.fill:
        at -= 1
    bounded = at > 0 and found.keys[at] in words.between
    return bounded and any(True for _ in _before(found.keys, at, gazetteer))


def _before(
    keys: Sequence[str], end: int, gazetteer: Gazetteer
) -> Iterator[tuple[int, Sequence[int]]]:
    """Streets named by the words right before `end`, the longest row of words first."""
    while end > 1 and keys[end - 1] in gazetteer.words.corner:
        end -= 1
    for size in range(min(_MOST_WORDS, end), 0, -1):
        names = streets_called(tuple(keys[end - size : end]), gazetteer)
        if names:
            yield end - size, names


def _after(
    keys: Sequence[str], start: int, gazetteer: Gazetteer
) -> Iterator[tuple[int, Sequence[int]]]:
    words = gazetteer.words
    skipped = words.corner | words.articles | words.fill | words.types
    for _ in range(_MOST_SKIPPED):
        if start < len(keys) and keys[start] in skipped:
            start += 1
    for size in range(min(_MOST_WORDS, len(keys) - start), 0, -1):
        names = streets_called(tuple(keys[start : start + size]), gazetteer)
        if names:
            yield start + size, names


@lru_cache(maxsize=_MOST_REMEMBERED)
def streets_called(said: tuple[str, ...], gazetteer: Gazetteer) -> tuple[int, ...]:
    """Name ids of the streets whose name, without type and joining words, begins so."""
    words = gazetteer.words
    told = [key for key in said if key not in words.fill]
    if not told or told[0] != said[0] or (len(told) == 1 and len(told[0]) < _SHORTEST):
        return ()
    if len(said) == 1 and len(said[0]) > _RUN_TOGETHER and not gazetteer.known(said[0]):
        return _run_together(said[0], gazetteer)
    keys = [" ".join(said), *gazetteer.beginning(told[0], _MOST_STREETS)]
    keys += [f"{kind} {' '.join(said)}" for kind in sorted(words.types_before)]
    found: list[int] = []
    for key in keys:
        parts = [part for part in key.split() if part not in words.fill]
        parts = parts[1:] if parts and parts[0] in words.types_before else parts
        if parts[: len(told)] == told:
            found += [
                gazetteer.place(place).name_id
                for place, _ in gazetteer.lookup(key)
                if gazetteer.is_street(place)
            ]
    return tuple(dict.fromkeys(found))


def _run_together(word: str, gazetteer: Gazetteer) -> tuple[int, ...]:
    """Streets whose name without type and spaces is this word, but for one slip: "outering"."""
    types = gazetteer.words.types
    return tuple(
        dict.fromkeys(
            gazetteer.place(place).name_id
            for key in gazetteer.starting(word[:4], _MOST_STREETS)
            if distance("".join(part for part in key.split() if part not in types), word, 1) <= 1
            for place, _ in gazetteer.lookup(key)
            if gazetteer.is_street(place)
        )
    )
