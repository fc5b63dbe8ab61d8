"""Hourly counts arranged into comparable weeks by area and category."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bot.insight.baseline import MOST_WEEKS, UsualRange, Word, pooled_dispersion, usual_range
from bot.insight.periods import Peak, Weeks, find_peak, hours_of_week
from storage.records import HourCount

#: Row 0 incidents, row 1 reports; column 0 the present week.
Weekly = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Count:
    """What came in the present week, beside what is usual (None: too early to say)."""

    incidents: int
    reports: int
    usual: UsualRange | None

    @property
    def word(self) -> Word:
        """How the week compares."""
        return self.usual.word(self.incidents) if self.usual else Word.EARLY


class History:
    """Counts of one source over the present week and up to `weeks` before it.

    Areas are codes; None as a tuple of areas means everything, also reports without an area.
    """

    def __init__(self, rows: Iterable[HourCount], windows: Weeks, weeks: int = MOST_WEEKS) -> None:
        self.windows, self.weeks = windows, max(weeks, MOST_WEEKS)
        self._rows: list[tuple[int, HourCount]] = []
        self._weekly: dict[str | None, dict[str, Weekly]] = {}
        first: date | None = None
        for row in rows:
            first = row.day if first is None else min(first, row.day)
            number = windows.number(row.day, row.hour)
            if 0 <= number <= self.weeks:
                self._add(number, row)
        #: Windows before the present one that we counted through.
        self.complete = min(windows.complete_since(first), self.weeks) if first else 0
        #: Those of them that usual ranges rest on.
        self.comparable = min(self.complete, MOST_WEEKS)
        self._dispersion: dict[str | None, float] = {}

    def _add(self, number: int, row: HourCount) -> None:
        self._rows.append((number, row))
        kinds = self._weekly.setdefault(row.area, {})
        cell = kinds.setdefault(row.category, np.zeros((2, self.weeks + 1), dtype=np.int64))
        cell[:, number] += row.incidents, row.reports

    def categories(self, areas: Sequence[str] | None) -> list[str]:
        """The categories that were ever counted in these areas."""
        return sorted({kind for area in self._chosen(areas) for kind in self._weekly[area]})

    def weekly(
        self, areas: Sequence[str] | None, category: str | None = None, *, reports: bool = False
    ) -> list[int]:
        """Incidents (or reports) a week, the present week first."""
        total = np.zeros(self.weeks + 1, dtype=np.int64)
        for area in self._chosen(areas):
            for kind, cell in self._weekly[area].items():
                if category in (None, kind):
                    total += cell[int(reports)]
        return [int(count) for count in total]

    def _chosen(self, areas: Sequence[str] | None) -> Iterable[str | None]:
        return self._weekly if areas is None else [a for a in areas if a in self._weekly]

    def count(self, areas: Sequence[str] | None, category: str | None = None) -> Count:
        """The present week of these areas taken together, beside what is usual there."""
        weeks = self.weekly(areas, category)
        before = weeks[1 : self.comparable + 1]
        if areas is not None and len(areas) == 1:
            dispersion = self._pooled(category)
        else:
            dispersion = pooled_dispersion([before])
        reports = self.weekly(areas, category, reports=True)[0]
        return Count(weeks[0], reports, usual_range(before, dispersion))

    def peak(
        self, areas: Sequence[str] | None, category: str | None = None, weeks: int = 0
    ) -> Peak | None:
        """When incidents of the present week and the `weeks` before it began."""
        return find_peak(
            hours_of_week(
                (row.day, row.hour, row.incidents)
                for number, row in self._rows
                if number <= weeks
                and (areas is None or row.area in areas)
                and category in (None, row.category)
            )
        )

    def _pooled(self, category: str | None) -> float:
        """The dispersion of a category, pooled over all areas of the city."""
        if category not in self._dispersion:
            cells = [
                self.weekly([area], category)[1 : self.comparable + 1]
                for area in self._weekly
                if area is not None
            ]
            self._dispersion[category] = pooled_dispersion(cells)
        return self._dispersion[category]
