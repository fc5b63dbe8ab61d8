"""What a digest finds in made-up histories: the planted rise, and little else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from bot.insight.baseline import Word
from bot.insight.change import Cell, Change, changes
from bot.insight.coverage import under_heard
from bot.insight.history import History
from bot.insight.periods import Weeks
from storage.records import HourCount

END = datetime(2026, 11, 22, 8)  # noqa: DTZ001
WINDOWS = Weeks(END)
AREAS = tuple(f"area-{number}" for number in range(8))
KINDS = tuple(f"kind-{number}" for number in range(10))
PLANTED = ("area-3", "kind-4")


def count_row(
    week: int, area: str | None, kind: str, incidents: int, reports: int | None = None
) -> HourCount:
    """Incidents in the second hour of a window."""
    at = WINDOWS.start(week) + timedelta(hours=1)
    number = incidents if reports is None else reports
    return HourCount(area, kind, at.date(), at.hour, incidents, number)


def steady(area: str, kind: str, before: int, present: int, weeks: int = 26) -> list[HourCount]:
    """The same number every week, another one now."""
    rows = [count_row(week, area, kind, before) for week in range(1, weeks + 1)]
    # One day earlier still, so that all these windows were counted through.
    first = WINDOWS.start(weeks) - timedelta(days=1)
    rows.append(HourCount(None, "other", first.date(), 0, 1, 1))
    return [*rows, count_row(0, area, kind, present)]


def bursty(seed: int, *, planted: int = 0, phi: float = 1.5) -> History:
    """8 areas × 10 categories over 27 weeks, variance `phi` times the mean; one rise if asked."""
    rng = np.random.default_rng(seed)
    rows = [count_row(27, AREAS[0], KINDS[0], 1)]
    for area in AREAS:
        for kind in KINDS:
            mean = rng.uniform(0.5, 5.0)
            weeks = rng.negative_binomial(mean / (phi - 1), 1 / phi, 27)
            rows += [count_row(week, area, kind, int(n)) for week, n in enumerate(weeks) if n]
    if planted:
        rows.append(count_row(0, *PLANTED, planted))
    return History(rows, WINDOWS)


def listed(history: History) -> list[tuple[tuple[str, ...], str | None]]:
    return [(change.cell.areas, change.cell.category) for change in changes(history, AREAS)]


class TestManyHistories:
    def test_the_planted_rise_is_found_and_hardly_anything_beside_it(self) -> None:
        leads, others = 0, 0
        for seed in range(16):
            found = listed(bursty(seed, planted=20))
            assert (("area-3",), "kind-4") in found, seed
            leads += found[0] == (("area-3",), "kind-4")
            others += len(found) - 1
        assert leads >= 15
        assert others <= 3

    def test_a_usual_week_is_called_usual(self) -> None:
        wolves = sum(bool(listed(bursty(seed))) for seed in range(100, 130))
        assert wolves <= 0.1 * 30

    def test_plain_counting_would_have_cried_wolf(self) -> None:
        raw = 0
        for seed in range(100, 110):
            history = bursty(seed)
            raw += sum(
                history.count([area], kind).word in (Word.HIGHER, Word.MUCH_HIGHER)
                for area in AREAS
                for kind in KINDS
            )
        assert raw >= 15

    def test_dispersion_is_found(self) -> None:
        history = bursty(1)
        usual = history.count(["area-0"], "kind-1").usual
        assert usual is not None
        assert usual.variance / (usual.mean * (1 + 1 / usual.weeks)) == pytest.approx(1.5, abs=0.45)


class TestChanges:
    def test_too_early_says_nothing(self) -> None:
        assert changes(History(steady("quay", "noise", 2, 30, weeks=7), WINDOWS), ["quay"]) == []
        assert changes(History(steady("quay", "noise", 2, 30, weeks=8), WINDOWS), ["quay"])

    def test_two_of_something_never_seen_are_no_rise(self) -> None:
        rows = [*steady("quay", "noise", 4, 4), count_row(0, "quay", "drugs", 2)]
        assert changes(History(rows, WINDOWS), ["quay"]) == []
        rows.append(count_row(0, "quay", "drugs", 1))
        (change,) = changes(History(rows, WINDOWS), ["quay"])
        assert change.cell == Cell(("quay",), "drugs")

    def test_the_finest_cell_stands_for_its_sums(self) -> None:
        rows = steady("quay", "noise", 3, 20) + steady("mill", "noise", 3, 3)
        found = changes(History(rows, WINDOWS), ["quay", "mill"])
        assert [change.cell for change in found] == [Cell(("quay",), "noise")]

    def test_a_rise_spread_thin_shows_in_the_sum(self) -> None:
        areas = [f"ward-{number}" for number in range(6)]
        rows = [row for area in areas for row in steady(area, "noise", 2, 4)]
        found = changes(History(rows, WINDOWS), areas)
        assert [change.cell for change in found] == [Cell(tuple(areas), "noise")]

    def test_falls_come_after_rises(self) -> None:
        rows = steady("quay", "noise", 12, 0) + steady("mill", "theft", 3, 20)
        words = [change.word for change in changes(History(rows, WINDOWS), ["quay", "mill"])]
        assert words == [Word.MUCH_HIGHER, Word.LOWER]

    def test_other_teams_areas_stay_out(self) -> None:
        rows = steady("quay", "noise", 3, 3) + steady("mill", "noise", 3, 30)
        assert changes(History(rows, WINDOWS), ["quay"]) == []

    @pytest.mark.parametrize(
        ("cell", "other", "holds"),
        [
            (Cell(("a", "b"), None), Cell(("a",), "x"), True),
            (Cell(("a", "b"), "x"), Cell(("a",), "x"), True),
            (Cell(("a",), None), Cell(("a",), "x"), True),
            (Cell(("a",), "x"), Cell(("a",), "x"), False),
            (Cell(("a", "b"), "x"), Cell(("a",), "y"), False),
            (Cell(("a",), "x"), Cell(("a",), None), False),
        ],
    )
    def test_sums_and_parts(self, cell: Cell, other: Cell, holds: bool) -> None:
        assert cell.holds(other) is holds

    def test_a_change_says_how_rare_it_is(self) -> None:
        (change, *_) = changes(History(steady("quay", "noise", 3, 20), WINDOWS), ["quay"])
        assert isinstance(change, Change)
        assert change.count.usual is not None
        assert change.chance == change.count.usual.at_least(20)
        assert (change.count.incidents, change.count.reports) == (20, 20)


class TestHistory:
    def test_weeks_by_area_and_category(self) -> None:
        rows = [
            count_row(0, "quay", "noise", 2, 5),
            count_row(1, "quay", "noise", 1),
            count_row(1, "quay", "theft", 4),
            count_row(1, "mill", "noise", 7),
            count_row(1, None, "noise", 3),
        ]
        history = History(rows, WINDOWS)
        read: Callable[..., list[int]] = history.weekly
        assert read(["quay"], "noise")[:3] == [2, 1, 0]
        assert read(["quay"], "noise", reports=True)[0] == 5
        assert read(["quay"])[1] == 5
        assert read(["quay", "mill"])[1] == 12
        assert read(None)[1] == 15
        assert read(["nowhere"])[1] == 0
        assert history.categories(["quay"]) == ["noise", "theft"]
        assert len(read(None)) == 27

    def test_the_future_and_the_distant_past_do_not_count(self) -> None:
        late = HourCount("quay", "noise", END.date(), END.hour, 9, 9)
        history = History([late, count_row(40, "quay", "noise", 9)], WINDOWS)
        assert sum(history.weekly(None)) == 0

    def test_ranges_rest_on_half_a_year_at_most(self) -> None:
        history = History(steady("quay", "noise", 2, 2, weeks=40), WINDOWS, weeks=40)
        assert (history.comparable, history.complete) == (26, 40)

    def test_nothing_counted_yet(self) -> None:
        history = History([], WINDOWS)
        assert (history.comparable, history.complete) == (0, 0)
        assert history.count(["quay"]).word is Word.EARLY
        assert history.peak(["quay"]) is None

    def test_peak_of_the_present_week_alone(self) -> None:
        rows = [*steady("quay", "noise", 6, 0), count_row(0, "quay", "theft", 6)]
        history = History(rows, WINDOWS)
        assert history.peak(["quay"], "noise") is None
        assert history.peak(["quay"], "noise", weeks=2) is not None
        assert history.peak(["quay"], "theft") is not None


class TestUnderHeard:
    PEOPLE = {"loud": 5000, "mid": 5000, "still": 5000, "hamlet": 100}  # noqa: RUF012

    def history(self, still: int, weeks: int = 10) -> History:
        rows = steady("loud", "noise", 6, 0, weeks) + steady("mid", "theft", 4, 0, weeks)
        rows += [count_row(1, "still", "noise", still)] if still else []
        return History(rows, WINDOWS)

    def test_an_area_that_hardly_writes(self) -> None:
        (gap,) = under_heard(self.history(3), self.PEOPLE)
        assert (gap.area, gap.reports, gap.weeks) == ("still", 3, 10)
        assert gap.expected == pytest.approx(5000 * 103 / 15100)

    def test_none_at_all_is_the_clearest(self) -> None:
        assert [gap.area for gap in under_heard(self.history(0), self.PEOPLE)] == ["still"]

    def test_a_small_gap_is_none(self) -> None:
        assert under_heard(self.history(30), self.PEOPLE) == []

    def test_few_people_prove_nothing(self) -> None:
        assert "hamlet" not in [gap.area for gap in under_heard(self.history(0), self.PEOPLE)]

    def test_eight_weeks_and_populations_are_needed(self) -> None:
        assert under_heard(self.history(0, weeks=7), self.PEOPLE) == []
        assert under_heard(self.history(0), {}) == []


def test_days_are_local_days() -> None:
    assert WINDOWS.number(date(2026, 11, 22), 7) == 0
