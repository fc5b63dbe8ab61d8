"""Works the inbox: claim, parse, understand in one inference thread, and act in one transaction."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from bot.channels.base import Channel, Unreadable
from bot.clock import Clock
from bot.desk import Desk
from bot.message import Inbound
from bot.metrics import Metrics
from nlp.analysis import Analysis, Query
from storage.claiming import Claim
from storage.inbox import NotPending
from storage.records import Claimed
from storage.store import Store

log = logging.getLogger(__name__)

BATCH = 32
#: A message that raised so often is set aside for a person to look at.
ATTEMPTS = 3


class Understands(Protocol):
    """What the worker needs of the analyzer."""

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        """One analysis a query, in order."""


@dataclass(slots=True)
class Item:
    """A claimed message on its way through parsing and understanding."""

    row: Claimed
    message: Inbound | None = None
    analysis: Analysis | None = None
    error: Exception | None = None


class Worker:
    """One worker. Effects and "done" commit together, so nothing is ever half done."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        analyzer: Understands,
        desk: Desk,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store, self._channels, self._analyzer = store, channels, analyzer
        self._desk, self._clock, self._metrics = desk, clock, metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inference")

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping`; a failing database is waited for, never given up on."""
        while not stopping.is_set():
            try:
                if not await self.step():
                    await self._store.wait("inbound", 1.0)
            except Exception:
                log.exception("worker could not reach the store; trying again")
                await asyncio.sleep(1.0)

    async def step(self) -> int:
        """Work on one batch; the number of messages claimed."""
        async with self._store.claim(BATCH, self._clock.now()) as claim:
            items = [self._parse(row) for row in claim.messages]
            await self._understand([i for i in items if i.message])
            stuck: set[int] = set()
            for item in items:
                # A contact's messages stay in order: after a failure the later ones wait.
                if item.row.contact_id in stuck:
                    continue
                if not await self._act(claim, item) and item.row.contact_id:
                    stuck.add(item.row.contact_id)
        await self._acknowledge(items)
        return len(items)

    def close(self) -> None:
        """Let the inference thread go."""
        self._thread.shutdown(wait=True)

    def _parse(self, row: Claimed) -> Item:
        try:
            return Item(row, self._channels[row.channel].parse(row.body))
        except Unreadable as error:
            return Item(row, error=error)

    async def _understand(self, items: Sequence[Item]) -> None:
        if not items:
            return
        async with self._store.read() as work:
            homes = await work.contacts.home_areas([i.row.contact_id for i in items])
        queries = [
            Query(i.message.text, homes.get(i.row.contact_id or 0), i.message.pin)
            for i in items
            if i.message
        ]
        with self._metrics.analysis.time():
            results = await self._in_thread(queries)
        for item, result in zip(items, results, strict=True):
            item.analysis = result if isinstance(result, Analysis) else None
            item.error = result if isinstance(result, Exception) else None

    async def _in_thread(self, queries: list[Query]) -> list[Analysis | Exception]:
        """All at once; when that raises, one by one, so that a poisoned text stands alone."""
        loop = asyncio.get_running_loop()
        analyze = self._analyzer.analyze_many
        try:
            return list(await loop.run_in_executor(self._thread, analyze, queries))
        except Exception:
            log.exception("a batch could not be understood; taking its messages one by one")
        results: list[Analysis | Exception] = []
        for query in queries:
            try:
                results += await loop.run_in_executor(self._thread, analyze, [query])
            except Exception as error:  # noqa: BLE001 - kept as this message's own result
                results.append(error)
        return results

    async def _act(self, claim: Claim, item: Item) -> bool:
        """Do what the message asks for; on any error set it aside and go on with the others."""
        try:
            if item.error:
                raise item.error
            async with claim.begin(item.row) as work:
                if item.message and item.analysis:
                    await self._desk.handle(work, item.row, item.message, item.analysis)
                await work.inbox.done(item.row.id)
        except NotPending:
            return True  # done elsewhere since we claimed it: nothing is left to do
        except Exception as error:
            log.exception("message failed", extra={"inbound": item.row.id})
            await self._set_aside(claim, item, error)
            return False
        self._metrics.worked.labels("done").inc()
        return True

    async def _set_aside(self, claim: Claim, item: Item, error: Exception) -> None:
        dead = isinstance(error, Unreadable) or item.row.attempts + 1 >= ATTEMPTS
        async with claim.begin(item.row) as work:
            # The emergency line goes out on the first failure: it must not wait for a second try.
            await self._desk.rescue(work, item.row, item.message)
            await work.inbox.failed(item.row.id, type(error).__name__, dead=dead)
        self._metrics.worked.labels("dead" if dead else "retry").inc()

    async def _acknowledge(self, items: Sequence[Item]) -> None:
        pressed = [i for i in items if i.message and i.message.receipt]
        for item in pressed:
            if item.message:
                await self._channels[item.row.channel].seen(item.message)
