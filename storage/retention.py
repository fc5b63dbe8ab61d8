"""What goes with time: bodies first, then the link to a person, then the person.

Never touched: messages that still wait, opt-outs (as a pseudonym), staff, counts, and the numbers
by which a redelivered message is known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.forgetting import sweep_forgotten
from storage.models import OPEN_SENDS, PENDING, Contact, Conversation, Inbound, Outbox
from storage.nickname_models import NicknameUse
from storage.report_models import Followup, Report
from storage.rows import changed
from storage.staff_models import Staff


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows lost what."""

    bodies: int
    links: int
    contacts: int


async def purge(
    session: AsyncSession, now: datetime, bodies_days: int, links_days: int, idle_days: int
) -> Purged:
    """Drop sealed words after `bodies_days`, precise points and links to contacts `links_days`
    after the last exchange, and contacts who have been silent for `idle_days`.
    """
    return Purged(
        bodies=await _bodies(session, now - timedelta(days=bodies_days)),
        links=await _links(session, now - timedelta(days=links_days)),
        contacts=await _contacts(session, now - timedelta(days=idle_days), now),
    )


async def _bodies(session: AsyncSession, before: datetime) -> int:
    settled = update(Inbound).where(
        col(Inbound.state) != PENDING,
        col(Inbound.received_at) < before,
        col(Inbound.sealed_body).is_not(None),
    )
    sends = update(Outbox).where(
        col(Outbox.state).not_in(OPEN_SENDS),
        col(Outbox.created_at) < before,
        col(Outbox.sealed_body).is_not(None),
    )
    words = update(Report).where(
        col(Report.received_at) < before, col(Report.sealed_text).is_not(None)
    )
    added = update(Followup).where(
        col(Followup.at) < before, col(Followup.sealed_text).is_not(None)
    )
    count = await changed(session, settled.values(sealed_body=None))
    count += await changed(session, sends.values(sealed_body=None))
    count += await changed(session, words.values(sealed_text=None))
    count += await changed(session, added.values(sealed_text=None))
    old = delete(Conversation).where(col(Conversation.updated_at) < before)
    return count + await changed(session, old)


async def _links(session: AsyncSession, before: datetime) -> int:
    reports = update(Report).where(
        col(Report.last_exchange_at) < before,
        or_(col(Report.contact_id).is_not(None), col(Report.sealed_point).is_not(None)),
    )
    inbound = update(Inbound).where(
        col(Inbound.state) != PENDING,
        col(Inbound.received_at) < before,
        col(Inbound.contact_id).is_not(None),
    )
    sends = update(Outbox).where(
        col(Outbox.state).not_in(OPEN_SENDS),
        col(Outbox.created_at) < before,
        col(Outbox.contact_id).is_not(None),
    )
    await changed(session, delete(NicknameUse).where(col(NicknameUse.at) < before))
    count = await changed(session, reports.values(contact_id=None, sealed_point=None))
    count += await changed(session, inbound.values(contact_id=None))
    return count + await changed(session, sends.values(contact_id=None))


async def _contacts(session: AsyncSession, before: datetime, now: datetime) -> int:
    staff = exists(select(1).where(col(Staff.contact_id) == col(Contact.id)))
    linked = exists(select(1).where(col(Report.contact_id) == col(Contact.id)))
    idle = update(Contact).where(
        col(Contact.last_seen_at) < before,
        col(Contact.sealed_address).is_not(None),
        ~staff,
        ~linked,
    )
    await changed(session, idle.values(forgotten_at=now, language=None, home_area=None))
    return await sweep_forgotten(session)
