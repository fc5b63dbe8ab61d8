"""Forgetting a contact on its word, in two steps.

FORGET itself is answered, and for that the address is needed once more. So the links go at once,
and the contact's row goes as soon as nothing waits for it: after the last send, or in the purge.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import (
    CANCELLED,
    OPEN_SENDS,
    PENDING,
    QUEUED,
    Contact,
    Conversation,
    Inbound,
    Outbox,
)
from storage.nickname_models import NicknameUse
from storage.report_models import Followup, Report
from storage.rows import changed
from storage.staff_models import Staff


async def forget_contact(session: AsyncSession, contact_id: int, now: datetime) -> int:
    """Unlink reports, drop the conversation and sealed bodies, cancel what waits."""
    theirs = select(col(Report.id)).where(col(Report.contact_id) == contact_id)
    added = update(Followup).where(col(Followup.report_id).in_(theirs))
    await changed(session, added.values(sealed_text=None))
    reports = await changed(
        session,
        update(Report)
        .where(col(Report.contact_id) == contact_id)
        .values(contact_id=None, sealed_point=None, sealed_text=None),
    )
    await changed(session, delete(Conversation).where(col(Conversation.contact_id) == contact_id))
    await changed(session, delete(NicknameUse).where(col(NicknameUse.contact_id) == contact_id))
    await changed(
        session,
        update(Inbound)
        .where(col(Inbound.contact_id) == contact_id, col(Inbound.state) != PENDING)
        .values(contact_id=None, sealed_body=None),
    )
    to_them = col(Outbox.contact_id) == contact_id
    waiting = update(Outbox).where(to_them, col(Outbox.state) == QUEUED)
    await changed(session, waiting.values(state=CANCELLED, error="forgotten"))
    settled = update(Outbox).where(to_them, col(Outbox.state).not_in(OPEN_SENDS))
    await changed(session, settled.values(contact_id=None, sealed_body=None))
    marked = update(Contact).where(col(Contact.id) == contact_id)
    await changed(session, marked.values(language=None, home_area=None, forgotten_at=now))
    return reports


async def sweep_forgotten(session: AsyncSession, contact_id: int | None = None) -> int:
    """Delete forgotten contacts for whom nothing waits; an opt-out survives as a pseudonym.

    Who has filed a report since has come back and stays. Returns how many rows were deleted.
    """
    chosen: list[ColumnElement[bool]] = [col(Contact.forgotten_at).is_not(None)]
    if contact_id is not None:
        chosen.append(col(Contact.id) == contact_id)
    stays = exists(_of(Report.contact_id)) | exists(_of(Staff.contact_id))
    await changed(session, update(Contact).where(*chosen, stays).values(forgotten_at=None))
    waits = exists(_of(Inbound.contact_id).where(col(Inbound.state) == PENDING)) | exists(
        _of(Outbox.contact_id).where(col(Outbox.state).in_(OPEN_SENDS))
    )
    await _unlink(session, [*chosen, ~waits])
    opted_out = [*chosen, ~waits, col(Contact.opted_out_at).is_not(None)]
    nameless = update(Contact).where(*opted_out)
    await changed(session, nameless.values(sealed_address=None, forgotten_at=None))
    return await changed(session, delete(Contact).where(*chosen, ~waits))


def _of(column: object) -> Select[int]:
    return select(1).where(col(column) == col(Contact.id))


async def _unlink(session: AsyncSession, chosen: list[ColumnElement[bool]]) -> None:
    gone = select(col(Contact.id)).where(*chosen)
    for table in (Inbound, Outbox):
        statement = update(table).where(col(table.contact_id).in_(gone))
        await changed(session, statement.values(contact_id=None, sealed_body=None))
