"""Sending slots, reserved in the database at send time so that all senders share one pace."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import SendBudget
from storage.rows import changed
from storage.upsert import insert_into

#: Clocks of several machines may differ by so much.
SKEW = timedelta(seconds=5)


class Budget:
    """work.budget"""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def reserve(
        self, paces: Sequence[tuple[str, float]], now: datetime, patience: timedelta
    ) -> list[datetime]:
        """When each of `paces` (key, seconds between two messages) is free; the latest is the slot.

        The slot is taken under all of them, or under none where it is further away than
        `patience`: who will not wait for a slot must not use one up. Commit at once: other senders
        wait for these rows until then.
        """
        keys = sorted(key for key, _ in paces)
        add = insert_into(self._session, SendBudget).on_conflict_do_nothing()
        rows = [{"key": key, "next_at": now} for key in keys]
        await (await self._session.connection()).execute(add, rows)
        query = select(col(SendBudget.key), col(SendBudget.next_at))
        query = query.where(col(SendBudget.key).in_(keys)).order_by(col(SendBudget.key))
        held = await self._session.execute(query.with_for_update())
        # Nobody takes a slot so far ahead: then the clock has been set back since.
        latest = {key: now + patience + timedelta(seconds=each) + SKEW for key, each in paces}
        free = {key: max(now, next_at) if next_at <= latest[key] else now for key, next_at in held}
        slot = max(free.values())
        if slot - now <= patience:
            await self._take(paces, slot)
        return [free[key] for key, _ in paces]

    async def forget_before(self, moment: datetime) -> int:
        """Drop paces that nobody has used since."""
        old = delete(SendBudget).where(col(SendBudget.next_at) < moment)
        return await changed(self._session, old)

    async def _take(self, paces: Sequence[tuple[str, float]], slot: datetime) -> None:
        statement = update(SendBudget).where(col(SendBudget.key) == bindparam("pace"))
        rows = [
            {"pace": key, "after": slot + timedelta(seconds=interval)} for key, interval in paces
        ]
        statement = statement.values(next_at=bindparam("after"))
        await (await self._session.connection()).execute(statement, rows)
