from datetime import UTC, datetime, timedelta

from bot.clock import ShiftedClock, SystemClock


def test_a_shifted_clock_starts_where_it_is_told_and_runs() -> None:
    start = datetime(2026, 10, 15, 7, tzinfo=UTC)
    clock = ShiftedClock(start)
    first = clock.now()
    assert timedelta() <= first - start < timedelta(seconds=5)
    assert clock.now() >= first


def test_it_jumps_ahead_but_never_back() -> None:
    clock = ShiftedClock(datetime(2026, 10, 15, 7, tzinfo=UTC))
    later = clock.now() + timedelta(days=1)
    clock.jump(later)
    assert timedelta() <= clock.now() - later < timedelta(seconds=5)
    before = clock.now()
    clock.jump(later - timedelta(days=3))
    assert clock.now() >= before


def test_times_are_aware() -> None:
    assert SystemClock().now().tzinfo is UTC
