"""Sending slots, reserved in the database at send time so that all senders share one pace."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import SendBudget
from storage.rows import changed
from storage.upsert import insert_into

#: Clocks of several machines may differ by so much.
SKEW = timedelta(seconds=5)

Paces = Sequence[tuple[str, float]]
"""What a message keeps to: names of paces with the seconds between two messages."""


class Budget:
    """work.budget"""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def reserve(
        self, wanted: Sequence[Paces], now: datetime, patience: timedelta
    ) -> list[list[datetime]]:
        """For each message in turn, when each of its paces is free; the latest is its slot.

        A slot is taken under all paces of the message, or under none where it is further away than
        `patience`: who will not wait for a slot must not use one up. Commit at once: other senders
        wait for these rows until then.
        """
        if not wanted:
            return []
        intervals = {key: interval for paces in wanted for key, interval in paces}
        held = await self._hold(sorted(intervals), now)
        # Nobody takes a slot so far ahead: then the clock has been set back since.
        most = {key: now + patience + timedelta(seconds=s) + SKEW for key, s in intervals.items()}
        free = {key: max(now, at) if at <= most[key] else now for key, at in held.items()}
        found: list[list[datetime]] = []
        taken: dict[str, datetime] = {}
        for paces in wanted:
            found.append([free[key] for key, _ in paces])
            slot = max(found[-1])
            if slot - now <= patience:
                taken |= {key: slot + timedelta(seconds=interval) for key, interval in paces}
                free |= taken
        await self._take(taken)
        return found

    async def forget_before(self, moment: datetime) -> int:
        """Drop paces that nobody has used since."""
        old = delete(SendBudget).where(col(SendBudget.next_at) < moment)
        return await changed(self._session, old)

    async def _hold(self, keys: Sequence[str], now: datetime) -> dict[str, datetime]:
        # In the order of the keys, so that two senders cannot wait for each other.
        add = insert_into(self._session, SendBudget).on_conflict_do_nothing()
        rows = [{"key": key, "next_at": now} for key in keys]
        await (await self._session.connection()).execute(add, rows)
        query = select(col(SendBudget.key), col(SendBudget.next_at))
        query = query.where(col(SendBudget.key).in_(keys)).order_by(col(SendBudget.key))
        return {row[0]: row[1] for row in await self._session.execute(query.with_for_update())}

    async def _take(self, taken: Mapping[str, datetime]) -> None:
        if not taken:
            return
        statement = update(SendBudget).where(col(SendBudget.key) == bindparam("pace"))
        rows = [{"pace": key, "after": after} for key, after in taken.items()]
        statement = statement.values(next_at=bindparam("after"))
        await (await self._session.connection()).execute(statement, rows)
