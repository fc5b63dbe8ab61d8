"""Names and texts as comparable tokens, and the shorter forms that people use of a name."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import pairwise

from nlp.gazetteer.words import Words

# A letter followed by digits parts ("RT202", "I76"), digits keep their letters ("10th").
# Chinese, Japanese and Korean are written without spaces: there each sign is a word. The signs of
# Indic scripts, Thai and Burmese that stand over and under letters belong to them.
_SIGN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_LETTER = (
    rf"(?:[^\W\d_{_SIGN}]|[\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0e7f\u1000-\u109f])"
)
_WORD = re.compile(
    rf"\b[A-Za-z](?:\.[A-Za-z])+\b|[{_SIGN}]|{_LETTER}+(?:['’`]{_LETTER}+)*|\d+{_LETTER}*"
)
# The same for texts of plain ASCII, three times as fast.
_ASCII_WORD = re.compile(r"\b[A-Za-z](?:\.[A-Za-z])+\b|[A-Za-z]+(?:['`][A-Za-z]+)*|\d+[A-Za-z]*")
_UNIT = re.compile(r"[1-9](?:st|nd|rd|th)")
_COMPOUND = re.compile(r"([2-9])([1-9](?:st|nd|rd|th))")
_LONGEST = 8
_MOST_KEYS = 20_000
_SILENT = str.maketrans("", "", "'`.")


class How(IntEnum):
    """How a name was written, best first; each form is its own key of the index."""

    FULL = 0
    ALIAS = 1
    NO_TYPE = 2
    NO_DIRECTION = 3
    BARE = 4


def plain(word: str) -> str:
    """Lower case, without accents and apostrophes."""
    if word.isascii():
        return word.lower().translate(_SILENT)
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c) and c not in "'’`ʼ.")


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text begin and end; a hashtag written like a camel holds several."""
    pattern = _ASCII_WORD if text.isascii() else _WORD
    found = [match.span() for match in pattern.finditer(text)]
    if "#" not in text:
        return found
    return [part for start, end in found for part in _humps(text, start, end)]


def split(text: str) -> list[str]:
    """The words of a text as written, each at its place in `spans`."""
    if "#" in text:
        return [text[start:end] for start, end in spans(text)]
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def _humps(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The words of "#ElmGroveRoad", or the one word that is no such thing."""
    word = text[start:end]
    if text[start - 1 : start] != "#" or word[1:].islower():
        return [(start, end)]
    cuts = [
        i
        for i in range(1, len(word))
        if word[i].isupper() and (word[i - 1].islower() or word[i + 1 : i + 2].islower())
    ]
    return [(start + i, start + j) for i, j in pairwise([0, *cuts, len(word)])]


def folded(word: str, words: Words) -> str:
    """A word as it is compared: plain, and in the one spelling that the index keeps."""
    key = words.keys.get(word)
    if key is None:
        key = plain(word) or word
        key = words.fold.get(key, key)
        if len(words.keys) >= _MOST_KEYS:
            words.keys.clear()  # numbers and slips never end; what returns is soon known again
        words.keys[word] = key
    return key


def _keys(name: str, words: Words) -> list[str]:
    return [folded(word, words) for word in split(name)[:_LONGEST]]


def key_of(name: str, words: Words) -> str:
    """The index key of a name: its folded words with single spaces."""
    return " ".join(_keys(name, words))


def forms(name: str, words: Words, *, street: bool) -> Iterator[tuple[str, How]]:
    """The keys under which a name is found; a street also without its type and direction."""
    parts = _keys(name, words)
    if not parts:
        return
    yield " ".join(parts), How.FULL
    otherwise = _counted_otherwise(parts, words)
    if otherwise:
        yield " ".join(otherwise), How.ALIAS
    if not street:
        yield from _shorter(parts, words)
        return
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
            yield " ".join(shorter), how


def _shorter(parts: list[str], words: Words) -> Iterator[tuple[str, How]]:
    """A landmark without its article or its "School", a town without "Township"."""
    if len(parts) > 1 and parts[0] in words.articles:
        yield " ".join(parts[1:]), How.ALIAS
    short = parts[:-1] if parts[-1] in words.town_types else []
    if any(not words.ordinary(part) and part not in words.articles for part in short):
        yield " ".join(parts[:-1]), How.ALIAS
    elif len(parts) > 2 and parts[-1] in words.landmark_types and _tells(parts[:-1], words):
        yield " ".join(parts[:-1]), How.NO_TYPE


def _tells(parts: Sequence[str], words: Words) -> bool:
    """Whether words without the type still are a name: not "the big" of "The Big Park"."""
    left = [part for part in parts if part not in words.articles]
    return len(left) > 1 or not all(map(words.ordinary, left))


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


def house_number(text: str) -> int | None:
    """The number that a house number begins with: 14 of "14b" and "14-16"; None without one."""
    digits = re.match(r"\s*(\d{1,6})", text)
    return int(digits.group(1)) if digits else None
