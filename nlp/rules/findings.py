"""Everything that phrase rules find in one text, by a single search for the rules of all kinds.

Danger, intents and flags are believed in every language of the city, since residents mix languages;
the model is shown what the rules of the text's own language found.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from nlp.analysis import Danger
from nlp.normalise import words
from nlp.rules.danger import Cued, DangerRule, add_danger, judge_hits
from nlp.rules.phrases import Phrases

#: The languages that may have rules.
LANGUAGES: Final = ("en", "es", "fr", "pt", "sw", "ar", "ru", "zh", "hi")
#: Whose rules speak to the model beside the text's own: Kenyan messages mix English and Swahili.
_BESIDE: Final = {"sw": ("en",), "en": ("sw",)}
#: Folder of the rule files, which is also the name of their table, and the kind of its signs.
_KINDS: Final = {"lexicon": "fields", "intent": "intent", "flags": "flags"}
#: A rule of this ending takes back the rule whose name stands before it.
_NOT: Final = "_not"


@dataclass(frozen=True, slots=True)
class Sign:
    """A field of meaning, an intent or a flag that a phrase stands for."""

    kind: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules found. `marks` are the model's features, each as often as it is found."""

    marks: tuple[str, ...] = ()
    wishes: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    danger: Danger = field(default_factory=Danger)


@cache
def _phrases(languages: frozenset[str]) -> Phrases[Any]:
    phrases: Phrases[Any] = Phrases()
    for language in sorted(languages):
        for folder, kind in _KINDS.items():
            data = _read(folder, language)
            for name, patterns in data.get(kind, {}).items():
                phrases.add(Sign(kind, name, language), _split(patterns), data.get("lists", {}))
        add_danger(phrases, language, _read("danger", language))
    return phrases


def _split(patterns: str | list[str]) -> list[str]:
    """Long rows of plain words are written as one text with commas."""
    if isinstance(patterns, str):
        return [pattern for row in patterns.split(",") if (pattern := row.strip())]
    return patterns


def _read(folder: str, language: str) -> dict[str, Any]:
    source = files("nlp") / "rules" / folder / f"{language}.toml"
    return tomllib.loads(source.read_text("utf-8")) if source.is_file() else {}


class Finder:
    """Finds the signs of all kinds. Raises PatternError for a rule file that cannot be read."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = frozenset(languages)
        beside = {other for own in languages for other in _BESIDE.get(own, ())}
        self._phrases = _phrases(self._languages | beside)

    def find(self, text: str, language: str) -> Findings:
        """What the rules say of a raw text in a language (ISO 639-1). Never raises."""
        hits = self._phrases.find(row := words(text))
        if not hits:
            return Findings()
        marks: list[str] = []
        wishes: set[str] = set()
        flags: set[str] = set()
        own = []
        spoken = {language, *_BESIDE.get(language, ())}
        for hit in hits:
            rule = hit.rule
            if rule.language in spoken:
                marks.append(_mark(rule))
            if rule.language not in self._languages:
                continue
            if not isinstance(rule, Sign):
                own.append(hit)
            elif rule.kind == "intent":
                wishes.add(rule.name)
            elif rule.kind == "flags":
                flags.add(rule.name)
        danger = judge_hits(row, own)
        return Findings(tuple(marks), _without_taken_back(wishes), frozenset(flags), danger)


def _mark(rule: Sign | DangerRule | Cued) -> str:
    if isinstance(rule, Sign):
        return f"{rule.kind}:{rule.name}"
    return f"danger:{rule.name}" if isinstance(rule, DangerRule) else f"cue:{rule.cue}"


def _without_taken_back(names: set[str]) -> frozenset[str]:
    taken_back = {name.removesuffix(_NOT) for name in names if name.endswith(_NOT)}
    return frozenset(names - taken_back)
