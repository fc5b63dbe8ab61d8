"""Reads claimed messages: parse each, understand all of them at once in one inference thread."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from bot.channels.base import Channel
from bot.city.nicknames import nicknames_of
from bot.inbox.desk import Answers
from bot.message import Inbound
from bot.metrics import Metrics
from nlp.analysis import Analysis, Query
from storage.ledger import Ledger
from storage.records import Claimed, ContactView
from storage.store import Store

log = logging.getLogger(__name__)


class Stuck(Exception):
    """Understanding took too long."""


class Understands(Protocol):
    """What the worker needs of the analyzer."""

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        """One analysis a query, in order."""


@dataclass(slots=True)
class Item:
    """A claimed message on its way through parsing and understanding."""

    row: Claimed
    message: Inbound | None = None
    contact: ContactView | None = None
    analysis: Analysis | None = None
    error: Exception | None = None
    looked: tuple[Answers, Ledger] | None = None
    """What a staff command answered, and the lines of the audit that it leaves."""

    @property
    def asked_by_staff(self) -> bool:
        """Whether it may be a command."""
        return self.contact is not None and self.contact.staff is not None

    @property
    def alone(self) -> bool:
        """Whether it is worked on by itself: it failed, failed before, or staff ask something."""
        return self.error is not None or self.row.attempts > 0 or self.asked_by_staff


class Reader:
    """Turns rows into items; what goes wrong with one is kept as its error.

    `longest` is the most seconds that a batch may take, waiting for the thread included; a message
    by itself may take a third.
    """

    longest = 30.0

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        analyzer: Understands,
        metrics: Metrics,
    ) -> None:
        self._store, self._channels = store, channels
        self._analyzer, self._metrics = analyzer, metrics
        self._thread = _new_thread()

    async def read(self, rows: Sequence[Claimed]) -> list[Item]:
        """One item a row, in order."""
        items = [self._parse(row) for row in rows]
        await self._understand([i for i in items if i.message])
        return items

    def words(self, item: Item) -> str | None:
        """The text of a message, as far as it can be told without parsing it."""
        if item.message:
            return item.message.text
        channel = self._channels.get(item.row.channel)
        return channel.envelope(item.row.body).text if channel else None

    def close(self) -> None:
        """Let the inference thread go."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _parse(self, row: Claimed) -> Item:
        try:
            return Item(row, self._channels[row.channel].parse(row.body))
        except Exception as error:  # noqa: BLE001 - whatever a body does, it does to itself alone
            return Item(row, error=error)

    async def _understand(self, items: Sequence[Item]) -> None:
        if not items:
            return
        async with self._store.read() as work:
            contacts = await work.contacts.many(i.row.contact_id for i in items)
            known = await nicknames_of(work)
        queries = []
        for item in items:
            item.contact = contacts.get(item.row.contact_id or 0)
            home = item.contact.home_area if item.contact else None
            if item.message:
                queries.append(Query(item.message.text, home, item.message.pin, known))
        with self._metrics.analysis.time():
            results = await self._in_thread(queries)
        for item, result in zip(items, results, strict=True):
            item.analysis = result if isinstance(result, Analysis) else None
            item.error = result if isinstance(result, Exception) else None

    async def _in_thread(self, queries: list[Query]) -> list[Analysis | Exception]:
        """All at once; when that raises, one by one, so that a poisoned text stands alone."""
        try:
            return list(await self._analyze(queries, self.longest))
        except Exception:
            log.exception("a batch could not be understood; taking its messages one by one")
        results: list[Analysis | Exception] = []
        for query in queries:
            try:
                results += await self._analyze([query], self.longest / 3)
            except Exception as error:  # noqa: BLE001 - kept as this message's own result
                results.append(error)
        return results

    async def _analyze(self, queries: Sequence[Query], seconds: float) -> list[Analysis]:
        """Raises Stuck for a text over which the thread broods; others get a new thread."""
        thread, understand = self._thread, self._analyzer.analyze_many
        try:
            async with asyncio.timeout(seconds):
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(thread, understand, queries)
        except TimeoutError:
            thread.shutdown(wait=False)  # another lane's batch may wait there for its own limit
            if self._thread is thread:
                self._thread = _new_thread()
            raise Stuck(f"not understood within {seconds} s") from None


def _new_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="inference")
