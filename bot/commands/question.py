"""Reading "norristown theft 8w" in any order."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from bot.commands.vocabulary import Vocabulary, plain

MOST_WEEKS: Final = 52
_LONGEST_NAME: Final = 6
_WEEKS: Final = re.compile(r"(\d{1,2})\s*(?:w|wk|wks|week|weeks|s|sem|semana|semanas)?", re.I)
_UNITS: Final = frozenset({"w", "wk", "wks", "week", "weeks", "sem", "semana", "semanas"})
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::\d\d)?)?", re.I)
_FILLERS: Final = frozenset({
    "a", "an", "and", "at", "de", "del", "el", "en", "for", "from", "in", "la", "las", "last",
    "los", "of", "on", "over", "past", "please", "the", "to", "y",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question names; None where it does not. `until` is aware; `unknown` are the words
    that mean nothing to us. `source` names an import, as "import:911"."""

    areas: tuple[str, ...] | None = None
    category: str | None = None
    weeks: int | None = None
    until: datetime | None = None
    source: str | None = None
    unknown: tuple[str, ...] = ()


def read_question(
    words: list[str], vocabulary: Vocabulary, zone: ZoneInfo, *, guess: bool = True
) -> Asked:
    """Understand the words after a command; never raises.

    Without `guess` a misspelt name is unknown: right for a sentence, whose words are like others.
    """
    weeks: int | None = None
    until: datetime | None = None
    source: str | None = None
    rest: list[str] = []
    for word in words:
        if (found := _WEEKS.fullmatch(word)) and not vocabulary.counts(word):
            weeks = min(max(int(found[1]), 1), MOST_WEEKS)
        elif (moment := _moment(word, zone)) is not None:
            until = moment
        elif word.lower().startswith("import:"):
            source = word.lower()
        elif word.lower() not in _UNITS:
            rest += plain(word).split()
    areas, category, unknown = _names(rest, vocabulary, guess=guess)
    return Asked(areas, category, weeks, until, source, unknown)


def _moment(word: str, zone: ZoneInfo) -> datetime | None:
    """A local day (its end) or hour; None for anything else."""
    found = _MOMENT.fullmatch(word)
    if found is None:
        return None
    try:
        day = datetime.fromisoformat(found[1]).date()
        return datetime.combine(day, time(int(found[2] or 23)), tzinfo=zone)
    except ValueError:
        return None


def _names(
    words: list[str], vocabulary: Vocabulary, *, guess: bool
) -> tuple[tuple[str, ...] | None, str | None, tuple[str, ...]]:
    """Areas (several add up), the category and what is left; the longest name wins."""
    areas: list[str] = []
    category: str | None = None
    unknown: list[str] = []
    place = 0
    while place < len(words):
        size, name = _longest(words[place:], vocabulary, guess=guess)
        if name in vocabulary.areas:
            areas += [area for area in vocabulary.areas[name] if area not in areas]
        elif name in vocabulary.categories:
            category = vocabulary.categories[name]
        elif words[place] not in _FILLERS:
            unknown.append(words[place])
        place += size
    return tuple(areas) or None, category, tuple(unknown)


def _longest(words: list[str], vocabulary: Vocabulary, *, guess: bool) -> tuple[int, str]:
    """The longest name that the words begin with, as it stands or else nearly so."""
    phrases = [" ".join(words[:size]) for size in range(min(len(words), _LONGEST_NAME), 0, -1)]
    for phrase in phrases:
        if phrase in vocabulary.areas or phrase in vocabulary.categories:
            return phrase.count(" ") + 1, phrase
    if guess and words[0] not in _FILLERS:
        for phrase in phrases:
            if near := vocabulary.close(phrase):
                return phrase.count(" ") + 1, near
    return 1, ""
