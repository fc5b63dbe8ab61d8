"""Answers to the open question. A late or stray one is asked about, never guessed at."""

from dataclasses import replace

from bot.conversation.behaviour import answer_behaviour, answer_matter
from bot.conversation.correction import answer_correction
from bot.conversation.discretion import intimate, pressing, shown
from bot.conversation.effects import AddToReport, AlertTeam, MayContact, Outcome, Question
from bot.conversation.emergency import help_line
from bot.conversation.intake import emergency
from bot.conversation.lines import compose
from bot.conversation.pending import ask_next, reask
from bot.conversation.places import answer_place
from bot.conversation.privacy import answer_forget, withdrawn
from bot.conversation.talk import Talk
from bot.conversation.words import letter, means
from nlp.analysis import Urgency
from storage.records import ReportView


def answer(talk: Talk) -> Outcome | None:
    """What the answer to the open question leads to; None where the message is no answer."""
    if talk.turn.message.button is not None:
        return _pressed(talk, talk.turn.message.button)
    question, text = talk.question, talk.text
    if question and (outcome := _answered(talk, question, text)):
        return outcome
    if not _bare(talk, text):
        return None
    if question is None:
        return _late(talk)
    return reask(talk, question, _caution(talk))


def _pressed(talk: Talk, data: str) -> Outcome:
    kind, _, rest = data.partition(":")
    ref, _, choice = rest.partition(":")
    question = talk.state.question
    if question and (question.kind, question.ref) == (kind, ref):
        outcome = _answered(talk, question, choice) if talk.question else None
        return outcome or reask(talk, question, talk.say("That answer came late."))
    report = next((r for r in talk.turn.reports if r.ref == ref), None)
    if kind == "consent" and report and not shown(report.category):
        return _earlier_consent(talk, report, choice)
    lead = talk.say("That button belongs to an earlier question.")
    if talk.question and talk.question.kind in _ASKABLE:
        return reask(talk, talk.question, lead)
    return talk.answer(compose((lead, talk.say("Tell us in your own words what you would like."))))


def _answered(talk: Talk, question: Question, text: str) -> Outcome | None:
    match question.kind:
        case "place":
            return answer_place(talk, question, text)
        case "consent":
            return _consent(talk, question, text)
        case "danger":
            return _danger(talk, question, text)
        case "behaviour":
            return answer_behaviour(talk, question)
        case "matter":
            return answer_matter(talk, question)
        case "correction":
            return answer_correction(talk, question)
        case _:
            return answer_forget(talk, text)


_ASKABLE = frozenset({"place", "consent", "danger"})


def _consent(talk: Talk, question: Question, text: str) -> Outcome | None:
    allowed = _is(talk, text, "ok")
    if not allowed and not _is(talk, text, "no"):
        return None
    ref, state = question.ref or "", replace(talk.state, question=None)
    wake = allowed and ref == state.last_ref and intimate(state.last_category)
    words = _consented(talk, allowed=allowed)
    alert = (AlertTeam(ref, state.pressing),) if wake else ()
    # The question speaks of all that they wrote: a NO now takes back an earlier OK.
    earlier = () if allowed else withdrawn(talk, ref)
    effects = (MayContact(ref, allowed), *earlier, *alert)
    return ask_next(talk, words, *effects, state=replace(state, alerted=state.alerted or wake))


def _earlier_consent(talk: Talk, report: ReportView, choice: str) -> Outcome:
    """The button names its report: it counts whatever was asked since, and when pressed again."""
    allowed = _is(talk, choice, "ok")
    wake = allowed and intimate(report.category)
    alert = (AlertTeam(report.ref, pressing(report)),) if wake else ()
    return talk.answer(_consented(talk, allowed=allowed), MayContact(report.ref, allowed), *alert)


def _consented(talk: Talk, *, allowed: bool) -> str:
    if allowed:
        return talk.say("Thank you. The team may write to you here.")
    return talk.say("Thank you. The team will not write to you here.")


def _danger(talk: Talk, question: Question, text: str) -> Outcome | None:
    ref, state = question.ref or "", replace(talk.state, question=None)
    if _is(talk, text, "now") or _is(talk, text, "ok"):
        graver = replace(talk.turn.analysis, urgency=Urgency.U0)
        reply = emergency(talk, state.last_category, placed=state.placed)
        add = AddToReport(ref, graver, talk.turn.message.text or text)
        state = replace(state, alerted=True, pressing=True, pending=())
        return talk.silent(reply, add, AlertTeam(ref), state=state)
    if _is(talk, text, "safe") or _is(talk, text, "no"):
        words = compose(
            (
                talk.say("Thank you. We keep your message."),
                help_line(talk.turn.city, talk.language),
            )
        )
        return ask_next(talk, words, state=state)
    return None


def _bare(talk: Talk, text: str) -> bool:
    """Whether the text looks like an answer and like nothing else."""
    digit = len(text) == 1 and text.isdigit()
    return (
        digit
        or letter(text) is not None
        or any(_is(talk, text, meaning) for meaning in ("ok", "no", "now", "safe", "unknown"))
    )


def _late(talk: Talk) -> Outcome:
    question = talk.state.question
    if _is(talk, talk.text, "no") and (question is None or question.kind == "consent"):
        taken_back = withdrawn(talk)
        if taken_back:
            unanswered = (
                (MayContact(question.ref, allowed=False),) if question and question.ref else ()
            )
            state = replace(talk.state, question=None)
            words = _consented(talk, allowed=False)
            return talk.answer(words, *taken_back, *unanswered, state=state)
    if question and question.kind in _ASKABLE:
        return reask(talk, question, _caution(talk) or talk.say("That answer came late."))
    return talk.answer(
        compose(
            (
                _caution(talk),
                talk.say("We have no open question for you."),
                talk.say("Is it something new? Tell us in one message: what, where and when."),
            )
        )
    )


def _caution(talk: Talk) -> str:
    """The emergency number for whoever says NOW, whatever was asked."""
    return help_line(talk.turn.city, talk.language) if _is(talk, talk.text, "now") else ""


def _is(talk: Talk, text: str, meaning: str) -> bool:
    return means(text, meaning, talk.turn.city.languages)
