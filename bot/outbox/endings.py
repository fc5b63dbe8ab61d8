"""How a send ended, written to the outbox."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from bot.channels.base import Moved, NotSent, Refused, SendError, Sent, Throttled, Unknown
from bot.clock import Clock
from bot.message import Priority
from bot.metrics import Metrics
from bot.outbox.turns import Turns
from storage.grouping import Grouped
from storage.records import Sendable
from storage.store import Store
from storage.work import Work

log = logging.getLogger(__name__)

#: A message that could not leave for so long is given up.
GIVE_UP = timedelta(days=1)
#: How often an end is written before it is left to the lease: for about a minute.
TRIES = 60
PAUSE = 1.0
#: So many are ended in one transaction at most.
TOGETHER = 64


class Endings:
    """Writes ends, also after an outage: what has left must not leave again."""

    def __init__(self, turns: Turns, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._turns, self._store = turns, store
        self._clock, self._metrics = clock, metrics
        self._taken = Grouped(self._write_taken, most=TOGETHER)

    async def sent(self, item: Sendable, sent: Sent) -> None:
        """The provider took it."""
        now = self._clock.now()
        await self._persist(item, lambda: self._taken.put((item.id, sent.provider_id)), "sent")
        priority = Priority(item.priority).name.lower()
        waits = [(self._metrics.reply, item.created_at), (self._metrics.answer, item.asked_at)]
        for histogram, since in waits:
            if since is not None:
                waited = max((now - since).total_seconds(), 0.0)
                histogram.labels(priority).observe(waited)

    async def failed(self, item: Sendable, error: SendError) -> bool:
        """The provider did not take it, or nobody knows; whether that is the end of it."""
        log.warning("not sent: %s", error.reason, extra={"outbox": item.id})
        match error:
            case Throttled():
                return await self.again(item, error.reason, timedelta(seconds=error.after))
            case NotSent():
                return await self.again(item, error.reason, back_off(item.attempts))
            case Moved():
                return await self._moved(item, error)
            case Refused():
                await self._refused(item, error)
            case Unknown() if item.priority == Priority.EMERGENCY:
                # An emergency line is repeated: twice is better than never. Nothing else is.
                return await self.again(item, error.reason, back_off(item.attempts))
            case _:
                await self._unknown(item, error)
        return True

    async def again(self, item: Sendable, reason: str, after: timedelta) -> bool:
        """Try again later, but not for ever; False, for it has not ended."""

        async def write(work: Work) -> None:
            now = self._clock.now()
            if now - item.created_at > GIVE_UP:
                await work.outbox.dead(item.id, reason)
            else:
                await work.outbox.again(item.id, now + after, reason)

        await self._write(item, write, "again")
        return False

    async def _moved(self, item: Sendable, error: Moved) -> bool:
        await self._change(item, lambda work: work.contacts.move(item.contact_id, error.address))
        return await self.again(item, error.reason, timedelta())

    async def _unknown(self, item: Sendable, error: SendError) -> None:
        async def write(work: Work) -> None:
            await work.outbox.unknown(item.id, error.reason)

        await self._write(item, write, "unknown")

    async def _refused(self, item: Sendable, error: Refused) -> None:
        async def write(work: Work) -> None:
            await work.outbox.dead(item.id, error.reason)

        await self._write(item, write, "refused")
        if error.gone or error.opted_out:
            now = self._clock.now()
            await self._change(item, lambda work: work.contacts.opt_out(item.contact_id, now))

    async def _write(
        self, item: Sendable, write: Callable[[Work], Awaitable[None]], result: str
    ) -> None:
        async def commit() -> None:
            async with self._turns.begin() as work:
                await write(work)

        await self._persist(item, commit, result)

    async def _change(self, item: Sendable, write: Callable[[Work], Awaitable[object]]) -> None:
        """Change the contact, whose row a worker may hold for long: not in our turn."""

        async def commit() -> None:
            async with self._store.begin() as work:
                await write(work)

        await self._tried(item, commit)

    async def _write_taken(self, taken: Sequence[tuple[int, str]]) -> list[None]:
        async with self._turns.begin() as work:
            await work.outbox.sent(dict(taken), self._clock.now())
        return [None] * len(taken)

    async def _persist(
        self, item: Sendable, commit: Callable[[], Awaitable[None]], result: str
    ) -> None:
        await self._tried(item, commit)
        self._metrics.sent.labels(item.channel, result).inc()

    async def _tried(self, item: Sendable, commit: Callable[[], Awaitable[None]]) -> None:
        for tries_left in range(TRIES - 1, -1, -1):
            try:
                await commit()
                break
            except Exception:
                if not tries_left:
                    raise
                log.warning("an end could not be written yet", extra={"outbox": item.id})
                await asyncio.sleep(PAUSE)


def back_off(attempts: int) -> timedelta:
    """1, 2, 4 … seconds up to 30 minutes, with a quarter of jitter against stampedes."""
    return timedelta(seconds=min(2.0**attempts, 1800.0) * random.uniform(0.75, 1.25))
