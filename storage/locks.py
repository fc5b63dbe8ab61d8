"""Locks by name on PostgreSQL, held until the transaction ends. On SQLite there is one writer."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


def lock_key(name: str) -> int:
    """The 64-bit number under which PostgreSQL knows the lock of a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


async def lock(session: AsyncSession, names: Iterable[str]) -> None:
    """Wait for the locks of all names, in one order, so that two who want the same cannot wait for
    each other. What others committed before they let go can be seen afterwards.
    """
    keys = sorted({lock_key(name) for name in names})
    if keys and _shared(session):
        statement = "SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"
        await session.execute(text(statement), {"keys": keys})


async def try_lock(session: AsyncSession, names: Sequence[str]) -> list[str]:
    """Those of the names that nobody else holds; they are ours now."""
    if not names or not _shared(session):
        return list(names)
    by_key = {lock_key(name): name for name in names}
    every = "SELECT key FROM unnest(CAST(:keys AS bigint[])) AS key"
    free = text(f"{every} WHERE pg_try_advisory_xact_lock(key)")
    got = await session.scalars(free, {"keys": sorted(by_key)})
    return [by_key[key] for key in got]


def _shared(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"
