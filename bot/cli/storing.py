"""One transaction for a command at the terminal."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from bot.settings import load_settings

if TYPE_CHECKING:
    from storage.work import Work

T = TypeVar("T")


async def with_store(do: Callable[["Work"], Awaitable[T]]) -> T:
    """Do something in one transaction of the configured database."""
    from bot.runtime.wiring import open_keys, open_store

    settings = load_settings()
    store = await open_store(settings, open_keys(settings))
    try:
        async with store.begin() as work:
            return await do(work)
    finally:
        await store.close()
