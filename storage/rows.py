"""How many rows a statement touched."""

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Select, Update
from sqlalchemy.ext.asyncio import AsyncSession


async def changed(session: AsyncSession, statement: Update | Delete) -> int:
    """Run an UPDATE or DELETE and return the number of rows that it matched."""
    # The session holds no objects that outlive a call, so there is nothing to synchronise.
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


async def tally(session: AsyncSession, query: Select[str, int]) -> dict[str, int]:
    """Run a query of names and counts."""
    return {row[0]: row[1] for row in await session.execute(query)}
