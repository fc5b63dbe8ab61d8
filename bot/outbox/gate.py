"""Few messages are on their way at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: So many at a time: a sender that dies leaves no more of which nobody knows whether they left.
WIDTH = 12
#: Who is on the way for longer, seconds, holds up nobody any more: a provider may be slow.
SLOW = 1.0


class Gate:
    """One sender's."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(WIDTH)

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Wait for a place and hold it, for SLOW seconds at most."""
        await self._free.acquire()
        held = [self._free]
        timer = asyncio.get_running_loop().call_later(SLOW, _leave, held)
        try:
            yield
        finally:
            timer.cancel()
            _leave(held)


def _leave(held: list[asyncio.Semaphore]) -> None:
    while held:
        held.pop().release()
