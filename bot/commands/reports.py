"""/open, /report, /take and /correct: single reports, as far as the asker may read them."""

from datetime import datetime
from typing import Final

from bot.commands.access import own_areas, readable
from bot.commands.own_words import own_words
from bot.commands.registry import OFFICER, CommandContext, Declined, Words, command
from bot.commands.trends import understand
from bot.digest.facts import urgent_open
from bot.digest.text import age, what
from bot.i18n import mark
from bot.insight.disclosure import OVERSIGHT_ONLY, is_sensitive, place_shown
from bot.insight.words import category_name, headline, moment
from bot.message import Button, Outbound
from nlp.categories import CATEGORIES
from storage.records import ReportView

TAKEN: Final = "taken"
#: A report in one of these states may be taken.
_FREE: Final = ("open", "disputed")
_MOST_OPEN: Final = 10
_URGENCY: Final = {
    "U0": mark("a life may be at risk"),
    "U1": mark("urgent"),
    "U2": mark("soon"),
    "U3": mark("can be planned"),
    "U4": mark("not pressing"),
}
_STATUS: Final = {
    "open": mark("nobody has taken it"),
    "disputed": mark("its sender says that we understood it wrongly"),
    TAKEN: mark("taken"),
    "closed": mark("closed"),
}


@command(
    "/open [REF reason]",
    mark("urgent reports that nobody has taken; with REF and a reason: its sender's own words"),
    bare=("open", "abiertos"),
)
async def open_reports(context: CommandContext, words: Words) -> list[Outbound]:
    """The gravest and oldest first; or one report's own words."""
    if words:
        ref = _ref(context, words)
        return [await own_words(context, await readable(context, ref), " ".join(words[1:]))]
    if own_areas(context) == ():
        raise Declined(context.say("You have no areas yet. Ask your coordinator."))
    waiting = await urgent_open(
        context.work,
        context.city,
        own_areas(context),
        context.now,
        in_team=context.staff.role == OFFICER,
    )
    if not waiting:
        return [Outbound(context.say("No urgent report is waiting."))]
    lines = [_open_line(context, report) for report in waiting[:_MOST_OPEN]]
    if len(waiting) > _MOST_OPEN:
        lines.append(context.say("And {n} more, newer ones.", n=len(waiting) - _MOST_OPEN))
    lines.append(context.say("Read one: /report REF. Take it: /take REF"))
    return [Outbound("\n".join(lines), title=context.say("Urgent and not taken"))]


def _open_line(context: CommandContext, report: ReportView) -> str:
    place = context.city.area_name(report.area) or context.say("place not known yet")
    waited = age(context.now - report.received_at, context.language)
    return f"{report.ref} {what(report, context.language)}, {place}, {waited}"


@command("/report REF", mark("one report: what, where, how urgent"), bare=("report", "informe"))
async def read_report(context: CommandContext, words: Words) -> list[Outbound]:
    """The redacted report; the reading of a sensitive one is audited."""
    report = await readable(context, _ref(context, words))
    if is_sensitive(report.category):
        await _note(context, "read report", report.ref, context.now)
    free = report.status in _FREE
    lines = [*_told(context, report), *await _added(context, report), _consent(context, report)]
    if free:
        lines.append(context.say("Take it: /take {ref}", ref=report.ref))
    buttons = (Button(context.say("I take it"), f"/take {report.ref}"),) if free else ()
    return [Outbound("\n".join(lines), title=report.ref, buttons=buttons)]


def _told(context: CommandContext, report: ReportView) -> list[str]:
    category = headline(category_name(report.category, context.language))
    place = context.city.area_name(report.area) or context.say("place not known yet")
    if near := place_shown(report):
        place = context.say("{area}, around {place}", area=place, place=near)
    received = moment(report.received_at, context.city.timezone, context.language)
    status = context.say(_STATUS.get(report.status, report.status))
    return [
        f"{category}. {headline(context.say(_URGENCY.get(report.urgency, report.urgency)))}.",
        place,
        context.say("Received {when}: {status}.", when=received, status=status),
        f"“{report.redacted_text}”",
    ]


async def _added(context: CommandContext, report: ReportView) -> list[str]:
    zone, language = context.city.timezone, context.language
    return [
        context.say("Added {when}: “{text}”", when=moment(at, zone, language), text=text)
        for at, text in await context.work.reports.followups(report.ref)
    ]


def _consent(context: CommandContext, report: ReportView) -> str:
    if report.may_contact is None:
        return context.say("Its sender was not asked whether we may write again.")
    if report.may_contact:
        return context.say("Its sender says that we may write again.")
    return context.say("Its sender does not want to be written to.")


@command("/take REF", mark("say that you look after a report"), bare=("take", "tomo"))
async def take(context: CommandContext, words: Words) -> list[Outbound]:
    """Acknowledge a report, so that nobody else is called for it."""
    report = await readable(context, _ref(context, words, "/take K7Q-42"))
    if report.status not in _FREE:
        state = context.say(_STATUS.get(report.status, report.status))
        return [Outbound(context.say("{ref} is already {state}.", ref=report.ref, state=state))]
    await context.work.reports.set_status(report.ref, TAKEN)
    await _note(context, "take report", report.ref, context.now)
    return [Outbound(context.say("{ref} is yours. Thank you.", ref=report.ref))]


@command("/correct REF category", mark("correct what a report is about"))
async def correct(context: CommandContext, words: Words) -> list[Outbound]:
    """Give a report another category; a sensitive one keeps its area alone."""
    report = await readable(context, _ref(context, words, "/correct K7Q-42 noise"))
    category = understand(context, words[1:]).category
    if category is None:
        raise Declined(context.say("Which category? For example: /correct K7Q-42 noise"))
    if category in OVERSIGHT_ONLY and context.staff.role == OFFICER:
        raise Declined(context.say("Complaints about the service go to whoever oversees it."))
    if CATEGORIES[category].sensitive:
        await context.work.reports.place(report.ref, report.area)
    await context.work.reports.reclassify(
        report.ref, category, joinable=False if CATEGORIES[category].sensitive else None
    )
    await _note(context, f"correct {report.category} to {category}", report.ref, context.now)
    name = category_name(category, context.language)
    return [Outbound(context.say("{ref} is now: {name}.", ref=report.ref, name=name))]


def _ref(context: CommandContext, words: Words, example: str = "/report K7Q-42") -> str:
    if not words:
        raise Declined(context.say("Which report? For example: {example}", example=example))
    return words[0].strip(".,").upper() if words[0].isascii() else words[0]


async def _note(context: CommandContext, action: str, ref: str, now: datetime) -> None:
    await context.work.audit.append(f"staff:{context.staff.id}", action, ref, now)
