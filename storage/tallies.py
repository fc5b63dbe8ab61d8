"""How many messages wait to be sent, since when, and how many of a kind went of late."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import Ledger
from storage.models import (
    CANCELLED,
    DEAD,
    EXPIRED,
    LEASED,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    Outbox,
)
from storage.rows import tally


class OutboxCounts:
    """The part of work.outbox that only counts."""

    _session: AsyncSession
    _ledger: Ledger

    async def recent(self, contact_id: int, prefix: str, since: datetime) -> int:
        """How many messages whose keys begin so were queued for a contact, `since` included."""
        waiting = self._ledger.gathered.new_sends if self._ledger.gathered else {}
        now = sum(
            m.contact_id == contact_id for key, m in waiting.items() if key.startswith(prefix)
        )
        theirs = (col(Outbox.contact_id) == contact_id, col(Outbox.created_at) >= since)
        alike = col(Outbox.key).startswith(prefix, autoescape=True)
        query = select(func.count()).select_from(Outbox).where(*theirs, alike)
        return now + (await self._session.scalar(query) or 0)

    async def counts(self) -> dict[str, int]:
        """Messages by state; states without any are 0."""
        states = (QUEUED, LEASED, SENDING, SENT, UNKNOWN, DEAD, EXPIRED, CANCELLED)
        query = select(col(Outbox.state), func.count()).group_by(col(Outbox.state))
        return dict.fromkeys(states, 0) | await tally(self._session, query)

    async def oldest_pending(self, now: datetime) -> datetime | None:
        """Since when the message could have gone that waits longest."""
        due = (col(Outbox.state) == QUEUED, col(Outbox.not_before) <= now)
        return await self._session.scalar(select(func.min(col(Outbox.not_before))).where(*due))
