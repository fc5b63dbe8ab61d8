"""Sends of whose fate nobody was told, for whoever can ask the provider."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import QUEUED, UNKNOWN, Contact, Outbox
from storage.rows import changed
from storage.sealing import Keyring, SealBroken


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A send that may have left. `since` is when its sender last held it."""

    id: int
    key: str
    attempts: int
    since: datetime
    address: str = field(repr=False)
    body: bytes = field(repr=False)


class UncertainSends:
    """The part of work.outbox for sends whose fate the provider may yet tell when asked."""

    def __init__(self, session: AsyncSession, keys: Keyring) -> None:
        self._session = session
        self._keys = keys

    async def uncertain(self, channel: str, since: datetime, limit: int) -> list[Uncertain]:
        """The channel's sends of unknown fate, queued at `since` or later, oldest first."""
        query = (
            select(Outbox, Contact)
            .join(Contact, col(Contact.id) == col(Outbox.contact_id))
            .where(col(Outbox.state) == UNKNOWN, col(Outbox.created_at) >= since)
            .where(col(Outbox.channel) == channel, col(Outbox.provider_id).is_(None))
            .where(col(Outbox.sealed_body).is_not(None), col(Contact.sealed_address).is_not(None))
            .order_by(col(Outbox.id))
            .limit(limit)
        )
        found: list[Uncertain] = []
        for row, contact in await self._session.execute(query):
            with suppress(SealBroken):  # one that does not open keeps nobody from asking for others
                found.append(self._view(row, contact))
        return found

    async def known_ids(self, provider_ids: Iterable[str]) -> set[str]:
        """Those of the provider's ids that a send of ours bears already."""
        number = col(Outbox.provider_id)
        found = await self._session.scalars(select(number).where(number.in_(list(provider_ids))))
        return {name for name in found if name is not None}

    async def never_left(self, send: Uncertain, at: datetime) -> bool:
        """The provider never had it: it may go again, unless somebody has taken it up since."""
        still = (col(Outbox.id) == send.id, col(Outbox.state) == UNKNOWN)
        back = update(Outbox).where(*still, col(Outbox.attempts) == send.attempts)
        values = {"state": QUEUED, "not_before": at, "leased_until": None, "error": "never left"}
        return await changed(self._session, back.values(**values)) > 0

    def _view(self, row: Outbox, contact: Contact) -> Uncertain:
        sealed, words = contact.sealed_address or b"", row.sealed_body or b""
        return Uncertain(
            id=row.id or 0,
            key=row.key,
            attempts=row.attempts,
            since=row.leased_until or row.created_at,
            address=self._keys.open(sealed, f"contact:{contact.pseudonym}").decode(),
            body=self._keys.open(words, f"outbox:{row.key}"),
        )
