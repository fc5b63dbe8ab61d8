"""`ask` and `digest`: what staff see in the chat, at the terminal."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.city import City, demo_city_path, load_city
from bot.clock import SystemClock
from bot.message import Outbound
from bot.settings import load_settings

if TYPE_CHECKING:
    from storage.store import Store


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("ask")(ask)
    app.command("digest")(digest)


def ask(
    question: Annotated[str, typer.Argument(help="As in the chat: trend old-town noise 8w")],
    role: Annotated[str, typer.Option(help="officer or coordinator")] = "coordinator",
    areas: Annotated[str, typer.Option(help="Area codes separated by commas, or all.")] = "all",
    now: Annotated[str | None, typer.Option(help="Moment to ask at, ISO 8601.")] = None,
    image_dir: Annotated[Path | None, typer.Option(help="Where to keep the charts.")] = None,
) -> None:
    """Answer a staff question as in the chat.

    Example: lamplighter ask "trend old-town 8w" --image-dir charts
    """
    if role not in ("officer", "coordinator"):
        raise typer.BadParameter("--role is officer or coordinator")
    asyncio.run(_ask(question, role, areas, moment(now), image_dir))


async def _ask(question: str, role: str, areas: str, now: datetime, image_dir: Path | None) -> None:
    from bot.commands.terminal import answer
    from storage.records import StaffView

    city, store = await _open()
    chosen = () if areas == "all" else tuple(a.strip() for a in areas.split(","))
    staff = StaffView(id=0, contact_id=0, role=role, team=None, areas=chosen)
    try:
        if unknown := [area for area in chosen if area not in city.areas]:
            known = ", ".join(city.areas)
            raise typer.BadParameter(f"unknown area {', '.join(unknown)}; known: {known}")
        chosen = tuple(dict.fromkeys(part for area in chosen for part in city.parts(area)))
        staff = replace(staff, areas=chosen)
        async with store.read() as work:
            answers = await answer(work, city, staff, question, now)
    finally:
        await store.close()
    for number, message in enumerate(answers, 1):
        show(message, image_dir, f"answer-{number}")


def digest(
    team: Annotated[str, typer.Option(help="Slug of the team.")],
    now: Annotated[str | None, typer.Option(help="Moment to make it for, ISO 8601.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Only show it; nothing is sent either way.")] = True,
    out: Annotated[Path | None, typer.Option(help="Where to keep text and images.")] = None,
) -> None:
    """Make one digest as text and images.

    Example: lamplighter digest --team river --out digests
    """
    asyncio.run(_digest(team, moment(now), out))


async def _digest(slug: str, now: datetime, out: Path | None) -> None:
    from bot.digest.build import build_digest

    city, store = await _open()
    try:
        team = next((t for t in city.teams if t.slug == slug), None)
        if team is None:
            known = ", ".join(t.slug for t in city.teams)
            raise typer.BadParameter(f"--team is one of: {known}")
        async with store.read() as work:
            message = await build_digest(work, city, team, now)
    finally:
        await store.close()
    show(message, out, f"digest-{slug}")


def moment(text: str | None) -> datetime:
    """The moment meant; without a zone it is UTC."""
    if text is None:
        return SystemClock().now()
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("--now is like 2026-11-02T07:30+00:00") from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def show(message: Outbound, folder: Path | None, name: str) -> None:
    """Print the text; keep text and picture where a folder is named."""
    text = f"{message.title}\n{message.text}" if message.title else message.text
    typer.echo(text)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    if message.image:
        (folder / f"{name}.png").write_bytes(message.image)
        typer.echo(f"picture: {folder / f'{name}.png'}", err=True)


async def _open() -> "tuple[City, Store]":
    from bot.runtime.wiring import open_keys, open_store

    settings = load_settings()
    city = load_city(settings.city or demo_city_path())
    return city, await open_store(settings, open_keys(settings))
