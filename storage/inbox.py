"""Inbound messages: what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, func, select, update
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
    kept: bool
    """Whether its body is still there, so that it can be tried again."""


class Inbox:
    """work.inbox"""

    def __init__(self, session: AsyncSession, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger

    async def all_pending(self, message_ids: Sequence[int]) -> bool:
        """Whether all of these messages still wait."""
        query = select(func.count()).where(
            col(Inbound.id).in_(message_ids), col(Inbound.state) == PENDING
        )
        return await self._session.scalar(query) == len(message_ids)

    async def done(self, *message_ids: int) -> None:
        """Mark as dealt with, in the transaction of their effects. Raises NotPending."""
        mine = (col(Inbound.id).in_(message_ids), col(Inbound.state) == PENDING)
        result = await self._session.execute(
            update(Inbound)
            .where(*mine)
            .values(state=DONE, error=None)
            .returning(col(Inbound.contact_id), col(Inbound.received_at)),
            execution_options={"synchronize_session": False},
        )
        rows = result.all()
        if len(rows) < len(message_ids):
            raise NotPending(f"of inbound messages {message_ids} one is not waiting any more")
        await self._saw(rows)

    async def _saw(self, rows: Sequence[Row[int | None, datetime]]) -> None:
        seen: dict[int, datetime] = {}
        for contact_id, received_at in rows:
            if contact_id is not None:
                seen[contact_id] = max(received_at, seen.get(contact_id, received_at))
        if not seen:
            return
        later = update(Contact).where(
            col(Contact.id) == bindparam("who"), col(Contact.last_seen_at) < bindparam("at")
        )
        values = [{"who": who, "at": at} for who, at in sorted(seen.items())]
        statement = later.values(last_seen_at=bindparam("at"))
        await (await self._session.connection()).execute(statement, values)

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

    async def received_at(self, message_ids: Iterable[int]) -> dict[int, datetime]:
        """When messages came in."""
        query = select(col(Inbound.id), col(Inbound.received_at))
        rows = await self._session.execute(query.where(col(Inbound.id).in_(list(message_ids))))
        return {number or 0: at for number, at in rows}

    async def dead(self, limit: int) -> list[DeadLetter]:
        """The newest dead letters."""
        columns = (
            Inbound.id,
            Inbound.channel,
            Inbound.received_at,
            Inbound.attempts,
            Inbound.error,
        )
        kept = col(Inbound.sealed_body).is_not(None).label("kept")
        query = select(*map(col, columns), kept).where(col(Inbound.state) == DEAD)
        query = query.order_by(col(Inbound.id).desc()).limit(limit)
        return [
            DeadLetter(
                row.id, row.channel, row.received_at, row.attempts, row.error or "", row.kept
            )
            for row in await self._session.execute(query)
        ]

    async def retry(self, message_id: int | None = None) -> int:
        """Let a dead message (or all of them) wait again; the number of those that will.

        A message whose body was purged cannot.
        """
        self._ledger.topics.add("inbound")
        chosen = [col(Inbound.state) == DEAD, col(Inbound.sealed_body).is_not(None)]
        if message_id is not None:
            chosen.append(col(Inbound.id) == message_id)
        statement = update(Inbound).where(*chosen)
        return await changed(self._session, statement.values(state=PENDING, attempts=0))
