"""Group commit: what is asked while a group is being written goes into the next one together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from storage.errors import Outage

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class Grouped(Generic[Ask, Answer]):
    """Collects asks while a group is being written and hands them over as the next group.

    `write` does a group in one transaction and returns an answer for each ask, in order, after the
    commit. A group that the database refuses is written again one by one, so that one bad row does
    not stop the others; in an outage nothing of it would succeed.
    """

    def __init__(
        self, write: Callable[[Sequence[Ask]], Awaitable[Sequence[Answer]]], most: int
    ) -> None:
        self._write, self._most = write, most
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def put(self, ask: Ask) -> Answer:
        """Return after the commit; raise what the commit raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, future))
        if self._writer is None:
            self._writer = asyncio.create_task(self._drain())
        return await future

    async def close(self) -> None:
        """Write what still waits."""
        while self._writer is not None:
            await asyncio.wait([self._writer])

    async def _drain(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                # Who has given up meanwhile wants nothing any more.
                await self._settle([one for one in group if not one[1].done()])
        finally:
            self._writer = None
            _fail(self._waiting, Outage("stopped"))
            self._waiting = []

    async def _settle(self, group: list[tuple[Ask, asyncio.Future[Answer]]]) -> None:
        if not group:
            return
        try:
            answers = await self._write([ask for ask, _ in group])
        except asyncio.CancelledError:
            _fail(group, Outage("stopped"))
            raise
        except Exception as error:  # noqa: BLE001  every waiter hears it
            if len(group) == 1 or isinstance(error, Outage):
                _fail(group, error)
                return
            for one in group:
                await self._settle([one])
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


def _fail(group: list[tuple[Ask, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
