"""Training the tagger of `nlp.redaction.tagger` on the personal data that authors marked.

A linear support vector machine a kind, on the words that can be of it: first on every word that is
marked and one in four of the others, then again with those others that came out near the border.
Words that came out clearly as personal although nobody marked them teach nothing: where the authors
overlooked a name, learning that it is none would do harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from nlp.learning.corpus import Row
from nlp.learning.marking import Marked, marked
from nlp.redaction.joining import KINDS
from nlp.redaction.tagger import Learnt, possible
from nlp.redaction.traits import COMMON_SLOTS, LEVEL, OFFSETS, SLOTS, joined_slots, level

#: A word of this kind is tagged from this score on: names, descriptions, house numbers, plates.
#: Found in cross-validation for 2 % needless messages, of which some hold what nobody marked.
LIMITS: Final = (-0.15, 0.05, -0.3, 0.0)
STRENGTH: Final = 0.1
#: The share of the other words that the first machine learns from.
SAMPLE: Final = 0.25
#: Scores of the first machine: from where on others count for the second, and until where.
NEAR: Final = -0.9
OVERLOOKED: Final = 0.3
SEED: Final = 20

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of all messages, with empty ones between them: their features and what they are."""

    matrix: sparse.csr_matrix
    possible: Bools
    answers: NDArray[np.int64]


def learn_people(rows: Sequence[Row]) -> Learnt:
    """Learn the tagger from labelled messages. Deterministic."""
    known = marked(rows)
    counts = _counts(known)
    words = _words(known, counts)
    columns, base = zip(*(_machine(words, kind) for kind in range(len(KINDS))), strict=True)
    weights = np.stack(columns, axis=1)
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
    return Learnt(
        np.round(weights / scale).astype(np.int8),
        scale.astype(np.float32),
        np.array(base, np.float32),
        np.array(LIMITS, np.float32),
        level(counts).astype(np.uint8),
    )


def _counts(known: Marked) -> NDArray[np.int64]:
    """How often each word stands in lower case without being marked, by its slot."""
    return np.bincount(known.homes[known.plain], minlength=COMMON_SLOTS)


def _words(known: Marked, counts: NDArray[np.int64]) -> _Words:
    """A word is as common as it is in all other places, lest being here tells what it is."""
    levels = level(counts[known.homes] - known.plain)
    codes = known.codes.copy()
    codes[:, LEVEL] = levels
    joint = joined_slots(codes)
    ends = np.arange(0, joint.size + 1, joint.shape[1])
    matrix = sparse.csr_matrix(
        (np.ones(joint.size, np.float32), joint.ravel(), ends), shape=(len(joint), SLOTS)
    )
    for number, offset in enumerate(OFFSETS):
        order = np.zeros(len(known.ids), np.int64)
        low, high = max(0, offset), len(order) + min(0, offset)
        order[low - offset : high - offset] = known.ids[low:high]
        matrix = matrix + known.features[number][order]
    return _Words(matrix, possible(known.traits, levels), known.answers)


def _machine(words: _Words, kind: int) -> tuple[Floats, float]:
    """The weights of a kind (SLOTS) and their shift."""
    right = words.answers == kind
    learnt = (words.answers >= -1) & (words.possible[:, kind] | right)
    random = np.random.default_rng(SEED)
    others = learnt & ~right
    first = right | (others & (random.random(len(right)) < SAMPLE))
    scores = words.matrix @ (machine := _fitted(words.matrix, right, first))[0] + machine[1]
    near = others & (scores > NEAR) & (scores < OVERLOOKED)
    return _fitted(words.matrix, right, first | near)


def _fitted(matrix: sparse.csr_matrix, right: Bools, used: Bools) -> tuple[Floats, float]:
    if not right[used].any():
        return np.zeros(SLOTS, np.float32), -1.0
    machine = LinearSVC(C=STRENGTH, random_state=SEED, tol=0.1)
    machine.fit(matrix[used], right[used])
    return machine.coef_[0].astype(np.float32), float(machine.intercept_[0])
