"""What the provider says about a message that it took, in whatever order it says it."""

from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import DEAD, LEASED, QUEUED, SENDING, SENT, UNKNOWN, Outbox
from storage.rows import changed

RANKS = {
    "accepted": 1,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "read": 6,
    "failed": 9,
    "undelivered": 9,
    "canceled": 9,
}
"""A status is applied only when its rank is higher; the last three end it."""

_FAILED = 9
_DELIVERED = 5


class Delivery:
    """The part of work.outbox that status callbacks and listings feed."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def status(self, provider_id: str, status: str, at: datetime) -> bool:
        """Apply a callback; False where it is late, unknown, or about nothing of ours."""
        query = select(Outbox).where(col(Outbox.provider_id) == provider_id)
        return await self._apply(await self._locked(query), status, at)

    async def settle(self, key: str, provider_id: str, status: str, at: datetime) -> bool:
        """Apply a callback or a listed message that names our key; it settles an unknown send."""
        query = select(Outbox).where(
            col(Outbox.key) == key,
            or_(col(Outbox.provider_id).is_(None), col(Outbox.provider_id) == provider_id),
        )
        row = await self._locked(query)
        if row is not None and row.provider_id is None and status in RANKS:
            mine = col(Outbox.id) == row.id
            await changed(self._session, update(Outbox).where(mine).values(provider_id=provider_id))
        return await self._apply(row, status, at)

    async def _locked(self, query: Select[Outbox]) -> Outbox | None:
        fresh = query.with_for_update().execution_options(populate_existing=True)
        return (await self._session.scalars(fresh)).first()

    async def _apply(self, row: Outbox | None, status: str, at: datetime) -> bool:
        rank = RANKS.get(status, 0)
        if row is None or rank <= RANKS.get(row.status or "", 0) or _ended(row, rank):
            return False
        values: dict[str, object] = {"status": status, "status_at": at}
        if rank == _FAILED:
            values |= {"state": DEAD, "error": status}
        elif row.state in (QUEUED, LEASED, SENDING, UNKNOWN):
            values |= {"state": SENT, "error": None}  # the provider has it, so it did leave
        mine = col(Outbox.id) == row.id
        return await changed(self._session, update(Outbox).where(mine).values(**values)) > 0


def _ended(row: Outbox, rank: int) -> bool:
    # What was delivered cannot fail afterwards, whatever a late callback says.
    return rank == _FAILED and RANKS.get(row.status or "", 0) >= _DELIVERED
