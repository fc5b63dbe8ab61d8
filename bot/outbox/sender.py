"""Empties the outbox: by priority, paced for the provider, and honest about what is not known."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels.base import Channel, Refused, SendError, Unknown
from bot.clock import Clock
from bot.message import Outbound
from bot.metrics import Metrics
from bot.outbox.ceiling import Ceiling
from bot.outbox.departures import LEASE, Departures, Leave, NotLeft
from bot.outbox.endings import Endings
from bot.outbox.parcel import unpack
from bot.outbox.post import answered
from bot.outbox.turns import Turns
from storage.errors import Outage
from storage.records import Sendable
from storage.store import Store
from storage.work import Work

log = logging.getLogger(__name__)

#: Leases are renewed so often.
RENEWAL = timedelta(seconds=0.75)
#: Chats that are written to side by side.
BATCH = 64
#: What nobody asked for by writing: not sent to somebody who said STOP, however late it was said.
UNASKED = frozenset({"alert", "digest", "tip"})


class Sender:
    """One sender; any number may share a database, since slots are reserved there."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        metrics: Metrics,
        ceiling: Ceiling | None = None,
    ) -> None:
        self._store, self._channels, self._clock = store, channels, clock
        self._turns = Turns(store)
        self._departures = Departures(self._turns, clock, ceiling)
        self._endings = Endings(self._turns, store, clock, metrics)
        self._hand: set[int] = set()
        self._tended: datetime | None = None
        self._stopping = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping`; a failing database is waited for, never given up on."""
        self._stopping = stopping
        renewing = asyncio.create_task(self._renew())
        busy: set[asyncio.Task[None]] = set()
        try:
            while not stopping.is_set():
                busy = {task for task in busy if not task.done()}
                began = await self._begin(BATCH - len(busy))
                busy |= began
                if not began:
                    await self._store.wait("outbound", 0.5)
            # What is leaving now gets its end written; what is only held goes back.
            await asyncio.gather(*busy)
        finally:
            renewing.cancel()
            for task in busy:
                task.cancel()

    async def step(self) -> int:
        """Send one batch; the number of messages claimed."""
        batch = await self._claim(BATCH)
        await asyncio.gather(*(self._chat(items) for items in _by_contact(batch)))
        return len(batch)

    async def _begin(self, room: int) -> set[asyncio.Task[None]]:
        try:
            batch = await self._claim(room) if room else []
        except Outage as error:
            log.warning("the database is away; trying again", extra={"error": str(error)})
            await asyncio.sleep(1.0)
            return set()
        except Exception:
            log.exception("nothing could be claimed; trying again")
            await asyncio.sleep(1.0)
            return set()
        return {asyncio.create_task(self._chat(items)) for items in _by_contact(batch)}

    async def _claim(self, limit: int) -> list[Sendable]:
        async with self._turns.begin() as work:
            now = self._clock.now()
            await self._tend(work, now)
            batch = await work.outbox.claim(now, LEASE, limit, without=self._departures.shut(now))
            asked = {item.id: number for item in batch if (number := answered(item.key))}
            came = await work.inbox.received_at(asked.values()) if asked else {}
        batch = [replace(item, asked_at=came.get(asked.get(item.id, 0))) for item in batch]
        self._hand |= {item.id for item in batch}
        return batch

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL.total_seconds())
            try:
                if self._hand:
                    async with self._turns.begin() as work:
                        await self._tend(work, self._clock.now())
            except Exception as error:  # noqa: BLE001 - whatever it is, the next second may be better
                log.warning("leases not renewed", extra={"error": type(error).__name__})

    async def _tend(self, work: Work, now: datetime) -> None:
        """First our own leases: after a stall or a jump of the clock they must not look dead."""
        if self._tended and abs(now - self._tended) < RENEWAL:
            return
        await work.outbox.renew(self._hand, now + LEASE)
        await work.outbox.end_overdue(now)
        self._tended = now

    async def _chat(self, items: Sequence[Sendable]) -> None:
        """One contact's messages leave in order; the first that stays holds the others back."""
        waiting = list(items)
        try:
            while waiting and not self._stopping.is_set() and await self._one(waiting[0]):
                self._hand.discard(waiting.pop(0).id)
            if waiting:
                async with self._turns.begin() as work:
                    await work.outbox.release(item.id for item in waiting)
        except Outage as error:
            # What is still held goes again when its lease has ended.
            log.warning("the database is away", extra={"error": str(error)})
        except Exception:
            log.exception("sending failed", extra={"outbox": waiting[0].id if waiting else 0})
        finally:
            self._hand -= {item.id for item in waiting}

    async def _one(self, item: Sendable) -> bool:
        """Whether it came to an end, so that the contact's next may go."""
        channel = self._channels.get(item.channel)
        if channel is None:
            return await self._endings.again(item, "channel is not set up", timedelta(minutes=5))
        if item.opted_out and item.kind in UNASKED:
            return await self._endings.failed(item, Refused("opted out"))
        try:
            message = unpack(item.body)
        except (ValueError, KeyError, TypeError):
            return await self._endings.failed(item, Refused("not a message"))
        try:
            async with self._departures.leaving(channel, item, message) as leave:
                match leave:
                    case Leave.GO:
                        return await self._send(channel, item, message)
                    case Leave.OVER:
                        over = Refused("over the spending ceiling")
                        return await self._endings.failed(item, over)
                    case Leave.WAIT:
                        return False
        except NotLeft as error:
            log.warning("not marked as leaving", extra={"outbox": item.id, "error": str(error)})
            return await self._endings.again(item, "the database was away", timedelta(seconds=1))

    async def _send(self, channel: Channel, item: Sendable, message: Outbound) -> bool:
        try:
            sent = await channel.send(item.address, message, item.key)
        except SendError as error:
            return await self._endings.failed(item, error)
        except Exception as error:
            log.exception("a channel failed", extra={"outbox": item.id})
            return await self._endings.failed(item, Unknown(type(error).__name__))
        await self._endings.sent(item, sent)
        return True


def _by_contact(batch: Sequence[Sendable]) -> list[list[Sendable]]:
    chats: dict[int, list[Sendable]] = {}
    for item in batch:
        chats.setdefault(item.contact_id, []).append(item)
    return list(chats.values())
