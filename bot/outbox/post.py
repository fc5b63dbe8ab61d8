"""Hands a message to the outbox: the one place where a message gets its key, class and deadline."""

from datetime import datetime

from bot.message import Outbound, Priority
from bot.outbox.parcel import pack
from storage.records import ContactView, NewOutbound
from storage.work import Work


async def post(
    work: Work,
    contact: ContactView,
    message: Outbound,
    *,
    key: str,
    priority: Priority,
    kind: str,
    now: datetime,
    held: datetime | None = None,
) -> bool:
    """Queue a message in the caller's transaction; False when `key` was queued before.

    One that is `held` may not leave before that moment, and its time to live begins there.
    """
    leaves = held or now
    return await work.outbox.put(
        NewOutbound(
            key=key,
            contact_id=contact.id,
            channel=contact.channel,
            priority=priority,
            kind=kind,
            not_before=leaves,
            expires_at=leaves + message.ttl if message.ttl else None,
            created_at=now,
            body=pack(message),
        )
    )


def answered(key: str) -> int | None:
    """The inbound message that a message with this key answers; see the desk, which makes them."""
    kind, _, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "in" and number.isdecimal() else None
