"""Whether a process can do its work, and the gauges of what waits."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from bot.city import City
from bot.clock import Clock
from bot.metrics import Metrics
from bot.outbox.ceiling import FULL_DAYS
from bot.runtime.schedule import digest_lag
from bot.runtime.wiring import Channels
from storage.store import Store
from storage.work import Work

log = logging.getLogger(__name__)

#: Seconds that the database may take to commit next to nothing.
PATIENCE = 3.0


class Health:
    """Of one process. `tasks` are its roles, which only a defect ends before `stopping`."""

    def __init__(
        self,
        store: Store,
        city: City,
        clock: Clock,
        metrics: Metrics,
        channels: Channels,
        tasks: Sequence[asyncio.Task[None]],
        stopping: asyncio.Event,
    ) -> None:
        self._store, self._city, self._clock, self._metrics = store, city, clock, metrics
        self._channels, self._tasks, self._stopping = channels, tasks, stopping
        self.started = False

    async def missing(self) -> list[str]:
        """What keeps this process from doing its work; empty when it is ready."""
        problems = []
        if not self.started:
            problems.append("still starting")
        if self._stopping.is_set():
            problems.append("stopping")
        elif any(task.done() for task in self._tasks):
            problems.append("a role has ended")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._store.probe()
        except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
            problems.append(f"the database keeps nothing ({type(error).__name__})")
        return problems

    async def measure(self) -> None:
        """Bring the gauges up to date; without a database the others are told all the same."""
        for name, poller in self._channels.pollers.items():
            self._metrics.fetch_failures.labels(name).set(poller.failures)
        try:
            async with asyncio.timeout(PATIENCE), self._store.read() as work:
                await self._look(work, self._clock.now())
        except Exception as error:  # noqa: BLE001 - the gauge itself tells it
            log.warning("queues not measured", extra={"error": type(error).__name__})
            self._metrics.database.set(0)
        else:
            self._metrics.database.set(1)

    async def _look(self, work: Work, now: datetime) -> None:
        inbound, outbound = await work.inbox.counts(), await work.outbox.counts()
        self._metrics.dead.set(inbound["dead"])
        for queue, counts, since in (
            ("inbound", inbound, await work.inbox.oldest_pending()),
            ("outbound", outbound, await work.outbox.oldest_pending(now)),
        ):
            for state, count in counts.items():
                self._metrics.queue.labels(queue, state).set(count)
            self._metrics.age.labels(queue).set((now - since).total_seconds() if since else 0.0)
        for team in self._city.teams:
            lag = digest_lag(team, await work.digests.last(team.slug), now)
            self._metrics.digest_lag.labels(team.slug).set(lag.total_seconds())
        await self._spent(work, now)

    async def _spent(self, work: Work, now: datetime) -> None:
        day, limit = now.astimezone(self._city.timezone).date(), self._city.daily_sms_limit
        for period, since, days in (("day", day, 1), ("month", day.replace(day=1), FULL_DAYS)):
            spent = await work.spend.total("sms", since, day)
            self._metrics.spend.labels(period).set(spent)
            if limit:
                self._metrics.spend_limit.labels(period).set(limit * days)
