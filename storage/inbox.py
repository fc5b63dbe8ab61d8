"""Inbound messages: what became of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import Ledger
from storage.models import DEAD, DONE, PENDING, Contact, Inbound
from storage.rows import changed, tally

_ERROR = 500


class NotPending(Exception):
    """The message was dealt with already; roll back, or its report would be filed twice."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be dealt with, without its content."""

    id: int
    channel: str
    received_at: datetime
    attempts: int
    reason: str


class Inbox:
    """work.inbox"""

    def __init__(self, session: AsyncSession, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger

    async def is_pending(self, message_id: int) -> bool:
        """Whether the message still waits."""
        query = select(col(Inbound.id)).where(
            col(Inbound.id) == message_id, col(Inbound.state) == PENDING
        )
        return await self._session.scalar(query) is not None

    async def done(self, message_id: int) -> None:
        """Mark as dealt with, in the transaction of its effects. Raises NotPending."""
        mine = (col(Inbound.id) == message_id, col(Inbound.state) == PENDING)
        result = await self._session.execute(
            update(Inbound)
            .where(*mine)
            .values(state=DONE, error=None)
            .returning(col(Inbound.contact_id), col(Inbound.received_at))
        )
        row = result.one_or_none()
        if row is None:
            raise NotPending(f"inbound message {message_id} is not waiting any more")
        contact_id, received_at = row
        await self._session.execute(
            update(Contact)
            .where(col(Contact.id) == contact_id, col(Contact.last_seen_at) < received_at)
            .values(last_seen_at=received_at)
        )

    async def failed(self, message_id: int, reason: str, *, dead: bool) -> None:
        """Count an attempt. A dead message keeps its sealed body. Raises NotPending."""
        count = await changed(
            self._session,
            update(Inbound)
            .where(col(Inbound.id) == message_id, col(Inbound.state) == PENDING)
            .values(
                attempts=col(Inbound.attempts) + 1,
                error=reason[:_ERROR].replace("\0", ""),
                state=DEAD if dead else PENDING,
            ),
        )
        if not count:
            raise NotPending(f"inbound message {message_id} is not waiting any more")

    async def counts(self) -> dict[str, int]:
        """Messages by state: pending, done, dead."""
        query = select(col(Inbound.state), func.count()).group_by(col(Inbound.state))
        return dict.fromkeys((PENDING, DONE, DEAD), 0) | await tally(self._session, query)

    async def oldest_pending(self) -> datetime | None:
        """When the message came that waits longest."""
        query = select(col(Inbound.received_at)).where(col(Inbound.state) == PENDING)
        return await self._session.scalar(query.order_by(col(Inbound.received_at)).limit(1))

    async def dead(self, limit: int) -> list[DeadLetter]:
        """The newest dead letters."""
        query = select(Inbound).where(col(Inbound.state) == DEAD)
        query = query.order_by(col(Inbound.id).desc()).limit(limit)
        return [
            DeadLetter(row.id or 0, row.channel, row.received_at, row.attempts, row.error or "")
            for row in await self._session.scalars(query)
        ]

    async def retry(self, message_id: int) -> bool:
        """Let a dead message wait again; False where it is not dead or its body is purged."""
        self._ledger.topics.add("inbound")
        statement = update(Inbound).where(
            col(Inbound.id) == message_id,
            col(Inbound.state) == DEAD,
            col(Inbound.sealed_body).is_not(None),
        )
        return await changed(self._session, statement.values(state=PENDING, attempts=0)) > 0
