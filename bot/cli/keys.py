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

    On PostgreSQL the first call only makes the key, and nothing is sealed with it yet: copy the
    keys file to every machine, then call again. Copy the file off the machine as well: the old copy
    does not open what is sealed from then on.

    Example: lamplighter keys rotate
    """
    asyncio.run(_rotate(load_settings()))


async def _rotate(settings: Settings) -> None:
    from bot.runtime.wiring import open_store
    from storage.keyfile import sweep_drafts
    from storage.resealing import can_go_on
    from storage.sealing import Keyring, use_latest
    from storage.sealing import rotate as add_key

    sweep_drafts(settings.keys_file)
    keys = Keyring.load(settings.keys_file)
    store = await open_store(settings, keys)
    try:
        async with store.read() as work:
            unfinished = await can_go_on(work.session, keys)
        if keys.latest > keys.newest:
            keys = use_latest(settings.keys_file)
        elif not unfinished:
            keys = add_key(settings.keys_file, later=not settings.embedded)
            await _note(store, keys)
            _tell_new(settings, keys)
    finally:
        await store.close()
    if keys.latest == keys.newest:
        await _reseal(settings, keys)


def _tell_new(settings: Settings, keys: "Keyring") -> None:
    typer.echo(f"key {keys.latest} is in {settings.keys_file}: copy that file", err=True)
    if not settings.embedded:
        typer.echo(
            "Put it on every machine that runs lamplighter, then: lamplighter keys rotate",
            err=True,
        )


async def _reseal(settings: Settings, keys: "Keyring") -> None:
    from bot.runtime.wiring import open_store
    from storage.resealing import can_go_on, reseal, sealed_before

    store = await open_store(settings, keys)
    count = 0
    try:
        async for step in reseal(store, keys):
            count += step
            typer.echo(f"{count} sealed anew", err=True)
        async with store.read() as work:
            left = await sealed_before(work.session, keys.newest)
            more = await can_go_on(work.session, keys)
    finally:
        await store.close()
    if more:
        raise ValueError(
            f"{left} values are still under an older key, in use just now: "
            "lamplighter keys rotate goes on with them"
        )
    if left:
        typer.echo(f"{left} values open under no key of the file, and stay as they are", err=True)
    under = f"{'all else' if left else 'everything'} is under key {keys.newest}"
    typer.echo(f"{under}; older ones open backups only", err=True)


async def _note(store: "Store", keys: "Keyring") -> None:
    async with store.begin() as work:
        now = SystemClock().now()
        await work.audit.append("shell", "rotate keys", f"seal:{keys.latest}", now)
