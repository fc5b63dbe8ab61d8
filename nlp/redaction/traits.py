"""What the tagger sees of a word: its letters, its shape, the lists it stands in, how common it is.

Features are hashed into a table of fixed size (Weinberger et al. 2009), so that nothing but numbers
is stored, and no word of a resident's message can be read from a model.
"""

import re
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import fold
from nlp.redaction.people import people_lists

#: Slots of the table of weights, and of the table of how common words are.
SLOTS: Final = 1 << 18
COMMON_SLOTS: Final = 1 << 19
#: Neighbours whose traits count, by their distance.
OFFSETS: Final = (-2, -1, 0, 1, 2)
#: From how many occurrences in lower case a word is commoner (levels 0 to 7).
LEVELS: Final = (1, 2, 4, 10, 40, 200, 1000)
#: A word of this level is so common that in lower case it is nobody's name.
EVERYDAY_LEVEL: Final = 6

#: Words, rows of digits, and marks one by one.
TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]|_")
#: Letters from here on belong to scripts of which there are no messages to learn from.
_BEYOND_LATIN: Final = "\u0250"

Numbers = NDArray[np.int64]
Codes = NDArray[np.uint32]

#: Columns of `Trait.codes`: word, class (shape and lists), shape.
WORD, CLASS, SHAPE, LEVEL = range(4)
#: Traits of neighbours that count together: (column, distance) each.
_TOGETHER: Final = (
    ((WORD, -1), (WORD, 0)),
    ((WORD, 0), (WORD, 1)),
    ((WORD, -1), (CLASS, 0)),
    ((CLASS, 0), (WORD, 1)),
    ((WORD, -1), (WORD, 1)),
    ((WORD, -2), (WORD, -1)),
    ((WORD, 1), (WORD, 2)),
    ((CLASS, -1), (CLASS, 0)),
    ((CLASS, 0), (CLASS, 1)),
    ((WORD, -2), (CLASS, 0)),
    ((CLASS, 0), (WORD, 2)),
    ((WORD, -2), (WORD, -1), (CLASS, 0)),
    ((WORD, -1), (CLASS, 0), (WORD, 1)),
    ((CLASS, -1), (CLASS, 0), (CLASS, 1)),
    ((CLASS, 0), (WORD, 1), (WORD, 2)),
    ((LEVEL, 0),),
    ((LEVEL, 0), (SHAPE, 0)),
    ((LEVEL, -1), (LEVEL, 0)),
    ((LEVEL, 0), (LEVEL, 1)),
    ((LEVEL, 0), (SHAPE, -1)),
)
_PRIMES: Final = tuple(map(np.uint32, (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35)))


class Trait(NamedTuple):
    """A word's features: `slots` for each of OFFSETS, `codes` (word, class, shape) to be joined
    with those of neighbours, and what it can be: a word of a name, a number, a short mark beside
    one. `home` is its slot in the table of how common words are.
    """

    slots: tuple[NDArray[np.int32], ...]
    codes: tuple[int, int, int]
    home: int
    word: bool
    capital: bool
    numeral: bool
    short: bool


def trait(word: str) -> Trait:
    """The traits of one token of a text as it is written."""
    bare, shape = _bare(word), _shape(word)
    lists = [name for name, members in people_lists().items() if bare in members]
    kind = f"{shape}|{','.join(lists)}"
    letters = word[0].isalpha()
    return Trait(
        tuple(_slots(offset, word, bare, shape, kind, lists) for offset in OFFSETS),
        (_code(f"w{bare}"), _code(f"c{kind}"), _code(f"s{shape}")),
        _code(bare) % COMMON_SLOTS,
        word=letters and word[0] < _BEYOND_LATIN,
        capital=letters and word[0].isupper(),
        numeral=word[0].isdigit() or bare in people_lists()["numeral"],
        short=letters and len(word) <= 4,
    )


def _slots(
    offset: int, word: str, bare: str, shape: str, kind: str, lists: list[str]
) -> NDArray[np.int32]:
    seen = [f"w={bare}", f"h={shape}", f"c={kind}", *(f"l={name}" for name in lists)]
    letters = bare[:1].isalpha()
    if offset and letters:
        seen += [f"s={bare[-3:]}", f"p={bare[:4]}"]
    if not offset:
        seen += [f"n={min(len(bare), 12)}", *(f"lh={name}{shape}" for name in lists)]
        seen += ["of"] if bare != fold(word) else []
        seen += _pieces(bare) if letters else []
    return np.array([_code(f"{offset}{name}") % SLOTS for name in seen], np.int32)


def _pieces(word: str) -> list[str]:
    padded = f"<{word[:24]}>"
    return [
        f"g={padded[start : start + length]}"
        for length in (3, 4, 5)
        for start in range(len(padded) - length + 1)
    ]


def joined_slots(codes: Codes) -> NDArray[np.int32]:
    """Slots of what neighbours have in common: codes (tokens × 4) into tokens × joint features.

    The tokens of several texts may follow each other with two rows of zeros between.
    """
    count = len(codes)
    padded = np.zeros((count + 4, codes.shape[1]), np.uint32)
    padded[2:-2] = codes
    found = np.empty((count, len(_TOGETHER)), np.int32)
    for number, parts in enumerate(_TOGETHER):
        mixed = np.full(count, (number + 1) * 0x27D4EB2F & 0xFFFFFFFF, np.uint32)
        for prime, (column, offset) in zip(_PRIMES, parts, strict=False):
            mixed = (mixed ^ padded[2 + offset : 2 + offset + count, column]) * prime
            mixed ^= mixed >> np.uint32(15)
        found[:, number] = mixed % np.uint32(SLOTS)
    return found


def level(counts: Numbers) -> Numbers:
    """How common words are (0 to 7) from how often they were seen."""
    return np.searchsorted(LEVELS, counts, side="right")


def _code(name: str) -> int:
    return crc32(name.encode("utf-8", "surrogatepass"))


def _bare(word: str) -> str:
    folded = fold(word)
    return folded[:-2] if folded[-2:] in ("'s", "’s") else folded


def _shape(word: str) -> str:
    if word[0].isdigit():
        return f"d{min(len(word), 8)}"
    if not word[0].isalpha():
        return word
    if len(word) == 1:
        return "A" if word.isupper() else "a"
    if word.isupper():
        return "AA"
    return "Aa" if word[0].isupper() else "a" if word.islower() else "aA"
