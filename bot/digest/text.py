"""The text of a digest: one phone screen, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.city import City
from bot.digest.facts import DigestFacts, Spot
from bot.i18n import say
from bot.insight.baseline import Word
from bot.insight.change import Cell, Change
from bot.insight.coverage import UnderHeard
from bot.insight.disclosure import is_sensitive
from bot.insight.words import (
    areas_name,
    category_name,
    counted,
    first_owner,
    headline,
    peak_words,
    usual_words,
)
from storage.records import ReportView

#: One screen of a phone.
MOST_LETTERS: Final = 1200


@dataclass(frozen=True, slots=True)
class _Room:
    """How many lines each part may have; tried from the roomiest on until the text fits."""

    urgent: int = 3
    changed: int = 4
    spots: int = 3
    unheard: int = 2
    commands: int = 3


_ROOMS: Final = (
    _Room(), _Room(commands=2), _Room(changed=3, unheard=1, commands=1),
    _Room(urgent=2, changed=3, spots=2, unheard=1, commands=1),
    _Room(urgent=2, changed=2, spots=1, unheard=1, commands=1),
    _Room(urgent=1, changed=1, spots=1, unheard=0, commands=1),
)  # fmt: skip


def digest_text(city: City, facts: DigestFacts) -> str:
    """At most 1,200 characters; a single line where there is nothing to tell."""
    if is_empty(facts):
        return _summary(facts, facts.team.language)
    texts = (_text(city, facts, room) for room in _ROOMS)
    return (
        next((text for text in texts if len(text) <= MOST_LETTERS), None)
        or _text(city, facts, _ROOMS[-1])[:MOST_LETTERS]
    )


def is_empty(facts: DigestFacts) -> bool:
    """Whether one line says it all."""
    return not (facts.urgent or facts.changed or facts.spots or facts.unheard)


def _text(city: City, facts: DigestFacts, room: _Room) -> str:
    language = facts.team.language
    parts = [
        _urgent(city, facts, room.urgent),
        _changed(city, facts, room.changed),
        [
            say(language, "WHERE AND WHEN"),
            *(_spot(city, spot, language) for spot in facts.spots[: room.spots]),
        ],
        [
            say(language, "UNDER-HEARD"),
            *(_gap(city, gap, language) for gap in facts.unheard[: room.unheard]),
        ],
        [say(language, "THE SAME NUMBERS AGAIN"), *_commands(city, facts, room.commands)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if len(part) > 1)


def _urgent(city: City, facts: DigestFacts, most: int) -> list[str]:
    language = facts.team.language
    lines = [say(language, "NEEDS AN ANSWER NOW")]
    lines += [_waiting(city, report, facts.now, language) for report in facts.urgent[:most]]
    if len(facts.urgent) > most:
        more = len(facts.urgent) - most
        lines.append(say(language, "And {n} more: /open", n=more))
    return lines


def _waiting(city: City, report: ReportView, now: datetime, language: str) -> str:
    return say(
        language,
        "{ref} {what}, {area}, {age}. Take it: /take {ref}",
        ref=report.ref,
        what=what(report, language),
        area=city.area_name(report.area) or say(language, "place not known yet"),
        age=age(now - report.received_at, language),
    )


def what(report: ReportView, language: str) -> str:
    """What a report is about, fit for a screen that others may see."""
    if is_sensitive(report.category):
        return say(language, "a sensitive matter")
    return category_name(report.category, language)


def age(waited: timedelta, language: str) -> str:
    """How long ago, in the largest unit that says enough."""
    minutes = max(0, int(waited.total_seconds() // 60))
    if minutes < 120:
        return say(language, "{n} min ago", n=minutes)
    if minutes < 48 * 60:
        return say(language, "{n} h ago", n=minutes // 60)
    return say(language, "{n} days ago", n=minutes // (24 * 60))


def _named(city: City, cell: Cell, language: str) -> str:
    where = areas_name(city, cell.areas, language)
    if cell.category is None:
        return say(language, "All concerns, {area}", area=where)
    return f"{headline(category_name(cell.category, language))}, {where}"


def _changed(city: City, facts: DigestFacts, most: int) -> list[str]:
    language = facts.team.language
    lines = [_change(city, change, language) for change in facts.changed[:most]]
    if lines:
        heading = say(language, "CHANGED FROM USUAL, last 7 days")
    else:
        heading = say(language, "AGAINST THE USUAL, last 7 days")
    return [heading, *lines, _summary(facts, language)]


def _change(city: City, change: Change, language: str) -> str:
    arrow = "▼" if change.word is Word.LOWER else "▲"
    return say(
        language,
        "{arrow} {cell}: {count}, {usual}. {word}.",
        arrow=arrow,
        cell=_named(city, change.cell, language),
        count=counted(change.count, language),
        usual=usual_words(change.count.usual, language),
        word=headline(say(language, change.word.value)),
    )


def _summary(facts: DigestFacts, language: str) -> str:
    """All of the team's areas in one line; "as usual" where nothing stands out."""
    total = facts.history.count(facts.team.areas)
    values = {"count": counted(total, language), "usual": usual_words(total.usual, language)}
    if total.usual is None:
        return say(language, "In the last 7 days: {count}, {usual}.", **values)
    if total.word is not Word.USUAL:
        # The same word as /trends gives: many small changes may add up to one that is no chance.
        values["word"] = say(language, total.word.value)
        if facts.changed:
            return say(language, "In all: {count}, {usual}: {word}.", **values)
        return say(
            language, "No single area stands out. In all: {count}, {usual}: {word}.", **values
        )
    if facts.changed:
        return say(language, "In all: {count}, {usual}.", **values)
    return say(language, "As usual: {count} in the last 7 days, {usual}.", **values)


def _spot(city: City, spot: Spot, language: str) -> str:
    owner = first_owner(spot.cell.category, language) if spot.cell.category else None
    parts = [
        say(language, "around {place}", place=spot.place) if spot.place else None,
        peak_words(spot.peak, language) if spot.peak else say(language, "at no set time"),
        say(language, "first: {owner}", owner=owner) if owner else None,
    ]
    told = ". ".join(headline(part) for part in parts if part)
    return f"• {_named(city, spot.cell, language)} ({spot.incidents}). {told}."


def _gap(city: City, gap: UnderHeard, language: str) -> str:
    return say(
        language,
        "{area}: {n} reports in {weeks} weeks where its population suggests about {expected}. "
        "We hear little from here: go and ask.",
        area=areas_name(city, (gap.area,), language),
        n=gap.reports,
        weeks=gap.weeks,
        expected=round(gap.expected),
    )


def _commands(city: City, facts: DigestFacts, most: int) -> list[str]:
    """The commands that give these numbers again, whoever asks and whenever."""
    hour = facts.now.astimezone(city.timezone).strftime("%Y-%m-%dT%H")
    cells = [change.cell for change in facts.changed][: most - 1]
    asked = [(c.areas[0] if len(c.areas) == 1 else facts.team.slug, c.category) for c in cells]
    asked.append((facts.team.slug, None))
    return [" ".join(("/trends", *filter(None, words), hour)) for words in asked[:most]]
