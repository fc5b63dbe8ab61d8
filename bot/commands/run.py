"""From what a member of staff writes to a command's answer."""

import re
import secrets
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from bot.city import City
from bot.commands import menu as _menu  # noqa: F401 (loads every command)
from bot.commands.question import read_question
from bot.commands.registry import (
    ADMINISTRATOR,
    COMMANDS,
    RESIDENTS_WORDS,
    Command,
    CommandContext,
    Declined,
    commands_for,
)
from bot.commands.vocabulary import Vocabulary
from bot.message import Outbound
from storage.records import StaffView
from storage.work import Work

_SLASH: Final = re.compile(r"/([\w-]+)(?:@\w+)?\s*(.*)", re.S)
_REF: Final = re.compile(r"[A-Za-z0-9]{3}-?[0-9]{2,4}")


async def run_command(context: CommandContext, text: str) -> list[Outbound] | None:
    """Answer a staff command; None where the text is none (then it is a resident's message).

    A word without a slash is a command only where everything after it makes sense as one: "areas
    near the canal are dark" is a concern.
    """
    text = text.strip()
    slash = _SLASH.fullmatch(text)
    if slash is None:
        known = _bare(context, text.split())
        return await _run(context, known, text.split()[1:]) if known else None
    name = slash[1].lower()
    if name in RESIDENTS_WORDS:
        return None
    known = _named(name)
    if known is None or context.staff.role not in known.roles:
        return [Outbound(_hint(context, name, known))]
    return await _run(context, known, slash[2].split())


async def answer(
    work: Work, city: City, staff: StaffView, text: str, now: datetime, language: str = "en"
) -> list[Outbound]:
    """The answer to a question asked at the terminal, as the chat would give it."""
    context = CommandContext(work, city, staff, language, now, lambda: secrets.token_hex(6).upper())
    text = text.strip() or "/help"
    given = await run_command(context, text)
    if given is not None:
        return given
    name = text.split()[0].lower()
    if name.removeprefix("/") in RESIDENTS_WORDS:
        return [Outbound(_hint(context, name.removeprefix("/"), None))]
    # At the terminal everything is a question; one that names no command asks for a trend.
    words = f"/{text}" if _named(name) else f"/trends {text}"
    return await run_command(context, words) or []


async def _run(context: CommandContext, known: Command, words: list[str]) -> list[Outbound]:
    try:
        return await known.run(context, words)
    except Declined as refusal:
        return [Outbound(str(refusal))]


def _named(name: str) -> Command | None:
    return COMMANDS.get(name) or next((c for c in COMMANDS.values() if name in c.bare), None)


def _bare(context: CommandContext, words: list[str]) -> Command | None:
    """The command that words without a slash surely mean."""
    name = words[0].lower() if words else ""
    known = next((c for c in commands_for(context.staff.role) if name in c.bare), None)
    if known is None or len(words) == 1:
        return known if known and "REF" not in known.usage else None
    if "REF" in known.usage:
        return known if len(words) == 2 and _REF.fullmatch(words[1]) else None
    if "[" not in known.usage:
        return None
    vocabulary = Vocabulary.of(context.city, context.language)
    asked = read_question(words[1:], vocabulary, context.city.timezone)
    return None if asked.unknown else known


def _hint(context: CommandContext, name: str, known: Command | None) -> str:
    """Short: what might have been meant, and where everything is listed."""
    if known is not None and known.roles == (ADMINISTRATOR,):
        return context.say(
            "/{name} is for administrators. /help lists what you can ask.", name=name
        )
    if known is not None:
        return context.say("/{name} is for coordinators. /help lists what you can ask.", name=name)
    own = {known.name for known in commands_for(context.staff.role)}
    near = get_close_matches(name.lower(), sorted(own), 1, 0.6)
    if near:
        return context.say(
            "I do not know /{name}. Did you mean /{near}? /help lists all.",
            name=name[:20], near=near[0],
        )  # fmt: skip
    return context.say("I do not know /{name}. /help lists all commands.", name=name[:20])
