"""Which tips a contact has had."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import TipSent
from storage.upsert import insert_into


class Tips:
    """work.tips"""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def sent(self, contact_id: int, tip: str, now: datetime) -> None:
        """Note that the contact got the tip; a later time replaces an earlier one."""
        statement = insert_into(self._session, TipSent).values(
            contact_id=contact_id, tip=tip, sent_at=now
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["contact_id", "tip"], set_={"sent_at": now}
            )
        )

    async def sent_since(self, contact_id: int, since: datetime) -> set[str]:
        """The tips that the contact got at or after `since`."""
        query = select(col(TipSent.tip)).where(
            col(TipSent.contact_id) == contact_id, col(TipSent.sent_at) >= since
        )
        return set(await self._session.scalars(query))
