"""Urgent reports are told to the area's team: at any hour, or as soon as somebody reads."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.city import City, Team
from bot.conversation.reading import opens
from bot.i18n import mark, say
from bot.message import Button, Outbound, Priority
from bot.outbox.post import post
from nlp.categories import CATEGORIES
from storage.records import ContactView, ReportView, StaffView
from storage.work import Work

#: Older than this an alert would mislead more than it helps; the report is in the digest anyway.
ALERT_TTL = timedelta(hours=6)
#: After so many alerts of one area and category within `SPAN`, one notice stands for the rest:
#: a hundred messages about one fire would bury what is new.
FLOOD = 3
SPAN = timedelta(minutes=10)


async def alert_team(
    work: Work,
    city: City,
    ref: str,
    now: datetime,
    *,
    pressing: bool = True,
    about: str | None = None,
) -> int:
    """Tell everybody who answers for the report's area; the number of messages queued.

    A report without a place, or of an area whose team has nobody, goes to the coordinators and
    administrators: somebody must hear of it. What is not `pressing` waits until they read. `about`
    stands for the report's category where another danger was added to it.
    """
    report = await work.reports.get(ref)
    if report is None:
        return 0
    told = replace(report, category=about or report.category)
    count = 0
    for member, contact in await recipients(work, city, report.area):
        team = city.team(member.team) if member.team else None
        held = None if pressing else waits_until(city, team, now)
        language = contact.language or (team.language if team else city.languages[0])
        key, words = await _notice(work, city, told, member, language, now, held)
        count += await post(
            work, contact, words, key=key, priority=Priority.ALERT, kind="alert", now=now, held=held
        )
    return count


def waits_until(city: City, team: Team | None, now: datetime) -> datetime | None:
    """When a member is told of what may wait: None for now.

    The team's next watched hours; where nobody has said when it reads, the end of the city's night.
    """
    if team is not None and team.watched:
        return opens(team.watched, now.astimezone(team.timezone))
    begin, end = city.quiet
    return opens(((end, begin),), now.astimezone(city.timezone))


async def _notice(
    work: Work,
    city: City,
    report: ReportView,
    member: StaffView,
    language: str,
    now: datetime,
    held: datetime | None,
) -> tuple[str, Outbound]:
    """The report's own alert; in a flood one notice for all, each `SPAN`."""
    # What waits for the morning must not stand in the way of what is told at once.
    group = f"{'held' if held else 'alert'}:{report.area or '-'}:{report.category}:"
    if await work.outbox.recent(member.contact_id, group, now - SPAN) >= FLOOD:
        span = int(now.timestamp() / SPAN.total_seconds())
        return f"more-{group}{span}:{member.id}", flood_words(city, report, language)
    # A place given later is news, and so is a matter that got graver; a repetition is not.
    key = f"{group}{report.ref}:{report.urgency}:{member.id}"
    return key, alert_words(city, report, language, held=held is not None)


async def recipients(
    work: Work, city: City, area: str | None
) -> list[tuple[StaffView, ContactView]]:
    """The officers of the area's team, else whoever coordinates; nobody who said STOP."""
    team = city.team_of(area)
    groups = [("officer", team.slug)] if team else []
    for role, slug in (*groups, ("coordinator", None), ("administrator", None)):
        members = await work.staff.members(role=role, team=slug)
        reached = [(member, await work.contacts.get(member.contact_id)) for member in members]
        if awake := [pair for pair in reached if pair[1].opted_out_at is None]:
            return awake
    return []


def alert_words(city: City, report: ReportView, language: str, *, held: bool = False) -> Outbound:
    """What an officer must know to act; nothing that a glance at the screen should give away."""
    title = mark("Urgent, for today: {ref}") if held else mark("Urgent: {ref}")
    what, place = _what(report, language), _where(city, report, language)
    local = report.received_at.astimezone(city.timezone)
    text = say(
        language,
        "{what}, {place}, {time}.\nRead it: /report {ref}\nI take it: /take {ref}",
        what=what,
        place=place,
        time=f"{local:%H:%M}",
        ref=report.ref,
    )
    return Outbound(
        text=text,
        title=say(language, title, ref=report.ref),
        buttons=(
            Button(say(language, "Read"), f"/report {report.ref}"),
            Button(say(language, "I take it"), f"/take {report.ref}"),
        ),
        ttl=ALERT_TTL,
    )


def flood_words(city: City, report: ReportView, language: str) -> Outbound:
    """One notice for many alerts of an area."""
    text = say(
        language,
        "More urgent reports: {what}, {place}.\nAll that nobody has taken: /open",
        what=_what(report, language),
        place=_where(city, report, language),
    )
    button = Button(say(language, "Urgent and not taken"), "/open")
    return Outbound(text=text, buttons=(button,), ttl=timedelta(hours=1))


def _what(report: ReportView, language: str) -> str:
    category = CATEGORIES[report.category]
    return say(language, "a sensitive matter" if category.sensitive else category.name)


def _where(city: City, report: ReportView, language: str) -> str:
    return city.area_name(report.area) or say(language, "place not known yet")
