"""Training the linear heads from the corpus and a deployment's corrections.

The only module that imports scikit-learn, and it is never imported while messages are analysed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from nlp.classifier import Classifier, Head
from nlp.corpus import Row
from nlp.features import FeatureSpace
from nlp.scoring import macro_f1

SEED: Final = 20
FOLDS: Final = 5
#: A feature has to occur in this many messages.
RAREST: Final = 2
#: Yes-or-no heads with fewer positive messages are left to the rules.
FEWEST: Final = 20
STRENGTH: Final = 0.3
#: The share of calm messages that may show the emergency number by the model alone.
FALSE_ALARMS: Final = 0.05
#: The share of right ones among the messages that wake a team by the model alone.
PAGE_PRECISION: Final = 0.85

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What came of a training: `macro_f1` and `accuracy` are cross-validated in five folds."""

    rows: int
    features: int
    macro_f1: float
    accuracy: float
    abstain_below: float
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    """One head to learn: its labels, and the number of the label (or 0, 1) of every message.

    It learns from the `chosen` messages only: whether behaviour is told is a question that only
    suspicion of a person raises.
    """

    name: str
    labels: tuple[str, ...]
    truth: NDArray[np.int64]
    chosen: NDArray[np.bool_]

    def of(self, numbers: NDArray[np.int64]) -> "_Target":
        """The same head over some of the messages."""
        return _Target(self.name, self.labels, self.truth[numbers], self.chosen[numbers])


def train(
    corpus_rows: Sequence[Row], extra_rows: Sequence[Row] = (), out: Path | None = None
) -> TrainingReport:
    """Train on both kinds of rows and save the model in `out` (None: only measure).

    Deterministic: the same rows in the same order give the same weights. Raises ValueError when a
    category has fewer messages than there are folds.
    """
    rows = [*corpus_rows, *extra_rows]
    targets = _targets(rows)
    held_out = _cross_validate(rows, targets)
    heads = _calibrate(targets, held_out, rows)
    threshold, figures = _abstention(rows, heads["category"], held_out)
    space, weights, bias = _fit([row.text for row in rows], targets)
    if out is not None:
        settings = {"abstain_below": threshold, "trained_on": len(rows), **figures}
        settings |= _alarms(targets, heads, held_out)
        Classifier(space, weights, bias, heads, settings).save(out)
    signals = tuple(name for name in heads if name not in ("category", "intent"))
    return TrainingReport(
        rows=len(rows),
        features=len(space.names),
        abstain_below=threshold,
        signals=signals,
        macro_f1=figures["macro_f1"],
        accuracy=figures["accuracy"],
    )


def _targets(rows: Sequence[Row]) -> list[_Target]:
    signals: dict[str, Callable[[Row], bool]] = {
        "file": lambda row: row.file,
        "emergency": lambda row: row.emergency,
        "page": lambda row: row.page,
    }
    for flag, seen in sorted(Counter(flag for row in rows for flag in row.flags).items()):
        if seen >= FEWEST:
            signals[flag] = lambda row, flag=flag: flag in row.flags  # type: ignore[misc]
    suspicion = [row.category == "suspicious_activity" for row in rows]
    signals["behaviour"] = lambda row: row.file
    targets = [
        _labelled("category", [row.category for row in rows]),
        _labelled("intent", [row.intent for row in rows]),
    ]
    for name, holds in signals.items():
        truth = np.array([int(holds(row)) for row in rows])
        chosen = np.array(suspicion) if name == "behaviour" else np.ones(len(rows), dtype=bool)
        if min(truth[chosen].sum(), (1 - truth[chosen]).sum()) >= FOLDS:
            targets.append(_Target(name, (name,), truth, chosen))
    return targets


def _labelled(name: str, values: Sequence[str]) -> _Target:
    labels = sorted(set(values))
    truth = np.array([labels.index(value) for value in values])
    return _Target(name, tuple(labels), truth, np.ones(len(values), dtype=bool))


def _fit(
    texts: Sequence[str], targets: Sequence[_Target]
) -> tuple[FeatureSpace, Any, NDArray[np.float32]]:
    space = FeatureSpace.learn(texts, rarest=RAREST)
    matrix = space.matrix(texts)
    weights: list[Floats] = []
    bias: list[Floats] = []
    for target in targets:
        machine = LinearSVC(C=STRENGTH, class_weight="balanced", random_state=SEED)
        machine.fit(matrix[target.chosen], target.truth[target.chosen])
        # Two labels share one column in scikit-learn, the second label's.
        signs = np.array([-1.0, 1.0]) if len(target.labels) == 2 else np.ones(1)
        weights.append(machine.coef_.T * signs)
        bias.append(machine.intercept_ * signs)
    return (
        space,
        np.hstack(weights).astype(np.float32),
        np.concatenate(bias).astype(np.float32),
    )


def _cross_validate(rows: Sequence[Row], targets: Sequence[_Target]) -> NDArray[np.float32]:
    """Score every message by heads that were trained without it."""
    texts = [row.text for row in rows]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    columns = sum(_width(target) for target in targets)
    scores = np.zeros((len(rows), columns), dtype=np.float32)
    for train_ids, test_ids in folds.split(texts, targets[0].truth):
        space, weights, bias = _fit(
            [texts[i] for i in train_ids],
            [target.of(train_ids) for target in targets],
        )
        scores[test_ids] = space.matrix([texts[i] for i in test_ids]) @ weights + bias
    return scores


def _width(target: _Target) -> int:
    return len(target.labels)


def _calibrate(
    targets: Sequence[_Target], scores: NDArray[np.float32], rows: Sequence[Row]
) -> dict[str, Head]:
    heads: dict[str, Head] = {}
    start = 0
    for target in targets:
        stop = start + _width(target)
        own = scores[:, start:stop].astype(np.float64)
        if stop - start == 1:
            slope, shift = _platt(own[target.chosen, 0], target.truth[target.chosen])
        else:
            slope, shift = _temperature(own, _accepted(target, rows)), 0.0
        heads[target.name] = Head(target.labels, start, stop, slope, shift)
        start = stop
    return heads


def _accepted(target: _Target, rows: Sequence[Row]) -> NDArray[np.bool_]:
    """Which labels count as right for each message (messages × labels)."""
    right = np.zeros((len(rows), len(target.labels)), dtype=bool)
    right[np.arange(len(rows)), target.truth] = True
    if target.name == "category":
        for number, row in enumerate(rows):
            for also in set(row.also) & set(target.labels):
                right[number, target.labels.index(also)] = True
    return right


def _temperature(scores: Floats, right: NDArray[np.bool_]) -> float:
    """The slope at which held-out messages are least surprising (Guo et al. 2017)."""

    def surprise(log_slope: float) -> float:
        raised = np.exp((scores - scores.max(axis=1, keepdims=True)) * np.exp(log_slope))
        shares = raised / raised.sum(axis=1, keepdims=True)
        return float(-np.log((shares * right).sum(axis=1) + 1e-12).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-3, 4), method="bounded").x))


def _platt(scores: Floats, truth: NDArray[np.int64]) -> tuple[float, float]:
    """Slope and shift of the sigmoid fitted to held-out messages (Platt 1999)."""

    def surprise(line: Floats) -> float:
        margin = np.where(truth == 1, 1, -1) * (line[0] * scores + line[1])
        return float(np.logaddexp(0, -margin).mean())

    slope, shift = minimize(surprise, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(shift)


def _abstention(
    rows: Sequence[Row], head: Head, scores: NDArray[np.float32]
) -> tuple[float, dict[str, float]]:
    """The probability below which "other" serves better, and the figures without abstaining."""
    shares = head.probabilities(scores)
    best, sure = shares.argmax(axis=1), shares.max(axis=1)
    answers = [head.labels[number] for number in best]
    truth = [
        row.category if answer not in row.also else answer
        for row, answer in zip(rows, answers, strict=True)
    ]
    right = [answer == true for answer, true in zip(answers, truth, strict=True)]
    figures = {"macro_f1": macro_f1(truth, answers), "accuracy": float(np.mean(right))}
    candidates = np.arange(0.0, 0.31, 0.02)
    gains = [
        macro_f1(truth, [a if p >= t else "other" for a, p in zip(answers, sure, strict=True)])
        for t in candidates
    ]
    return float(candidates[int(np.argmax(gains))]), figures


def _alarms(
    targets: Sequence[_Target], heads: dict[str, Head], scores: NDArray[np.float32]
) -> dict[str, float]:
    """From which probabilities the model alone shows the number, and wakes a team."""
    truth = {target.name: target.truth for target in targets}
    settings: dict[str, float] = {}
    if "emergency" in heads:
        calm = heads["emergency"].probabilities(scores)[truth["emergency"] == 0, 0]
        settings["emergency_from"] = float(np.quantile(calm, 1 - FALSE_ALARMS))
    if "page" in heads:
        shares = heads["page"].probabilities(scores)[:, 0]
        order = np.argsort(-shares, kind="stable")
        precision = np.cumsum(truth["page"][order]) / np.arange(1, len(order) + 1)
        sure = np.flatnonzero(precision >= PAGE_PRECISION)
        settings["page_from"] = float(shares[order][sure[-1]]) if len(sure) else 1.0
    return settings
