"""Training the net of one hidden layer that all heads share: what one head learns helps others.

AdaGrad (Duchi et al. 2011) on small batches, with drop-out of features and of units (Srivastava et
al. 2014); softmax over the labels of a head, a sigmoid for yes or no. numpy and scipy suffice, and
the same rows in the same order give the same weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.learning.targets import Target

UNITS: Final = 64
ROUNDS: Final = 16
BATCH: Final = 128
#: First length of a step; it shrinks to nothing over the rounds.
STEP: Final = 0.2
#: The share of a text's features, and of units, left out at each step.
FEATURES_OUT: Final = 0.3
UNITS_OUT: Final = 0.3
SEED: Final = 20

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Right answers (rows × columns), which of them count, and the columns of every head."""

    answers: Floats
    counted: Floats
    heads: tuple[slice, ...]


class Net:
    """Weights of the inner and outer layer while they are learnt."""

    def __init__(self, features: int, columns: int) -> None:
        self._random = np.random.default_rng(SEED)
        draw = self._random.standard_normal
        self.inner = (draw((features, UNITS)) * 0.05).astype(np.float32)
        self.outer = (draw((UNITS, columns)) / UNITS**0.5).astype(np.float32)
        self.shift = np.zeros(UNITS, np.float32)
        self.base = np.zeros(columns, np.float32)
        self._seen = [np.full(size, 1e-3, np.float32) for size in (features, UNITS, columns)]
        self._seen_outer = np.full((UNITS, columns), 1e-3, np.float32)

    def learn(self, matrix: sparse.csr_array, targets: Sequence[Target]) -> None:
        """Go over the texts (rows of the matrix) in ROUNDS rounds."""
        wanted = _wanted(targets)
        for number in range(ROUNDS):
            order = self._random.permutation(matrix.shape[0])
            for start in range(0, len(order), BATCH):
                rows = order[start : start + BATCH]
                self._step(matrix[rows], rows, wanted, STEP * (1 - number / ROUNDS))

    def _step(
        self, batch: sparse.csr_array, rows: NDArray[np.intp], wanted: _Wanted, step: float
    ) -> None:
        used, own = np.unique(batch.indices, return_inverse=True)
        kept = self._random.random(batch.nnz) >= FEATURES_OUT
        data = (batch.data * kept / (1 - FEATURES_OUT)).astype(np.float32)
        small = sparse.csr_array((data, own, batch.indptr), shape=(len(rows), len(used)))
        raised = small @ self.inner[used] + self.shift
        alive = (raised > 0) * (self._random.random(raised.shape) >= UNITS_OUT) / (1 - UNITS_OUT)
        units = (raised * alive).astype(np.float32)
        wrong = _wrong(units @ self.outer + self.base, rows, wanted)
        back = ((wrong @ self.outer.T) * alive).astype(np.float32)
        slope = units.T @ wrong
        self._seen_outer += slope**2
        self.outer -= step * slope / np.sqrt(self._seen_outer)
        for values, change, seen in (
            (self.base, wrong.sum(axis=0), self._seen[2]),
            (self.shift, back.sum(axis=0), self._seen[1]),
        ):
            seen += change**2
            values -= step * change / np.sqrt(seen)
        inner = np.asarray(small.T @ back)
        self._seen[0][used] += (inner**2).mean(axis=1)
        self.inner[used] -= step * inner / np.sqrt(self._seen[0][used])[:, None]


def _wanted(targets: Sequence[Target]) -> _Wanted:
    answers, counted, heads = [], [], []
    start = 0
    for target in targets:
        known = target.truth != 0 if len(target.labels) > 1 else target.truth == 1
        shared = known / np.maximum(known.sum(axis=1, keepdims=True), 1)
        answers.append(shared if len(target.labels) > 1 else known.astype(np.float64))
        counted.append(np.repeat(target.chosen[:, None], len(target.labels), axis=1))
        heads.append(slice(start, start := start + len(target.labels)))
    return _Wanted(
        np.hstack(answers).astype(np.float32),
        np.hstack(counted).astype(np.float32),
        tuple(heads),
    )


def _wrong(scores: Floats, rows: NDArray[np.intp], wanted: _Wanted) -> Floats:
    """The slope of the mean cross-entropy at the scores."""
    shares = np.empty_like(scores)
    for head in wanted.heads:
        own = scores[:, head]
        if own.shape[1] == 1:
            shares[:, head] = 1 / (1 + np.exp(-np.clip(own, -30, 30)))
        else:
            raised = np.exp(own - own.max(axis=1, keepdims=True))
            shares[:, head] = raised / raised.sum(axis=1, keepdims=True)
    return (shares - wanted.answers[rows]) * wanted.counted[rows] / np.float32(len(rows))
