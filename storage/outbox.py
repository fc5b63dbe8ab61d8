"""Outbound messages: put once, leased to one sender, ended as sent, dead, expired or unknown."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.delivery import Delivery
from storage.forgetting import sweep_forgotten
from storage.gathering import queue_sends, write_gathered
from storage.leasing import due, end_overdue
from storage.ledger import Ledger
from storage.models import (
    CANCELLED,
    DEAD,
    LEASED,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    Contact,
    Outbox,
    open_sends,
)
from storage.opening import opened
from storage.records import NewOutbound, Sendable
from storage.rows import changed
from storage.sealing import Keyring
from storage.tallies import OutboxCounts
from storage.uncertain import UncertainSends

_REASON = 200


class OutboxQueue(Delivery, UncertainSends, OutboxCounts):
    """work.outbox"""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger) -> None:
        UncertainSends.__init__(self, session, keys)
        self._ledger = ledger

    async def put(self, message: NewOutbound) -> bool:
        """Queue a message; False where its key was put before (of a batch: in this batch)."""
        self._ledger.topics.add("outbound")
        gathered = self._ledger.gathered
        if gathered is None:
            return await queue_sends(self._session, self._keys, [message]) > 0
        new = message.key not in gathered.new_sends
        gathered.new_sends.setdefault(message.key, message)
        return new

    async def claim(
        self, now: datetime, lease: timedelta, limit: int, without: Sequence[str] = ()
    ) -> list[Sendable]:
        """Lease what may go now, by priority, then age. Nobody else gets it before the lease ends.

        `without` names channels that must wait.
        """
        rows = await due(self._session, now, limit, without)
        found = opened(self._keys, rows)
        if not found:
            return []
        leased = update(Outbox).where(col(Outbox.id).in_([message.id for message in found]))
        until = now + lease
        await changed(
            self._session,
            leased.values(state=LEASED, leased_until=until, attempts=col(Outbox.attempts) + 1),
        )
        return found

    async def end_overdue(self, now: datetime) -> None:
        """End what is out of date and what a dead sender left behind and may have sent."""
        await end_overdue(self._session, now)

    async def recover(self, now: datetime) -> int:
        """End every lease: for the only sender of a database, which has just started.

        Whatever is leased then was left behind by a process that died.
        """
        held = (open_sends(), col(Outbox.state).in_((LEASED, SENDING)))
        return await changed(self._session, update(Outbox).where(*held).values(leased_until=now))

    async def renew(self, message_ids: Iterable[int], until: datetime) -> None:
        """Hold what is in hand for longer: a sender that lives says so again and again."""
        mine = (col(Outbox.id).in_(sorted(message_ids)), col(Outbox.state).in_((LEASED, SENDING)))
        await changed(self._session, update(Outbox).where(*mine).values(leased_until=until))

    async def sending(self, message_ids: Iterable[int], until: datetime) -> set[int]:
        """Say, and commit, before the provider is called; those of them that may leave.

        The others were cancelled or are no longer ours: of two senders that both believe to hold a
        message only one can say it.
        """
        mine = (col(Outbox.id).in_(sorted(message_ids)), col(Outbox.state) == LEASED)
        marked = update(Outbox).where(*mine).values(state=SENDING, leased_until=until)
        found = await self._session.execute(
            marked.returning(col(Outbox.id)), execution_options={"synchronize_session": False}
        )
        return {number for number in found.scalars() if number is not None}

    async def release(self, message_ids: Iterable[int]) -> None:
        """Give back what was leased and not begun."""
        mine = (col(Outbox.id).in_(sorted(message_ids)), col(Outbox.state) == LEASED)
        back = update(Outbox).where(*mine)
        await changed(self._session, back.values(state=QUEUED, leased_until=None))

    async def sent(self, taken: Mapping[int, str | None], now: datetime) -> None:
        """The provider took these; under what identifiers, where it told."""
        # Unknown: the lease ended before the answer came.
        ours = or_(*(col(Outbox.state) == state for state in (LEASED, SENDING, UNKNOWN)))
        statement = (
            update(Outbox)
            .where(col(Outbox.id) == bindparam("number"), ours)
            .values(state=SENT, provider_id=bindparam("provider"), status_at=now, error=None)
        )
        rows = [{"number": number, "provider": name} for number, name in sorted(taken.items())]
        await (await self._session.connection()).execute(statement, rows)
        await self._ended(taken)

    async def again(self, message_id: int, at: datetime, reason: str) -> bool:
        """Who called the provider knows that it did not leave: try again at a time."""
        values = {"state": QUEUED, "not_before": at, "leased_until": None}
        states = (LEASED, SENDING, UNKNOWN)  # unknown: the lease ended before the answer came
        return await self._move(message_id, states, error=reason[:_REASON], **values)

    async def postpone(self, message_id: int, at: datetime) -> bool:
        """Give back until a time what was not begun; False where another sender has begun it."""
        values = {"state": QUEUED, "not_before": at, "leased_until": None}
        return await self._move(message_id, (LEASED,), **values)

    async def dead(self, message_id: int, reason: str) -> bool:
        """It will never leave."""
        states = (QUEUED, LEASED, SENDING, UNKNOWN)
        moved = await self._move(message_id, states, state=DEAD, error=reason[:_REASON])
        await self._ended([message_id])
        return moved

    async def unknown(self, message_id: int, reason: str) -> bool:
        """It may have left; the provider did not say."""
        values = {"state": UNKNOWN, "error": reason[:_REASON]}
        moved = await self._move(message_id, (LEASED, SENDING), **values)
        await self._ended([message_id])
        return moved

    async def cancel_for(self, contact_id: int, kinds: Sequence[str] | None = None) -> int:
        """Cancel what waits for a contact, also what is leased but not yet being sent."""
        await write_gathered(self._session, self._keys, self._ledger)
        waiting = [col(Outbox.contact_id) == contact_id, col(Outbox.state).in_((QUEUED, LEASED))]
        if kinds is not None:
            waiting.append(col(Outbox.kind).in_(kinds))
        return await changed(self._session, update(Outbox).where(*waiting).values(state=CANCELLED))

    async def _move(self, message_id: int, states: Sequence[str], **values: object) -> bool:
        mine = (col(Outbox.id) == message_id, col(Outbox.state).in_(states))
        return await changed(self._session, update(Outbox).where(*mine).values(**values)) > 0

    async def _ended(self, message_ids: Iterable[int]) -> None:
        query = (
            select(col(Contact.id))
            .join(Outbox, col(Outbox.contact_id) == col(Contact.id))
            .where(col(Outbox.id).in_(sorted(message_ids)), col(Contact.forgotten_at).is_not(None))
        )
        for contact_id in set(await self._session.scalars(query)):
            await sweep_forgotten(self._session, contact_id)
