"""Misspelt words, by an index of the beginnings of known words with letters left out.

Garbe's symmetric delete (SymSpell): what two words share after deletions is found by hash, then the
distance decides. Only the first letters are indexed, so a word takes at most 29 entries.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import combinations
from operator import or_
from string import ascii_lowercase
from zlib import crc32

import marisa_trie
import numpy as np
from numpy.typing import NDArray

SHORTEST = 4
"""Shorter known words are not looked for: too many words are near them."""
_PREFIX = 7
_TWO_SLIPS = 7
"""Words of so many letters may hide two slips."""
_SHORTENED = 5
_MOST_SLIPS = 2
_CROWD = 100
"""So many words are compared at most: the time for one word stays within a few ms."""
_BITS = {letter: bit for bit, letter in enumerate(ascii_lowercase)}
_MOST = 6


def slips_in(word: str) -> int:
    """How many slips of the finger a word of this length may hide: 0, 1 or 2."""
    if len(word) < SHORTEST - 1 or not word.isalpha():
        return 0
    return 2 if len(word) >= _TWO_SLIPS else 1


def deletions(word: str, most: int) -> Iterator[str]:
    """The word's beginning, and it without each one (and two) of its letters; may repeat."""
    start = word[:_PREFIX]
    yield start
    if most:
        for i in range(len(start)):
            yield start[:i] + start[i + 1 :]
    if most > 1:
        for i, j in combinations(range(len(start)), 2):
            yield start[:i] + start[i + 1 : j] + start[j + 1 :]


def indexed(words: Iterable[tuple[str, int]]) -> NDArray[np.uint64]:
    """Sorted entries (hash of a variant << 32 | number of the word)."""
    entries = [
        (crc32(variant.encode()) << 32) | number
        for word, number in words
        for variant in deletions(word, slips_in(word))
        if len(word) >= SHORTEST
    ]
    return np.unique(np.array(entries, dtype=np.uint64))


def distance(a: str, b: str, most: int) -> int:
    """Letters added, dropped, changed or swapped with a neighbour (optimal string alignment).

    Stops early and returns `most` + 1 when there are more.
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    start, shorter = 0, min(len(a), len(b))
    while start < shorter and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return min(_aligned(a, b, most), most + 1) if a and b else len(a or b)


def _aligned(a: str, b: str, most: int) -> int:
    """The distance where it is at most `most`: only so near the diagonal are cells filled in."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        row = [most + 1] * (len(b) + 1)
        row[0] = i
        for j in range(max(1, i - most), min(len(b), i + most) + 1):
            y = b[j - 1]
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]


def letters_of(word: str) -> int:
    """The letters that a word has, as bits; those beyond a to z share the last six."""
    return reduce(or_, (1 << _BITS.get(c, 26 + ord(c) % 6) for c in word), 0)


def corrections(
    word: str, typos: NDArray[np.uint64], letters: NDArray[np.uint32], vocabulary: marisa_trie.Trie
) -> list[tuple[str, int]]:
    """Known words near `word` with their distance, the nearest first, then by the alphabet."""
    most = slips_in(word)
    if not most:
        return []
    found = []
    for number in _near(word, most, typos, letters):
        near = str(vocabulary.restore_key(number))
        # The first letter is rarely the wrong one, and "lark" for "park" costs trust.
        if near[0] == word[0] and near != word:
            allowed = _allowed(word, near, most)
            slips = distance(word, near, allowed)
            if slips <= allowed:
                found.append((slips, near))
    return [(near, slips) for slips, near in sorted(found)[:_MOST]]


def _near(
    word: str, most: int, typos: NDArray[np.uint64], letters: NDArray[np.uint32]
) -> list[int]:
    """Numbers of known words that share a variant; of a crowd those with the likest letters."""
    hashes = np.array([crc32(v.encode()) for v in deletions(word, most)], dtype=np.uint64) << 32
    bounds = zip(
        np.searchsorted(typos, hashes).tolist(),
        np.searchsorted(typos, hashes + (1 << 32)).tolist(),
        strict=True,
    )
    parts = [typos[low:high] for low, high in bounds if low < high]
    if not parts:
        return []
    shared = np.concatenate(parts).astype(np.uint32)
    mask = np.uint32(letters_of(word))
    # A slip takes one letter away and brings one in at most.
    numbers = np.unique(shared[np.bitwise_count(letters[shared] ^ mask) <= 2 * _MOST_SLIPS])
    if len(numbers) > _CROWD:
        unlike = np.bitwise_count(letters[numbers] ^ mask)
        numbers = numbers[np.argsort(unlike, kind="stable")[:_CROWD]]
    found: list[int] = numbers.tolist()
    return found


def _allowed(word: str, near: str, most: int) -> int:
    """A long word may lose two letters and be short then: "trmnt" for Tremont."""
    lost = len(word) >= _SHORTENED and len(near) > len(word)
    return slips_in(near) if lost else min(most, slips_in(near))
