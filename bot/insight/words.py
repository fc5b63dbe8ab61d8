"""Words that digests, trends and their pictures share, in the reader's language."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_day_names

from bot.city import City
from bot.i18n import mark, say
from bot.insight.baseline import UsualRange
from bot.insight.history import Count
from bot.insight.periods import Peak
from nlp.categories import CATEGORIES

#: Who can act, as the categories' data names them. Those who cannot act on a place are left out.
OWNERS: Final = {
    "police": mark("the police"),
    "victim_support": mark("victim support"),
    "municipal": mark("the council"),
    "community": mark("community groups"),
    "social": mark("social services"),
    "health": mark("health services"),
    "school": mark("schools"),
    "housing": mark("the housing office"),
    "fire": mark("the fire service"),
    "shop": mark("shops"),
    "bank": mark("banks"),
    "oversight": mark("the oversight office"),
}


def category_name(category: str, language: str) -> str:
    """A category's name; the slug in words where the category is unknown."""
    known = CATEGORIES.get(category)
    return say(language, known.name) if known else category.replace("_", " ")


def first_owner(category: str, language: str) -> str | None:
    """Who could act first: not the police wherever somebody else can."""
    known = CATEGORIES.get(category)
    owners = [owner for owner in (known.owners if known else ()) if owner in OWNERS]
    first = next((owner for owner in owners if owner != "police"), next(iter(owners), None))
    return say(language, OWNERS[first]) if first else None


def areas_name(city: City, areas: tuple[str, ...] | None, language: str) -> str:
    """The name of one area, or how several are spoken of together."""
    if areas is None:
        return say(language, "all areas")
    if len(areas) == 1:
        return city.area_name(areas[0]) or areas[0]
    for larger in areas:
        if set(city.parts(larger)) == set(areas):
            return city.area_name(larger) or larger
    return say(language, "{n} areas together", n=len(areas))


def counted(count: Count, language: str) -> str:
    """Incidents with the reports behind them, where those are more."""
    values = {"n": count.incidents, "reports": count.reports}
    if count.incidents == 1:
        if count.reports == 1:
            return say(language, "1 incident")
        return say(language, "1 incident ({reports} reports)", **values)
    if count.incidents == count.reports:
        return say(language, "{n} incidents", **values)
    return say(language, "{n} incidents ({reports} reports)", **values)


def usual_words(usual: UsualRange | None, language: str) -> str:
    """The usual range, or why there is none yet."""
    if usual is None:
        return say(language, "too early to say what is usual")
    if usual.low == usual.high:
        return say(language, "usual {high}", high=usual.high)
    return say(language, "usual {low}–{high}", low=usual.low, high=usual.high)


def peak_words(peak: Peak, language: str) -> str:
    """When most began, as "mostly Fri–Sat 21–24h"."""
    names = get_day_names("abbreviated", locale=language)
    first, last = (names[day % 7].rstrip(".") for day in (peak.day, peak.day + peak.days - 1))
    days = first if peak.days == 1 else f"{first}–{last}"
    end = peak.hour + peak.hours
    hours = f"{peak.hour:02d}–{end if end <= 24 else end - 24:02d}h"
    if peak.days == 7:
        return say(language, "mostly {hours}", hours=hours)
    if peak.hours == 24:
        return say(language, "mostly {days}", days=days)
    return say(language, "mostly {days} {hours}", days=days, hours=hours)


def moment(when: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment for people in local time, as "Sun 22 Nov 07:00"."""
    return format_datetime(when.astimezone(zone), "EEE d MMM HH:mm", locale=language)


def headline(text: str) -> str:
    """A sentence's start in upper case, leaving the rest as it is written."""
    return text[:1].upper() + text[1:]
