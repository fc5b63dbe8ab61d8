"""Residents and staff on Telegram: what they do, and what they see."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Emit = Callable[[Mapping[str, Any]], None]
_PICTURE = {"file_id": "picture", "file_unique_id": "picture", "width": 90, "height": 90}


@dataclass(frozen=True, slots=True)
class BotMessage:
    """A message of the bot in a chat. `buttons` are (label, data); `text` is without markup."""

    message_id: int
    text: str
    html: str
    sent_at: datetime
    buttons: tuple[tuple[str, str], ...] = ()
    photo: bytes | None = field(default=None, repr=False)
    asks_location: bool = False


@dataclass(slots=True)
class Account:
    """What the server gives a user's chat: its clock, its counters, its way to the bot."""

    emit: Emit
    now: Callable[[], datetime]
    next_message: Callable[[], int]
    next_press: Callable[[], str]


class TelegramUser:
    """One person with a private chat with the bot. All acts arrive as real updates."""

    def __init__(self, account: Account, user_id: int, name: str, language: str | None) -> None:
        self._account = account
        self.id = user_id
        self.name = name
        self._language = language
        self.messages: list[BotMessage] = []
        """Everything the bot sent here, oldest first."""
        self.blocked = False
        self.started = False
        self._changed = asyncio.Event()

    def write(self, text: str) -> int:
        """Send a text; returns its message id."""
        content: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            length = len(text.split()[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self._send(content)

    def start(self, payload: str = "") -> int:
        """Open the chat, by a deep link where there is a payload."""
        return self.write(f"/start {payload}".strip())

    def share(self, latitude: float, longitude: float, *, live: bool = False) -> int:
        """Send a position."""
        location: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
        if live:
            location |= {"live_period": 900, "horizontal_accuracy": 12.0}
        return self._send({"location": location})

    def picture(self, caption: str | None = None) -> int:
        """Send a photograph."""
        content: dict[str, Any] = {"photo": [{**_PICTURE, "file_size": 1}]}
        return self._send(content | ({"caption": caption} if caption else {}))

    def edit(self, message_id: int, text: str) -> None:
        """Change an earlier text of one's own."""
        stamp = int(self._account.now().timestamp())
        message = self._message(message_id, {"text": text, "edit_date": stamp})
        self._account.emit({"edited_message": message})

    def press(self, button: str) -> str:
        """Press the newest button with this label or data; returns the press's id."""
        for message in reversed(self.messages):
            for label, data in message.buttons:
                if button in (label, data):
                    return self._press(message, data)
        raise LookupError(f"the bot showed no button {button!r}")

    def block(self) -> None:
        """Block the bot."""
        self.blocked = True

    async def wait(self, count: int = 1, timeout: float = 10.0) -> list[BotMessage]:  # noqa: ASYNC109
        """The bot's messages, once there are `count` of them. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while len(self.messages) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.messages

    def receive(self, message: BotMessage) -> None:
        """The server brings a message of the bot."""
        self.messages.append(message)
        self._changed.set()

    def amend(self, message_id: int, **changes: Any) -> None:  # noqa: ANN401
        """The server changes a message of the bot."""
        for index, message in enumerate(self.messages):
            if message.message_id == message_id:
                self.messages[index] = replace(message, **changes)

    def chat(self) -> dict[str, Any]:
        """The private chat as the Bot API shows it."""
        return {"id": self.id, "type": "private", "first_name": self.name}

    def _sender(self) -> dict[str, Any]:
        sender = {"id": self.id, "is_bot": False, "first_name": self.name}
        return sender | ({"language_code": self._language} if self._language else {})

    def _message(self, message_id: int, content: Mapping[str, Any]) -> dict[str, Any]:
        date = int(self._account.now().timestamp())
        base = {"message_id": message_id, "from": self._sender(), "chat": self.chat()}
        return {**base, "date": date, **content}

    def _send(self, content: Mapping[str, Any]) -> int:
        self.started, self.blocked = True, False
        message_id = self._account.next_message()
        self._account.emit({"message": self._message(message_id, content)})
        return message_id

    def _press(self, message: BotMessage, data: str) -> str:
        press = self._account.next_press()
        shown = {
            "message_id": message.message_id,
            "chat": self.chat(),
            "date": int(message.sent_at.timestamp()),
            "text": message.text,
        }
        query = {"id": press, "from": self._sender(), "message": shown, "data": data}
        self._account.emit({"callback_query": {**query, "chat_instance": str(self.id)}})
        return press
