"""STATUS and MORE: only about reports that anybody holding the phone may see."""

from dataclasses import replace
from typing import Final

from babel.dates import format_date

from bot.city import Service
from bot.conversation.discretion import sensitive, shown
from bot.conversation.effects import Outcome, Reply
from bot.conversation.lines import compose, first_fitting, short
from bot.conversation.talk import Talk
from bot.conversation.words import reference
from bot.i18n import mark
from bot.message import Outbound
from bot.tips import tip_for
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
    """A tip with the strength of its evidence and a service that helps with the last matter."""
    category = talk.state.last_category
    if category is None or sensitive(category) or category not in CATEGORIES:
        return talk.answer(talk.say("We have no tip for you now. Tell us what is on your mind."))
    service = _service_line(talk, category)
    tip = tip_for(category, talk.language, audience="resident", exclude=set(talk.state.tips))
    if tip is None:
        return talk.answer(service or talk.say("We have no more tips on this."))
    tips = (*talk.state.tips, tip.id)[-_KEPT_TIPS:]
    line = talk.say("Tip: {text}", text=tip.text)
    proof = talk.say("Evidence: {strength}.", strength=talk.say(_STRENGTHS[tip.strength]))
    text = first_fitting(compose((line, proof), (service,)), line)
    state = replace(talk.state, tips=tips)
    return talk.silent(Reply(Outbound(text), kind="tip"), state=state)


_STRENGTHS: Final = {
    "A": mark("strong"),
    "B": mark("fair"),
    "C": mark("sound practice, little tested"),
    "X": mark("tested, does not work"),
}


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
    service = next(
        (s for s in talk.turn.city.services if category in s.categories and _serves(s, area)), None
    )
    if service is None:
        return ""
    name = short(_worded(talk, service.name), _NAME)
    hours = short(_worded(talk, service.hours), _NAME)
    if service.phone:
        return talk.say(
            "Who helps: {name}, {phone}, {hours}.", name=name, phone=service.phone, hours=hours
        )
    return talk.say("Who helps: {name}, {hours}.", name=name, hours=hours)


def _serves(service: Service, area: str | None) -> bool:
    return not service.areas or area in service.areas


def _worded(talk: Talk, texts: dict[str, str]) -> str:
    return texts.get(talk.language) or next(iter(texts.values()), "")
