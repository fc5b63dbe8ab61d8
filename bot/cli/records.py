"""`import-reports`: past records in bulk, so that there is a usual from the first day."""

import asyncio
import csv
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.city import demo_city_path, load_city
from bot.cli.storing import with_open_store
from bot.clock import SystemClock
from bot.settings import load_settings

if TYPE_CHECKING:
    from bot.inbox.records import RecordReader
    from storage.records import NewReport
    from storage.store import Store

#: So many in one transaction, and so long, seconds, none after it: others write in between. Whoever
#: waits for SQLite looks again after 0.1 s at the latest.
_STEP = 500
_PAUSE = 0.1
_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("import-reports")(import_reports)


def import_reports(
    file: Annotated[Path, typer.Argument(help="CSV with a header.", exists=True, dir_okay=False)],
    lat: Annotated[str, typer.Option(help="Column of the latitude.")],
    lon: Annotated[str, typer.Option(help="Column of the longitude.")],
    when: Annotated[str, typer.Option(help="Column of the time; without a zone it is local.")],
    category_map: Annotated[Path, typer.Option(help="TOML: which label is which category.")],
    source: Annotated[str | None, typer.Option(help="Its name; the file's.")] = None,
    when_format: Annotated[str | None, typer.Option(help="As %d/%m/%Y %H:%M; ISO 8601.")] = None,
) -> None:
    """Take in past records of others, again without doubling; residents' counts stay apart.

    Ask for them by their source: /trends old-town theft import:911. MAP.toml names the column of
    the labels (column = "title") and under [categories] what they mean ("Traffic*" =
    "road_safety").

    Example: lamplighter import-reports 911.csv --lat lat --lon lng --when timeStamp
    --category-map map.toml
    """
    from bot.inbox.records import CategoryMap, Columns, RecordReader
    from nlp.places.areas import Areas

    city = load_city(load_settings().city or demo_city_path())
    name = re.sub(r"[^a-z0-9]+", "-", (source or file.stem).lower()).strip("-") or "records"
    labels, columns = CategoryMap.load(category_map), Columns(lat, lon, when, when_format)
    areas, language = Areas.open(city.path), city.languages[0]
    reader = RecordReader(f"import:{name}", columns, labels, areas, city.timezone, language)
    taken, known = asyncio.run(_take(file, reader))
    typer.echo(f"{taken} taken in as {reader.source}, {known} were there before", err=True)
    _tell_left(reader)


async def _take(file: Path, reader: "RecordReader") -> tuple[int, int]:
    """How many reports are new, and how many were taken in before."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if missing := reader.columns.missing(rows.fieldnames or (), reader.labels):
            there = ", ".join(rows.fieldnames or ())
            raise ValueError(f"{file} has no column {', '.join(missing)}; it has: {there}")
        reports = reader.read(rows)
        return await with_open_store(lambda store: take_in(store, reader.source, reports))


async def take_in(store: "Store", source: str, reports: "Iterator[NewReport]") -> tuple[int, int]:
    """File in small batches, with the audit's word; how many are new and how many were known."""
    await _note(store, f"{source}: begun")
    taken = known = 0
    while batch := list(islice(reports, _STEP)):
        async with store.begin() as work:
            new = len(await work.reports.file_many(batch))
        taken, known = taken + new, known + len(batch) - new
        if sys.stderr.isatty():
            typer.echo(f"{taken + known} rows …", err=True)
        await asyncio.sleep(_PAUSE)
    await _note(store, f"{source}: {taken} reports")
    return taken, known


async def _note(store: "Store", subject: str) -> None:
    async with store.begin() as work:
        await work.audit.append("shell", "import reports", subject, SystemClock().now())


def _tell_left(reader: "RecordReader") -> None:
    left = reader.left
    if left.outside:
        typer.echo(f"{left.outside} lie outside every area", err=True)
    if left.unreadable:
        typer.echo(f"{left.unreadable} have no place or time that can be read", err=True)
    if left.unknown:
        count = sum(left.unknown.values())
        typer.echo(f"{count} have a label that the map does not name, most of all:", err=True)
        for label, number in left.unknown.most_common(_SHOWN):
            typer.echo(f"  {number}  {label or '(empty)'}", err=True)
