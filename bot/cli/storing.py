"""The configured database for a command at the terminal."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from bot.settings import load_settings

if TYPE_CHECKING:
    from storage.store import Store
    from storage.work import Work

T = TypeVar("T")


async def with_store(do: Callable[["Work"], Awaitable[T]]) -> T:
    """Do something short in one transaction of it: nobody else writes meanwhile."""

    async def once(store: "Store") -> T:
        async with store.begin() as work:
            return await do(work)

    return await with_open_store(once)


async def with_open_store(do: Callable[["Store"], Awaitable[T]]) -> T:
    """Do something long, with transactions of its own."""
    from bot.runtime.wiring import open_keys, open_store

    settings = load_settings()
    store = await open_store(settings, open_keys(settings))
    try:
        return await do(store)
    finally:
        await store.close()
