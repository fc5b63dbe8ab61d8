"""What staff ask at the terminal, where everything is meant as a question."""

import secrets
from datetime import datetime

from bot.city import City
from bot.commands.plain_words import asked_in, asks_numbers, command_for
from bot.commands.registry import RESIDENTS_WORDS, CommandContext
from bot.commands.run import fits, hint, named, run_command
from bot.conversation.emergency import emergency_reply
from bot.message import Outbound
from nlp.rules.danger import DangerRules
from storage.records import StaffView
from storage.work import Work

#: More words than this, of which we know none, are a sentence and no misspelt question.
_SENTENCE = 4


async def answer(
    work: Work, city: City, staff: StaffView, text: str, now: datetime, language: str = "en"
) -> list[Outbound]:
    """The answer to a question asked at the terminal, as the chat would give it."""
    context = CommandContext(work, city, staff, language, now, lambda: secrets.token_hex(6).upper())
    text = text.strip() or "/help"
    name, words = text.split()[0].removeprefix("/").lower(), text.split()[1:]
    if name in RESIDENTS_WORDS and not words:
        return [Outbound(hint(context, name, None))]
    known = named(name)
    if known is not None and (not words or fits(context, known, words)):
        return await run_command(context, f"/{name} {' '.join(words)}") or []
    trends = named("trends")
    if trends is not None and fits(context, trends, text.split()):
        return await run_command(context, f"/trends {text}") or []
    return _no_question(context, text) or await _nearest(context, text)


def _no_question(context: CommandContext, text: str) -> list[Outbound] | None:
    """For a sentence of a resident's: danger first, then where it belongs; None for no sentence."""
    danger = DangerRules.load(context.city.languages).check(text)
    there = context.say("Here nothing is filed: write to the service itself.")
    if danger.emergency or danger.likely:
        number = emergency_reply(context.city, context.language, danger)
        return [Outbound(f"{number.text}\n{there}")]
    if text.startswith("/") or len(text.split()) <= _SENTENCE or _numbers(context, text):
        return None
    words = context.say("That reads like a message and not like a question of staff.")
    example = context.say("Example: /trends old-town noise 8w")
    return [Outbound("\n".join((words, there, example)))]


async def _nearest(context: CommandContext, text: str) -> list[Outbound]:
    """The numbers that a sentence asks for, else what the words are closest to."""
    if command := _numbers(context, text):
        return await run_command(context, command) or []
    name = text.split()[0]
    words = text if text.startswith("/") else f"/{text}" if named(name) else f"/trends {text}"
    return await run_command(context, words) or []


def _numbers(context: CommandContext, text: str) -> str | None:
    """The command for a question in plain words, as "how many break-ins in Quayside?"."""
    asked = asked_in(context, text)
    if asked is None or not (asks_numbers(text) or text.rstrip().endswith("?")):
        return None
    return command_for(context, asked)
