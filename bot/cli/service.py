"""`run`, `migrate` and `doctor`: the service and the state of its house."""

import asyncio
import gc
import signal
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import logs
from bot.clock import SystemClock
from bot.runtime.roles import Role, parse_roles
from bot.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:  # loading it takes a second, which no other command needs
    from nlp.analyzer import Analyzer


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("run")(run)
    app.command("migrate")(migrate_command)
    app.command("doctor")(doctor)


def run(
    roles: Annotated[
        str, typer.Option(help="Which parts this process plays, separated by commas.")
    ] = ",".join(Role),
) -> None:
    """Run the service: all in one process on SQLite by default.

    Example: LAMPLIGHTER_TELEGRAM_TOKEN=123:abc lamplighter run

    On many machines: LAMPLIGHTER_DATABASE_URL=postgresql+asyncpg://… lamplighter run --roles worker
    """
    try:
        chosen = parse_roles(roles)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    settings = load_settings()
    logs.set_up(settings.log_level, settings.log_format)
    if not (settings.has_telegram or settings.has_sms):
        raise SettingsError(
            "no channel is set up: set LAMPLIGHTER_TELEGRAM_TOKEN, or "
            "LAMPLIGHTER_TWILIO_ACCOUNT_SID with …_AUTH_TOKEN and …_FROM. "
            "To try it without an account: lamplighter demo"
        )
    asyncio.run(serve(settings, chosen))


async def serve(
    settings: Settings, roles: frozenset[Role], analyzer: "Analyzer | None" = None
) -> None:
    """Run until SIGTERM; a shared database is waited for. `analyzer` is loaded unless given."""
    from bot.runtime.service import Service
    from bot.runtime.wiring import wait_for_store

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if not await _first(wait_for_store(settings), stop):
        return
    async with Service(settings, SystemClock(), roles, analyzer=analyzer) as service:
        typer.echo(
            f"lamplighter runs {', '.join(sorted(roles))} for {service.city.name}"
            + (f" on port {service.port}" if service.port else ""),
            err=True,
        )
        _set_apart_what_stays()
        await _first(service.wait(), stop)


def _set_apart_what_stays() -> None:
    """Have the garbage collector leave what was loaded alone.

    It looks at old objects only once a quarter as many are new: with the models among them, tens
    of thousands of dead ones would pile up first, and looking would take a good tenth of a second.
    """
    gc.collect()
    gc.freeze()


async def _first(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Do `work`, but no longer than until `stop`; whether it came to its end."""
    doing, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    done, pending = await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    for task in done:
        task.result()
    return doing in done


def migrate_command() -> None:
    """Bring the database to the newest schema; an empty one gets its keys file too.

    Example: LAMPLIGHTER_DATABASE_URL=postgresql+asyncpg://… lamplighter migrate
    """
    settings = load_settings()
    logs.set_up(settings.log_level, "text")
    asyncio.run(_migrate(settings))
    typer.echo("the database is at the newest schema", err=True)


async def _migrate(settings: Settings) -> None:
    from bot.runtime.wiring import open_keys
    from storage.schema import migrate, schema_state

    open_keys(settings, make=await schema_state(settings.database_url) == "empty")
    await migrate(settings.database_url)


def doctor() -> None:
    """Check settings, keys, city, channels and database, and say what to mend.

    Example: lamplighter doctor
    """
    from bot.runtime.doctor import examine

    findings = asyncio.run(examine())
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.ok else 'MEND'}  {finding.subject}: {finding.words}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
