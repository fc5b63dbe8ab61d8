"""The usual range of a weekly count: what an ordinary next week may bring.

Formulas: a week's count x is taken as negative binomial with mean μ = (B + ½) / m, where B
incidents fell in m comparable weeks, and variance φ·μ·(1 + 1/m). With φ = 1 that is Jeffreys'
predictive distribution NB(B + ½, m / (m + 1)) of a Poisson count. φ is Pearson's dispersion pooled
over the areas of one category (`pooled_dispersion`): single cells are far too small to tell it, and
without it every second "rise" in a bursty category would be chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scipy.special import betainc, gammaincinv

#: Fewer comparable weeks than this say nothing: "too early to say".
FEWEST_WEEKS: Final = 8
#: More than half a year back, the season is another one.
MOST_WEEKS: Final = 26
#: An ordinary week falls below the range, or above it, one time in twenty each.
TAIL: Final = 0.05
#: "Much higher": an ordinary week reaches that many at most one time in a hundred.
FAR_TAIL: Final = 0.01
#: Cells with fewer incidents in the comparable weeks tell nothing about dispersion.
FEWEST_FOR_DISPERSION: Final = 5


class Word(StrEnum):
    """How a count compares with the usual range, in words (never in per cent)."""

    EARLY = "too early to say"
    LOWER = "lower than usual"
    USUAL = "as usual"
    HIGHER = "higher than usual"
    MUCH_HIGHER = "much higher than usual"


@dataclass(frozen=True, slots=True)
class UsualRange:
    """The range `low`..`high` (both count as usual) from `weeks` comparable weeks."""

    mean: float
    variance: float
    weeks: int
    low: int
    high: int

    def at_least(self, count: int) -> float:
        """The probability that an ordinary week brings `count` or more."""
        return _at_least(count, self.mean, self.variance)

    def at_most(self, count: int) -> float:
        """The probability that an ordinary week brings `count` or fewer."""
        return 1.0 - _at_least(count + 1, self.mean, self.variance)

    def word(self, count: int) -> Word:
        """How a count compares."""
        if count > self.high:
            return Word.MUCH_HIGHER if self.at_least(count) <= FAR_TAIL else Word.HIGHER
        return Word.LOWER if count < self.low else Word.USUAL


def _at_least(count: int, mean: float, variance: float) -> float:
    """P(X ≥ count) of the negative binomial with this mean and variance (variance > mean)."""
    if count <= 0:
        return 1.0
    p = mean / variance
    return float(betainc(count, mean * p / (1.0 - p), 1.0 - p))


def _quantile(share: float, mean: float, variance: float) -> int:
    """The smallest count whose cumulated probability reaches `share`."""
    count = 0
    while 1.0 - _at_least(count + 1, mean, variance) < share:
        count += 1
    return count


def predictive(incidents: int, weeks: int, dispersion: float = 1.0) -> UsualRange:
    """The usual range after `incidents` in `weeks` weeks. Raises ValueError without any week."""
    if weeks < 1:
        raise ValueError("A usual range needs at least one week")
    mean = (incidents + 0.5) / weeks
    variance = max(dispersion, 1.0) * mean * (1.0 + 1.0 / weeks)
    low = _quantile(TAIL, mean, variance)
    return UsualRange(mean, variance, weeks, low, _quantile(1.0 - TAIL, mean, variance))


def usual_range(history: Sequence[int], dispersion: float = 1.0) -> UsualRange | None:
    """The usual range after these comparable weeks; None: too early to say."""
    if len(history) < FEWEST_WEEKS:
        return None
    return predictive(sum(history), len(history), dispersion)


def pooled_dispersion(cells: Sequence[Sequence[int]]) -> float:
    """Pearson's Σ(y − ȳ)²/ȳ over Σ(m − 1), pooled over weekly histories; never below 1."""
    squares, freedom = 0.0, 0
    for weeks in cells:
        total = sum(weeks)
        if total < FEWEST_FOR_DISPERSION or len(weeks) < 2:
            continue
        mean = total / len(weeks)
        squares += sum((count - mean) ** 2 for count in weeks) / mean
        freedom += len(weeks) - 1
    return max(1.0, squares / freedom) if freedom else 1.0


def discoveries(probabilities: Sequence[float], rate: float) -> list[bool]:
    """Benjamini and Hochberg (1995): which to believe, with at most `rate` of them false."""
    ranked = sorted(range(len(probabilities)), key=probabilities.__getitem__)
    last = 0
    for rank, index in enumerate(ranked, start=1):
        if probabilities[index] <= rate * rank / len(probabilities):
            last = rank
    believed = set(ranked[:last])
    return [index in believed for index in range(len(probabilities))]


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Garwood's exact interval for the mean behind a count (chi-squared quantiles)."""
    tail = (1.0 - confidence) / 2.0
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1.0 - tail))
