"""What was sent at a price, by local day."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Spend
from storage.upsert import insert_into


class Spending:
    """work.spend"""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, channel: str, day: date, units: int) -> None:
        """Count `units` (segments of a text message) in the transaction that sends them."""
        statement = insert_into(self._session, Spend)
        added = col(Spend.units) + statement.excluded.units
        await self._session.execute(
            statement.values(channel=channel, day=day, units=units).on_conflict_do_update(
                index_elements=["channel", "day"], set_={"units": added}
            )
        )

    async def total(self, channel: str, since: date, until: date) -> int:
        """Units of the local days `since` <= day <= `until`."""
        days = col(Spend.day).between(since, until)
        query = select(func.sum(col(Spend.units))).where(col(Spend.channel) == channel, days)
        return await self._session.scalar(query) or 0
