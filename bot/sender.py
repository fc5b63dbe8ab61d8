"""Empties the outbox: by priority, paced for the provider, and honest about what is not known."""

import asyncio
import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.channels.base import Channel, Moved, NotSent, Refused, SendError, Sent, Throttled, Unknown
from bot.clock import Clock
from bot.message import Priority
from bot.metrics import Metrics
from bot.parcel import unpack
from storage.records import Sendable
from storage.store import Store

log = logging.getLogger(__name__)

#: How long a claimed message is ours. Nothing is begun in its second half, so that no other
#: sender can take a message that is just leaving here.
LEASE = timedelta(seconds=60)
#: A slot further away than this is not waited for: the message goes back with that time.
PATIENCE = timedelta(seconds=5)
BATCH = 64
#: A message that could not leave for so long is given up.
GIVE_UP = timedelta(days=1)
#: What nobody asked for by writing: not sent to somebody who said STOP, however late it was said.
UNASKED = frozenset({"alert", "digest", "tip"})


class Sender:
    """One sender; any number may share a database, since slots are reserved there."""

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], clock: Clock, metrics: Metrics
    ) -> None:
        self._store, self._channels = store, channels
        self._clock, self._metrics = clock, metrics

    async def run(self, stopping: asyncio.Event) -> None:
        """Send until `stopping`; a failing database is waited for, never given up on."""
        while not stopping.is_set():
            try:
                if not await self.step():
                    await self._store.wait("outbound", 0.5)
            except Exception:
                log.exception("sender could not reach the store; trying again")
                await asyncio.sleep(1.0)

    async def step(self) -> int:
        """Send one batch; the number of messages claimed."""
        begin = self._clock.now()
        async with self._store.begin() as work:
            batch = await work.outbox.claim(begin, LEASE, BATCH)
        # One contact's messages leave in order, different contacts side by side.
        chats: dict[int, list[Sendable]] = {}
        for item in batch:
            chats.setdefault(item.contact_id, []).append(item)
        until = begin + LEASE / 2
        await asyncio.gather(*(self._chat(items, until) for items in chats.values()))
        return len(batch)

    async def _chat(self, items: list[Sendable], until: datetime) -> None:
        for item in items:
            try:
                await self._one(item, until)
            except Exception:
                log.exception("sending failed", extra={"outbox": item.id})

    async def _one(self, item: Sendable, until: datetime) -> None:
        channel = self._channels.get(item.channel)
        if channel is None:
            await self._again(item, "channel is not set up", timedelta(minutes=5))
        elif item.opted_out and item.kind in UNASKED:
            await self._refused(item, Refused("opted out"))
        elif await self._wait_for_slot(channel, item, until):
            try:
                sent = await channel.send(item.address, unpack(item.body), item.key)
            except SendError as error:
                await self._failed(item, error)
            else:
                await self._sent(item, sent)

    async def _wait_for_slot(self, channel: Channel, item: Sendable, until: datetime) -> bool:
        now = self._clock.now()
        async with self._store.begin() as work:
            if now > until:
                await work.outbox.again(item.id, now, "waiting for others")
                return False
            slot = now
            for budget in channel.slots(item.address):
                slot = max(slot, await work.budget.reserve(budget.key, budget.interval, now))
            if slot - now > PATIENCE:
                await work.outbox.again(item.id, slot, "waiting for a slot")
                return False
            if slot == now:
                return await work.outbox.sending(item.id)
        # Marked only when it really leaves: who dies waiting has certainly sent nothing.
        await asyncio.sleep((slot - now).total_seconds())
        async with self._store.begin() as work:
            return await work.outbox.sending(item.id)

    async def _sent(self, item: Sendable, sent: Sent) -> None:
        now = self._clock.now()
        async with self._store.begin() as work:
            await work.outbox.sent(item.id, sent.provider_id, now)
        waited = (now - item.created_at).total_seconds()
        self._metrics.reply.labels(Priority(item.priority).name.lower()).observe(max(waited, 0.0))
        self._count(item, "sent")

    async def _failed(self, item: Sendable, error: SendError) -> None:
        log.warning("not sent: %s", error.reason, extra={"outbox": item.id})
        match error:
            case Throttled():
                await self._again(item, error.reason, timedelta(seconds=error.after))
            case NotSent():
                await self._again(item, error.reason, back_off(item.attempts))
            case Moved():
                await self._moved(item, error)
            case Unknown():
                await self._unknown(item, error)
            case Refused():
                await self._refused(item, error)

    async def _again(self, item: Sendable, reason: str, after: timedelta) -> None:
        async with self._store.begin() as work:
            now = self._clock.now()
            if now - item.created_at > GIVE_UP:
                await work.outbox.dead(item.id, reason)
            else:
                await work.outbox.again(item.id, now + after, reason)
        self._count(item, "again")

    async def _moved(self, item: Sendable, error: Moved) -> None:
        async with self._store.begin() as work:
            await work.contacts.move(item.contact_id, error.address)
            await work.outbox.again(item.id, self._clock.now(), error.reason)
        self._count(item, "again")

    async def _unknown(self, item: Sendable, error: Unknown) -> None:
        """An emergency line is repeated: twice is better than never. Nothing else is."""
        if item.priority == Priority.EMERGENCY:
            await self._again(item, error.reason, back_off(item.attempts))
            return
        async with self._store.begin() as work:
            await work.outbox.unknown(item.id, error.reason)
        self._count(item, "unknown")

    async def _refused(self, item: Sendable, error: Refused) -> None:
        now: datetime = self._clock.now()
        async with self._store.begin() as work:
            await work.outbox.dead(item.id, error.reason)
            if error.gone or error.opted_out:
                await work.contacts.opt_out(item.contact_id, now)
        self._count(item, "refused")

    def _count(self, item: Sendable, result: str) -> None:
        self._metrics.sent.labels(item.channel, result).inc()


def back_off(attempts: int) -> timedelta:
    """1, 2, 4 … seconds up to 30 minutes, with a quarter of jitter against stampedes."""
    return timedelta(seconds=min(2.0**attempts, 1800.0) * random.uniform(0.75, 1.25))
