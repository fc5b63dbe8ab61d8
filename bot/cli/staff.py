"""`staff bootstrap` and `staff invite`: who may see what."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.channels.base import SendError
from bot.city import City, demo_city_path, load_city
from bot.clock import SystemClock
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from storage.sealing import Keyring

#: A code that lies in a chat or a mail must not stay good for long.
CODE_LIFE = timedelta(days=3)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    staff = typer.Typer(help="Who may see what: one-time codes that make a chat staff's.")
    staff.command("bootstrap")(bootstrap)
    staff.command("invite")(invite)
    app.add_typer(staff, name="staff", no_args_is_help=True)


def bootstrap() -> None:
    """Make the first administrator's one-time code.

    Example: lamplighter staff bootstrap
    """
    asyncio.run(_invite("administrator", None, ()))


def invite(
    role: Annotated[str, typer.Option(help="officer or coordinator")],
    areas: Annotated[str, typer.Option(help="Area codes separated by commas, or all.")] = "all",
    team: Annotated[str | None, typer.Option(help="Slug of the team, for an officer.")] = None,
) -> None:
    """Make a one-time code for a colleague.

    Example: lamplighter staff invite --role officer --areas harbour,old-town --team river
    """
    if role not in ("officer", "coordinator"):
        raise typer.BadParameter("--role is officer or coordinator")
    chosen = () if areas == "all" else tuple(a.strip() for a in areas.split(",") if a.strip())
    asyncio.run(_invite(role, team, chosen))


async def _invite(role: str, team: str | None, areas: tuple[str, ...]) -> None:
    from bot.inbox.desk import new_code
    from bot.runtime.wiring import open_keys, open_store

    settings = load_settings()
    city = load_city(settings.city or demo_city_path())
    _check(city, role, team, areas)
    code, clock = new_code(), SystemClock()
    keys = open_keys(settings)
    store = await open_store(settings, keys)
    try:
        async with store.begin() as work:
            expires = clock.now() + CODE_LIFE
            inside = tuple(dict.fromkeys(part for area in areas for part in city.parts(area)))
            await work.staff.invite(code, role, team, inside, expires, clock.now())
    finally:
        await store.close()
    typer.echo(code)
    await _explain(settings, keys, code)


def _check(city: City, role: str, team: str | None, areas: tuple[str, ...]) -> None:
    unknown = [area for area in areas if area not in city.areas]
    if unknown:
        known = ", ".join(city.areas)
        raise typer.BadParameter(f"unknown area {', '.join(unknown)}; known: {known}")
    slugs = [t.slug for t in city.teams]
    if (team or role == "officer") and team not in slugs:
        raise typer.BadParameter(f"--team is one of: {', '.join(slugs)}")


async def _explain(settings: Settings, keys: "Keyring", code: str) -> None:
    from bot.runtime.wiring import open_channels

    typer.echo("Good once, for three days. In Telegram or by text message, send:", err=True)
    typer.echo(f"  JOIN {code}", err=True)
    channels = open_channels(settings, keys, SystemClock())
    if channels.telegram:
        try:
            name = await channels.telegram.username()
            typer.echo(f"or open https://t.me/{name}?start={code}", err=True)
        except SendError as error:
            typer.echo(f"(no link: Telegram does not answer, {error.reason})", err=True)
    await channels.close()
