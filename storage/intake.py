"""Group commit: messages that arrive together share one transaction and one flush to disk."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from storage.models import PENDING, Contact, Inbound
from storage.outages import is_outage
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
    """Collects arrivals while a group is being written and hands them over as the next group."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[tuple[Arrival, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None
        self.groups = 0

    async def put(self, arrival: Arrival) -> bool:
        """Return after the commit; raise what the commit raised."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, future))
        if self._writer is None:
            self._writer = asyncio.create_task(self._drain())
        return await future

    async def close(self) -> None:
        """Write what still waits."""
        while self._writer is not None:
            await asyncio.wait([self._writer])

    async def _drain(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                await self._settle(group)
        finally:
            self._writer = None

    async def _settle(self, group: list[tuple[Arrival, asyncio.Future[bool]]]) -> None:
        try:
            results = await self._attempt([arrival for arrival, _ in group])
        except DBAPIError as error:
            if len(group) == 1 or is_outage(error):
                _fail(group, error)
                return
            for one in group:  # one row that the database refuses must not stop the others
                await self._settle([one])
        except Exception as error:  # noqa: BLE001  every waiter hears it, and answers 5xx
            _fail(group, error)
        else:
            for (_, future), new in zip(group, results, strict=True):
                if not future.done():
                    future.set_result(new)

    async def _attempt(self, arrivals: list[Arrival]) -> list[bool]:
        for attempt in range(_TRIES):
            self.groups += 1
            try:
                return await self._write(arrivals)
            except IntegrityError:  # a contact was deleted between our look and our write
                if attempt == _TRIES - 1:
                    raise
        return []


def _fail(group: list[tuple[Arrival, asyncio.Future[bool]]], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)


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
