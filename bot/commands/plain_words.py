"""Staff who write a plain question are led to the command that answers it."""

from typing import Final

from bot.commands.question import Asked, read_question
from bot.commands.registry import CommandContext
from bot.commands.vocabulary import Vocabulary, plain
from bot.message import Button, Outbound
from nlp.analysis import Analysis, Intent

#: A question begins so. What begins with the second kind asks for numbers, whatever it is about;
#: with the third kind too, unless it tells of a concern.
_ASKS: Final = (
    "what", "whats", "how", "where", "which", "when", "who", "is", "are", "any", "show", "tell",
    "que", "como", "donde", "cual", "cuales", "cuando", "hay", "muestrame", "dime",
)  # fmt: skip
_COUNTS: Final = ("how many", "how much", "cuantos", "cuantas", "cuanto", "cuanta")
_NEWS: Final = (
    "whats up", "what is up", "whats going on", "what is going on", "whats happening",
    "what is happening", "how is", "how are things", "que pasa en", "como esta", "que tal",
)  # fmt: skip
_CONCERNS_NOTHING: Final = ("other", "question")
_MOST_AREAS: Final = 3


def lead_to_command(
    context: CommandContext, text: str, analysis: Analysis
) -> list[Outbound] | None:
    """The command that a question of staff about numbers means, with a button; None for no such.

    Members of staff are residents too: what tells of a concern is never taken for a question.
    """
    asked = asked_in(context, text)
    if asked is None or not (_counts(text, analysis) or _asks(text, analysis)):
        return None
    words = context.say(
        "Are you asking for numbers? Send {command}\nTo report something, tell us what happened, "
        "where and when.",
        command=command_for(context, asked),
    )
    button = Button(context.say("Show the numbers"), command_for(context, asked))
    return [Outbound(words, buttons=(button,))]


def asks_numbers(text: str) -> bool:
    """Whether a text begins as only a question for numbers does."""
    return _begins(text, _COUNTS + _NEWS)


def _counts(text: str, analysis: Analysis) -> bool:
    """The same for who may be reporting: "what's happening, kids smash the shelter" is told."""
    concern = analysis.file and analysis.category not in _CONCERNS_NOTHING
    return _begins(text, _COUNTS if concern else _COUNTS + _NEWS)


def _begins(text: str, beginnings: tuple[str, ...]) -> bool:
    return f"{plain(text)} ".startswith(tuple(f"{begin} " for begin in beginnings))


def _asks(text: str, analysis: Analysis) -> bool:
    if analysis.intent is not Intent.QUESTION and analysis.category not in _CONCERNS_NOTHING:
        return False
    return text.rstrip().endswith("?") or plain(text).partition(" ")[0] in _ASKS


def asked_in(context: CommandContext, text: str) -> Asked | None:
    """What a sentence names; None where it names neither an area nor a category."""
    vocabulary = Vocabulary.of(context.city, context.language)
    asked = read_question(text.split(), vocabulary, context.city.timezone, guess=False)
    return asked if asked.areas or asked.category else None


def command_for(context: CommandContext, asked: Asked) -> str:
    """/trends with what a sentence names."""
    areas = list(asked.areas or ())
    # A larger area stands for all its parts.
    whole = areas and context.city.parts(areas[0]) == tuple(areas)
    weeks = f"{asked.weeks}w" if asked.weeks else None
    named = areas[:1] if whole else areas[:_MOST_AREAS]
    return " ".join(word for word in ("/trends", *named, asked.category, weeks) if word)
