"""From what a member of staff writes to a command's answer."""

import re
from difflib import get_close_matches
from typing import Final

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
    known = named(name)
    if known is None or context.staff.role not in known.roles:
        return [Outbound(hint(context, name, known))]
    return await _run(context, known, slash[2].split())


def is_command(context: CommandContext, text: str) -> bool:
    """Whether a text with a slash is surely a command and no sentence that begins like one.

    "/help my dad has collapsed" must reach whoever reads concerns.
    """
    slash = _SLASH.fullmatch(text.strip())
    if slash is None:
        return False
    known, words = named(slash[1].lower()), slash[2].split()
    return known is not None and (not words or fits(context, known, words))


async def _run(context: CommandContext, known: Command, words: list[str]) -> list[Outbound]:
    try:
        return await known.run(context, words)
    except Declined as refusal:
        return [Outbound(str(refusal))]


def named(name: str) -> Command | None:
    """The command of that name, or for which that word stands."""
    return COMMANDS.get(name) or next((c for c in COMMANDS.values() if name in c.bare), None)


def _bare(context: CommandContext, words: list[str]) -> Command | None:
    """The command that words without a slash surely mean."""
    name = words[0].lower() if words else ""
    known = next((c for c in commands_for(context.staff.role) if name in c.bare), None)
    if known is None or len(words) == 1:
        return known if known and " REF" not in known.usage else None
    if "REF" in known.usage and len(words) > 2:
        return None
    return known if fits(context, known, words[1:]) else None


def fits(context: CommandContext, known: Command, words: list[str]) -> bool:
    """Whether the words after a command's name make sense as what it takes."""
    if known.fits is not None:
        return known.fits(words)
    if "REF" in known.usage:
        return _REF.fullmatch(words[0]) is not None
    if "[" not in known.usage:
        return False
    vocabulary = Vocabulary.of(context.city, context.language)
    return not read_question(words, vocabulary, context.city.timezone).unknown


def hint(context: CommandContext, name: str, known: Command | None) -> str:
    """For what is no command of the asker's: what might have been meant, and where all are."""
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
