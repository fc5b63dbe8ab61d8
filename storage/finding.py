"""Finding filed reports again."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.counts import RESIDENT_CHANNELS, RESIDENTS
from storage.filing import report_view
from storage.gathering import MOST, write_gathered
from storage.ledger import Ledger
from storage.records import ReportView
from storage.report_models import Report
from storage.sealing import Keyring

FRESH = {"populate_existing": True}
"""Statements change rows behind the session's back, so what it remembers is never trusted."""


class ReportSearch:
    """The part of work.reports that only looks."""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger) -> None:
        self._session = session
        self._keys = keys
        self._ledger = ledger

    async def get(self, ref: str) -> ReportView | None:
        """The report under a reference, in any case."""
        await self._write()
        row = await self._session.scalar(by_ref(ref).execution_options(**FRESH))
        return None if row is None else report_view(row)

    async def of_contact(self, contact_id: int, limit: int = 5) -> list[ReportView]:
        """A contact's reports, newest first."""
        known = self._ledger.gathered.reports if self._ledger.gathered else {}
        if contact_id in known and limit <= MOST:
            return known[contact_id][:limit]
        await self._write()
        query = select(Report).where(col(Report.contact_id) == contact_id)
        query = query.order_by(col(Report.received_at).desc(), col(Report.id).desc()).limit(limit)
        return [
            report_view(row)
            for row in await self._session.scalars(query.execution_options(**FRESH))
        ]

    async def search(
        self,
        areas: tuple[str, ...] | None,
        since: datetime,
        until: datetime,
        categories: tuple[str, ...] | None = None,
        source: str | None = None,
        status: str | None = None,
        limit: int = 1000,
    ) -> list[ReportView]:
        """Reports received at `since` <= time < `until`, newest first.

        `areas` None means everywhere; `source` "bot" means every channel of residents.
        """
        await self._write()
        received = col(Report.received_at)
        chosen = _conditions(areas, categories, source, status)
        query = select(Report).where(received >= since, received < until, *chosen)
        query = query.order_by(received.desc(), col(Report.id).desc()).limit(limit)
        rows = await self._session.scalars(query.execution_options(**FRESH))
        return [report_view(row) for row in rows]

    async def _write(self) -> None:
        await write_gathered(self._session, self._keys, self._ledger)


def _conditions(
    areas: tuple[str, ...] | None,
    categories: tuple[str, ...] | None,
    source: str | None,
    status: str | None,
) -> Iterator[ColumnElement[bool]]:
    if areas is not None:
        yield col(Report.area).in_(areas)
    if categories is not None:
        yield col(Report.category).in_(categories)
    if source is not None:
        yield col(Report.source).in_(RESIDENT_CHANNELS if source == RESIDENTS else (source,))
    if status is not None:
        yield col(Report.status) == status


def by_ref(ref: str) -> Select[Report]:
    """Residents type references in any case; those of imports keep theirs."""
    return select(Report).where(col(Report.ref).in_((ref, ref.strip().upper())))
