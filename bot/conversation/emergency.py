"""Danger to life: the emergency number stands in the first line, before anything else."""

from typing import Final

from bot.city import City
from bot.conversation.lines import compose, short
from bot.i18n import say
from bot.message import Outbound
from nlp.analysis import Danger

_NUMBER: Final = 24


def emergency_reply(city: City, language: str, danger: Danger) -> Outbound:
    """What must be said when nothing else works: no model, no database, only the city's numbers."""
    return Outbound(emergency_text(city, language, danger, ()))


def emergency_text(
    city: City, language: str, danger: Danger, more: tuple[str, ...], *, quiet: bool = False
) -> str:
    """The emergency lines, then `more` as far as it fits in two SMS segments.

    `quiet` leaves out what would show somebody else at the phone that danger was spoken of.
    """
    first = help_line(city, language) if quiet else call_line(city, language)
    safe = "" if quiet else _staying_safe(language, danger)
    return compose((first, _without_voice(city, language), safe), more)


def call_line(city: City, language: str) -> str:
    """The line for a message that speaks of danger."""
    return say(language, "Call {number} now if anyone is in danger.", number=_number(city))


def help_line(city: City, language: str) -> str:
    """The line that may stand under any message without giving anything away."""
    return say(language, "If you need help now, call {number}.", number=_number(city))


def _number(city: City) -> str:
    return short(city.emergency.general, _NUMBER)


def _without_voice(city: City, language: str) -> str:
    if city.emergency.text:
        number = short(city.emergency.text, _NUMBER)
        return say(language, "If you cannot speak, text {number}.", number=number)
    if city.emergency.relay:
        number = short(city.emergency.relay, _NUMBER)
        return say(language, "If you cannot speak, use {number}.", number=number)
    return ""


def _staying_safe(language: str, danger: Danger) -> str:
    fired = " ".join(danger.rules)
    if any(sign in fired for sign in ("fire", "gas", "smoke", "collapse", "explosion")):
        return say(language, "Get out, stay out, and warn others if it is safe.")
    if any(sign in fired for sign in ("suicide", "self_harm", "mental_health")):
        return say(language, "Please do not stay alone. Ask someone you trust to be with you.")
    return say(language, "If you can, go to a safe place first. Do not step in yourself.")
