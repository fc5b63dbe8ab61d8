"""Contacts: known by a pseudonym, reached by a sealed address, forgotten on their word."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.forgetting import forget_contact
from storage.gathering import write_gathered
from storage.ledger import Ledger
from storage.models import Contact, Outbox
from storage.records import ContactView, StaffView
from storage.rows import changed
from storage.sealing import Keyring
from storage.staff import staff_view
from storage.staff_models import Staff
from storage.upsert import insert_into


class UnknownContact(LookupError):
    """There is no such contact, or its address is no longer kept."""


class Contacts:
    """work.contacts"""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger) -> None:
        self._session = session
        self._keys = keys
        self._ledger = ledger

    async def get(self, contact_id: int) -> ContactView:
        """The contact with its staff role. Raises UnknownContact."""
        known = self._ledger.gathered.contacts if self._ledger.gathered else {}
        view = known.get(contact_id) or await self._find(col(Contact.id) == contact_id)
        if view is None:
            raise UnknownContact(f"there is no contact {contact_id}")
        return view

    async def by_address(self, channel: str, address: str) -> ContactView | None:
        """Whom we know under a canonical address."""
        name = self._keys.pseudonym(channel, address)
        return await self._find(col(Contact.pseudonym) == name)

    async def ensure(self, channel: str, address: str, now: datetime) -> ContactView:
        """The contact of an address, made if new."""
        name = self._keys.pseudonym(channel, address)
        sealed = self._keys.seal(address.encode(), f"contact:{name}")
        statement = insert_into(self._session, Contact).on_conflict_do_nothing()
        await self._session.execute(
            statement.values(
                pseudonym=name,
                sealed_address=sealed,
                channel=channel,
                created_at=now,
                last_seen_at=now,
            )
        )
        await changed(
            self._session,
            update(Contact)
            .where(col(Contact.pseudonym) == name, col(Contact.sealed_address).is_(None))
            .values(sealed_address=sealed),
        )
        view = await self._find(col(Contact.pseudonym) == name)
        if view is None:
            raise UnknownContact("the contact was deleted while it was being made")
        return view

    async def address(self, contact_id: int) -> str:
        """The opened address, for sending only. Raises UnknownContact."""
        query = select(col(Contact.pseudonym), col(Contact.sealed_address))
        row = (await self._session.execute(query.where(col(Contact.id) == contact_id))).first()
        if row is None or row[1] is None:
            raise UnknownContact(f"no address is kept for contact {contact_id}")
        return self._keys.open(row[1], f"contact:{row[0]}").decode()

    async def set_language(self, contact_id: int, language: str) -> None:
        """Keep the language to answer in."""
        await self._set(contact_id, language=language)

    async def set_home_area(self, contact_id: int, area: str | None) -> None:
        """Keep the area that the contact's own words told."""
        await self._set(contact_id, home_area=area)

    async def many(self, contact_ids: Iterable[int | None]) -> dict[int, ContactView]:
        """Those of many contacts that there are, for a batch."""
        known = sorted({number for number in contact_ids if number is not None})
        rows = await self._rows(col(Contact.id).in_(known)) if known else []
        return {view.id: view for view in rows}

    async def opt_out(self, contact_id: int, now: datetime) -> None:
        """Send nothing more; the first time stays noted."""
        statement = update(Contact).where(
            col(Contact.id) == contact_id, col(Contact.opted_out_at).is_(None)
        )
        await changed(self._session, statement.values(opted_out_at=now))
        self._drop(contact_id)

    async def opt_in(self, contact_id: int) -> None:
        """The contact wants messages again."""
        await self._set(contact_id, opted_out_at=None)

    async def move(self, contact_id: int, new_address: str) -> int:
        """The contact's address changed (a Telegram group became a supergroup).

        Where the new address is a contact already, that one is kept, gets this one's waiting sends
        and is returned.
        """
        self._drop(contact_id)
        channel = (await self.get(contact_id)).channel
        name = self._keys.pseudonym(channel, new_address)
        other = await self._find(col(Contact.pseudonym) == name)
        if other is not None and other.id != contact_id:
            statement = update(Outbox).where(col(Outbox.contact_id) == contact_id)
            await changed(self._session, statement.values(contact_id=other.id))
            return other.id
        sealed = self._keys.seal(new_address.encode(), f"contact:{name}")
        await self._set(contact_id, pseudonym=name, sealed_address=sealed)
        return contact_id

    async def forget(self, contact_id: int, now: datetime) -> int:
        """Drop all that links to this contact; returns how many reports were unlinked.

        Put the answer into the outbox after this, not before: what waits there is cancelled. The
        contact's own row goes when that answer has left (see storage.forgetting).
        """
        await write_gathered(self._session, self._keys, self._ledger)
        self._drop(contact_id)
        return await forget_contact(self._session, contact_id, now)

    async def _set(self, contact_id: int, **values: object) -> None:
        statement = update(Contact).where(col(Contact.id) == contact_id)
        await changed(self._session, statement.values(**values))
        self._drop(contact_id)

    def _drop(self, contact_id: int) -> None:
        if self._ledger.gathered:
            self._ledger.gathered.drop(contact_id)

    async def _find(self, condition: object) -> ContactView | None:
        found = await self._rows(condition)
        return found[0] if found else None

    async def _rows(self, condition: object) -> list[ContactView]:
        query = (
            select(Contact, Staff)
            .join(Staff, col(Staff.contact_id) == col(Contact.id), isouter=True)
            .where(condition)  # type: ignore[arg-type]
            .execution_options(populate_existing=True)
        )
        rows = await self._session.execute(query)
        return [_view(contact, staff_view(staff) if staff else None) for contact, staff in rows]


def _view(contact: Contact, staff: StaffView | None) -> ContactView:
    return ContactView(
        id=contact.id or 0,
        channel=contact.channel,
        language=contact.language,
        home_area=contact.home_area,
        opted_out_at=contact.opted_out_at,
        created_at=contact.created_at,
        staff=staff,
    )
