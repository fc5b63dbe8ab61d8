"""Residents with a phone: what they text, and what arrives."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

STOP: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START: Final = frozenset({"START", "YES", "UNSTOP"})
HELP: Final = frozenset({"HELP", "INFO"})


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """An SMS that arrived. `automatic`: Twilio's own answer to a keyword, not the service's."""

    sid: str
    text: str
    sent_at: datetime
    segments: int
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Texted:
    """An SMS that a person sent; `copies` is how often its webhook is called."""

    sender: str
    text: str
    media: int
    copies: int


class Phone:
    """One person's phone. `reachable` is whether carriers can deliver to it."""

    def __init__(self, number: str, send: Callable[[Texted], str]) -> None:
        self.number = number
        self.messages: list[SmsMessage] = []
        """Everything that arrived, oldest first."""
        self.opted_out = False
        self.reachable = True
        self._send = send
        self._changed = asyncio.Event()

    def write(self, text: str, *, media: int = 0, copies: int = 1) -> str:
        """Send an SMS; returns its MessageSid. The webhook is called `copies` times."""
        return self._send(Texted(self.number, text, media, copies))

    async def wait(self, count: int = 1, timeout: float = 10.0) -> list[SmsMessage]:  # noqa: ASYNC109
        """What arrived, once there are `count` messages. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while len(self.messages) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.messages

    def receive(self, message: SmsMessage) -> None:
        """The carrier brings an SMS."""
        self.messages.append(message)
        self._changed.set()
