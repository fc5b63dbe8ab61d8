"""Small pure parts of the store: times, references, distances, the ledger."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import make_url

from storage.columns import UtcTime
from storage.counts import counted_source
from storage.incidents import distance_m
from storage.ledger import AuditEntry, Ledger
from storage.references import DIGITS, LETTERS, random_ref

SQLITE = make_url("sqlite://").get_dialect()()
POSTGRESQL = make_url("postgresql+asyncpg://").get_dialect()()
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KEY = ("bot", "mill", "noise", NOON.date(), 12)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL])
@pytest.mark.parametrize("hours", [-8, 0, 5.5])
def test_times_are_stored_as_utc(dialect: object, hours: float) -> None:
    local = NOON.astimezone(timezone(timedelta(hours=hours)))
    bound = UtcTime().process_bind_param(local, dialect)  # type: ignore[arg-type]
    assert bound == NOON
    assert bound.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        UtcTime().process_bind_param(NOON.replace(tzinfo=None), SQLITE)


@pytest.mark.parametrize(
    "value", [NOON.replace(tzinfo=None), NOON, NOON.astimezone(timezone(timedelta(hours=3)))]
)
def test_times_come_back_aware(value: datetime) -> None:
    read = UtcTime().process_result_value(value, SQLITE)
    assert read == NOON
    assert read.tzinfo is UTC


def test_no_time_stays_none() -> None:
    assert UtcTime().process_bind_param(None, SQLITE) is None
    assert UtcTime().process_result_value(None, SQLITE) is None


@pytest.mark.parametrize("tail", [2, 3, 7])
def test_references_have_no_look_alikes(tail: int) -> None:
    pattern = rf"[{LETTERS}][{DIGITS}][{LETTERS}]-[{DIGITS}]{{{tail}}}"
    assert all(re.fullmatch(pattern, random_ref(tail)) for _ in range(500))
    assert not set("BGILOSZ018") & set(LETTERS + DIGITS)


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.0),
        ((0.0, 0.0), (0.001, 0.0), 111.32),
        ((0.0, 0.0), (0.0, 0.001), 111.32),
        ((60.0, 25.0), (60.0, 25.002), 111.32),
        ((-60.0, 25.0), (-60.0, 24.998), 111.32),
    ],
)
def test_distances(a: tuple[float, float], b: tuple[float, float], metres: float) -> None:
    assert distance_m(a, b) == pytest.approx(metres, rel=1e-3)
    assert distance_m(b, a) == pytest.approx(metres, rel=1e-3)


@pytest.mark.parametrize(
    ("source", "counted"),
    [("telegram", "bot"), ("sms", "bot"), ("import:911", "import:911"), ("bot", "bot")],
)
def test_residents_channels_count_as_one(source: str, counted: str) -> None:
    assert counted_source(source) == counted


def test_the_ledger_adds_up_and_goes_back() -> None:
    ledger = Ledger()
    ledger.count(KEY, 1, 1)
    before = ledger.snapshot()
    ledger.count(KEY, 0, 1)
    ledger.audit.append(AuditEntry(NOON, "a", "b", "c"))
    ledger.topics.add("outbound")
    assert ledger.counts == {KEY: (1, 2)}
    ledger.restore(before)
    assert ledger.counts == {KEY: (1, 1)}
    assert ledger.audit == []
    assert ledger.topics == set()
