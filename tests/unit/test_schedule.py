from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.city import Team
from bot.runtime.schedule import digest_lag, digest_trigger, last_due, period_of

WEEKDAYS = (0, 1, 2, 3, 4)


def team(
    zone: str = "Europe/London", at: time = time(7, 30), days: tuple[int, ...] = WEEKDAYS
) -> Team:
    return Team(
        slug="river",
        name="River",
        areas=("quay",),
        timezone=ZoneInfo(zone),
        language="en",
        digest_at=at,
        digest_days=days,
    )


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-10-15T06:30:00", "2026-10-15T06:30:00"),  # summer time: 07:30 in London
        ("2026-10-15T06:29:59", "2026-10-14T06:30:00"),
        ("2026-10-18T12:00:00", "2026-10-16T06:30:00"),  # a Sunday looks back to Friday
        ("2026-10-26T07:29:00", "2026-10-23T06:30:00"),  # clocks went back on the 25th
        ("2026-10-26T07:30:00", "2026-10-26T07:30:00"),  # the same wall-clock time
    ],
)
def test_the_last_due_moment_follows_the_teams_wall_clock(now: str, due: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = last_due(team(), moment)
    assert found is not None
    assert found.astimezone(UTC) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_team_without_digest_days_has_none_due() -> None:
    assert last_due(team(days=()), datetime(2026, 10, 15, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("zone", "fires"),
    [
        ("Europe/London", "2026-10-15T06:30:00"),
        ("Asia/Kolkata", "2026-10-15T02:00:00"),
        ("America/New_York", "2026-10-15T11:30:00"),
    ],
)
def test_the_trigger_fires_at_the_teams_local_time(zone: str, fires: str) -> None:
    after = datetime(2026, 10, 14, 23, 0, tzinfo=UTC)
    moment = digest_trigger(team(zone)).get_next_fire_time(None, after)
    assert moment is not None
    assert moment.astimezone(UTC) == datetime.fromisoformat(fires).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "hours", "lag"),
    [("2026-10-15T07:30", 2, 0), (None, 2, 2), ("2026-10-08T07:30", 2, 2), (None, 100, 0)],
)
def test_the_lag_of_a_digest(made: str | None, hours: int, lag: int) -> None:
    river = team(days=(3,))
    due = datetime(2026, 10, 15, 7, 30, tzinfo=river.timezone)
    assert digest_lag(river, made, due + timedelta(hours=hours)) == timedelta(hours=lag)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Atlantic/Azores"])
@pytest.mark.parametrize("at", [time(0, 30), time(1, 30), time(2, 30), time(7, 30)])
@pytest.mark.parametrize("day", ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01"])
def test_when_the_clocks_change_every_day_has_one_digest(zone: str, at: time, day: str) -> None:
    """Also where the hour comes twice or not at all; looked at every ten minutes."""
    river = team(zone, at, days=(0, 1, 2, 3, 4, 5, 6))
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=river.timezone).astimezone(UTC)
    looks = [noon + timedelta(minutes=minutes) for minutes in range(-2 * 1440, 2 * 1440, 10)]
    found = [due for look in looks if (due := last_due(river, look))]
    assert len({period_of(river, due) for due in found}) == 5  # one more before the first look
    assert found == sorted(found)
