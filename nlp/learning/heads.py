"""Fitting the heads: linear machines and the net beside them.

scikit-learn is for training alone: nothing that is imported while messages are analysed uses it.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from nlp.learning.features import FeatureSpace, Sample
from nlp.learning.hidden import Net
from nlp.learning.targets import FOLDS, Numbers, Target
from nlp.learning.weights import Floats, Weights

SEED: Final = 20
#: A feature has to occur in this many messages.
RAREST: Final = 4
#: How strictly a machine follows its messages (C of the support vector machine).
STRENGTH: Final = 0.3
#: When a machine stops; ten times finer changes no figure and takes twice as long.
CLOSE_ENOUGH: Final = 0.01


def fit(samples: Sequence[Sample], targets: Sequence[Target]) -> tuple[FeatureSpace, Weights]:
    """Learn the features, one column of weights for each label against the rest, and the net."""
    space = FeatureSpace.learn(samples, rarest=RAREST)
    matrix = space.matrix(samples)
    linear, bias = _machines(matrix, targets)
    net = Net(len(space.names), linear.shape[1])
    net.learn(matrix, targets)
    return space, Weights(linear, bias, net.inner, net.shift, net.outer, net.base)


def _machines(matrix: sparse.csr_array, targets: Sequence[Target]) -> tuple[Floats, Floats]:
    """One support vector machine a label: features × columns, and their shifts."""
    weights: list[NDArray[np.float64]] = []
    bias: list[float] = []
    for target in targets:
        for column in range(len(target.labels)):
            truth = target.truth[:, column]
            used = np.flatnonzero(target.chosen & (truth >= 0))
            machine = LinearSVC(
                C=STRENGTH, class_weight="balanced", tol=CLOSE_ENOUGH, random_state=SEED
            )
            machine.fit(matrix[used], truth[used])
            weights.append(machine.coef_[0])
            bias.append(float(machine.intercept_[0]))
    return np.array(weights, dtype=np.float32).T.copy(), np.array(bias, dtype=np.float32)


def cross_validate(samples: Sequence[Sample], targets: Sequence[Target], cores: Executor) -> Floats:
    """Score every message by heads that were fitted without it."""
    strata = targets[0].truth.argmax(axis=1) + 100 * targets[1].truth.argmax(axis=1)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    parts = list(folds.split(strata, _common(strata)))
    scores = np.zeros((len(samples), sum(len(target.labels) for target in targets)), np.float32)
    fitted = cores.map(partial(_held_out, samples, targets), parts)
    for (_, kept), own in zip(parts, fitted, strict=True):
        scores[kept] = own
    return scores


def _held_out(
    samples: Sequence[Sample], targets: Sequence[Target], part: tuple[Numbers, Numbers]
) -> Floats:
    learnt, kept = part
    own = [target.of(learnt) for target in targets]
    space, weights = fit([samples[number] for number in learnt], own)
    return weights.scores(space.matrix([samples[number] for number in kept]))


def _common(strata: Numbers) -> Numbers:
    """The strata, with those too rare to be spread over the folds put together."""
    values, inverse, counts = np.unique(strata, return_inverse=True, return_counts=True)
    return np.where(counts[inverse] >= FOLDS, values[inverse], -1)
