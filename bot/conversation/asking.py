"""The questions: one at a time, with answers that a thumb can give on any telephone."""

from dataclasses import dataclass, replace
from typing import Final

from bot.conversation.effects import Question
from bot.conversation.lines import short
from bot.conversation.talk import Talk
from bot.message import Button
from nlp.analysis import Option

LETTERS: Final = "ABCD"
_LABEL: Final = 26


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its words."""

    question: Question
    text: str
    buttons: tuple[Button, ...] = ()
    share_location: bool = False


def ask_place(talk: Talk, ref: str, options: tuple[Option, ...]) -> Asked:
    """Where was it: up to four letters, words or a pin."""
    offered = options[: len(LETTERS)]
    question = talk.ask("place", ref, offered)
    if not offered:
        text = talk.say("Where is it? Send the street and the nearest place or the area.")
        return Asked(question, text, share_location=True)
    labels = [short(option.label, _LABEL) for option in offered]
    lines = [f"{letter} {label}" for letter, label in zip(LETTERS, labels, strict=False)]
    text = talk.say("Where is it? Reply with a letter, or send the street and area:")
    buttons = tuple(
        Button(line, data("place", ref, letter))
        for letter, line in zip(LETTERS, lines, strict=False)
    )
    return Asked(question, "\n".join((text, *lines)), buttons, share_location=True)


def ask_consent(talk: Talk, ref: str) -> Asked:
    """May the team write: the same words for every category that a receipt does not name."""
    return Asked(
        talk.ask("consent", ref),
        talk.say("May the team write to you here? Reply OK or NO."),
        (
            Button(talk.say("OK"), data("consent", ref, "OK")),
            Button(talk.say("NO"), data("consent", ref, "NO")),
        ),
    )


def ask_danger(talk: Talk, ref: str) -> Asked:
    """Is anyone in danger at this moment."""
    return Asked(
        talk.ask("danger", ref),
        talk.say("Is anyone in danger at this moment? Reply NOW or SAFE."),
        (
            Button(talk.say("NOW"), data("danger", ref, "NOW")),
            Button(talk.say("SAFE"), data("danger", ref, "SAFE")),
        ),
    )


def ask(talk: Talk, kind: str, ref: str, options: tuple[Option, ...] = ()) -> Asked:
    """The question of this kind: place, consent or danger."""
    if kind == "place":
        return ask_place(talk, ref, options)
    return ask_danger(talk, ref) if kind == "danger" else ask_consent(talk, ref)


def again(talk: Talk, question: Question) -> Asked:
    """The same question once more, with fresh time to answer."""
    asked = ask(talk, question.kind, question.ref or "", question.options)
    return replace(asked, question=replace(asked.question, attempt=question.attempt + 1))


def data(kind: str, ref: str, answer: str) -> str:
    """What a pressed button sends back, at most 64 bytes."""
    return f"{kind}:{ref}:{answer}"
