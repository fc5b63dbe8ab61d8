"""The staff commands: one decorated function each; help, menus and tables come from here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.city import City
from bot.i18n import mark, say
from bot.message import Outbound
from storage.records import StaffView
from storage.work import Work

OFFICER: Final = "officer"
COORDINATOR: Final = "coordinator"
ADMINISTRATOR: Final = "administrator"
RESIDENT: Final = "resident"
EVERYONE: Final = (OFFICER, COORDINATOR, ADMINISTRATOR)
LEADS: Final = (COORDINATOR, ADMINISTRATOR)


#: Words that the conversation answers, for staff too: members of staff are residents as well.
RESIDENTS_WORDS: Final = frozenset(
    {"start", "stop", "status", "wrong", "more", "mydata", "privacy", "forget"}
)
_RESIDENTS_MENU: Final = (
    ("help", mark("how this works, and the emergency number")),
    ("status", mark("what became of your report")),
    ("mydata", mark("what we keep about you")),
    ("forget", mark("delete what we keep about you")),
    ("stop", mark("no more messages")),
)


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Who asks, where and when. `new_code` makes a one-time code.

    `hidden` are words of the message that would tell of somebody, each with its kind.
    """

    work: Work = field(repr=False)
    city: City
    staff: StaffView
    language: str
    now: datetime
    new_code: Callable[[], str] = field(repr=False)
    hidden: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def say(self, message: str, /, **values: object) -> str:
        """Speak to the member of staff in their language."""
        return say(self.language, message, **values)


class Declined(Exception):
    """A command that cannot be done; the message, in the asker's language, says why."""


Words = list[str]
Handler = Callable[[CommandContext, Words], Awaitable[list[Outbound]]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `bare` are words that stand for it without a slash.

    `fits` says whether words after its name make sense, where `usage` does not tell.
    """

    name: str
    usage: str
    help: str
    roles: tuple[str, ...]
    bare: tuple[str, ...]
    run: Handler
    fits: Callable[[Words], bool] | None = None


COMMANDS: Final[dict[str, Command]] = {}


def command(
    usage: str,
    about: str,
    *,
    roles: tuple[str, ...] = EVERYONE,
    bare: tuple[str, ...] = (),
    fits: Callable[[Words], bool] | None = None,
) -> Callable[[Handler], Handler]:
    """Register a function as the command that `usage` begins with."""

    def register(run: Handler) -> Handler:
        name = usage.split()[0].removeprefix("/")
        COMMANDS[name] = Command(name, usage, about, roles, bare, run, fits)
        return run

    return register


def commands_for(role: str) -> list[Command]:
    """What a role may use, in order of their names' registration."""
    return [known for known in COMMANDS.values() if role in known.roles]


def menu(role: str, language: str = "en") -> list[tuple[str, str]]:
    """Name and one line of help of what a role may send, for the chat's own menu.

    "resident" is everyone who is not staff.
    """
    if role == RESIDENT:
        return [(name, say(language, about)) for name, about in _RESIDENTS_MENU]
    return [(known.name, say(language, known.help)) for known in commands_for(role)]
