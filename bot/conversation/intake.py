"""A new report: filed at once, acknowledged, with one question at most."""

from dataclasses import replace

from bot.conversation import receipts
from bot.conversation.asking import Asked, ask
from bot.conversation.discretion import grave, intimate, pressing, shown, wakes
from bot.conversation.effects import AlertTeam, Effect, FileReport, Outcome, Reply, State
from bot.conversation.emergency import LIFELESS, emergency_text
from bot.conversation.lines import compose, short
from bot.conversation.talk import Talk
from bot.message import Outbound, Priority
from nlp.analysis import Analysis
from nlp.categories import CATEGORIES


def file_report(talk: Talk, analysis: Analysis, text: str) -> Outcome:
    """File the message and answer it."""
    questions = open_questions(analysis)
    ref = talk.turn.ref
    # What lies outside the city is not one of our places: then the question offers none.
    options = () if analysis.location.outside else analysis.location.options
    asked = ask(talk, questions[0], ref, options) if questions else None
    effects = filing(talk, analysis, text)
    state = filed_state(talk, analysis, asked, questions[1:])
    return talk.answer(
        _receipt(talk, analysis, asked),
        *effects,
        state=state,
        buttons=asked.buttons if asked else (),
        share_location=bool(asked and asked.share_location),
    )


def file_emergency(talk: Talk) -> Outcome:
    """The emergency line first, and no form: the report is filed as it is."""
    analysis = talk.turn.analysis
    placed, discreet = analysis.location.area is not None, intimate(analysis.category)
    place = () if placed else ("place",)
    kinds = ("consent", *place) if discreet else place
    asked = ask(talk, kinds[0], talk.turn.ref) if kinds else None
    question = asked if discreet else None
    reply = emergency(talk, analysis.category, placed=placed, ref=talk.turn.ref, asked=question)
    state = filed_state(talk, analysis, asked, kinds[1:])
    return talk.silent(reply, *filing(talk, analysis, talk.turn.message.text), state=state)


def emergency(
    talk: Talk,
    category: str | None,
    *,
    placed: bool = True,
    ref: str = "",
    asked: Asked | None = None,
) -> Reply:
    """The emergency lines as a reply that overtakes every other."""
    discreet = intimate(category)
    more = (
        asked.text if asked else "",
        _listener(talk, category),
        "" if placed or discreet else talk.say("Once you are safe, tell us the place."),
        "" if talk.state.introduced else talk.say("This is an automatic reply."),
        talk.say("We got your message. Reference: {ref}.", ref=ref)
        if ref
        else talk.say("We got your message."),
        receipts.next_step(talk, _area(talk)) if _area(talk) else "",
    )
    danger = talk.turn.analysis.danger
    # The rules name the kind of danger; where they do not, the category may.
    danger = replace(danger, rules=(*danger.rules, category or ""))
    text = emergency_text(talk.turn.city, talk.language, danger, more, quiet=discreet)
    message = Outbound(text, buttons=asked.buttons if asked else ())
    return Reply(message, Priority.EMERGENCY, "emergency")


def _area(talk: Talk) -> str | None:
    """Where the danger is: as just told, else as the last report says."""
    told = talk.turn.analysis.location.area
    last = next((r for r in talk.turn.reports if r.ref == talk.state.last_ref), None)
    return told or (last.area if last else None)


def _listener(talk: Talk, category: str | None) -> str:
    """Somebody to talk with, for people in despair: never for what must stay unseen."""
    if category != "mental_health_crisis" or LIFELESS.intersection(talk.turn.analysis.danger.rules):
        return ""
    lines = talk.turn.city.helplines
    line = next((line for line in lines if category in line.categories and line.phone), None)
    if line is None:
        return ""
    name = line.name.get(talk.language) or next(iter(line.name.values()), "")
    return talk.say("Somebody listens: {name}, {phone}.", name=short(name, 40), phone=line.phone)


def filing(talk: Talk, analysis: Analysis, text: str) -> tuple[Effect, ...]:
    """File under the turn's reference and tell the team where that is due."""
    ref = talk.turn.ref
    alert = (AlertTeam(ref, pressing(analysis)),) if wakes(talk.turn.city, analysis) else ()
    return (FileReport(ref, analysis, text), *alert)


def open_questions(analysis: Analysis) -> tuple[str, ...]:
    """What to ask about a report, the first now and the others only after an answer."""
    unsure = ("danger",) if analysis.danger.unsure and grave(analysis) else ()
    place = ("place",) if analysis.location.area is None else ()
    if intimate(analysis.category):
        return ("consent", *unsure, *place)
    consent = () if shown(analysis.category) or place else ("consent",)
    return (*unsure, *place, *consent)


def filed_state(
    talk: Talk, analysis: Analysis, asked: Asked | None, pending: tuple[str, ...]
) -> State:
    """The conversation right after filing: everything is about this report now."""
    return replace(
        talk.state,
        question=asked.question if asked else None,
        last_ref=talk.turn.ref,
        last_at=talk.turn.now,
        last_category=analysis.category,
        placed=analysis.location.area is not None,
        alerted=wakes(talk.turn.city, analysis),
        pressing=pressing(analysis),
        pending=pending,
        unheard=_unheard(analysis),
    )


def _unheard(analysis: Analysis) -> str | None:
    """Words for a place that we could learn: never where the place itself is a secret."""
    words = analysis.location.unheard
    open_matter = analysis.location.area is None and not CATEGORIES[analysis.category].sensitive
    return words if words and open_matter and words in analysis.redacted else None


def _receipt(talk: Talk, analysis: Analysis, asked: Asked | None) -> str:
    outside = receipts.outside(talk) if analysis.location.outside else ""
    thanks, understood = receipts.thanks(talk, talk.turn.ref), receipts.understood(talk, analysis)
    wanted = (
        receipts.caution(talk, analysis),
        receipts.next_step(talk, analysis.location.area),
        receipts.picture(talk),
        *receipts.offers(talk, analysis),
    )
    if asked:
        return compose((thanks, outside, asked.text), (understood, *wanted))
    return compose((thanks, understood), wanted)
