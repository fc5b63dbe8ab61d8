"""The composition root: builds the parts, starts the roles, drains on the way out."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, Self

from aiohttp import web

from bot.city import City, demo_city_path, load_city
from bot.clock import Clock
from bot.commands.registry import menu
from bot.inbox.desk import Desk
from bot.inbox.intake import Intake
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.outbox.ceiling import Ceiling
from bot.outbox.sender import Sender
from bot.outbox.settling import Settler
from bot.runtime.health import Health
from bot.runtime.roles import ALL_ROLES, Role
from bot.runtime.schedule import Schedule
from bot.runtime.watch import Watch
from bot.runtime.web import Web
from bot.runtime.wiring import Channels, await_store, open_channels, open_keys
from bot.settings import Settings
from nlp.analyzer import Analyzer
from nlp.rules.danger import DangerRules
from storage.store import Store

log = logging.getLogger(__name__)

#: After SIGTERM the batch in hand is finished within this many seconds, or left for another.
DRAIN_SECONDS = 10.0


class Service:
    """One process of the service. `async with Service(…)` runs it; leaving drains it.

    `analyzer` is loaded for the city, unless one is given.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        roles: frozenset[Role] = ALL_ROLES,
        *,
        sweep_seconds: float = 60,
        analyzer: Analyzer | None = None,
    ) -> None:
        self._analyzer = analyzer
        self.settings, self.clock, self.roles = settings, clock, roles
        self.metrics = Metrics()
        self.store: Store
        self.city: City
        self.health: Health
        self.port = 0
        self._channels: Channels
        self._sweep_seconds = sweep_seconds
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop taking in, finish what is in hand, close: in the reverse order of starting."""
        self._stopping.set()
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        self.city = load_city(self.settings.city or demo_city_path())
        danger = DangerRules.load(self.city.languages)
        keys = open_keys(self.settings)
        self.store = await await_store(self.settings, keys)
        stack.push_async_callback(self.store.close)
        self._channels = open_channels(self.settings, keys, self.clock)
        stack.push_async_callback(self._channels.close)
        self.health = Health(
            self.store, self.city, self.clock, self.metrics,
            self._channels, self._tasks, self._stopping,
        )  # fmt: skip
        named = self._channels.named
        if Role.WORKER in self.roles:
            await self._start_worker(stack, danger)
        stack.push_async_callback(self._drain)
        if Role.SENDER in self.roles:
            await self._recover()
            ceiling = Ceiling(self.city, self.metrics)
            sender = Sender(self.store, named, self.clock, self.metrics, ceiling)
            self._go(sender.run(self._stopping))
            if self._channels.twilio:
                settler = Settler(self.store, self._channels.twilio, self.clock, self.metrics)
                self._go(settler.run(self._stopping))
        if Role.SCHEDULER in self.roles:
            schedule = Schedule(self.store, self.city, self.clock, self._sweep_seconds)
            schedule.start()
            stack.callback(schedule.stop)
        if Role.WEB in self.roles:
            intake = Intake(self.store, named, danger, self.clock, self.metrics)
            await self._start_web(stack, intake)
        elif self.settings.watch_port is not None:
            watch = Watch(self.metrics, self.health.missing, self.health.measure)
            await self._listen(stack, watch.app(), self.settings.watch_port)
        self.health.started = True

    async def _drain(self) -> None:
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def wait(self) -> None:
        """Until a role ends, which only a defect or `__aexit__` can bring about."""
        if self._tasks:
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        else:
            await self._stopping.wait()

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _recover(self) -> None:
        """On SQLite this is the only sender: what is leased was left by a process that died."""
        if self.settings.embedded:
            async with self.store.begin() as work:
                await work.outbox.recover(self.clock.now())

    async def _start_worker(self, stack: AsyncExitStack, danger: DangerRules) -> None:
        analyzer = self._analyzer
        if analyzer is None:
            city = self.city
            analyzer = await asyncio.to_thread(Analyzer.load, city.path, city.languages)
        desk = Desk(self.city, danger, self.clock)
        worker = Worker(self.store, self._channels.named, analyzer, desk, self.clock, self.metrics)
        stack.callback(worker.close)
        self._go(worker.run(self._stopping))

    async def _start_web(self, stack: AsyncExitStack, intake: Intake) -> None:
        channels, settings = self._channels, self.settings
        secret = settings.telegram_webhook_secret
        edge = Web(
            intake,
            self.metrics,
            self.health.missing,
            self.health.measure,
            twilio=channels.twilio,
            settle=self.settle,
            telegram_secret=secret.get_secret_value() if secret else None,
        )
        await self._listen(stack, edge.app(), settings.port)
        stack.push_async_callback(channels.stop_fetching)
        channels.start_fetching(intake, settings, menu("resident"))

    async def _listen(self, stack: AsyncExitStack, app: web.Application, port: int) -> None:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, self.settings.host, port).start()
        self.port = runner.addresses[0][1]

    async def settle(self, key: str, provider_id: str, status: str) -> None:
        """What the provider says became of a message."""
        async with self.store.begin() as work:
            await work.outbox.settle(key, provider_id, status, self.clock.now())
