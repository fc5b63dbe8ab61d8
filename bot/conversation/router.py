"""The order in which a message is looked at. Pure: everything it may know is in the turn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.conversation.answers import answer
from bot.conversation.asking import ask_place
from bot.conversation.behaviour import ask_behaviour, ask_matter, spot
from bot.conversation.correction import wrong
from bot.conversation.effects import Outcome, Redeem, Turn
from bot.conversation.followup import follow_up, follow_up_emergency
from bot.conversation.intake import file_emergency, file_report
from bot.conversation.lines import compose
from bot.conversation.optout import help_words, opt_in, opt_out
from bot.conversation.places import found, only_a_place, place_report
from bot.conversation.privacy import forget, mydata
from bot.conversation.requests import more, status
from bot.conversation.smalltalk import chat, describe, greet, unknown_command, who
from bot.conversation.talk import Talk, begin
from bot.conversation.words import means
from nlp.analysis import Intent

#: What comes within this time after a report belongs to it: text, then a pin.
_BUNDLED: Final = timedelta(minutes=10)

Step = Callable[[Talk], Outcome | None]


def route(turn: Turn) -> Outcome:
    """Decide what one message leads to: the new state and the effects, in order.

    Danger comes before any word, a word before any open question, and what nobody claims is
    either a new report or small talk.
    """
    talk = begin(turn)
    for step in _STEPS:
        if outcome := step(talk):
            return outcome
    return chat(talk)


def _danger(talk: Talk) -> Outcome | None:
    danger = talk.turn.analysis.danger
    # A fixed word is danger by a rule alone: what a model makes of "HELP" changes with training.
    if not danger.emergency or (talk.word and danger.rules == ("model",)):
        return None
    return follow_up_emergency(talk) or file_emergency(talk)


def _words(talk: Talk) -> Outcome | None:
    if talk.word is None or _is_answer(talk):
        return None
    match talk.word.meaning:
        case "stop":
            return opt_out(talk)
        case "start":
            return opt_in(talk)
        case "help":
            return help_words(talk)
        case "join":
            return talk.silent(Redeem(talk.word.rest)) if talk.word.rest else None
        case _:
            return _asked_word(talk, talk.word.meaning, talk.word.rest)


def _asked_word(talk: Talk, meaning: str, rest: str) -> Outcome | None:
    match meaning:
        case "status":
            return status(talk, rest)
        case "wrong":
            return wrong(talk, rest)
        case "more":
            return more(talk)
        case "mydata":
            return mydata(talk)
        case "forget":
            return forget(talk)
        case "hello":
            return greet(talk)
        case "who":
            return who(talk)
        case "thanks":
            return talk.answer(talk.say("You are welcome."))
        case _:
            return None


def _started(talk: Talk) -> Outcome | None:
    if not talk.turn.message.started:
        return None
    return talk.silent(Redeem(talk.text)) if talk.text else greet(talk)


def _carrier_yes(talk: Talk) -> Outcome | None:
    """YES opts in again where the carrier holds an opt-out, and is an answer everywhere else."""
    if talk.turn.contact.opted_out_at is None or talk.turn.message.channel != "sms":
        return None
    return opt_in(talk) if talk.text.upper() == "YES" else None


def _in_other_words(talk: Talk) -> Outcome | None:
    match talk.turn.analysis.intent:
        case Intent.OPT_OUT:
            return opt_out(talk)
        case Intent.OPT_IN:
            return opt_in(talk)
        case _:
            return None


def _without_words(talk: Talk) -> Outcome | None:
    message = talk.turn.message
    if talk.text:
        return unknown_command(talk) if talk.text.startswith("/") else None
    if message.pin is not None:
        return _pin(talk)
    return describe(talk)


def _pin(talk: Talk) -> Outcome:
    """A pin goes to the report just made or still without a place, else it waits for words."""
    turn, state = talk.turn, talk.state
    inside = turn.analysis.location.area is not None
    recent = state.last_at is not None and turn.now - state.last_at <= _BUNDLED
    fresh = recent and not turn.message.edited
    if inside and state.last_ref and (fresh or not state.placed):
        return place_report(talk, state.last_ref, turn.analysis.location)
    # A phone that shares its way edits the same pin again and again: that asks for nothing.
    return talk.silent() if turn.message.edited else ask_matter(talk)


def _report(talk: Talk) -> Outcome | None:
    analysis = talk.turn.analysis
    if analysis.behaviour_missing:
        return ask_behaviour(talk)
    if not analysis.file:
        return None
    return file_report(talk, analysis, talk.turn.message.text)


def _late_place(talk: Talk) -> Outcome | None:
    """A place and nothing else, after the question for it closed: ask whether it is meant so."""
    state = talk.state
    analysis, closed = talk.turn.analysis, state.question if talk.question is None else None
    if closed is None or state.last_ref is None or state.placed or analysis.location.outside:
        return None
    options = spot(analysis) or analysis.location.options
    other = analysis.intent is Intent.OTHER and found(analysis)
    if not other and not (options and closed.kind == "place" and only_a_place(talk)):
        return None
    asked = ask_place(talk, state.last_ref, options)
    return talk.answer(
        compose((talk.say("That answer came late."), asked.text)),
        state=replace(state, question=asked.question),
        buttons=asked.buttons,
    )


def _is_answer(talk: Talk) -> bool:
    """Whether an open question takes the word as its answer, as "nobody" to "who is in danger"."""
    question = talk.question
    meanings = {"consent": ("ok", "no"), "danger": ("now", "safe", "ok", "no")}
    languages = talk.turn.city.languages
    open_words = meanings.get(question.kind, ()) if question else ()
    return any(means(talk.text, meaning, languages) for meaning in open_words)


_STEPS: Final[tuple[Step, ...]] = (
    _danger,
    _started,
    _words,
    _carrier_yes,
    answer,
    _in_other_words,
    _without_words,
    _late_place,
    follow_up,
    _report,
)
