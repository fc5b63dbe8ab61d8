"""The demo's people: on either channel they write, press, share a place, and read."""

from dataclasses import dataclass
from typing import Protocol

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.telegram_people import TelegramUser
from bot.emulators.twilio import TwilioEmulator
from bot.emulators.twilio_people import Phone


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it stands on somebody's screen."""

    text: str
    buttons: tuple[str, ...] = ()
    photo: bytes | None = None
    asks_place: bool = False


class Person(Protocol):
    """Somebody with a phone."""

    name: str
    channel: str

    def write(self, text: str) -> None:
        """Send a text."""

    def answer(self, word: str) -> None:
        """Press the button of that word, or text it where there are no buttons."""

    def share(self, latitude: float, longitude: float) -> None:
        """Share a position."""

    def unread(self) -> list[Seen]:
        """What arrived since the last look."""


class TelegramPerson:
    """Somebody on Telegram."""

    channel = "Telegram"

    def __init__(self, name: str, user: TelegramUser) -> None:
        self.name, self._user, self._read = name, user, 0

    def write(self, text: str) -> None:
        """Send a text."""
        self._user.write(text)

    def answer(self, word: str) -> None:
        """Press the newest button whose label begins with the word, else write the word."""
        for message in reversed(self._user.messages):
            for label, data in message.buttons:
                if label.casefold().startswith(word.casefold()):
                    self._user.press(data)
                    return
        self._user.write(word)

    def share(self, latitude: float, longitude: float) -> None:
        """Share a position."""
        self._user.share(latitude, longitude)

    def unread(self) -> list[Seen]:
        """What arrived since the last look."""
        new = self._user.messages[self._read :]
        self._read += len(new)
        return [
            Seen(m.text, tuple(label for label, _ in m.buttons), m.photo, m.asks_location)
            for m in new
        ]


class SmsPerson:
    """Somebody with a plain phone."""

    channel = "SMS"

    def __init__(self, name: str, phone: Phone) -> None:
        self.name, self._phone, self._read = name, phone, 0

    def write(self, text: str) -> None:
        """Send a text message."""
        self._phone.write(text)

    def write_twice(self, text: str) -> None:
        """Send a text message that the provider then delivers two times."""
        self._phone.write(text, copies=2)

    def answer(self, word: str) -> None:
        """Text the word."""
        self._phone.write(word)

    def share(self, latitude: float, longitude: float) -> None:
        """A plain phone cannot share its place: it texts the coordinates."""
        self._phone.write(f"{latitude}, {longitude}")

    def unread(self) -> list[Seen]:
        """What arrived since the last look."""
        new = self._phone.messages[self._read :]
        self._read += len(new)
        return [Seen(m.text) for m in new]


class Cast:
    """Everybody in the demo, made on first mention."""

    def __init__(self, telegram: TelegramEmulator, sms: TwilioEmulator) -> None:
        self._telegram, self._sms = telegram, sms
        self.people: dict[str, Person] = {}

    def get(self, name: str, channel: str, language: str = "en") -> Person:
        """The person of that name."""
        if name not in self.people:
            number = len(self.people) + 1
            self.people[name] = (
                TelegramPerson(name, self._telegram.user(5_000_000 + number, name, language))
                if channel == "telegram"
                else SmsPerson(name, self._sms.phone(f"+1555010{number:04d}"))
            )
        return self.people[name]
