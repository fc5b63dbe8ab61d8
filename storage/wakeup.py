"""Waking those who wait for work: an event in this process, LISTEN/NOTIFY between processes."""

import asyncio
import logging
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

_CHANNEL = "lamplighter"
_log = logging.getLogger(__name__)


async def announce(transaction: AsyncConnection | AsyncSession, topics: Iterable[str]) -> None:
    """Tell other processes on PostgreSQL; they hear it when the transaction commits."""
    for topic in sorted(topics):
        values = {"channel": _CHANNEL, "topic": topic}
        await transaction.execute(text("SELECT pg_notify(:channel, :topic)"), values)


class Wakeup:
    """Topics ("inbound", "outbound") that can be waited for. A missed call only costs the wait's
    timeout, so nothing depends on it for being right.
    """

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}
        self._listener: asyncio.Task[None] | None = None

    def wake(self, topic: str) -> None:
        """Wake whoever waits in this process."""
        self._event(topic).set()

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109
        """Return when there may be work, at the latest after `timeout` seconds."""
        event = self._event(topic)
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            return
        event.clear()

    def listen(self, engine: AsyncEngine) -> None:
        """Hear what other processes announce, until closed; a lost connection is made anew."""
        self._listener = asyncio.create_task(self._listen(engine))

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._listener = None

    def _event(self, topic: str) -> asyncio.Event:
        return self._events.setdefault(topic, asyncio.Event())

    async def _listen(self, engine: AsyncEngine) -> None:
        while True:
            try:
                await self._hear(engine)
            except (OSError, SQLAlchemyError) as error:
                _log.warning("listening broke off", extra={"error": type(error).__name__})
            await asyncio.sleep(1)

    async def _hear(self, engine: AsyncEngine) -> None:
        lost = asyncio.Event()
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is None:
                return
            raw.add_termination_listener(lambda *_: lost.set())
            await raw.add_listener(_CHANNEL, self._heard)
            for event in self._events.values():
                event.set()  # something may have been announced while nobody listened
            try:
                await lost.wait()
            finally:
                await connection.invalidate()

    def _heard(self, _connection: object, _pid: int, _channel: str, topic: str) -> None:
        self.wake(topic)
