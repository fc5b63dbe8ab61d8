"""Makers of plain values for the storage tests; name only what the test is about."""

from dataclasses import replace
from datetime import UTC, datetime

from storage.records import NewInbound, NewOutbound, NewReport
from storage.store import Store

NOW = datetime(2026, 3, 10, 19, 30, tzinfo=UTC)

_INBOUND = NewInbound(
    channel="sms",
    external_id="SM1",
    address="+15550100",
    priority=1,
    received_at=NOW,
    body=b"the lamp on Mill Lane is out",
)
_REPORT = NewReport(
    ref="K7Q-42",
    contact_id=None,
    area="mill",
    category="lighting",
    categories=(("lighting", 0.9), ("vandalism", 0.1)),
    urgency="U3",
    flags=(),
    source="sms",
    language="en",
    redacted_text="The lamp is out",
    text="The lamp is out, call Ada",
    occurred_at=NOW,
    received_at=NOW,
    local_day=NOW.date(),
    local_hour=19,
    latitude=51.5,
    longitude=-0.12,
    precision_m=40.0,
    point=(51.50012, -0.12034),
    place_text="Mill Lane",
    joinable=True,
)
_OUTBOUND = NewOutbound(
    key="reply:1",
    contact_id=1,
    channel="sms",
    priority=1,
    kind="reply",
    not_before=NOW,
    body=b"Thank you",
)


def make_inbound(**over: object) -> NewInbound:
    return replace(_INBOUND, **over)  # type: ignore[arg-type]


def make_report(**over: object) -> NewReport:
    return replace(_REPORT, **over)  # type: ignore[arg-type]


def make_outbound(**over: object) -> NewOutbound:
    return replace(_OUTBOUND, **over)  # type: ignore[arg-type]


async def make_contact(store: Store, address: str = "+15550100", channel: str = "sms") -> int:
    async with store.begin() as work:
        return (await work.contacts.ensure(channel, address, NOW)).id
