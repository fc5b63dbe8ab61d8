"""When somebody reads: said honestly, never a promise to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from bot.city import Team
from bot.i18n import mark, say

_DAYS: Final = (
    mark("on Monday"),
    mark("on Tuesday"),
    mark("on Wednesday"),
    mark("on Thursday"),
    mark("on Friday"),
    mark("on Saturday"),
    mark("on Sunday"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`watching` at this hour until `at`; else somebody reads again from `at` (team's zone)."""

    watching: bool
    at: datetime


def reading(team: Team, now: datetime) -> Reading | None:
    """When the team reads messages: now, or next. None for a team without any hours.

    A team without watched hours reads its digest.
    """
    local = now.astimezone(team.timezone)
    for start, end in team.watched:
        if until := _open_until(local, start, end):
            return Reading(watching=True, at=until)
    starts = [_next(local, start) for start, _ in team.watched] or _digests(team, local)
    return Reading(watching=False, at=min(starts)) if starts else None


def opens(hours: Sequence[tuple[time, time]], local: datetime) -> datetime | None:
    """When the next of some daily hours begins (`local` bears its zone); None within one of them.

    An hour that ends no later than it begins runs past midnight.
    """
    if any(_open_until(local, start, end) for start, end in hours):
        return None
    return min(_next(local, start) for start, _ in hours)


def when(language: str, at: datetime, now: datetime) -> str:
    """`at` in words, as "tomorrow 08:00"; both times in the same zone."""
    days = (at.date() - now.astimezone(at.tzinfo).date()).days
    if days == 0:
        day = say(language, "today")
    elif days == 1:
        day = say(language, "tomorrow")
    else:
        day = say(language, _DAYS[at.weekday()])
    return say(language, "{day} at {time}", day=day, time=f"{at:%H:%M}")


def _open_until(local: datetime, start: time, end: time) -> datetime | None:
    if start == end:
        return local + timedelta(days=1)
    today = local.date()
    for day in (today - timedelta(days=1), today):
        opens = datetime.combine(day, start, local.tzinfo)
        closes = datetime.combine(day if end > start else day + timedelta(1), end, local.tzinfo)
        if opens <= local < closes:
            return closes
    return None


def _next(local: datetime, start: time) -> datetime:
    candidate = datetime.combine(local.date(), start, local.tzinfo)
    return candidate if candidate > local else candidate + timedelta(days=1)


def _digests(team: Team, local: datetime) -> list[datetime]:
    """The digest times of the coming week; `digest_days` counts Monday as 0."""
    days = (local.date() + timedelta(days=ahead) for ahead in range(8))
    moments = [
        datetime.combine(day, team.digest_at, local.tzinfo)
        for day in days
        if day.weekday() in team.digest_days
    ]
    return [moment for moment in moments if moment > local]
