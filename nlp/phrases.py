"""A small language for phrase rules kept in data files, matched word by word.

A pattern is a row of elements divided by spaces:

    word          exactly this word (folded: lower case, no accents, no apostrophes)
    stem*         any word that begins so
    a|b_c|d*|<x>  one of these, where b_c is two words
    <name>        one of the words or phrases of a named list
    element?      may be missing
    ...  ...6     up to three (six) words of the same sentence

The first element is neither optional nor a gap: a pattern is looked up by its first word, so a
text costs a few dictionary look-ups a word, however many patterns there are. All repetition is
bounded, so no text can make a match slow.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

Rule = TypeVar("Rule")

_GAP: Final = re.compile(r"\.\.\.(\d*)")
_WORD: Final = r"[^ .]+ "


class Hit(NamedTuple, Generic[Rule]):
    """A rule found at `words[start:end]`."""

    rule: Rule
    start: int
    end: int


class PatternError(ValueError):
    """A pattern in a rule file is not of the language described here."""


@dataclass(frozen=True, slots=True)
class _Element:
    choices: tuple[str, ...]
    optional: bool = False
    gap: int = 0

    def regex(self) -> str:
        if self.gap:
            return f"(?:{_WORD}){{0,{self.gap}}}"
        choices = "|".join(map(_choice_regex, self.choices))
        return f"(?:{choices}){'?' if self.optional else ''}"


def _choice_regex(choice: str) -> str:
    parts = (
        f"{re.escape(word[:-1])}[^ ]* " if word.endswith("*") else f"{re.escape(word)} "
        for word in choice.split()
    )
    return "".join(parts)


def _element(text: str, lists: Mapping[str, Sequence[str]]) -> _Element:
    if gap := _GAP.fullmatch(text):
        return _Element((), gap=int(gap[1] or 3))
    optional = text.endswith("?")
    text = text.removesuffix("?")
    choices: list[str] = []
    for choice in text.split("|"):
        choices += _listed(choice, lists) if choice.startswith("<") else [choice.replace("_", " ")]
    return _Element(tuple(choices), optional)


def _listed(choice: str, lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    name = choice.removeprefix("<").removesuffix(">")
    if name not in lists:
        raise PatternError(f"no list is called {name!r}")
    return lists[name]


class Phrases(Generic[Rule]):
    """Finds the phrases of many rules in a row of words."""

    def __init__(self) -> None:
        self._exact: dict[str, list[tuple[Rule, re.Pattern[str]]]] = {}
        self._stems: dict[str, list[tuple[Rule, re.Pattern[str]]]] = {}
        self._lengths: tuple[int, ...] = ()

    def add(self, rule: Rule, patterns: Iterable[str], lists: Mapping[str, Sequence[str]]) -> None:
        """Add the patterns of a rule. Raises PatternError."""
        for pattern in patterns:
            elements = [_element(part, lists) for part in pattern.split()]
            if not elements or elements[0].optional or elements[0].gap:
                raise PatternError(f"{pattern!r} does not begin with a word")
            compiled = re.compile("".join(element.regex() for element in elements))
            for first in dict.fromkeys(choice.split()[0] for choice in elements[0].choices):
                stem = first.endswith("*")
                index = self._stems if stem else self._exact
                index.setdefault(first.removesuffix("*"), []).append((rule, compiled))
        self._lengths = tuple(sorted({len(stem) for stem in self._stems}))

    def find(self, words: Sequence[str]) -> list[Hit[Rule]]:
        """Every rule found, in the order of the words; `words` as from `nlp.normalise.words`."""
        line = ""
        hits: list[Hit[Rule]] = []
        offset = 0
        for start, word in enumerate(words):
            for rule, pattern in self._starting_with(word):
                line = line or " ".join(words) + " "
                if found := pattern.match(line, offset):
                    hits.append(Hit(rule, start, start + found[0].count(" ")))
            offset += len(word) + 1
        return hits

    def _starting_with(self, word: str) -> Iterable[tuple[Rule, re.Pattern[str]]]:
        candidates = self._exact.get(word, [])
        for length in self._lengths:
            if length > len(word):
                break
            if stems := self._stems.get(word[:length]):
                candidates = candidates + stems
        return candidates
