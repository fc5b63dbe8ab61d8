"""The store: the one way to a transaction."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from typing import Self

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlmodel import col

from storage.claiming import Claim, claim_embedded, claim_shared
from storage.database import connect, is_sqlite
from storage.errors import Outage
from storage.intake import Arrival, Intake, seal_arrival, write_group
from storage.keycheck import check_keys
from storage.models import KeyCheck
from storage.outages import told_apart
from storage.records import NewInbound
from storage.retention import Purged, purge
from storage.sealing import Keyring
from storage.wakeup import Wakeup, announce
from storage.work import Work

#: Seconds that one statement may take before its connection counts as lost.
LONGEST = 60.0


class Store:
    """Open it in the running loop and close it there.

    On SQLite one writer runs at a time, in BEGIN IMMEDIATE behind a lock of this process; readers
    never wait. On PostgreSQL any number of processes may share the database.
    """

    def __init__(self, url: str, keys: Keyring, longest: float = LONGEST) -> None:
        self._engine = connect(url, longest=longest)
        self._readers = connect(url, reading=True, longest=longest)
        self._sqlite = is_sqlite(self._engine)
        self._keys = keys
        self._writing = asyncio.Lock()
        self._wakeup = Wakeup()
        self._intake = Intake(self._write)
        self._held: set[int] = set()

    async def open(self) -> None:
        """Check that the keys belong to the database and listen for others' wake-ups.

        Raises KeyringError for foreign keys, DatabaseError for a schema that is missing.
        """
        async with self.begin() as work:
            await check_keys(work.session, self._keys)
        if not self._sqlite:
            self._wakeup.listen(self._engine)

    async def close(self) -> None:
        """Write what still waits and let go of every connection."""
        await self._intake.close()
        await self._wakeup.close()
        await self._engine.dispose()
        await self._readers.dispose()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def groups(self) -> int:
        """How many transactions the intake has begun so far."""
        return self._intake.groups

    async def probe(self) -> None:
        """Commit something small: a disk that is full or a standby still answers questions.

        Raises Outage.
        """
        async with self.begin() as work:
            await work.session.execute(update(KeyCheck).values(id=col(KeyCheck.id)))

    async def put(self, message: NewInbound) -> bool:
        """Keep a message. When this returns it is on disk; False means that we had it already.

        Raises when it could not be committed: then the provider must be told to try again.
        """
        return await self._intake.put(seal_arrival(self._keys, message))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        """One transaction: committed at the end, rolled back by an exception.

        Raises Outage when the database is away, locked, full or restarting.
        """
        if not self._sqlite:
            async with self._transaction() as work:
                yield work
            return
        async with self._writing, self._transaction() as work:
            yield work

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        """A view for questions that never waits for a writer nor holds one up.

        Raises ReadOnly when something is written in it, Outage as `begin` does.
        """
        async with self._session(self._readers) as session:
            yield Work(session, self._keys)

    @asynccontextmanager
    async def claim(self, limit: int, now: datetime) -> AsyncIterator[Claim]:
        """Inbound messages for this worker alone: by priority, then age; a contact's in order."""
        if self._sqlite:
            async with claim_embedded(self, self._held, limit, now) as claim:
                yield claim
            return
        async with self._transaction() as work, claim_shared(work, limit, now) as claim:
            yield claim

    async def purge(
        self, now: datetime, bodies_days: int, links_days: int, idle_days: int
    ) -> Purged:
        """Drop what is older than a city keeps it."""
        async with self.begin() as work:
            return await purge(work.session, now, bodies_days, links_days, idle_days)

    async def wait(self, topic: str, timeout: float) -> None:  # noqa: ASYNC109
        """Return when there may be "inbound" or "outbound" work, or after `timeout` seconds."""
        await self._wakeup.wait(topic, timeout)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Work]:
        async with self._session(self._engine) as session:
            work = Work(session, self._keys)
            yield work
            await work.settle()
            if not self._sqlite:
                await announce(session, work.ledger.topics)
            await session.commit()
        for topic in work.ledger.topics:
            self._wakeup.wake(topic)

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
        reading = engine is self._readers
        async with (
            told_apart(reading=reading),
            AsyncSession(engine, expire_on_commit=False) as session,
        ):
            try:
                await session.connection()
            except OSError as error:
                raise Outage(type(error).__name__) from error
            yield session

    async def _write(self, arrivals: Sequence[Arrival]) -> list[bool]:
        waiting = self._writing if self._sqlite else nullcontext()
        try:
            async with told_apart(reading=False), waiting, self._engine.begin() as connection:
                results = await write_group(connection, arrivals)
                if not self._sqlite:
                    await announce(connection, ("inbound",))
        except OSError as error:
            raise Outage(type(error).__name__) from error
        self._wakeup.wake("inbound")
        return results
