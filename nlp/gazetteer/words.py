"""How people write places, per language: spellings, street types, joining words and cues."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "toponyms"
_ORDINAL = re.compile(r"\d+(st|nd|rd|th|a|o)")
_SETS = (
    "types_after",
    "types_before",
    "types_usual",
    "directions",
    "town_types",
    "join",
    "corner",
    "fill",
    "on",
    "at",
    "articles",
    "personal",
    "between",
    "titles",
    "blocks",
    "landmark_types",
    "town_cues",
    "links",
    "types_moved",
    "street_articles",
    "street_states",
    "clipped",
)


@dataclass(frozen=True, slots=True)
class Words:
    """The place words of a city's languages together; every set holds folded words.

    `types` make a name a street, before or after it; `empty` words are no name by themselves.
    `landmark_types` may be left off a longer name; `tens` are "twenty" to "ninety".
    `common` words are names only with a cue; `sound` ones are no misspelling of a name.
    `links` may be missing in a name, `loose` ones in a text as well; `passed` may stand between a
    cue and a name; `types_moved` are said before the name as well;
    `street_articles` stand before streets and hardly anything else, `street_states` behind one
    that begins a message; `clipped` are the ends of names
    that are cut short. `letters` are spellings that sound alike, and the one that is compared.
    `towns` are large ones of the countries where a language is spoken.
    `relations` maps a phrase before a place to the metres it adds to the radius; `related` are
    all words of those phrases.
    """

    fold: dict[str, str]
    types_after: frozenset[str]
    types_before: frozenset[str]
    types_usual: frozenset[str]
    types: frozenset[str]
    empty: frozenset[str]
    directions: frozenset[str]
    town_types: frozenset[str]
    join: frozenset[str]
    corner: frozenset[str]
    fill: frozenset[str]
    on: frozenset[str]
    at: frozenset[str]
    articles: frozenset[str]
    personal: frozenset[str]
    between: frozenset[str]
    titles: frozenset[str]
    blocks: frozenset[str]
    landmark_types: frozenset[str]
    town_cues: frozenset[str]
    links: frozenset[str]
    loose: frozenset[str]
    passed: frozenset[str]
    types_moved: frozenset[str]
    street_articles: frozenset[str]
    street_states: frozenset[str]
    clipped: frozenset[str]
    letters: tuple[tuple[str, str], ...]
    tens: tuple[str, ...]
    no_street: frozenset[str]
    towns: frozenset[str]
    relations: dict[tuple[str, ...], float]
    related: frozenset[str]
    common: frozenset[str]
    sound: frozenset[str]
    keys: dict[str, str]
    """Words as written and folded, remembered as they are met: folding is slow."""

    def ordinary(self, word: str) -> bool:
        """Whether the word says little by itself: common words, types and "third"."""
        if word in self.common or word in self.types:
            return True
        return word[:1].isdigit() and _ORDINAL.fullmatch(word) is not None


@lru_cache(maxsize=16)
def load_words(languages: tuple[str, ...]) -> Words:
    """The words of these languages (ISO 639-1); English where none of them is known."""
    known = [code for code in languages if (_FOLDER / f"{code}.toml").is_file()] or ["en"]
    return _merged([tomllib.loads(_read(code)) for code in known])


def _read(code: str) -> str:
    return (_FOLDER / f"{code}.toml").read_text(encoding="utf-8")


def respelt(word: str, letters: Sequence[tuple[str, str]]) -> str:
    """A word in the one of several spellings that is compared."""
    for old, new in letters:
        word = word.replace(old, new)
    return word


def _merged(written: Sequence[dict[str, Any]]) -> Words:
    letters = tuple(pair for part in written for pair in part.get("letters", {}).items())
    parts = [_respelt(part, letters) for part in written] if letters else written
    fold = {word: short for part in reversed(parts) for word, short in part["fold"].items()}
    sets = {name: _union(parts, name, fold) for name in _SETS}
    relations = _relations(parts, fold)
    types = sets["types_after"] | sets["types_before"]
    common = {word for part in parts for word in part["common"]["words"].split()}
    return Words(
        fold=fold,
        keys={},
        **sets,
        letters=letters,
        types=types,
        loose=sets["links"] - sets["join"],
        passed=(sets["articles"] | sets["links"]) - sets["join"],
        tens=tuple(" ".join(part["words"]["tens"] for part in parts).split()),
        empty=types | sets["directions"] | sets["corner"] | sets["join"],
        no_street=_phrases(parts, "no_street", fold),
        towns=_phrases(parts, "towns", fold),
        relations=relations,
        related=frozenset(word for phrase in relations for word in phrase),
        common=frozenset(common | {fold.get(word, word) for word in common}),
        sound=frozenset(word for part in parts for word in part["sound"]["words"].split()),
    )


def _respelt(part: dict[str, Any], letters: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A language's tables in the spelling that is compared."""
    return {
        "fold": {respelt(k, letters): respelt(v, letters) for k, v in part["fold"].items()},
        "words": {name: respelt(row, letters) for name, row in part["words"].items()},
        "relations": {respelt(k, letters): metres for k, metres in part["relations"].items()},
        "common": {"words": respelt(part["common"]["words"], letters)},
        "sound": {"words": respelt(part["sound"]["words"], letters)},
    }


def _relations(
    parts: Sequence[dict[str, Any]], fold: dict[str, str]
) -> dict[tuple[str, ...], float]:
    return {
        tuple(fold.get(word, word) for word in phrase.split()): float(metres)
        for part in reversed(parts)
        for phrase, metres in part["relations"].items()
    }


def _phrases(parts: Sequence[dict[str, Any]], name: str, fold: Mapping[str, str]) -> frozenset[str]:
    """The folded phrases of a list with commas; the list may be missing."""
    rows = (phrase.split() for p in parts for phrase in p["words"].get(name, "").split(","))
    return frozenset(" ".join(fold.get(word, word) for word in row) for row in rows if row)


def _union(parts: Sequence[dict[str, Any]], name: str, fold: dict[str, str]) -> frozenset[str]:
    words = {word for part in parts for word in str(part["words"][name]).split()}
    return frozenset(words | {fold.get(word, word) for word in words})
