"""Counting words, word pairs and pieces of words of a text, and the marks that rules found in it.

Every word's features are looked up once and remembered, so that a text costs little more than its
number of words; weights follow Salton & Buckley (1988): (1 + ln tf) · idf, each of the three
blocks (words and pairs, pieces, marks) scaled to a length of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.normalise import tokens

SHORTEST_PIECE: Final = 2
LONGEST_PIECE: Final = 5
#: Words remembered at most; residents' words are few, but nothing may grow without end.
_REMEMBERED: Final = 50_000
#: Lengths of the three blocks: words and pairs, pieces, marks.
_LENGTHS: Final = np.array([1.0, 1.0, 2.0])

Matrix = NDArray[np.float32]


class Sample(NamedTuple):
    """A text, and the marks of `nlp.rules.findings` in it."""

    text: str
    marks: tuple[str, ...] = ()


def pieces(word: str) -> Iterator[str]:
    """Every run of 2 to 5 characters of a word written between two spaces."""
    padded = f" {word} "
    for length in range(SHORTEST_PIECE, min(LONGEST_PIECE, len(padded)) + 1):
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


def word_features(row: Sequence[str]) -> list[str]:
    """Words (marked "=") and pairs of neighbouring words (with a space between)."""
    return [f"={word}" for word in row] + [f"{a} {b}" for a, b in pairwise(row)]


class FeatureSpace:
    """The known features: words and pairs, from `edges[0]` pieces, from `edges[1]` marks ("@")."""

    def __init__(self, names: Sequence[str], edges: tuple[int, int], idf: Matrix) -> None:
        self.names = list(names)
        self.edges = edges
        self.idf = idf
        self._ids = {name: number for number, name in enumerate(self.names)}
        self._known: dict[str, tuple[int, ...]] = {}

    @classmethod
    def learn(cls, samples: Sequence[Sample], *, rarest: int) -> "FeatureSpace":
        """Take the features that occur in at least `rarest` texts."""
        blocks: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
        for text, marks in samples:
            row = tokens(text)
            blocks[0].update(set(word_features(row)))
            blocks[1].update(set(chain.from_iterable(map(pieces, row))))
            blocks[2].update({f"@{mark}" for mark in marks})
        chosen = [sorted(name for name, n in block.items() if n >= rarest) for block in blocks]
        seen = [block[name] for block, part in zip(blocks, chosen, strict=True) for name in part]
        idf = np.log((1 + len(samples)) / (1 + np.array(seen, dtype=np.float64))) + 1
        edges = (len(chosen[0]), len(chosen[0]) + len(chosen[1]))
        return cls([*chain.from_iterable(chosen)], edges, idf.astype(np.float32))

    def matrix(self, samples: Sequence[Sample]) -> sparse.csr_array:
        """Weigh texts into a sparse matrix (texts × features) of float32."""
        rows = [self._features(sample) for sample in samples]
        ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
        flat = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(ends[-1]))
        counts = sparse.csr_array(
            (np.ones(len(flat), dtype=np.float32), flat, ends), shape=(len(rows), len(self.names))
        )
        counts.sum_duplicates()
        self._weigh(counts)
        return counts

    def _weigh(self, counts: sparse.csr_array) -> None:
        weights = (1 + np.log(counts.data)) * self.idf[counts.indices]
        block = 3 * np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        block += np.searchsorted(self.edges, counts.indices, side="right")
        lengths = np.sqrt(np.bincount(block, weights=weights**2, minlength=1))
        counts.data = (weights / lengths[block] * _LENGTHS[block % 3]).astype(np.float32)

    def _features(self, sample: Sample) -> list[int]:
        row = tokens(sample.text)
        ids = self._ids
        found: list[int] = []
        for word in row:
            found += self._known.get(word) or self._of_word(word)
        found += _known(ids, (f"{first} {second}" for first, second in pairwise(row)))
        return found + _known(ids, (f"@{mark}" for mark in sample.marks))

    def _of_word(self, word: str) -> tuple[int, ...]:
        known = self._known.get(word)
        if known is None:
            known = tuple(_known(self._ids, (f"={word}", *pieces(word[:40]))))
            if len(self._known) < _REMEMBERED:
                self._known[word] = known
        return known


def _known(ids: dict[str, int], names: Iterable[str]) -> list[int]:
    return [number for name in names if (number := ids.get(name)) is not None]
