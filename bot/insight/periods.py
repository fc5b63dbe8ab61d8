"""Comparable weeks and peaks, in the local time of a city.

A week is seven days of the local calendar that end with the present hour, not a calendar week: a
digest on Monday at seven would otherwise hold seven hours against seven days, and on whatever day
it comes, each window holds every weekday once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import log
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from scipy.special import betainc

WEEK: Final = timedelta(days=7)
#: Fewer incidents than this show no pattern.
FEWEST_FOR_PEAK: Final = 5
#: "Mostly" means at least so much of all incidents.
MOSTLY: Final = 0.6
_RUNS_OF_HOURS: Final = (2, 3, 4, 6, 8, 12, 24)
_RUNS_OF_DAYS: Final = range(1, 8)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Windows of seven local days: number 0 is the present one, 1 the one before it, and so on.

    `end` is the local time, without a zone, of the end of the present hour.
    """

    end: datetime

    @classmethod
    def until(cls, now: datetime, zone: ZoneInfo) -> "Weeks":
        """The windows that end with the hour of `now` (aware)."""
        local = now.astimezone(zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        return cls(local + timedelta(hours=1))

    def number(self, day: date, hour: int) -> int:
        """The window of a local hour; negative for the future."""
        slot = datetime.combine(day, time(hour))
        return int((self.end - slot - timedelta(hours=1)) // WEEK)

    def start(self, number: int) -> datetime:
        """The local time at which a window begins."""
        return self.end - WEEK * (number + 1)

    def complete_since(self, first: date) -> int:
        """How many windows before the present one lie wholly after the first day of counting."""
        begun = datetime.combine(first, time())
        return max(0, int((self.start(0) - begun) // WEEK))


@dataclass(frozen=True, slots=True)
class Peak:
    """Most incidents began on `days` days from weekday `day` (0 Monday), `hours` hours from `hour`.

    A night belongs to the day on which it begins.
    """

    day: int
    days: int
    hour: int
    hours: int
    incidents: int


def hours_of_week(slots: Iterable[tuple[date, int, int]]) -> list[int]:
    """Add up (local day, hour, incidents) into 168 hours of a week from Monday 0h."""
    hours = [0] * 168
    for day, hour, incidents in slots:
        hours[day.weekday() * 24 + hour] += incidents
    return hours


def find_peak(hours: list[int]) -> Peak | None:
    """The block of days and hours that best tells when most began; None: no pattern to speak of.

    Best by Kulldorff's likelihood ratio against an even spread over the week. A block counts only
    where an even spread would hardly fill it so (binomial, Bonferroni over every block tried):
    otherwise any five incidents make a pattern.
    """
    total = sum(hours)
    if total < FEWEST_FOR_PEAK:
        return None
    found = [
        (_ratio(peak.incidents, total, size), -size, peak)
        for size, peak in _blocks(np.asarray(hours))
        if peak.incidents >= MOSTLY * total and _striking(peak.incidents, total, size)
    ]
    return max(found, key=lambda block: block[:2])[2] if found else None


def _ratio(inside: int, total: int, size: int) -> float:
    """c·ln(c/E) + (n − c)·ln((n − c)/(n − E)), E what an even spread puts inside."""
    even = total * size / 168
    outside = total - inside
    rest = outside * log(outside / (total - even)) if outside else 0.0
    return inside * log(inside / even) + rest


def _blocks(hours: np.ndarray) -> Iterable[tuple[int, Peak]]:
    """The fullest block of every shape, with its size in hours."""
    twice = np.concatenate(([0], np.cumsum(np.tile(hours, 2))))
    for length in _RUNS_OF_HOURS:
        one_day = (twice[length : length + 168] - twice[:168]).reshape(7, 24)
        if length == 24:
            one_day = one_day[:, :1]
        for days in _RUNS_OF_DAYS:
            if length * days == 168:
                continue
            runs = sum(np.roll(one_day, -shift, axis=0) for shift in range(days))
            day, hour = np.unravel_index(np.argmax(runs), np.shape(runs))
            peak = Peak(int(day), days, int(hour), length, int(np.max(runs)))
            yield length * days, peak


def _striking(inside: int, total: int, size: int) -> bool:
    """Whether chance alone would hardly put `inside` of `total` into `size` of 168 hours."""
    tried = len(_RUNS_OF_HOURS) * len(_RUNS_OF_DAYS) * 168
    return float(betainc(inside, total - inside + 1, size / 168)) * tried <= 0.05
