"""Lets messages leave: each in its slot, marked and paid for, many of them in one transaction."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.channels.base import Channel
from bot.clock import Clock
from bot.message import Outbound, Priority
from bot.outbox.ceiling import Ceiling
from bot.outbox.gate import Gate
from bot.outbox.turns import Turns
from storage.budget import Paces
from storage.grouping import Grouped
from storage.records import Sendable
from storage.work import Work

#: How long a message is ours without another word; while we live we renew it. So short that
#: another sender soon goes on for one that died.
LEASE = timedelta(seconds=3)
#: A slot further away than this is not waited for: the message goes back, and what is more urgent
#: may take the slot when its time has come.
PATIENCE = timedelta(seconds=2)
#: So many leave in one transaction at most.
TOGETHER = 64


class Leave(Enum):
    """Whether a message may go to its provider now."""

    GO, WAIT, OVER = range(3)


@dataclass(frozen=True, slots=True)
class _Departure:
    item: Sendable
    message: Outbound
    paces: Paces
    """What it keeps to; nothing once it has a slot."""


class NotLeft(Exception):
    """The mark could not be written, or nobody knows whether it was: certainly nothing was sent."""


class Departures:
    """One sender's; any number may share a database, since slots are reserved there."""

    def __init__(self, turns: Turns, clock: Clock, ceiling: Ceiling | None) -> None:
        self._turns, self._clock, self._ceiling = turns, clock, ceiling
        self._shut: dict[str, tuple[datetime, datetime]] = {}
        self._gate = Gate()
        self._grouped = Grouped(self._leave, most=TOGETHER)

    def shut(self, now: datetime) -> list[str]:
        """Channels whose own pace leaves no slot worth waiting for."""
        # A clock that was set back is before the moment of shutting: then nothing is known.
        return [name for name, (since, until) in self._shut.items() if since <= now < until]

    @asynccontextmanager
    async def leaving(
        self, channel: Channel, item: Sendable, message: Outbound
    ) -> AsyncIterator[Leave]:
        """GO: the message is marked as leaving, in its own slot, and paid for; send it inside.

        Raises NotLeft.
        """
        paces = [(pace.key, pace.interval) for pace in channel.slots(item.address)]
        async with self._passing(item):
            answer = await self._ask(_Departure(item, message, paces))
            if isinstance(answer, Leave):
                yield answer
                return
        # Marked only when it really leaves: who dies waiting has certainly sent nothing.
        await asyncio.sleep(answer.total_seconds())
        async with self._passing(item):
            answer = await self._ask(_Departure(item, message, ()))
            yield answer if isinstance(answer, Leave) else Leave.WAIT

    async def _ask(self, departure: _Departure) -> Leave | timedelta:
        try:
            return await self._grouped.put(departure)
        except Exception as error:
            raise NotLeft(type(error).__name__) from error

    def _passing(self, item: Sendable) -> AbstractAsyncContextManager[None]:
        return nullcontext() if item.priority == Priority.EMERGENCY else self._gate.passing()

    async def _leave(self, asked: Sequence[_Departure]) -> list[Leave | timedelta]:
        async with self._turns.begin() as work:
            now = self._clock.now()  # our turn may have been long in coming
            slots = await self._slots(work, asked, now)
            going = [ask.item.id for ask in asked if slots.get(ask.item.id, now + LEASE) <= now]
            # The mark is the last thing written before the provider is called, and the only one.
            marked = await work.outbox.sending(going, now + LEASE) if going else set()
            answers: list[Leave | timedelta] = []
            for ask in asked:
                if ask.item.id in marked:
                    marked.remove(ask.item.id)  # of two who hold it one may go
                    answers.append(await self._paid(work, ask, now))
                else:
                    answers.append(_later(slots.get(ask.item.id), now))
            return answers

    async def _slots(
        self, work: Work, asked: Sequence[_Departure], now: datetime
    ) -> dict[int, datetime]:
        """The slots of those that have one worth waiting for; the others go back."""
        slots = {ask.item.id: now for ask in asked if not ask.paces}
        shut = self.shut(now)
        pacing = [ask for ask in asked if ask.paces and ask.item.channel not in shut]
        found = await work.budget.reserve([ask.paces for ask in pacing], now, PATIENCE)
        for ask, free in zip(pacing, found, strict=True):
            slot = max(free)
            if slot - now <= PATIENCE:
                slots[ask.item.id] = slot
                continue
            if free[0] - now > PATIENCE:  # the whole channel's pace, not this chat's
                self._shut[ask.item.channel] = (now, free[0] - PATIENCE)
            await work.outbox.postpone(ask.item.id, slot - PATIENCE)
        return slots

    async def _paid(self, work: Work, ask: _Departure, now: datetime) -> Leave:
        ceiling, item = self._ceiling, ask.item
        if ceiling and not await ceiling.admits(work, item.channel, item.kind, ask.message, now):
            return Leave.OVER
        return Leave.GO


def _later(slot: datetime | None, now: datetime) -> Leave | timedelta:
    """How long to wait for the slot; WAIT for none, and for what is not ours any more."""
    return slot - now if slot is not None and slot > now else Leave.WAIT
