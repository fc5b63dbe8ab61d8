"""Messages that arrive together share one transaction and one flush to disk."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from storage.grouping import Grouped
from storage.models import PENDING, Contact, Inbound
from storage.records import NewInbound
from storage.sealing import Keyring
from storage.upsert import insert_into

_GROUP = 256
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message sealed for the database."""

    channel: str
    external_id: str
    pseudonym: str | None
    sealed_address: bytes | None
    priority: int
    received_at: datetime
    sealed_body: bytes


def seal_arrival(keys: Keyring, message: NewInbound) -> Arrival:
    """Seal body and address; the associated data are known before the row is."""
    name, address = None, None
    if message.address is not None:
        name = keys.pseudonym(message.channel, message.address)
        address = keys.seal(message.address.encode(), f"contact:{name}")
    body = keys.seal(message.body, f"inbound:{message.channel}:{message.external_id}")
    return Arrival(
        message.channel,
        message.external_id,
        name,
        address,
        message.priority,
        message.received_at,
        body,
    )


Write = Callable[[Sequence[Arrival]], Awaitable[list[bool]]]
"""Writes a group in one transaction; returns per arrival whether it is new, after the commit."""


class Intake:
    """Keeps arrivals, many in one transaction."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._grouped = Grouped(self._attempt, most=_GROUP)
        self.groups = 0

    async def put(self, arrival: Arrival) -> bool:
        """Return after the commit; raise what the commit raised."""
        return await self._grouped.put(arrival)

    async def close(self) -> None:
        """Write what still waits."""
        await self._grouped.close()

    async def _attempt(self, arrivals: Sequence[Arrival]) -> list[bool]:
        for attempt in range(_TRIES):
            self.groups += 1
            try:
                return await self._write(arrivals)
            except IntegrityError:  # a contact was deleted between our look and our write
                if attempt == _TRIES - 1:
                    raise
        return []


async def write_group(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> list[bool]:
    """Insert contacts and messages; say for each arrival whether it is new."""
    contacts = await _contacts(connection, arrivals)
    rows = [
        {
            "channel": a.channel,
            "external_id": a.external_id,
            "contact_id": contacts[a.pseudonym] if a.pseudonym else None,
            "priority": a.priority,
            "received_at": a.received_at,
            "sealed_body": a.sealed_body,
            "state": PENDING,
            "attempts": 0,
        }
        for a in arrivals
    ]
    statement = (
        insert_into(connection, Inbound)
        .on_conflict_do_nothing()
        .returning(col(Inbound.channel), col(Inbound.external_id))
    )
    new = {(channel, key) for channel, key in await connection.execute(statement, rows)}
    return [_first(new, (arrival.channel, arrival.external_id)) for arrival in arrivals]


def _first(new: set[tuple[str, str]], key: tuple[str, str]) -> bool:
    # The same message twice in a group: only the first is new.
    found = key in new
    new.discard(key)
    return found


async def _contacts(
    connection: AsyncConnection, arrivals: Sequence[Arrival]
) -> dict[str | None, int | None]:
    known = {a.pseudonym: a for a in arrivals if a.pseudonym}
    if not known:
        return {}
    query = select(col(Contact.pseudonym), col(Contact.id), col(Contact.sealed_address).is_(None))
    found = (await connection.execute(query.where(col(Contact.pseudonym).in_(known)))).all()
    ids: dict[str | None, int | None] = {
        pseudonym: contact_id for pseudonym, contact_id, _ in found
    }
    await _restore(connection, [known[pseudonym] for pseudonym, _, empty in found if empty])
    missing = [known[name] for name in sorted(known.keys() - ids.keys())]
    if missing:
        await _add(connection, missing)
        again = query.where(col(Contact.pseudonym).in_([a.pseudonym for a in missing]))
        ids |= {name: contact_id for name, contact_id, _ in await connection.execute(again)}
    return ids


async def _add(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> None:
    # Sorted by pseudonym: two processes that add the same contacts cannot wait for each other.
    rows = [
        {
            "pseudonym": a.pseudonym,
            "sealed_address": a.sealed_address,
            "channel": a.channel,
            "created_at": a.received_at,
            "last_seen_at": a.received_at,
        }
        for a in arrivals
    ]
    await connection.execute(insert_into(connection, Contact).on_conflict_do_nothing(), rows)


async def _restore(connection: AsyncConnection, arrivals: Sequence[Arrival]) -> None:
    # Only the pseudonym of an opted-out contact had survived; it writes again.
    statement = update(Contact).where(col(Contact.pseudonym) == bindparam("name"))
    for a in arrivals:
        values = {"name": a.pseudonym, "address": a.sealed_address}
        await connection.execute(statement.values(sealed_address=bindparam("address")), values)
