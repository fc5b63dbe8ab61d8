"""Comparable weeks and peaks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bot.insight.periods import Peak, Weeks, find_peak, hours_of_week
from bot.insight.words import peak_words

LONDON = ZoneInfo("Europe/London")


def local(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


class TestWeeks:
    def test_the_present_hour_counts(self) -> None:
        weeks = Weeks.until(datetime(2026, 7, 1, 6, 59, tzinfo=UTC), LONDON)
        assert weeks.end == local(2026, 7, 1, 8)
        assert weeks.number(date(2026, 7, 1), 7) == 0

    @pytest.mark.parametrize(
        ("day", "hour", "number"),
        [
            (date(2026, 7, 1), 8, -1),
            (date(2026, 7, 1), 7, 0),
            (date(2026, 6, 24), 8, 0),
            (date(2026, 6, 24), 7, 1),
            (date(2026, 6, 17), 8, 1),
            (date(2026, 6, 17), 7, 2),
            (date(2025, 12, 31), 8, 25),
        ],
    )
    def test_numbers(self, day: date, hour: int, number: int) -> None:
        assert Weeks(local(2026, 7, 1, 8)).number(day, hour) == number

    def test_every_window_holds_every_hour_of_the_week_once(self) -> None:
        weeks = Weeks(local(2026, 7, 1, 8))
        for number in (0, 1, 25):
            hours = [weeks.start(number) + timedelta(hours=hour) for hour in range(168)]
            assert {weeks.number(hour.date(), hour.hour) for hour in hours} == {number}
            assert len({(hour.weekday(), hour.hour) for hour in hours}) == 168

    def test_clock_changes_move_nothing(self) -> None:
        # The clocks went back on 25 October: 07:30 stays 07:30, the window seven local days.
        weeks = Weeks.until(datetime(2026, 10, 28, 7, 30, tzinfo=UTC), LONDON)
        assert weeks.start(0) == local(2026, 10, 21, 8)

    @pytest.mark.parametrize(
        ("first", "complete"),
        [
            (date(2026, 6, 24), 0),
            (date(2026, 6, 18), 0),
            (date(2026, 6, 17), 1),
            (date(2026, 5, 1), 7),
            (date(2026, 7, 9), 0),
        ],
    )
    def test_windows_that_were_counted_through(self, first: date, complete: int) -> None:
        assert Weeks(local(2026, 7, 1, 8)).complete_since(first) == complete


def week_of(*slots: tuple[int, int, int]) -> list[int]:
    """(weekday, hour, incidents), the rest 0."""
    hours = [0] * 168
    for day, hour, count in slots:
        hours[24 * day + hour] += count
    return hours


class TestPeak:
    def test_hours_of_the_week(self) -> None:
        monday = date(2026, 6, 29)
        hours = hours_of_week([(monday, 0, 2), (monday - timedelta(days=1), 23, 3)])
        assert (hours[0], hours[167], sum(hours)) == (2, 3, 5)

    def test_two_nights(self) -> None:
        peak = find_peak(week_of((4, 21, 4), (4, 22, 3), (5, 21, 3), (5, 23, 4), (1, 9, 1)))
        assert peak == Peak(day=4, days=2, hour=21, hours=3, incidents=14)

    def test_two_hours_of_one_evening_in_a_busy_week(self) -> None:
        peak = find_peak(week_of((2, 18, 9), (2, 19, 8), (0, 3, 2), (5, 11, 2), (6, 15, 1)))
        assert peak == Peak(day=2, days=1, hour=18, hours=2, incidents=17)

    def test_a_night_over_midnight_and_the_end_of_the_week(self) -> None:
        peak = find_peak(week_of((6, 23, 4), (0, 0, 4), (0, 1, 3)))
        assert peak is not None
        assert (peak.day, peak.days, peak.hour, peak.hours) == (6, 1, 23, 3)

    def test_every_day_at_the_same_hours(self) -> None:
        peak = find_peak(week_of(*((day, 8, 3) for day in range(7))))
        assert peak is not None
        assert (peak.days, peak.hours) == (7, 2)

    def test_four_incidents_are_no_pattern(self) -> None:
        assert find_peak(week_of((4, 21, 4))) is None
        assert find_peak(week_of((4, 21, 5))) is not None

    def test_scattered_incidents_are_no_pattern(self) -> None:
        assert find_peak(week_of(*((day, 3 * day, 1) for day in range(7)))) is None

    def test_chance_alone_rarely_makes_one(self) -> None:
        rng = np.random.default_rng(3)
        found = 0
        for _ in range(200):
            hours = np.bincount(rng.integers(0, 168, 8), minlength=168)
            found += find_peak([int(n) for n in hours]) is not None
        assert found <= 10

    @pytest.mark.parametrize(
        ("peak", "english", "spanish"),
        [
            (Peak(4, 2, 21, 3, 9), "mostly Fri–Sat 21–24h", "sobre todo vie–sáb 21–24h"),
            (Peak(6, 1, 23, 4, 9), "mostly Sun 23–03h", "sobre todo dom 23–03h"),
            (Peak(0, 7, 8, 3, 9), "mostly 08–11h", "sobre todo 08–11h"),
            (Peak(5, 2, 0, 24, 9), "mostly Sat–Sun", "sobre todo sáb–dom"),
        ],
    )
    def test_words(self, peak: Peak, english: str, spanish: str) -> None:
        assert peak_words(peak, "en") == english
        assert peak_words(peak, "es") == spanish
