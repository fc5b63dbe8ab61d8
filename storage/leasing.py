"""Which sends may go now, and what becomes of those whose sender died.

A lease is needed because the outside world is touched: a sender that dies leaves its rows behind.
A row that was only leased goes again. One that was marked `sending` may have left already: it
becomes `unknown`, but an emergency line goes again, for twice is better than never.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.models import (
    EXPIRED,
    LEASED,
    QUEUED,
    SENDING,
    UNKNOWN,
    Contact,
    Outbox,
    open_sends,
)
from storage.rows import changed

EMERGENCY = "emergency"


async def end_overdue(session: AsyncSession, now: datetime) -> None:
    """End what is out of date and what a dead sender may have sent."""
    waits = col(Outbox.state).in_((QUEUED, LEASED))
    late = update(Outbox).where(open_sends(), waits, col(Outbox.expires_at) <= now)
    await changed(session, late.where(_free(now)).values(state=EXPIRED))
    left = (open_sends(), col(Outbox.state) == SENDING, col(Outbox.leased_until) <= now)
    lost = update(Outbox).where(*left, col(Outbox.kind) != EMERGENCY)
    await changed(session, lost.values(state=UNKNOWN, error="the sender died"))


async def due(
    session: AsyncSession, now: datetime, limit: int, without: Sequence[str] = ()
) -> list[tuple[Outbox, Contact | None]]:
    """Sends that may go now with their contacts, locked, most urgent first.

    A contact to whom something is just leaving, or for whom something failed and comes again, waits
    for it, since its messages must not overtake each other; an emergency line waits for nothing.
    """
    query = (
        select(Outbox, Contact)
        .join(Contact, col(Contact.id) == col(Outbox.contact_id), isouter=True)
        .where(open_sends(), _free(now), _due(now))
        .where(or_(col(Outbox.expires_at).is_(None), col(Outbox.expires_at) > now))
        .where(or_(col(Outbox.kind) == EMERGENCY, ~_engaged(now)))
        .where(col(Outbox.channel).not_in(without))
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(limit)
        .with_for_update(of=Outbox, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = [(row, contact) for row, contact in await session.execute(query)]
    behind = await _behind(session, now, [row for row, _ in rows])
    return [(row, contact) for row, contact in rows if row.id not in behind]


async def _behind(session: AsyncSession, now: datetime, rows: Sequence[Outbox]) -> set[int | None]:
    """Those of `rows` before which something of the same contact is being claimed by another.

    The locked row was skipped, and this transaction sees it as queued until the other commits.
    """
    mine = {row.id for row in rows}
    query = select(col(Outbox.contact_id), col(Outbox.priority), col(Outbox.id)).where(
        open_sends(),
        col(Outbox.contact_id).in_({row.contact_id for row in rows}),
        col(Outbox.not_before) <= now,
        col(Outbox.id).not_in(mine),
    )
    first: dict[int | None, tuple[int, int]] = {}
    for contact_id, priority, number in await session.execute(query) if rows else ():
        place = (priority, number or 0)
        first[contact_id] = min(place, first.get(contact_id, place))
    return {
        row.id
        for row in rows
        if row.kind != EMERGENCY
        and first.get(row.contact_id, (row.priority, row.id or 0)) < (row.priority, row.id or 0)
    }


def _engaged(now: datetime) -> ColumnElement[bool]:
    other = aliased(Outbox)
    theirs = col(other.contact_id) == col(Outbox.contact_id)
    held = and_(col(other.state).in_((LEASED, SENDING)), col(other.leased_until) > now)
    before = and_(col(other.priority) <= col(Outbox.priority), col(other.id) < col(Outbox.id))
    again = and_(col(other.state) == QUEUED, col(other.attempts) > 0, col(other.not_before) > now)
    return exists(select(1).where(theirs, or_(held, and_(before, again))))


def _due(now: datetime) -> ColumnElement[bool]:
    # What was queued in the future was queued before the clock was set back: it waited enough.
    return or_(col(Outbox.not_before) <= now, col(Outbox.created_at) > now)


def _free(now: datetime) -> ColumnElement[bool]:
    over = col(Outbox.leased_until) <= now
    again = and_(col(Outbox.state) == SENDING, col(Outbox.kind) == EMERGENCY)
    left_behind = and_(or_(col(Outbox.state) == LEASED, again), over)
    return or_(col(Outbox.state) == QUEUED, left_behind)
