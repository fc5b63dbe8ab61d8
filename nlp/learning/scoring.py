"""Counting right and wrong answers: precision, recall, F1 and Wilson intervals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

#: Two-sided 95 % of the normal distribution.
_Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with Wilson's 95 % interval (Wilson 1927)."""

    hits: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval; (0, 1) of nothing."""
        if not self.total:
            return 0.0, 1.0
        share, spread = self.hits / self.total, _Z * _Z / self.total
        middle = (share + spread / 2) / (1 + spread)
        half = sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How well one label is recognised; `support` is how often it is right."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


def label_scores(truth: Sequence[str], answers: Sequence[str]) -> list[LabelScore]:
    """Score every label that is right at least once, by name."""
    support, given = Counter(truth), Counter(answers)
    hits = Counter(true for true, answer in zip(truth, answers, strict=True) if true == answer)
    scores: list[LabelScore] = []
    for label in sorted(support):
        precision = hits[label] / given[label] if given[label] else 0.0
        recall = hits[label] / support[label]
        both = precision + recall
        f1 = 2 * precision * recall / both if both else 0.0
        scores.append(LabelScore(label, precision, recall, f1, support[label]))
    return scores


def macro_f1(truth: Sequence[str], answers: Sequence[str]) -> float:
    """The mean F1 of the labels that are right at least once; 0 of nothing."""
    scores = label_scores(truth, answers)
    return sum(score.f1 for score in scores) / len(scores) if scores else 0.0
