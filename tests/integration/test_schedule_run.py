"""Schedulers on a real store: once, caught up, and never twice."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.city import City, demo_city_path, load_city
from bot.clock import ShiftedClock
from bot.outbox.parcel import unpack
from bot.runtime.schedule import Schedule
from storage.records import Sendable
from storage.store import Store

THURSDAY = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(demo_city_path())


async def hire(store: Store, team: str, now: datetime, number: int = 1) -> int:
    """An officer of the team; the contact's id."""
    async with store.begin() as work:
        contact = await work.contacts.ensure("telegram", f"500000{number}", now)
        code = f"CODE{team}{number}"
        await work.staff.invite(code, "officer", team, (), now + timedelta(days=1), now)
        assert await work.staff.redeem(code, contact.id, now)
    return contact.id


async def queued(store: Store, now: datetime) -> list[Sendable]:
    """What waits to be sent."""
    async with store.begin() as work:
        return await work.outbox.claim(now, timedelta(seconds=1), 100)


async def test_two_schedulers_make_one_digest(store: Store, city: City) -> None:
    clock = ShiftedClock(THURSDAY)
    await hire(store, "town", clock.now())
    await hire(store, "town", clock.now(), 2)
    both = [Schedule(store, city, clock) for _ in range(2)]
    await asyncio.gather(*(schedule.sweep() for schedule in both))
    sent = await queued(store, clock.now())
    assert len(sent) == 2
    assert {item.kind for item in sent} == {"digest"}
    assert unpack(sent[0].body).title
    await both[0].sweep()
    assert (
        await queued(store, clock.now() + timedelta(minutes=5)) != []
    )  # the same two, leased over
    async with store.read() as work:
        assert sum((await work.outbox.counts()).values()) == 2


async def test_a_digest_missed_during_downtime_comes_once(store: Store, city: City) -> None:
    clock = ShiftedClock(THURSDAY)
    await hire(store, "town", clock.now())
    schedule = Schedule(store, city, clock)
    await schedule.sweep()
    clock.jump(THURSDAY + timedelta(days=4, hours=5))  # a long weekend later, on Monday afternoon
    await schedule.sweep()
    await schedule.sweep()
    async with store.read() as work:
        assert await work.digests.last("town") == "2026-10-19T07:30"
        assert sum((await work.outbox.counts()).values()) == 2


async def test_a_digest_nobody_needs_any_more_is_left_out(store: Store, city: City) -> None:
    clock = ShiftedClock(datetime(2026, 10, 18, 9, 0, tzinfo=UTC))
    team = city.teams[1]  # due on Mondays, Wednesdays and Fridays
    assert await Schedule(store, city, clock).fire(team)
    clock.jump(datetime(2026, 10, 19, 7, 59, tzinfo=UTC))
    assert not await Schedule(store, city, clock).fire(team)


async def test_who_said_stop_gets_no_digest(store: Store, city: City) -> None:
    clock = ShiftedClock(THURSDAY)
    contact = await hire(store, "town", clock.now())
    async with store.begin() as work:
        await work.contacts.opt_out(contact, clock.now())
    await Schedule(store, city, clock).sweep()
    assert await queued(store, clock.now()) == []


async def test_it_fires_by_itself(store: Store, city: City) -> None:
    clock = ShiftedClock(THURSDAY)
    await hire(store, "town", clock.now())
    schedule = Schedule(store, city, clock, sweep_seconds=0.2)
    schedule.start()
    try:
        async with asyncio.timeout(20):
            while not await queued(store, clock.now()):
                await asyncio.sleep(0.1)
    finally:
        schedule.stop()


async def test_the_purge_runs(store: Store, city: City) -> None:
    clock = ShiftedClock(THURSDAY)
    async with store.begin() as work:
        await work.contacts.ensure("telegram", "500000009", clock.now())
        await work.budget.reserve([[("chat", 1.0)]], clock.now(), timedelta())
    clock.jump(THURSDAY + timedelta(days=400))
    await Schedule(store, city, clock).purge()
    async with store.read() as work:
        assert await work.contacts.by_address("telegram", "500000009") is None
    async with store.begin() as work:
        assert await work.budget.forget_before(clock.now()) == 0
