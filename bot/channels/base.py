"""What a channel must do, and how sending can end."""

from dataclasses import dataclass
from typing import Protocol

from bot.message import Inbound, Outbound


@dataclass(frozen=True, slots=True)
class Envelope:
    """What can be told of a raw body without trusting it: enough to store it and to rank it.

    `external_id` is stable over redeliveries. `address` and `text` are None where they cannot be
    read.
    """

    external_id: str
    address: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A sending budget to respect.

    Not more than one message every `interval` seconds under `key`.
    """

    key: str
    interval: float


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. `cost` is in the account's currency where the provider says so."""

    provider_id: str


class Unreadable(ValueError):
    """The stored body is not a message that this channel can parse."""


class SendError(Exception):
    """Sending failed. `reason` is safe to log: it never holds an address or a text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Throttled(SendError):
    """The provider asks to wait `after` seconds; it did not take the message."""

    def __init__(self, reason: str, after: float) -> None:
        super().__init__(reason)
        self.after = after


class NotSent(SendError):
    """The message certainly did not leave (connection refused, a temporary refusal).

    Try again later.
    """


class Refused(SendError):
    """The provider will never take it. `gone` means that this contact cannot be reached any more.

    `opted_out` means that the provider holds an opt-out for the contact.
    """

    def __init__(self, reason: str, *, gone: bool = False, opted_out: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone
        self.opted_out = opted_out


class Moved(SendError):
    """The contact now has another address; send again there."""

    def __init__(self, reason: str, address: str) -> None:
        super().__init__(reason)
        self.address = address


class Unknown(SendError):
    """The provider may have taken it: timeout, reset or server error after the request was sent."""


class Channel(Protocol):
    """One way to talk with residents and staff."""

    name: str

    def envelope(self, raw: bytes) -> Envelope:
        """Never raises: whatever came must be stored."""

    def parse(self, raw: bytes) -> Inbound | None:
        """The message in `raw`; None for a body that needs no answer. Raises Unreadable."""

    def slots(self, address: str) -> tuple[Slot, ...]:
        """The budgets that one message to this address uses."""

    async def send(self, address: str, message: Outbound, key: str) -> Sent:
        """Send once. `key` is our own id of the message. Raises SendError."""

    async def seen(self, message: Inbound) -> None:
        """Tell the sender's app that a button press arrived. Best effort: never raises."""

    async def close(self) -> None:
        """Release sessions."""
