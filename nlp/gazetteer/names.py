"""Names and texts as comparable tokens."""

import re
import unicodedata
from itertools import pairwise

from nlp.gazetteer.words import Words, respelt

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
_LONGEST = 8
_MOST_KEYS = 20_000
_SILENT = str.maketrans("", "", "'`.")


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


def spelt(word: str, words: Words) -> str:
    """A word plain and in the one spelling that its languages' old and new ones share."""
    key = plain(word) or word
    return respelt(key, words.letters) if words.letters else key


def folded(word: str, words: Words) -> str:
    """A word as it is compared: plain, and in the one spelling that the index keeps."""
    key = words.keys.get(word)
    if key is None:
        key = spelt(word, words)
        key = words.fold.get(key, key)
        if len(words.keys) >= _MOST_KEYS:
            words.keys.clear()  # numbers and slips never end; what returns is soon known again
        words.keys[word] = key
    return key


def keys_of(name: str, words: Words) -> list[str]:
    """The first folded words of a name."""
    return [folded(word, words) for word in split(name)[:_LONGEST]]


def key_of(name: str, words: Words) -> str:
    """The index key of a name: its folded words with single spaces."""
    return " ".join(keys_of(name, words))


def house_number(text: str) -> int | None:
    """The number that a house number begins with: 14 of "14b" and "14-16"; None without one."""
    digits = re.match(r"\s*(\d{1,6})", text)
    return int(digits.group(1)) if digits else None
