"""Sending slots, reserved in the database at send time so that all senders share one pace."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import SendBudget
from storage.rows import changed
from storage.upsert import insert_into


class Budget:
    """work.budget"""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def reserve(self, key: str, interval: float, now: datetime) -> datetime:
        """Take the next free slot under `key`; the one after it is `interval` seconds later.

        Commit at once: other senders wait for this row until then.
        """
        statement = insert_into(self._session, SendBudget).on_conflict_do_nothing()
        await self._session.execute(statement.values(key=key, next_at=now))
        mine = col(SendBudget.key) == key
        query = select(col(SendBudget.next_at)).where(mine).with_for_update()
        free = (await self._session.scalars(query)).one()
        slot = max(now, free)
        after = slot + timedelta(seconds=interval)
        await changed(self._session, update(SendBudget).where(mine).values(next_at=after))
        return slot
