"""STATUS and MORE: only about reports that anybody holding the phone may see."""

from dataclasses import replace
from typing import Final

from babel.dates import format_date

from bot.conversation.discretion import sensitive, shown
from bot.conversation.effects import Outcome, Reply
from bot.conversation.lines import compose, fits, short
from bot.conversation.talk import Talk
from bot.conversation.words import reference
from bot.i18n import mark
from bot.message import Outbound
from bot.tips import service_for, tip_for
from nlp.categories import CATEGORIES
from storage.records import ReportView

_MOST: Final = 3
_NAME: Final = 40
_KEPT_TIPS: Final = 20
_STATUS: Final = {
    "open": mark("received"),
    "taken": mark("somebody works on it"),
    "passed": mark("passed on"),
    "disputed": mark("a person looks at it"),
    "closed": mark("closed"),
    "done": mark("closed"),
}


def status(talk: Talk, named: str) -> Outcome:
    """How the named report stands, else the latest ones."""
    reports = [r for r in talk.turn.reports if not sensitive(r.category)]
    if named:
        ref = reference(named, (r.ref for r in reports))
        reports = [r for r in reports if r.ref == ref]
    if not reports:
        return talk.answer(talk.say("We have nothing to show here."))
    return talk.answer(compose((), tuple(_line(talk, report) for report in reports[:_MOST])))


def more(talk: Talk) -> Outcome:
    """A tip with its evidence, and a service that helps, about the last matter.

    No tip where a team was woken: who saw a stabbing is not told how to distract.
    """
    state, category = talk.state, talk.state.last_category
    if category is None or sensitive(category):
        return talk.answer(talk.say("We have no tip for you now. Tell us what is on your mind."))
    service = _service_line(talk, category)
    tip = None if state.alerted else tip_for(category, talk.language, exclude=set(state.tips))
    if tip is None:
        shown_all = talk.say("We have no more tips on this.") if state.tips or not service else ""
        return talk.answer(compose((shown_all or service,), (service if shown_all else "",)))
    state = replace(state, tips=(*state.tips, tip.id)[-_KEPT_TIPS:])
    advice = f"{talk.say('Tip: {text}', text=tip.text)}\n{tip.evidence}"
    texts = [compose((advice if fits(advice) else tip.text,), (service,))]
    if service and service not in texts[0]:
        texts.append(service)
    return talk.silent(*(Reply(Outbound(text), kind="tip") for text in texts), state=state)


def _line(talk: Talk, report: ReportView) -> str:
    state = talk.say(_STATUS.get(report.status, _STATUS["open"]))
    day = _day(talk, report)
    if not shown(report.category):
        return talk.say("{ref} of {day}: {state}.", ref=report.ref, day=day, state=state)
    what = short(talk.say(CATEGORIES[report.category].name), _NAME)
    return talk.say(
        "{ref} of {day}, {what}: {state}.",
        ref=report.ref,
        day=day,
        what=what,
        state=state,
    )


def _day(talk: Talk, report: ReportView) -> str:
    local = report.received_at.astimezone(talk.turn.city.timezone)
    return format_date(local.date(), "d MMM", locale=talk.language)


def _service_line(talk: Talk, category: str) -> str:
    area = next((r.area for r in talk.turn.reports if r.ref == talk.state.last_ref), None)
    service = service_for(talk.turn.city, category, area, talk.language)
    if service is None:
        return ""
    name = short(service.name[talk.language], _NAME)
    hours = short(service.hours.get(talk.language, ""), _NAME)
    where = ", ".join(part for part in (service.phone, hours) if part)
    return talk.say("Who helps: {name}, {where}.", name=name, where=where)
