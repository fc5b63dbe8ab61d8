"""Writing at once what a batch of messages did. See storage.ledger.Gathered."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.filing import file_reports
from storage.ledger import Ledger
from storage.models import QUEUED, Conversation, Outbox
from storage.records import NewOutbound
from storage.sealing import Keyring
from storage.upsert import insert_into

MOST = 100
"""So many of a contact's reports are read ahead."""


async def write_gathered(session: AsyncSession, keys: Keyring, ledger: Ledger) -> None:
    """Write what was put off; what was read stays known."""
    gathered = ledger.gathered
    if gathered is None:
        return
    reports, gathered.new_reports = gathered.new_reports, []
    states, gathered.new_states = gathered.new_states, {}
    sends, gathered.new_sends = gathered.new_sends, {}
    if reports:
        await file_reports(session, keys, ledger, reports)
    if states:
        await save_states(session, states)
    if sends:
        await queue_sends(session, keys, sends.values())


async def save_states(session: AsyncSession, states: Mapping[int, tuple[bytes, datetime]]) -> None:
    """Replace conversations' sealed states, by contact."""
    rows = [
        {"contact_id": contact_id, "sealed_state": sealed, "updated_at": at}
        for contact_id, (sealed, at) in sorted(states.items())
    ]
    statement = insert_into(session, Conversation)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["contact_id"],
        set_={"sealed_state": new.sealed_state, "updated_at": new.updated_at},
    )
    await (await session.connection()).execute(statement, rows)


async def queue_sends(session: AsyncSession, keys: Keyring, messages: Iterable[NewOutbound]) -> int:
    """Queue messages; the number of those whose key was not there yet."""
    rows = [
        {
            "key": message.key,
            "contact_id": message.contact_id,
            "channel": message.channel,
            "kind": message.kind,
            "priority": message.priority,
            "sealed_body": keys.seal(message.body, f"outbox:{message.key}"),
            "created_at": message.created_at or message.not_before,
            "not_before": message.not_before,
            "expires_at": message.expires_at,
            "state": QUEUED,
            "attempts": 0,
        }
        for message in messages
    ]
    statement = insert_into(session, Outbox).on_conflict_do_nothing().returning(col(Outbox.key))
    return len((await (await session.connection()).execute(statement, rows)).all())
