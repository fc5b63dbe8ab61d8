"""Hourly counts, kept in the transaction of the reports that they count."""

from sqlalchemy import and_, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import CountKey, Ledger
from storage.report_models import HourlyCount, Report
from storage.rows import changed
from storage.upsert import insert_into

RESIDENTS = "bot"
RESIDENT_CHANNELS = ("telegram", "sms")
_KEY = ("source", "area", "category", "day", "hour")


def counted_source(source: str) -> str:
    """The source under which a report counts: residents' channels are one, imports stand alone."""
    return RESIDENTS if source in RESIDENT_CHANNELS else source


def count_key(report: Report) -> CountKey:
    """Where a report counts."""
    source = counted_source(report.source)
    return (source, report.area or "", report.category, report.local_day, report.local_hour)


async def write_counts(session: AsyncSession, ledger: Ledger) -> None:
    """Add the gathered changes to the table, sorted, and drop hours that fell to nothing."""
    changes = sorted((key, change) for key, change in ledger.counts.items() if change != (0, 0))
    ledger.counts = {}
    if not changes:
        return
    rows = [
        dict(zip(_KEY, key, strict=True)) | {"incidents": incidents, "reports": reports}
        for key, (incidents, reports) in changes
    ]
    statement = insert_into(session, HourlyCount)
    added = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={
            "incidents": col(HourlyCount.incidents) + added.incidents,
            "reports": col(HourlyCount.reports) + added.reports,
        },
    )
    await (await session.connection()).execute(statement, rows)
    for key, (incidents, reports) in changes:
        if incidents < 0 or reports < 0:
            await _drop_empty(session, key)


async def _drop_empty(session: AsyncSession, key: CountKey) -> None:
    here = and_(
        *(getattr(HourlyCount, name) == value for name, value in zip(_KEY, key, strict=True))
    )
    nothing = and_(col(HourlyCount.incidents) == 0, col(HourlyCount.reports) == 0)
    await changed(session, delete(HourlyCount).where(here, nothing))
