"""Empties the outbox: by priority, paced for the provider, and honest about what is not known."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from bot.channels.base import Channel, Refused, SendError, Unknown
from bot.clock import Clock
from bot.message import Outbound
from bot.metrics import Metrics
from bot.outbox.ceiling import Ceiling
from bot.outbox.endings import Endings
from bot.outbox.parcel import unpack
from bot.outbox.post import answered
from storage.records import Sendable
from storage.store import Store
from storage.work import Work

log = logging.getLogger(__name__)

#: How long a message is ours without another word; while we live we renew it. So short that
#: another sender soon goes on for one that died.
LEASE = timedelta(seconds=3)
RENEWAL = 0.75
#: A slot further away than this is not waited for: the message goes back, and what is more urgent
#: may take the slot when its time has come.
PATIENCE = timedelta(seconds=2)
#: Chats that are written to side by side.
BATCH = 64
#: What nobody asked for by writing: not sent to somebody who said STOP, however late it was said.
UNASKED = frozenset({"alert", "digest", "tip"})


class Leave(Enum):
    """Whether a message may go to its provider now."""

    GO, WAIT, OVER = range(3)


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
        self._ceiling = ceiling
        self._endings = Endings(store, clock, metrics)
        self._hand: set[int] = set()
        self._shut: dict[str, datetime] = {}
        self._stopping = asyncio.Event()
        self._reserving = asyncio.Lock()

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
        except Exception:
            log.exception("sender could not reach the store; trying again")
            await asyncio.sleep(1.0)
            return set()
        return {asyncio.create_task(self._chat(items)) for items in _by_contact(batch)}

    async def _claim(self, limit: int) -> list[Sendable]:
        now = self._clock.now()
        shut = [name for name, until in self._shut.items() if until > now]
        async with self._store.begin() as work:
            # First our own leases: after a stall or a jump of the clock they must not look dead.
            await work.outbox.renew(self._hand, now + LEASE)
            batch = await work.outbox.claim(now, LEASE, limit, without=shut)
            asked = {item.id: number for item in batch if (number := answered(item.key))}
            came = await work.inbox.received_at(asked.values()) if asked else {}
        batch = [replace(item, asked_at=came.get(asked.get(item.id, 0))) for item in batch]
        self._hand |= {item.id for item in batch}
        return batch

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEWAL)
            if not self._hand:
                continue
            try:
                async with self._store.begin() as work:
                    await work.outbox.renew(self._hand, self._clock.now() + LEASE)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next second may be better
                log.warning("leases not renewed", extra={"error": type(error).__name__})

    async def _chat(self, items: Sequence[Sendable]) -> None:
        """One contact's messages leave in order; the first that stays holds the others back."""
        waiting = list(items)
        try:
            while waiting and not self._stopping.is_set() and await self._one(waiting[0]):
                self._hand.discard(waiting.pop(0).id)
            if waiting:
                async with self._store.begin() as work:
                    await work.outbox.release(item.id for item in waiting)
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
        match await self._wait_for_slot(channel, item, message):
            case Leave.GO:
                return await self._send(channel, item, message)
            case Leave.OVER:
                return await self._endings.failed(item, Refused("over the spending ceiling"))
            case Leave.WAIT:
                return False

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

    async def _wait_for_slot(self, channel: Channel, item: Sendable, message: Outbound) -> Leave:
        """GO: the message is marked as leaving, in its own slot, and paid for."""
        now = self._clock.now()
        paces = [(pace.key, pace.interval) for pace in channel.slots(item.address)]
        # One at a time: they would wait for each other in the database, holding connections.
        async with self._reserving, self._store.begin() as work:
            if self._shut.get(item.channel, now) > now:
                return Leave.WAIT
            free = await work.budget.reserve(paces, now, PATIENCE) if paces else [now]
            slot = max(free)
            if slot - now > PATIENCE:
                if free[0] - now > PATIENCE:  # the whole channel's pace, not this chat's
                    self._shut[item.channel] = free[0] - PATIENCE
                await work.outbox.postpone(item.id, slot - PATIENCE)
                return Leave.WAIT
            if slot <= now:
                return await self._mark(work, item, message, now)
        # Marked only when it really leaves: who dies waiting has certainly sent nothing.
        await asyncio.sleep((slot - now).total_seconds())
        async with self._store.begin() as work:
            return await self._mark(work, item, message, self._clock.now())

    async def _mark(self, work: Work, item: Sendable, message: Outbound, now: datetime) -> Leave:
        # The mark is the last thing written before the provider is called, and the only one.
        if not await work.outbox.sending(item.id, now + LEASE):
            return Leave.WAIT
        ceiling = self._ceiling
        if ceiling and not await ceiling.admits(work, item.channel, item.kind, message, now):
            return Leave.OVER
        return Leave.GO


def _by_contact(batch: Sequence[Sendable]) -> list[list[Sendable]]:
    chats: dict[int, list[Sendable]] = {}
    for item in batch:
        chats.setdefault(item.contact_id, []).append(item)
    return list(chats.values())
