"""`export`: reports for other people's tables and maps."""

import asyncio
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.city import City, demo_city_path, load_city
from bot.cli.storing import with_open_store
from bot.clock import SystemClock
from bot.settings import load_settings

if TYPE_CHECKING:
    from storage.records import ReportView
    from storage.store import Store

#: Read at once: a busy city's week.
_STEP = timedelta(days=7)
_MOST = 1_000_000
_YEAR = timedelta(days=365)


class Format(StrEnum):
    """How the rows are written."""

    CSV = "csv"
    JSONL = "jsonl"
    GEOJSON = "geojson"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("export")(export)


def export(
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.CSV,
    since: Annotated[
        str | None, typer.Option(help="First local day, 2026-01-31; a year ago.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last local day; today.")] = None,
    areas: Annotated[str | None, typer.Option(help="Area codes separated by commas; all.")] = None,
) -> None:
    """Write reports to stdout, without anything of a person; the export is audited.

    Names and numbers are masked, points lie on a grid. Sensitive matters keep their day and area
    alone; of fewer than five of a kind and source in an area the area is not told, and with --areas
    they are left out.

    Example: lamplighter export --format geojson --since 2026-01-01 --areas old-town > reports.json
    """
    from bot.insight.export import as_csv, as_geojson, as_jsonl, export_rows

    city = load_city(load_settings().city or demo_city_path())
    chosen = _areas(city, areas)
    today = SystemClock().now().astimezone(city.timezone).date()
    last = _day(until, "--until") or today
    first = _day(since, "--since") or last - _YEAR
    reports = asyncio.run(
        with_open_store(lambda store: read_audited(store, city, first, last, chosen))
    )
    write = {Format.CSV: as_csv, Format.JSONL: as_jsonl, Format.GEOJSON: as_geojson}[form]
    rows = export_rows(reports, city.timezone, everywhere=chosen is None)
    typer.echo(write(rows), nl=False)
    typer.echo(f"{len(rows)} reports of {first} to {last}", err=True)


async def read_audited(
    store: "Store", city: City, first: date, last: date, areas: tuple[str, ...] | None
) -> "list[ReportView]":
    """The reports of whole local days. Others write meanwhile: only the audit's line is written."""
    begin, end = (datetime.combine(d, time(), city.timezone) for d in (first, last + timedelta(1)))
    found = []
    while begin < end:
        step = min(begin + _STEP, end)
        async with store.read() as view:
            found += await view.reports.search(areas, begin, step, limit=_MOST)
        begin = step
    which = f"{first}..{last} {','.join(areas) if areas else 'all'}: {len(found)} reports"
    async with store.begin() as work:
        await work.audit.append("shell", "export", which, SystemClock().now())
    return found


def _areas(city: City, areas: str | None) -> tuple[str, ...] | None:
    chosen = [code.strip() for code in (areas or "").split(",") if code.strip()]
    if unknown := [code for code in chosen if code not in city.areas]:
        known = ", ".join(city.areas)
        raise typer.BadParameter(f"unknown area {', '.join(unknown)}; known: {known}")
    return tuple(dict.fromkeys(part for code in chosen for part in city.parts(code))) or None


def _day(text: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"{option} is a day, like 2026-01-31") from None
