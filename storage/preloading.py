"""Reading at once what the messages of many contacts need. See storage.ledger.Gathered."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.contacts import Contacts
from storage.filing import report_view
from storage.gathering import MOST
from storage.ledger import Gathered
from storage.models import Conversation
from storage.records import ReportView
from storage.references import unused_refs
from storage.report_models import Report


async def read_gathered(
    session: AsyncSession, contacts: Contacts, contact_ids: Iterable[int | None]
) -> Gathered:
    """Contacts, their conversations and reports, and a fresh reference for each message."""
    ids = [number for number in contact_ids if number is not None]
    return Gathered(
        contacts=await contacts.many(ids),
        states=await _states(session, set(ids)),
        reports=await _reports(session, set(ids)),
        refs=await unused_refs(session, len(ids)) if ids else [],
    )


async def _states(session: AsyncSession, ids: set[int]) -> dict[int, bytes | None]:
    found: dict[int, bytes | None] = dict.fromkeys(ids)
    query = select(col(Conversation.contact_id), col(Conversation.sealed_state))
    for row in await session.execute(query.where(col(Conversation.contact_id).in_(ids))):
        found[row[0]] = row[1]
    return found


async def _reports(session: AsyncSession, ids: set[int]) -> dict[int, list[ReportView]]:
    newest = (col(Report.received_at).desc(), col(Report.id).desc())
    place = func.row_number().over(partition_by=col(Report.contact_id), order_by=newest)
    ranked = select(col(Report.id).label("id"), place.label("place"))
    inner = ranked.where(col(Report.contact_id).in_(ids)).subquery()
    query = select(Report).join(inner, inner.c.id == col(Report.id)).where(inner.c.place <= MOST)
    found: dict[int, list[ReportView]] = {number: [] for number in ids}
    rows = await session.scalars(query.order_by(*newest).execution_options(populate_existing=True))
    for row in rows:
        found[row.contact_id or 0].append(report_view(row))
    return found
