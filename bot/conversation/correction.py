"""WRONG: what we understood is not right. A person looks at it, and the sender may say more."""

from dataclasses import replace

from bot.conversation.discretion import sensitive
from bot.conversation.effects import (
    AddToReport,
    DisputeReport,
    Effect,
    Outcome,
    Question,
)
from bot.conversation.places import found, placement
from bot.conversation.talk import Talk
from bot.conversation.words import reference
from nlp.analysis import Intent

_ELSEWHERE = frozenset(
    {Intent.OPT_OUT, Intent.GREETING, Intent.PRAISE, Intent.QUESTION, Intent.HELP, Intent.SPAM}
)


def wrong(talk: Talk, named: str) -> Outcome:
    """Mark the named report, else the last one, as not understood rightly.

    A sensitive report is treated as if there were none: somebody else may hold the phone.
    """
    ref = _own(talk, named) if named else talk.state.last_ref
    if ref is None or sensitive(_category(talk, ref)):
        text = talk.say("We have no message of yours to put right. Tell us what is on your mind.")
        return talk.answer(text)
    text = talk.say("Thank you for telling us. A person will look at it. What would be right?")
    state = replace(talk.state, question=talk.ask("correction", ref), pending=())
    return talk.answer(text, DisputeReport(ref), state=state)


def answer_correction(talk: Talk, question: Question) -> Outcome | None:
    """What is right, in the sender's words, and the place if they name one."""
    analysis, ref = talk.turn.analysis, question.ref or ""
    pin = talk.turn.message.pin is not None
    if analysis.intent in _ELSEWHERE or not (talk.text or pin):
        return None
    effects: list[Effect] = []
    if talk.text:
        effects.append(AddToReport(ref, analysis, talk.turn.message.text))
    if found(analysis):
        effects.append(placement(ref, analysis.location))
    text = talk.say("Thank you. We put that with {ref}, and a person will look at it.", ref=ref)
    return talk.answer(text, *effects, state=replace(talk.state, question=None))


def _own(talk: Talk, named: str) -> str | None:
    return reference(named, (report.ref for report in talk.turn.reports))


def _category(talk: Talk, ref: str) -> str | None:
    known = next((r.category for r in talk.turn.reports if r.ref == ref), None)
    return known or (talk.state.last_category if ref == talk.state.last_ref else None)
