"""Which worker works on which messages.

A contact's messages stay in order and never lie with two workers. Its urgency is that of its most
urgent message: all of them come, in order, so that an emergency is not read before what led to it.
"""

import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Protocol

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.inbox import NotPending
from storage.models import Contact, Inbound, waits
from storage.outages import told_apart
from storage.records import Claimed
from storage.sealing import Keyring, SealBroken, UnknownKey
from storage.work import Work

log = logging.getLogger(__name__)


class Begins(Protocol):
    """What a claim on SQLite needs of the store."""

    def begin(self) -> AbstractAsyncContextManager[Work]:
        """One writing transaction."""

    def read(self) -> AbstractAsyncContextManager[Work]:
        """One reading transaction."""


class Claim:
    """Messages that nobody else works on while this is held.

    When a message fails, skip the later ones of its contact: they come again, in order, with the
    next claim.
    """

    def __init__(
        self, messages: Sequence[Claimed], works: Begins, *, one_commit: bool = False
    ) -> None:
        self.messages = tuple(messages)
        self.one_commit = one_commit
        """Whether all that is begun is committed at the end, and holds its locks until then."""
        self._works = works

    def begin(self, *messages: Claimed) -> AbstractAsyncContextManager[Work]:
        """What one message does, or several together, all or nothing.

        Raises NotPending where one of `messages` is not waiting any more.
        """
        return self._begin(messages)

    @asynccontextmanager
    async def _begin(self, messages: Sequence[Claimed]) -> AsyncIterator[Work]:
        async with self._works.begin() as work:
            if not await work.inbox.all_pending([message.id for message in messages]):
                raise NotPending("an inbound message is not waiting any more")
            yield work


class _Savepoints:
    def __init__(self, work: Work) -> None:
        self._work = work

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Work]:
        # Told here already: else a database that went away would look like the message's fault.
        async with told_apart(reading=False), self._work.savepoint():
            yield self._work

    read = begin


@asynccontextmanager
async def claim_shared(work: Work, limit: int, now: datetime) -> AsyncIterator[Claim]:
    """On PostgreSQL: lock the contacts' rows for as long as the transaction of `work` lasts."""
    session = work.session
    best = (
        select(col(Inbound.contact_id))
        .join(Contact, col(Contact.id) == col(Inbound.contact_id))
        .where(waits())
        .order_by(col(Inbound.priority), col(Inbound.id))
        .limit(limit)
        # NO KEY UPDATE: a new message of the contact may still refer to the row we hold.
        .with_for_update(of=Contact, skip_locked=True, key_share=True)
    )
    contacts = {row for row in await session.scalars(best) if row is not None}
    strangers = _strangers(limit).with_for_update(skip_locked=True)
    rows = await _pending(session, contacts, strangers)
    found = _opened(work.keys, _ranked(rows, limit))
    yield Claim(found, _Savepoints(work), one_commit=True)


@asynccontextmanager
async def claim_embedded(
    store: Begins, held: set[int], limit: int, now: datetime
) -> AsyncIterator[Claim]:
    """On SQLite: look without a lock; `held` keeps claims of this one worker process apart."""
    async with store.read() as work:
        best = (
            select(col(Inbound.contact_id))
            .where(waits(), col(Inbound.contact_id).is_not(None))
            .where(col(Inbound.contact_id).not_in(sorted(held)))
            .order_by(col(Inbound.priority), col(Inbound.id))
            .limit(limit)
        )
        contacts = {row for row in await work.session.scalars(best) if row is not None}
        alone = _strangers(limit).where(col(Inbound.id).not_in(sorted(-h for h in held)))
        rows = await _pending(work.session, contacts, alone)
        keys = work.keys
    # Another lane may have taken some of them while we looked.
    ranked = _ranked([row for row in rows if _holder(row) not in held], limit)
    mine = {_holder(row) for row in ranked}
    held |= mine
    try:
        yield Claim(_opened(keys, ranked), store)
    finally:
        held -= mine


def _holder(row: Inbound) -> int:
    # Messages without a contact are held one by one, under their own number, negative.
    return row.contact_id if row.contact_id is not None else -(row.id or 0)


def _strangers(limit: int) -> Select[Inbound]:
    return (
        select(Inbound)
        .where(waits(), col(Inbound.contact_id).is_(None))
        .order_by(col(Inbound.priority), col(Inbound.id))
        .limit(limit)
    )


async def _pending(
    session: AsyncSession, contacts: set[int], strangers: Select[Inbound]
) -> list[Inbound]:
    theirs = select(Inbound).where(waits(), col(Inbound.contact_id).in_(sorted(contacts)))
    rows = list(await session.scalars(theirs.order_by(col(Inbound.id)))) if contacts else []
    return rows + list(await session.scalars(strangers))


def _ranked(rows: Iterable[Inbound], limit: int) -> list[Inbound]:
    groups: dict[int, list[Inbound]] = {}
    for row in rows:
        groups.setdefault(_holder(row), []).append(row)
    best = sorted(groups.values(), key=lambda group: min((r.priority, r.id or 0) for r in group))
    return [row for group in best for row in group][:limit]


def _opened(keys: Keyring, rows: Iterable[Inbound]) -> list[Claimed]:
    """What a key sealed that our file lacks waits for a process that has it, and so do the later
    messages of its contact: it may have been put in by one that has a newer file."""
    found: list[Claimed] = []
    behind: set[int] = set()
    for row in rows:
        if _holder(row) in behind:
            continue
        try:
            found.append(_claimed(row, _body(keys, row)))
        except UnknownKey:
            behind.add(_holder(row))
            log.warning("sealed with a key that our file lacks", extra={"inbound": row.id})
    return found


def _claimed(row: Inbound, body: bytes) -> Claimed:
    return Claimed(
        id=row.id or 0,
        channel=row.channel,
        contact_id=row.contact_id,
        priority=row.priority,
        received_at=row.received_at,
        attempts=row.attempts,
        body=body,
    )


def _body(keys: Keyring, row: Inbound) -> bytes:
    # A body that was changed reads as empty: unreadable for its channel, so it dies alone.
    try:
        return keys.open(row.sealed_body or b"", f"inbound:{row.channel}:{row.external_id}")
    except UnknownKey:
        raise
    except SealBroken:
        return b""
