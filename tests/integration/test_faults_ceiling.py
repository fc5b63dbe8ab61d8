"""The spending ceiling: danger and STOP always leave, the rest stops with a warning."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.city import City, demo_city_path, load_city
from bot.message import Outbound
from bot.metrics import Metrics
from bot.outbox.ceiling import FULL_DAYS, Ceiling
from bot.outbox.parcel import unpack
from storage.store import Store

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SHORT, LONG = Outbound("one segment"), Outbound("x" * 400)


@pytest.fixture
def city() -> City:
    return replace(load_city(demo_city_path()), daily_sms_limit=10)


async def send(
    store: Store, ceiling: Ceiling, count: int, kind: str = "reply", now: datetime = NOW,
    channel: str = "sms", message: Outbound = SHORT,
) -> list[bool]:  # fmt: skip
    async with store.begin() as work:
        return [await ceiling.admits(work, channel, kind, message, now) for _ in range(count)]


async def test_the_day_ends_at_its_ceiling(
    store: Store, city: City, caplog: pytest.LogCaptureFixture
) -> None:
    ceiling = Ceiling(city, Metrics())
    assert await send(store, ceiling, 12) == [True] * 10 + [False] * 2
    warned = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert warned == [
        "text messages: 8 of 10 segments this day", "text messages: 10 of 10 segments this day",
    ]  # fmt: skip
    assert await send(store, ceiling, 1, "digest") == [False]
    assert await send(store, ceiling, 1, "emergency") == [True]
    assert await send(store, ceiling, 1, "opt_out") == [True]
    assert await send(store, ceiling, 1, channel="telegram") == [True]
    assert await send(store, Ceiling(city, Metrics()), 1) == [False]  # another process knows
    assert await send(store, ceiling, 1, now=NOW + timedelta(days=1)) == [True]


async def test_segments_are_counted_not_messages(store: Store, city: City) -> None:
    assert await send(store, Ceiling(city, Metrics()), 4, message=LONG) == [True] * 3 + [False]


async def test_the_month_has_a_ceiling_too(store: Store, city: City) -> None:
    ceiling = Ceiling(city, Metrics())
    month = [datetime(2026, 4, day, 12, 0, tzinfo=UTC) for day in range(1, 31)]
    left = [sum(await send(store, ceiling, 10, now=day)) for day in month]
    assert left == [10] * FULL_DAYS + [0] * (30 - FULL_DAYS)
    assert await send(store, ceiling, 1, now=datetime(2026, 5, 1, 12, 0, tzinfo=UTC)) == [True]


async def test_without_a_limit_nothing_is_held_back(store: Store, city: City) -> None:
    free = Ceiling(replace(city, daily_sms_limit=None), Metrics())
    assert all(await send(store, free, 50))


async def test_the_administrators_are_told_once_however_many_senders_notice(
    store: Store, city: City
) -> None:
    async with store.begin() as work:
        contact = await work.contacts.ensure("telegram", "5000001", NOW)
        await work.staff.invite("CODE", "administrator", None, (), NOW + timedelta(days=1), NOW)
        assert await work.staff.redeem("CODE", contact.id, NOW)
    for ceiling in (Ceiling(city, Metrics()), Ceiling(city, Metrics())):
        await send(store, ceiling, 12)
    async with store.begin() as work:
        told = await work.outbox.claim(NOW, timedelta(seconds=3), 99)
    texts = [unpack(item.body).text for item in told]
    assert [text.split(".")[0] for text in texts] == [
        "Text messages today: 8 of 10 segments", "Text messages today: 10 of 10 segments",
    ]  # fmt: skip
    assert await send(store, Ceiling(city, Metrics()), 1, "ceiling") == [True]
