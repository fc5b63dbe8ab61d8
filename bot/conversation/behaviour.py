"""Suspicion is asked what the person did; a pin without words is asked what happened there."""

from dataclasses import replace

from bot.conversation import receipts
from bot.conversation.effects import Outcome, Question
from bot.conversation.intake import file_report
from bot.conversation.lines import compose
from bot.conversation.places import found
from bot.conversation.talk import Talk
from nlp.analysis import Analysis, Intent, Location, Option

_ELSEWHERE = frozenset(
    {Intent.OPT_OUT, Intent.GREETING, Intent.PRAISE, Intent.QUESTION, Intent.HELP, Intent.SPAM}
)
#: What a person looks like is no report: asked twice at most, then closed kindly.
_MOST = 2


def ask_behaviour(talk: Talk, attempt: int = 1) -> Outcome:
    """What did the person do? Nothing is filed until that is told."""
    analysis = talk.turn.analysis
    question = talk.ask("behaviour", None, spot(analysis), analysis.redacted, attempt)
    text = talk.say(
        "What did the person do? Tell us what you saw them doing, where and when. "
        "How somebody looks does not help us."
    )
    return talk.answer(text, state=replace(talk.state, question=question))


def answer_behaviour(talk: Talk, question: Question) -> Outcome | None:
    """File what the person did; else ask once more, then close."""
    analysis = talk.turn.analysis
    if analysis.intent in _ELSEWHERE:
        return None
    if analysis.file and not analysis.behaviour_missing:
        return _filed(talk, question)
    if question.attempt < _MOST:
        asked = ask_behaviour(talk, question.attempt + 1)
        known = asked.state.question
        if known and not known.options:
            known = replace(known, options=question.options)
        return replace(asked, state=replace(asked.state, question=known))
    text = talk.say(
        "Thank you for looking out. Without something the person did we do not pass it on. "
        "If you see something happen, write again."
    )
    return talk.answer(text, state=replace(talk.state, question=None))


def ask_matter(talk: Talk) -> Outcome:
    """A pin came alone: it is kept for the words that follow."""
    if talk.turn.analysis.location.area is None:
        invitation = talk.say("Tell us in one message what happened, where and when.")
        return talk.answer(compose((receipts.outside(talk), invitation)))
    question = talk.ask("matter", None, spot(talk.turn.analysis))
    text = talk.say("Thank you for the place. What happened there, and when?")
    return talk.answer(text, state=replace(talk.state, question=question))


def answer_matter(talk: Talk, question: Question) -> Outcome | None:
    """The words to a pin make one report."""
    return _filed(talk, question) if talk.turn.analysis.file else None


def _filed(talk: Talk, question: Question) -> Outcome:
    analysis, text = talk.turn.analysis, talk.turn.message.text
    if question.text:
        analysis = replace(analysis, redacted=f"{question.text}\n{analysis.redacted}")
        text = f"{question.text}\n{text}"
    if question.options and not found(analysis):
        analysis = replace(analysis, location=_location(question.options[0]))
    return file_report(talk, analysis, text)


def spot(analysis: Analysis) -> tuple[Option, ...]:
    """The place of a message as the one option of a question; empty when unknown."""
    place = analysis.location
    if place.area is None:
        return ()
    label = place.name or place.area
    return (Option(label, place.area, place.latitude, place.longitude, place.radius_m),)


def _location(option: Option) -> Location:
    return Location(
        area=option.area,
        latitude=option.latitude,
        longitude=option.longitude,
        radius_m=option.radius_m,
        name=None if option.label == option.area else option.label,
        why="place",
    )
