"""Messages leave together: each in its slot, marked once, many in one transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.channels.telegram import TelegramChannel
from bot.clock import ShiftedClock
from bot.message import Outbound
from bot.outbox.departures import LEASE, Departures, Leave
from bot.outbox.turns import Turns
from storage.records import Sendable
from storage.store import Store
from storage.work import Work
from tests.integration.storage_factories import make_contact, make_outbound

NOW = datetime(2026, 3, 10, 19, 30, tzinfo=UTC)
HELLO = Outbound("hello")


class CountedTurns(Turns):
    """Counts transactions."""

    count = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        """One transaction more."""
        self.count += 1
        async with super().begin() as work:
            yield work


class Pier:
    """Departures over a real store, and a channel that sends nothing here."""

    def __init__(self, store: Store, rate: float) -> None:
        self.store, self.clock = store, ShiftedClock(NOW)
        self.turns = CountedTurns(store)
        self.departures = Departures(self.turns, self.clock, None)
        self.channel = TelegramChannel("1:a", key=b"k" * 32, rate=rate, chat_rate=1.0)

    async def lease(self, *addresses: str) -> list[Sendable]:
        """One message for each, leased."""
        for number, address in enumerate(addresses):
            contact = await make_contact(self.store, address, "telegram")
            async with self.store.begin() as work:
                await work.outbox.put(
                    make_outbound(
                        key=f"k{number}", contact_id=contact, channel="telegram",
                        not_before=self.clock.now(),
                    )
                )  # fmt: skip
        async with self.store.begin() as work:
            return await work.outbox.claim(self.clock.now(), LEASE, 99)

    async def leave(self, *items: Sendable) -> list[Leave]:
        """All at once."""
        return await asyncio.gather(*map(self._one, items))

    async def _one(self, item: Sendable) -> Leave:
        async with self.departures.leaving(self.channel, item, HELLO) as leave:
            await asyncio.sleep(0)
            return leave

    async def states(self) -> dict[str, int]:
        """Sends by state."""
        async with self.store.read() as work:
            return {state: n for state, n in (await work.outbox.counts()).items() if n}


async def test_many_leave_in_few_transactions(store: Store) -> None:
    pier = Pier(store, rate=1000)
    items = await pier.lease(*(str(number) for number in range(1, 41)))
    assert await pier.leave(*items) == [Leave.GO] * 40
    assert await pier.states() == {"sending": 40}
    assert pier.turns.count <= 30


async def test_of_two_who_hold_a_message_one_lets_it_go(store: Store) -> None:
    pier = Pier(store, rate=1000)
    (item,) = await pier.lease("7")
    answers = await pier.leave(item, item)
    assert sorted(answer.name for answer in answers) == ["GO", "WAIT"]


async def test_what_was_given_back_does_not_go(store: Store) -> None:
    pier = Pier(store, rate=1000)
    one, two = await pier.lease("7", "8")
    async with store.begin() as work:
        await work.outbox.release([one.id])
    assert await pier.leave(one, two) == [Leave.WAIT, Leave.GO]


async def test_a_slot_that_is_far_away_is_not_waited_for(store: Store) -> None:
    pier = Pier(store, rate=0.2)
    items = await pier.lease("7", "8", "9")
    begun = asyncio.get_running_loop().time()
    assert await pier.leave(*items) == [Leave.GO, Leave.WAIT, Leave.WAIT]
    assert asyncio.get_running_loop().time() - begun < timedelta(seconds=2).total_seconds()
    assert pier.departures.shut(pier.clock.now()) == ["telegram"]
    assert await pier.states() == {"sending": 1, "queued": 2}


async def test_a_near_slot_is_waited_for_before_the_mark(store: Store) -> None:
    pier = Pier(store, rate=4.0)
    items = await pier.lease("7", "8", "9")
    begun = asyncio.get_running_loop().time()
    assert await pier.leave(*items) == [Leave.GO] * 3
    assert asyncio.get_running_loop().time() - begun >= 0.4
    assert await pier.states() == {"sending": 3}
