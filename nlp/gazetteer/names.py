"""Names and texts as comparable tokens, and the shorter forms that people use of a name."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from nlp.gazetteer.words import Words

# A letter followed by digits parts ("RT202", "I76"), digits keep their letters ("10th").
# Chinese, Japanese and Korean are written without spaces: there each sign is a word. The signs of
# Indic scripts, Thai and Burmese that stand over and under letters belong to them.
_SIGN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_LETTER = (
    rf"(?:[^\W\d_{_SIGN}]|[\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0900-\u0e7f\u1000-\u109f])"
)
_TOKEN = re.compile(rf"[{_SIGN}]|{_LETTER}+(?:['’`]{_LETTER}+)*|\d+{_LETTER}*")
# "#ElmGroveRoad" holds three words.
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*")
_LONGEST = 8
_MOST_KEYS = 50_000


class How(IntEnum):
    """How a name was written, best first; each form is its own key of the index."""

    FULL = 0
    ALIAS = 1
    NO_TYPE = 2
    NO_DIRECTION = 3
    BARE = 4


class Token(NamedTuple):
    """One word at `text[start:end]`; `key` is what is compared."""

    key: str
    start: int
    end: int


def plain(word: str) -> str:
    """Lower case, without accents and apostrophes."""
    if word.isascii():
        return word.lower().replace("'", "").replace("`", "")
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c) and c not in "'’`ʼ")


def tokens(text: str, words: Words) -> list[Token]:
    """The words of a text, folded, with their places in it."""
    keys = words.keys
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        if match.start() and text[match.start() - 1] == "#" and not word[1:].islower():
            found += _humps(word, match.start(), words)
            continue
        found.append(Token(keys.get(word) or _folded(word, words), match.start(), match.end()))
    return found


def _humps(word: str, start: int, words: Words) -> list[Token]:
    """The words of a hashtag that is written like a camel."""
    return [
        Token(_folded(part.group(), words), start + part.start(), start + part.end())
        for part in _HUMP.finditer(word)
    ]


def _folded(word: str, words: Words) -> str:
    key = plain(word)
    key = words.fold.get(key, key)
    if len(words.keys) < _MOST_KEYS:
        words.keys[word] = key
    return key


def _keys(name: str, words: Words) -> list[str]:
    keys = words.keys
    return [keys.get(word) or _folded(word, words) for word in _TOKEN.findall(name)[:_LONGEST]]


def key_of(name: str, words: Words) -> str:
    """The index key of a name: its folded words with single spaces."""
    return " ".join(_keys(name, words))


def forms(name: str, words: Words, *, street: bool) -> Iterator[tuple[str, How]]:
    """The keys under which a name is found; a street also without its type and direction."""
    parts = _keys(name, words)
    if not parts:
        return
    yield " ".join(parts), How.FULL
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
    """A landmark without its article, a town without "Township"."""
    if len(parts) > 1 and parts[0] in words.articles:
        yield " ".join(parts[1:]), How.ALIAS
    short = parts[:-1] if parts[-1] in words.town_types else []
    if any(not words.ordinary(part) and part not in words.articles for part in short):
        yield " ".join(parts[:-1]), How.ALIAS


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
    """Whether a shortened name is more than a type, a direction, a letter or a joining word."""
    return any(len(part) > 1 and part not in words.empty for part in parts)


def house_number(text: str) -> int | None:
    """The number that a house number begins with: 14 of "14b" and "14-16"; None without one."""
    digits = re.match(r"\s*(\d{1,6})", text)
    return int(digits.group(1)) if digits else None
