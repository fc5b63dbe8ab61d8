"""Danger to life, by rules kept in `danger/<language>.toml`: before and without any model.

A rule that fires shows the resident the emergency number; only rules of which we are surer wake a
team. Words that deny, date back or quote the danger make it `unsure`: nobody is woken, and the
resident is asked whether anyone is in danger now.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final, Self

from nlp.analysis import Danger
from nlp.normalise import words
from nlp.rules.phrases import Hit, Phrases

#: How many words before a phrase of danger a denial reaches.
NEGATION_REACH: Final = 4
#: Phrases of danger looked at in one text; nobody needs more, and a hostile text costs no more.
MOST_HITS: Final = 40


class Cue(StrEnum):
    """Words around a phrase of danger that change what it means."""

    HARMLESS = "harmless"
    NEGATION = "negation"
    PAST = "past"
    DISTANT = "distant"
    FICTION = "fiction"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class DangerRule:
    """What a phrase of danger comes to.

    `page_now` wakes a team only beside words of urgency ("now", "help"). `lasting` danger is not
    over by the next day (somebody missing, somebody who wants to die). `deniable` phrases lose
    their force after "not"; those that are themselves denials ("not breathing") do not. A rule that
    `asks` is often about something past or harmless: without words of urgency it only asks.
    """

    name: str
    language: str
    emergency: bool = True
    page: bool = False
    page_now: bool = False
    lasting: bool = False
    deniable: bool = True
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Cued:
    """A cue of one language: it speaks of the danger phrases of that language only."""

    cue: Cue
    language: str


_Found = Hit[DangerRule | Cued]


class DangerRules:
    """The danger rules of a city's languages."""

    def __init__(self, phrases: Phrases[DangerRule | Cued]) -> None:
        self._phrases = phrases

    @classmethod
    def load(cls, languages: Sequence[str]) -> Self:
        """Load the rules of the languages (ISO 639-1) that have any.

        Raises `nlp.rules.phrases.PatternError` for a rule file that cannot be read.
        """
        phrases: Phrases[DangerRule | Cued] = Phrases()
        for language in languages:
            source = files("nlp") / "rules" / "danger" / f"{language}.toml"
            if source.is_file():
                add_danger(phrases, language, tomllib.loads(source.read_text("utf-8")))
        return cls(phrases)

    def check(self, text: str) -> Danger:
        """Judge a raw text. Never raises, takes some ten microseconds a line."""
        hits = self._phrases.find(row := words(text))
        return judge_hits(row, hits)


def judge_hits(row: Sequence[str], hits: Sequence[_Found]) -> Danger:
    """Weigh the phrases of danger found in a row of words against the cues around them."""
    dangers = [hit for hit in hits if isinstance(hit.rule, DangerRule)][:MOST_HITS]
    if not dangers:
        return Danger()
    return _judge(row, dangers, [hit for hit in hits if isinstance(hit.rule, Cued)])


def add_danger(phrases: Phrases[Any], language: str, data: dict[str, Any]) -> None:
    """Add a rule file's cues and rules. Raises PatternError."""
    lists: dict[str, list[str]] = data.get("lists", {})
    for cue in Cue:
        phrases.add(Cued(cue, language), data.get("cues", {}).get(cue, []), lists)
    for row in data.get("rule", []):
        fields = {key: value for key, value in row.items() if key != "patterns"}
        phrases.add(DangerRule(language=language, **fields), row["patterns"], lists)


def _judge(row: Sequence[str], dangers: Sequence[_Found], cues: Sequence[_Found]) -> Danger:
    now = any(_is(hit, Cue.NOW) for hit in cues)
    emergency = page = unsure = likely = False
    fired: list[str] = []
    for hit in dangers:
        rule = hit.rule
        if not isinstance(rule, DangerRule) or _harmless(hit, cues):
            continue
        fired.append(rule.name)
        doubtful = _doubtful(hit, rule, row, cues, now=now)
        if doubtful or (rule.asks and not now):
            unsure, likely = True, likely or not doubtful
        else:
            emergency = emergency or rule.emergency
            page = page or rule.page or (rule.page_now and now)
    unsure, likely = unsure and not emergency, likely and not emergency
    return Danger(emergency, page, unsure, tuple(dict.fromkeys(fired)), likely)


def _is(hit: _Found, cue: Cue) -> bool:
    return isinstance(hit.rule, Cued) and hit.rule.cue is cue


def _harmless(danger: _Found, cues: Sequence[_Found]) -> bool:
    """Whether the phrase overlaps an idiom of its own language ("this traffic is killing me")."""
    return any(
        _is(cue, Cue.HARMLESS)
        and cue.rule.language == danger.rule.language
        and cue.start < danger.end
        and danger.start < cue.end
        for cue in cues
    )


def _doubtful(
    hit: _Found, rule: DangerRule, row: Sequence[str], cues: Sequence[_Found], *, now: bool
) -> bool:
    own = [cue for cue in cues if cue.rule.language == rule.language]
    if rule.deniable and any(_denies(cue, hit, row) for cue in own):
        return True
    kinds = {cue.rule.cue for cue in own if isinstance(cue.rule, Cued)}
    if Cue.FICTION in kinds and not now:
        return True
    if Cue.DISTANT in kinds:
        return not now or not rule.lasting
    return not rule.lasting and not now and Cue.PAST in kinds


def _denies(cue: _Found, hit: _Found, row: Sequence[str]) -> bool:
    near = cue.end <= hit.start <= cue.end + NEGATION_REACH - 1
    return _is(cue, Cue.NEGATION) and near and "." not in row[cue.end : hit.start]
