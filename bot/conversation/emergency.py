"""Danger to life: the emergency number stands in the first line, before anything else."""

from typing import Final

from bot.city import City
from bot.conversation.lines import compose, short
from bot.i18n import mark, say
from bot.message import Outbound
from nlp.analysis import Danger

_NUMBER: Final = 24

_AWAY: Final = mark("If you can, go to a safe place first. Do not step in yourself.")
#: Rules of danger by which somebody needs a doctor before anything else.
LIFELESS: Final = frozenset({"not_breathing", "unconscious"})
_STAY: Final = mark("Stay with the person, and do what the voice on the phone says.")
#: What to do until help comes, by the danger rules (or the category) that fired; the first counts.
#: Where somebody attacks, getting away comes before caring for the hurt.
ADVICE: Final[tuple[tuple[frozenset[str], str], ...]] = (
    (
        frozenset({"fire", "gas_or_chemicals", "bomb", "collapse_or_trapped"}),
        mark("Get out, stay out, and warn others if it is safe."),
    ),
    (frozenset({"electric", "water"}), mark("Keep well away, and keep others away.")),
    (
        frozenset({"stabbing", "blade", "gun", "shooting", "attack_now", "kidnap", "intruder"}),
        _AWAY,
    ),
    (LIFELESS, _STAY),
    (
        frozenset({"suicide", "overdose"}),
        mark("Nobody should be alone with this. Ask someone you trust to stay close."),
    ),
    (frozenset({"about_to_jump"}), mark("If it is safe, stay near and talk calmly.")),
    (frozenset({"collapsed", "medical", "bleeding", "injured", "dying"}), _STAY),
    (
        frozenset({"missing", "missing_person"}),
        mark("Say when and where the person was last seen."),
    ),
    (
        frozenset({"mental_health_crisis"}),
        mark("Nobody should be alone with this. Ask someone you trust to stay close."),
    ),
)


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
    # Rules of which we are less sure bear the same names with "perhaps_" before them.
    fired = {rule.removeprefix("perhaps_") for rule in danger.rules}
    advice = next((advice for rules, advice in ADVICE if fired & rules), _AWAY)
    return say(language, advice)
