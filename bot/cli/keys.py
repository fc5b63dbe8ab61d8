"""`keys rotate`: a new key, and everything sealed anew with it."""

import asyncio
from typing import TYPE_CHECKING

import typer

from bot.clock import SystemClock
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from storage.sealing import Keyring
    from storage.store import Store


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    keys = typer.Typer(help="The keys by which addresses and words are sealed.")
    keys.callback()(_together)
    keys.command("rotate")(rotate)
    app.add_typer(keys, name="keys", no_args_is_help=True)


def _together() -> None:
    """The keys by which addresses and words are sealed."""


def rotate() -> None:
    """Make a new key and seal everything anew with it; if that was broken off, go on with it.

    On PostgreSQL the first call makes the key: copy the keys file to every machine, then call
    again. Copy the file off the machine as well: the old copy does not open what is sealed now.

    Example: lamplighter keys rotate
    """
    asyncio.run(_rotate(load_settings()))


async def _rotate(settings: Settings) -> None:
    from bot.runtime.wiring import open_store
    from storage.resealing import sealed_before
    from storage.sealing import Keyring
    from storage.sealing import rotate as add_key

    keys = Keyring.load(settings.keys_file)
    store = await open_store(settings, keys)
    try:
        async with store.read() as work:
            unfinished = await sealed_before(work.session, keys.newest)
        if not unfinished:
            keys = add_key(settings.keys_file)
            await _note(store, keys)
            typer.echo(f"key {keys.newest} is in {settings.keys_file}: copy that file", err=True)
            if not settings.embedded:
                typer.echo(
                    "Put it on every machine that runs lamplighter, then: lamplighter keys rotate",
                    err=True,
                )
                return
    finally:
        await store.close()
    await _reseal(settings, keys)


async def _reseal(settings: Settings, keys: "Keyring") -> None:
    from bot.runtime.wiring import open_store
    from storage.resealing import reseal, sealed_before

    store = await open_store(settings, keys)
    count = 0
    try:
        async for step in reseal(store, keys):
            count += step
            typer.echo(f"{count} sealed anew", err=True)
        async with store.read() as work:
            left = await sealed_before(work.session, keys.newest)
    finally:
        await store.close()
    if left:
        raise ValueError(
            f"{left} values are still under an older key, in use or not ours to open: "
            "lamplighter keys rotate goes on with them"
        )
    typer.echo(f"everything is under key {keys.newest}; older ones open backups only", err=True)


async def _note(store: "Store", keys: "Keyring") -> None:
    async with store.begin() as work:
        now = SystemClock().now()
        await work.audit.append("shell", "rotate keys", f"seal:{keys.newest}", now)
