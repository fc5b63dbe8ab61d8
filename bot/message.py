"""Messages as every channel understands them: what came in, what goes out, how soon."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum


class Priority(IntEnum):
    """Order of work and of sending; the lower goes first."""

    EMERGENCY = 0
    REPLY = 1
    ALERT = 2
    DIGEST = 3
    TIP = 4


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as received, parsed. `address` is a phone number (E.164) or chat id: in memory
    only.

    `pin` is (latitude, longitude). `button` is the data of a pressed button and then `text` is "".
    `edited` marks an amendment of an earlier message, never a new one. `attachment` marks a
    picture, voice note or file that we do not keep. `started` marks the first contact (/start),
    whose payload is the text. `receipt` is what the channel needs to tell the sender's app that a
    button press arrived.
    """

    channel: str
    external_id: str
    address: str
    text: str
    sent_at: datetime
    pin: tuple[float, float] | None = None
    button: str | None = None
    edited: bool = False
    attachment: bool = False
    started: bool = False
    language_hint: str | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a message.

    Where a channel has no buttons the text itself must name the words.
    """

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to send, channel-neutral plain text. A title is set in bold where a channel can.

    `image` is a PNG; channels without pictures leave it out. `share_location` offers the channel's
    own way to send a position, under a button that says `share_label`.
    """

    text: str
    title: str | None = None
    buttons: tuple[Button, ...] = ()
    image: bytes | None = field(default=None, repr=False)
    share_location: bool = False
    ttl: timedelta | None = None
    share_label: str = "Send my location"
