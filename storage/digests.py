"""Which digests were made: a unique row per team and period, so that one of many racers wins."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.staff_models import DigestRun
from storage.upsert import insert_into


class Digests:
    """work.digests"""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def start(self, team: str, period: str, now: datetime) -> bool:
        """Whether this caller makes the digest. Make it in the same transaction."""
        statement = (
            insert_into(self._session, DigestRun)
            .on_conflict_do_nothing()
            .values(team=team, period=period, started_at=now)
            .returning(col(DigestRun.id))
        )
        return (await self._session.execute(statement)).first() is not None

    async def last(self, team: str) -> str | None:
        """The latest period for which the team got a digest."""
        query = select(col(DigestRun.period)).where(col(DigestRun.team) == team)
        return await self._session.scalar(query.order_by(col(DigestRun.id).desc()).limit(1))
