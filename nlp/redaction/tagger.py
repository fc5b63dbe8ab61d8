"""A learnt tagger of words that tell who somebody is: linear weights of the traits of a word and of
its neighbours, a column for each kind. Most words are looked at once and remembered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from nlp.redaction.joining import KINDS, Span, joined
from nlp.redaction.traits import (
    COMMON_SLOTS,
    EVERYDAY_LEVEL,
    LEVEL,
    OFFSETS,
    SLOTS,
    TOKEN,
    Trait,
    joined_slots,
    trait,
)

FILE: Final = "people.npz"
#: Words remembered at most; nothing may grow without end.
_REMEMBERED: Final = 15_000
_WIDTH: Final = len(OFFSETS) * len(KINDS)
#: Empty words between two texts, so that no word has neighbours in another text.
_BETWEEN: Final = (0, 0)

Floats = NDArray[np.float32]
_Any = TypeVar("_Any", bound=np.generic)


class TaggerError(RuntimeError):
    """The stored tagger is broken or of another format: train it anew."""


def possible(traits: NDArray[np.bool_], levels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which tokens can be part of a name, a description, a house number, a plate (tokens × KINDS).

    From the columns word, capital, numeral and short of their traits, and how common they are.
    """
    word, capital, numeral, short = traits.T
    beside = np.zeros_like(numeral)
    beside[1:] |= numeral[:-1]
    beside[:-1] |= numeral[1:]
    figure = numeral | (short & beside)
    name = word & ((levels < EVERYDAY_LEVEL) | capital)
    return np.stack([name, word | numeral, figure, figure], axis=1)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is stored: `weights` (SLOTS × KINDS) in steps of `scale` (KINDS), `base` and `limits`
    (KINDS: a word that scores above is tagged), and how common words are (`levels`, a slot each).
    """

    weights: NDArray[np.int8]
    scale: Floats
    base: Floats
    limits: Floats
    levels: NDArray[np.uint8]

    def save(self, folder: Path) -> None:
        """Write the tagger's file into a model folder."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {name: getattr(self, name) for name in self.__slots__}
        np.savez_compressed(folder / FILE, **arrays)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Read a model folder; None if it holds no tagger. Raises TaggerError."""
        path = folder / FILE
        if not path.exists():
            return None
        try:
            with np.load(path, allow_pickle=False) as stored:
                found = cls(**{name: stored[name] for name in cls.__slots__})
        except (OSError, ValueError, KeyError) as error:
            raise TaggerError(f"cannot read the tagger in {folder.name}: {error}") from error
        if found.weights.shape != (SLOTS, len(KINDS)) or found.levels.shape != (COMMON_SLOTS,):
            raise TaggerError(f"the tagger in {folder.name} has another format; train it anew")
        return found


class Tagger:
    """Tags the words of texts, in batches."""

    def __init__(self, learnt: Learnt) -> None:
        self._learnt = learnt
        self._ids: dict[str, int] = {}
        self._own: Floats
        self._codes: NDArray[np.uint32]
        self._traits: NDArray[np.bool_]
        self._forget()

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Load the tagger of a model folder; None if it holds none. Raises TaggerError."""
        learnt = Learnt.load(folder)
        return None if learnt is None else cls(learnt)

    def tag_many(self, texts: Sequence[str]) -> list[list[Span]]:
        """For each text what identifies somebody: (start, end, kind), in order."""
        rows = [TOKEN.findall(text) for text in texts]
        hits = self._scores_of(rows) > self._learnt.limits
        found: list[list[Span]] = []
        start = len(_BETWEEN)
        for text, row in zip(texts, rows, strict=True):
            own = hits[start : start + len(row)]
            start += len(row) + len(_BETWEEN)
            found.append(joined(text, own) if own.any() else [])
        return found

    def _scores_of(self, rows: Iterable[Sequence[str]]) -> Floats:
        """The score of every word (empty ones between texts) for every kind that it can be."""
        if len(self._ids) > _REMEMBERED:
            self._forget()
        ids = [*_BETWEEN]
        for row in rows:
            ids += map(self._id, row)
            ids += _BETWEEN
        order = np.array(ids)
        codes = self._codes[order]
        scores = self._learnt.weights[joined_slots(codes)].sum(axis=1, dtype=np.int32)
        scores = scores * self._learnt.scale + self._learnt.base
        own = self._own[order]
        for number, offset in enumerate(OFFSETS):
            column = own[:, number * len(KINDS) : (number + 1) * len(KINDS)]
            low, high = max(0, offset), len(own) + min(0, offset)
            scores[low - offset : high - offset] += column[low:high]
        allowed = possible(self._traits[order], codes[:, LEVEL].astype(np.int64))
        return np.where(allowed, scores, -np.inf).astype(np.float32)

    def _id(self, word: str) -> int:
        number = self._ids.get(word)
        return self._learn(word) if number is None else number

    def _learn(self, word: str) -> int:
        number = self._ids[word] = len(self._ids)
        if number >= len(self._own):
            self._own = _doubled(self._own)
            self._codes = _doubled(self._codes)
            self._traits = _doubled(self._traits)
        seen = trait(word)
        self._own[number] = self._scores(seen)
        self._codes[number] = (*seen.codes, self._learnt.levels[seen.home])
        self._traits[number] = (seen.word, seen.capital, seen.numeral, seen.short)
        return number

    def _scores(self, seen: Trait) -> Floats:
        """What the word alone counts for itself and its neighbours."""
        parts = [self._learnt.weights[slots].sum(axis=0) for slots in seen.slots]
        return np.concatenate([part * self._learnt.scale for part in parts])

    def _forget(self) -> None:
        """Begin anew with the empty word, which has the number 0."""
        self._ids = {"": 0}
        self._own = np.zeros((1024, _WIDTH), np.float32)
        self._codes = np.zeros((1024, 4), np.uint32)
        self._traits = np.zeros((1024, 4), np.bool_)


def _doubled(values: NDArray[_Any]) -> NDArray[_Any]:
    return np.concatenate([values, np.zeros_like(values)])
