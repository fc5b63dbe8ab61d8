"""Sealed sends become what a sender can send; one that does not open holds up no other."""

import logging
from collections.abc import Sequence

from storage.leasing import EMERGENCY
from storage.models import DEAD, Contact, Outbox
from storage.records import Sendable
from storage.sealing import Keyring, SealBroken, UnknownKey

log = logging.getLogger(__name__)


def opened(keys: Keyring, rows: Sequence[tuple[Outbox, Contact | None]]) -> list[Sendable]:
    """Those that open. What never will is dead from here on.

    What a key sealed that our file does not hold waits for a process whose file does, and so does
    what comes after it to the same contact.
    """
    found: list[Sendable] = []
    behind: set[int | None] = set()
    for row, contact in rows:
        if row.contact_id in behind and row.kind != EMERGENCY:
            continue
        try:
            found += _sendable(keys, row, contact)
        except UnknownKey:
            behind.add(row.contact_id)
            log.warning("sealed with a key that our file lacks", extra={"outbox": row.id})
        except SealBroken:
            row.state, row.error = DEAD, "does not open"
            log.warning("a send does not open", extra={"outbox": row.id})
    return found


def _sendable(keys: Keyring, row: Outbox, contact: Contact | None) -> list[Sendable]:
    sealed = contact.sealed_address if contact is not None else None
    if contact is None or sealed is None or row.sealed_body is None:
        row.state, row.error = DEAD, "no address is kept"
        return []
    message = Sendable(
        id=row.id or 0,
        key=row.key,
        contact_id=contact.id or 0,
        channel=row.channel,
        priority=row.priority,
        kind=row.kind,
        attempts=row.attempts + 1,
        created_at=row.created_at,
        address=keys.open(sealed, f"contact:{contact.pseudonym}").decode(),
        body=keys.open(row.sealed_body, f"outbox:{row.key}"),
        opted_out=contact.opted_out_at is not None,
    )
    return [message]
