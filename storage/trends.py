"""Counts over time."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.counts import RESIDENTS, write_counts
from storage.gathering import write_gathered
from storage.ledger import Ledger
from storage.records import HourCount
from storage.report_models import HourlyCount
from storage.sealing import Keyring


class Trends:
    """work.trends"""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger) -> None:
        self._session = session
        self._keys = keys
        self._ledger = ledger

    async def hourly(
        self,
        areas: tuple[str, ...] | None,
        since: date,
        until: date,
        categories: tuple[str, ...] | None = None,
        source: str = RESIDENTS,
    ) -> list[HourCount]:
        """Counts of local days `since` <= day < `until`, hours without any left out.

        `areas` None means everywhere, also reports without an area. Sources never mix: "bot" is
        what residents told us, any other source is an import.
        """
        await write_gathered(self._session, self._keys, self._ledger)
        await write_counts(self._session, self._ledger)
        day = col(HourlyCount.day)
        query = select(HourlyCount).where(col(HourlyCount.source) == source)
        query = query.where(day >= since, day < until)
        if areas is not None:
            query = query.where(col(HourlyCount.area).in_(areas))
        if categories is not None:
            query = query.where(col(HourlyCount.category).in_(categories))
        columns = (HourlyCount.day, HourlyCount.hour, HourlyCount.area, HourlyCount.category)
        query = query.order_by(*map(col, columns)).execution_options(populate_existing=True)
        return [_hour(row) for row in await self._session.scalars(query)]


def _hour(row: HourlyCount) -> HourCount:
    return HourCount(
        area=row.area or None,
        category=row.category,
        day=row.day,
        hour=row.hour,
        incidents=row.incidents,
        reports=row.reports,
    )
