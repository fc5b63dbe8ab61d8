"""The shorter and looser forms that people use of a name; each is its own key of the index."""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum

from nlp.gazetteer.names import keys_of
from nlp.gazetteer.words import Words

_BRACKETS = re.compile(r"\s*\([^()]*\)\s*")
_UNIT = re.compile(r"[1-9](?:st|nd|rd|th)")
_COMPOUND = re.compile(r"([2-9])([1-9](?:st|nd|rd|th))")
_TELLING = 5
"""So many letters make one word of a person's name tell a street."""


class How(IntEnum):
    """How a name was written, best first."""

    FULL = 0
    ALIAS = 1
    NO_TYPE = 2
    NO_DIRECTION = 3
    BARE = 4
    PART = 5


def forms(name: str, words: Words, *, street: bool) -> Iterator[tuple[str, How]]:
    """The keys under which a name is found; a street also without its type and direction."""
    linked = None
    for parts, how in _written(name, words, street=street):
        yield " ".join(parts), how
        linked = not words.links.isdisjoint(parts) if linked is None else linked
        loose = _unlinked(parts, words) if linked else None
        if loose:
            yield " ".join(loose), max(how, How.ALIAS)


def _written(name: str, words: Words, *, street: bool) -> Iterator[tuple[list[str], How]]:
    parts = keys_of(name, words)
    if not parts:
        return
    yield parts, How.FULL
    short = keys_of(_BRACKETS.sub(" ", name), words) if "(" in name else []
    if short and short != parts:
        yield short, How.FULL
    otherwise = _counted_otherwise(parts, words)
    if otherwise:
        yield otherwise, How.ALIAS
    if parts[-1] in words.types_moved and len(parts) > 1:
        yield [parts[-1], *parts[:-1]], How.ALIAS
    yield from _of_street(parts, words) if street else _of_landmark(parts, words)


def _of_street(parts: list[str], words: Words) -> Iterator[tuple[list[str], How]]:
    undirected = _without_direction(parts, words)
    untyped = _without_type(parts, words)
    bare = _without_type(undirected, words) if undirected else None
    untitled = _without_title(untyped, words) if untyped else None
    for shorter, how in (
        (untyped, How.NO_TYPE),
        (undirected, How.NO_DIRECTION),
        (bare, How.BARE),
        (untitled, How.BARE),
    ):
        if shorter and _says_something(shorter, words):
            yield shorter, how
    if words.titles and untyped and parts[0] in words.types_before:
        yield from ((part, How.PART) for part in _of_person(untitled or untyped, words))


def _of_person(parts: list[str], words: Words) -> Iterator[list[str]]:
    """What is said of a street that bears a person's name: "Roosevelt", "Neusa Brizola"."""
    while len(parts) > 1 and parts[0] in words.titles:
        parts = parts[1:]
    told = [part for part in parts if part not in words.links]
    for word in {told[0], told[-1]} if told else ():
        if len(word) >= _TELLING and not words.ordinary(word) and word.isalpha():
            yield [word]
    if len(told) > 2:
        yield [told[0], told[-1]]
        yield [told[0], *(part[0] for part in told[1:-1]), told[-1]]


def _of_landmark(parts: list[str], words: Words) -> Iterator[tuple[list[str], How]]:
    """A landmark without its article or its "School", a town without "Township"."""
    if len(parts) > 1 and parts[0] in words.articles and not parts[1].isdigit():
        yield parts[1:], How.ALIAS
    short = parts[:-1] if parts[-1] in words.town_types else []
    if any(not words.ordinary(part) and part not in words.articles for part in short):
        yield parts[:-1], How.ALIAS
    elif len(parts) > 2 and parts[-1] in words.landmark_types and _tells(parts[:-1], words):
        yield parts[:-1], How.NO_TYPE


def _tells(parts: Sequence[str], words: Words) -> bool:
    """Whether words without the type still are a name: not "the big" of "The Big Park"."""
    left = [part for part in parts if part not in words.articles]
    return len(left) > 1 or not all(map(words.ordinary, left))


def _unlinked(parts: Sequence[str], words: Words) -> list[str] | None:
    """ "Gonçalo Carvalho" for "Gonçalo de Carvalho"; None where nothing is left out."""
    left = [part for i, part in enumerate(parts) if not i or part not in words.links]
    return left if 1 < len(left) < len(parts) else None


def _counted_otherwise(parts: list[str], words: Words) -> list[str] | None:
    """ "Twenty First St" for "21st St" and the other way round; None without such a number."""
    for i, part in enumerate(parts):
        tens = words.tens.index(part) + 2 if part in words.tens else 0
        unit = parts[i + 1] if i + 1 < len(parts) else ""
        if tens and _UNIT.fullmatch(unit):
            return [*parts[:i], f"{tens}{unit}", *parts[i + 2 :]]
        whole = _COMPOUND.fullmatch(part)
        if whole and words.tens:
            return [*parts[:i], words.tens[int(whole[1]) - 2], whole[2], *parts[i + 1 :]]
    return None


def _without_type(parts: Sequence[str], words: Words) -> list[str] | None:
    if len(parts) > 1 and parts[-1] in words.types_after:
        return list(parts[:-1])
    if len(parts) > 1 and parts[0] in words.types_before and not parts[1].isdigit():
        # "Calle de la Rosa" is "Rosa" to its neighbours
        rest = list(parts[1:])
        while len(rest) > 1 and rest[0] in words.corner:
            rest = rest[1:]
        return rest
    return None


def _without_title(parts: Sequence[str], words: Words) -> list[str] | None:
    """ "Coronel Lucas de Oliveira" is "Lucas de Oliveira" to most."""
    return list(parts[1:]) if len(parts) > 2 and parts[0] in words.titles else None


def _without_direction(parts: Sequence[str], words: Words) -> list[str] | None:
    if len(parts) > 2 and parts[0] in words.directions:
        return list(parts[1:])
    if len(parts) > 2 and parts[-1] in words.directions:
        return list(parts[:-1])
    return None


def _says_something(parts: Sequence[str], words: Words) -> bool:
    """Whether a shortened name is more than a usual type, a letter or a joining word.

    "Ridge" for Ridge Pike and "South" for South Street still tell enough beside another street.
    """
    if any(len(part) > 1 and part not in words.empty for part in parts):
        return True
    hints = (words.types | words.directions) - words.types_usual - words.join - words.corner
    return len(parts) == 1 and parts[0] in hints
