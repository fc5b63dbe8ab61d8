"""`demo`: the whole loop on loopback, without any account."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from bot import logs


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("demo")(demo)


def demo(
    interactive: Annotated[
        bool, typer.Option("--interactive", help="Afterwards write as anybody yourself.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the pictures; a temporary one.")
    ] = None,
) -> None:
    """Play a day in a made-up town: no account, no network, under a minute.

    Residents write, the real service answers; a digest and a coordinator's trend follow.

    Example: lamplighter demo --interactive
    """
    logs.set_up("ERROR", "text")
    folder = out or Path(tempfile.mkdtemp(prefix="lamplighter-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_play(folder, interactive=interactive))


async def _play(folder: Path, *, interactive: bool) -> None:
    from bot.demo.interactive import converse
    from bot.demo.play import Play
    from bot.demo.show import Screen
    from bot.demo.stage import open_stage

    begin = time.monotonic()
    screen = Screen(folder)
    screen.note("Starting the service, both providers' emulators and 26 weeks of history …")
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as house:
        async with open_stage(Path(house)) as stage:
            play = Play(stage, screen)
            await play.staff()
            screen.heading(f"A Thursday in {stage.service.city.name}")
            await play.day()
            screen.heading("The next morning: the digests")
            await play.morning_after()
            screen.heading("A coordinator before a meeting")
            await play.question()
            await play.sum_up(time.monotonic() - begin)
            if interactive:
                await converse(stage, screen)
