"""`staff`: who may see what. First codes, the list, and whoever must go."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.channels.base import SendError
from bot.city import City, demo_city_path, load_city
from bot.cli.storing import with_store
from bot.clock import SystemClock
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from storage.sealing import Keyring
    from storage.work import Work

#: What the audit calls whoever works at the server.
_ACTOR = "shell"
#: A code that lies in a chat or a mail must not stay good for long.
CODE_LIFE = timedelta(days=3)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    staff = typer.Typer(help="Who may see what: one-time codes, the list, ending a role.")
    staff.command("bootstrap")(bootstrap)
    staff.command("invite")(invite)
    staff.command("list")(members)
    staff.command("remove")(remove)
    staff.command("revoke")(revoke)
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
    name: Annotated[str | None, typer.Option(help="What the list calls them.")] = None,
) -> None:
    """Make a one-time code for a colleague.

    Example: lamplighter staff invite --role officer --areas harbour --team river --name "Ana Ruiz"
    """
    if role not in ("officer", "coordinator"):
        raise typer.BadParameter("--role is officer or coordinator")
    chosen = () if areas == "all" else tuple(a.strip() for a in areas.split(",") if a.strip())
    asyncio.run(_invite(role, team, chosen, name))


def members() -> None:
    """List members of staff and the invitations that nobody has used yet.

    Example: lamplighter staff list
    """
    for line in asyncio.run(with_store(_list)):
        typer.echo(line)


def remove(number: Annotated[int, typer.Argument(help="The number in the list.")]) -> None:
    """End somebody's role: their digests and alerts stop, and they are told.

    Example: lamplighter staff remove 3
    """
    last = asyncio.run(with_store(lambda work: _remove(work, number)))
    typer.echo(f"{number} is no member of staff any more", err=True)
    if last:
        typer.echo("nobody administers now: lamplighter staff bootstrap", err=True)


def revoke(code: Annotated[str, typer.Argument(help="The six signs in the list.")]) -> None:
    """Take back an invitation that nobody has used yet.

    Example: lamplighter staff revoke 3F9A1C
    """
    asyncio.run(with_store(lambda work: _revoke(work, code)))
    typer.echo(f"{code} is taken back", err=True)


async def _list(work: "Work") -> list[str]:
    from bot.commands.staff import invite_line, member_line

    city, now = _city(), SystemClock().now()
    joined = [member_line(city, one, "en") for one in await work.staff.members()]
    invited = [invite_line(city, one, "en") for one in await work.staff.open_invites(now)]
    joined = joined or ["nobody yet: lamplighter staff bootstrap"]
    return [*joined, *(["", "not used yet:", *invited] if invited else [])]


async def _remove(work: "Work", number: int) -> bool:
    """Whether that was the last administrator. Raises ValueError for an unknown number."""
    from bot.commands.staff import dismiss, last_administrator

    member = await work.staff.get(number)
    if member is None:
        raise ValueError(f"there is no member {number}: lamplighter staff list")
    last = await last_administrator(work, member)
    await dismiss(work, _city(), member, _ACTOR, SystemClock().now())
    return last


async def _revoke(work: "Work", code: str) -> None:
    now = SystemClock().now()
    invite = await work.staff.revoke(code, now)
    if invite is None:
        raise ValueError(f"there is no open invitation {code}: lamplighter staff list")
    await work.audit.append(_ACTOR, "revoke invitation", f"{invite.handle} {invite.role}", now)


def _city() -> City:
    return load_city(load_settings().city or demo_city_path())


async def _invite(
    role: str, team: str | None, areas: tuple[str, ...], name: str | None = None
) -> None:
    from bot.commands.invites import clean_label
    from bot.inbox.desk import new_code
    from bot.runtime.wiring import open_keys, open_store

    settings = load_settings()
    city = _city()
    _check(city, role, team, areas)
    code, clock = new_code(), SystemClock()
    keys = open_keys(settings)
    store = await open_store(settings, keys)
    try:
        async with store.begin() as work:
            expires = clock.now() + CODE_LIFE
            inside = tuple(dict.fromkeys(part for area in areas for part in city.parts(area)))
            label = clean_label(name or "")
            await work.staff.invite(code, role, team, inside, expires, clock.now(), label)
            subject = f"{role} {team or '-'} {','.join(inside) or 'all'}"
            await work.audit.append(_ACTOR, "invite", subject, clock.now())
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
