"""More about an earlier report: added to it instead of filed as a new one."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.conversation import receipts
from bot.conversation.asking import ask_place
from bot.conversation.discretion import another_kind, intimate, pressing, sensitive, wakes
from bot.conversation.effects import AddToReport, AlertTeam, Effect, Outcome
from bot.conversation.intake import emergency
from bot.conversation.lines import compose
from bot.conversation.places import SOON, awaited, found, place_report, placement
from bot.conversation.talk import Talk
from bot.conversation.words import reference
from nlp.analysis import Intent
from storage.records import ReportView

#: Words like "same as last time" reach back so far, and an edit no further than this.
RECENT: Final = timedelta(days=30)
EDITED: Final = timedelta(hours=48)
#: One event is told in pieces for so long.
PIECES: Final = timedelta(minutes=10)
_AMENDING: Final = frozenset({Intent.REPORT, Intent.FOLLOW_UP, Intent.OTHER})


def follow_up(talk: Talk) -> Outcome | None:
    """Add the message to the report it speaks of; None for a new matter."""
    ref = followed(talk)
    if ref is not None:
        return _added(talk, ref)
    if talk.turn.analysis.intent is Intent.FOLLOW_UP and not talk.turn.analysis.file:
        text = talk.say(
            "Which message is it about? Send its reference, or tell us all of it again in one "
            "message: what, where and when."
        )
        return talk.answer(text)
    return None


def follow_up_emergency(talk: Talk) -> Outcome | None:
    """Danger in a matter that is known: the emergency line, and the same report grows graver."""
    ref = followed(talk) or _same_emergency(talk)
    if ref is None:
        return None
    analysis, state = talk.turn.analysis, talk.state
    last = ref == state.last_ref
    category = (state.last_category if last else _category(talk, ref)) or analysis.category
    about = analysis.category if another_kind(category, analysis.category) else None
    effects: list[Effect] = [AddToReport(ref, analysis, talk.turn.message.text)]
    if last and not state.placed and found(analysis):
        effects.append(placement(ref, analysis.location))
        state = replace(state, placed=True, question=None)
    reply = emergency(talk, category, placed=state.placed or not last)
    # What would wake a team as a report of its own wakes it as part of another.
    told = (analysis, replace(analysis, category=category))
    wake = any(wakes(talk.turn.city, one) for one in told)
    alert = (AlertTeam(ref, about=about),) if wake or (last and state.alerted) else ()
    if last:
        heard = bool(alert)
        state = replace(state, last_at=talk.turn.now, alerted=heard, pressing=heard)
    return talk.silent(reply, *effects, *alert, state=state)


def _same_emergency(talk: Talk) -> str | None:
    """More danger without a place of its own, minutes after a team was woken, is the same danger.

    People tell one event in pieces, so that a danger of another kind (a knife after a fire) is part
    of it for some minutes: the team hears of it again then. Later it is a matter of its own, with a
    report and a place to ask for, or a stabbing would go unheard behind the fire of before.

    After a matter that must stay unseen everything is part of it, whether or not the team may know
    of that one: the answer must give nothing away now either.
    """
    state, unseen = talk.state, intimate(talk.state.last_category)
    if state.last_at is None or not (state.alerted or unseen) or _elsewhere(talk):
        return None
    new = another_kind(state.last_category, talk.turn.analysis.category) and not unseen
    return state.last_ref if talk.turn.now - state.last_at <= (PIECES if new else SOON) else None


def followed(talk: Talk) -> str | None:
    """The reference of the report that the message continues, if any."""
    if talk.text and (named := reference(talk.text, (r.ref for r in talk.turn.reports))):
        return named
    state, analysis = talk.state, talk.turn.analysis
    if state.last_ref is None or state.last_at is None:
        return None
    age = talk.turn.now - state.last_at
    if talk.turn.message.edited and analysis.intent in _AMENDING:
        return state.last_ref if age <= EDITED else None
    if analysis.intent is Intent.FOLLOW_UP:
        return state.last_ref if age <= RECENT else None
    if analysis.intent is Intent.OTHER and awaited(talk) and len(talk.text.split()) > 1:
        # "We found him": whoever was woken must be able to read it.
        return state.last_ref
    same = analysis.file and analysis.category == state.last_category
    return state.last_ref if same and age <= SOON and not _elsewhere(talk) else None


def _elsewhere(talk: Talk) -> bool:
    """Whether the message names a place that is not the placed report's."""
    here = talk.turn.analysis.location
    if here.outside:
        return True
    if not talk.state.placed:
        return False
    if not found(talk.turn.analysis):
        # A place was named that is not known yet: ask, rather than take it for the same one.
        return bool(talk.turn.analysis.places)
    last = next((r for r in talk.turn.reports if r.ref == talk.state.last_ref), None)
    if last is None:
        return False
    return here.area != last.area or not _same_place(last, here.name)


def _same_place(report: ReportView, name: str | None) -> bool:
    if sensitive(report.category) or report.place_text is None or name is None:
        return True
    return report.place_text.casefold() == name.casefold()


def _added(talk: Talk, ref: str) -> Outcome:
    analysis, state = talk.turn.analysis, talk.state
    last = ref == state.last_ref
    category = state.last_category if last else _category(talk, ref)
    add = AddToReport(ref, analysis, talk.turn.message.text)
    if last and not state.placed and found(analysis):
        return place_report(talk, ref, analysis.location, add)
    whole = replace(analysis, category=category or analysis.category)
    wake, urgent = wakes(talk.turn.city, whole), pressing(whole)
    told = last and state.alerted and (state.pressing or not urgent)
    alert = (AlertTeam(ref, urgent),) if wake and not told else ()
    if last and not state.placed and analysis.location.options and not analysis.location.outside:
        return _which_place(talk, ref, add, *alert)
    text = receipts.added(talk, ref, category)
    if last:
        state = replace(
            state,
            last_at=talk.turn.now,
            alerted=state.alerted or wake,
            pressing=state.pressing or (wake and urgent),
        )
    return talk.answer(text, add, *alert, state=state)


def _which_place(talk: Talk, ref: str, *effects: Effect) -> Outcome:
    """More words brought several places that it may be: ask which one."""
    asked = ask_place(talk, ref, talk.turn.analysis.location.options)
    alerts = [effect for effect in effects if isinstance(effect, AlertTeam)]
    return talk.answer(
        compose((talk.say("Thank you, we got your message."), asked.text)),
        *effects,
        state=replace(
            talk.state,
            question=asked.question,
            last_at=talk.turn.now,
            alerted=talk.state.alerted or bool(alerts),
            pressing=talk.state.pressing or any(alert.pressing for alert in alerts),
        ),
        buttons=asked.buttons,
        share_location=True,
    )


def _category(talk: Talk, ref: str) -> str | None:
    return next((r.category for r in talk.turn.reports if r.ref == ref), None)
