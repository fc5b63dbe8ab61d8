"""A sender's transactions come one after the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.store import Store
from storage.work import Work


class Turns:
    """The store as one sender uses it.

    Claiming, renewing, marking and ending each touch many rows of the same batch, in any order:
    side by side they could wait for each other in the database for ever.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._turn = store, asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        """One transaction. Raises Outage."""
        async with self._turn, self._store.begin() as work:
            yield work
