"""Under-heard areas: where fewer people write to us than their number would suggest.

Few reports never mean that a place is safe. Expected reports are the area's population times the
rate of all areas with a known population; the ratio's interval is Garwood's exact one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scipy.special import gammaincc

from bot.insight.baseline import FEWEST_WEEKS, discoveries, poisson_interval
from bot.insight.history import History

#: Flagged only if even the upper end of the ratio's interval lies below this.
FAR_BELOW: Final = 0.7
#: With fewer expected reports even none at all says nothing.
FEWEST_EXPECTED: Final = 5.0
FALSE_DISCOVERIES: Final = 0.1


@dataclass(frozen=True, slots=True)
class UnderHeard:
    """An area with `reports` where its population suggests `expected`, over `weeks` weeks."""

    area: str
    reports: int
    expected: float
    weeks: int


def under_heard(history: History, populations: Mapping[str, int]) -> list[UnderHeard]:
    """The areas to go and ask, the largest gap first; none before eight weeks of counting."""
    weeks = history.comparable
    people = sum(populations.values())
    if weeks < FEWEST_WEEKS or not people:
        return []
    heard = {area: sum(history.weekly([area], reports=True)[1 : weeks + 1]) for area in populations}
    rate = sum(heard.values()) / people
    tested = [
        UnderHeard(area, heard[area], population * rate, weeks)
        for area, population in populations.items()
        if population * rate >= FEWEST_EXPECTED
    ]
    # P(X ≤ reports) of a Poisson count with the expected mean.
    chances = [float(gammaincc(cell.reports + 1, cell.expected)) for cell in tested]
    keep = discoveries(chances, FALSE_DISCOVERIES)
    found = [cell for cell, kept in zip(tested, keep, strict=True) if kept and _far_below(cell)]
    return sorted(found, key=lambda cell: cell.reports - cell.expected)


def _far_below(cell: UnderHeard) -> bool:
    return poisson_interval(cell.reports)[1] / cell.expected < FAR_BELOW
