"""A small language for phrase rules kept in data files, matched word by word.

A pattern is a row of elements divided by spaces:

    word          exactly this word (folded: lower case, no accents, no apostrophes)
    stem*         any word that begins so
    0  0th        any number, with what follows it
    a|b_c|d*|<x>  one of these, where b_c is two words
    <name>        one of the words or phrases of a named list
    (a|b) (c|d)   choices side by side are bracketed: "pit bull|dog" would be two elements
    element?      may be missing
    ...  ...6     up to three (six) words of the same sentence

The first element is neither optional nor a gap. A pattern is looked up by its rarest element, so a
text costs one dictionary look-up a word and a few matches, however many patterns there are. All
repetition is bounded, so no text can make a match slow.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final, Generic, NamedTuple, TypeVar

from nlp.rules.elements import Element, PatternError, anchors, elements

__all__ = ["Hit", "PatternError", "Phrases"]

Rule = TypeVar("Rule")

#: Words remembered at most. Numbers and slips never end, so a full memory begins anew: the words
#: that return are soon in it again, and those that do not are gone.
_REMEMBERED: Final = 10_000
_NUMBER: Final = re.compile(r"\d+")


class Hit(NamedTuple, Generic[Rule]):
    """A rule found at `words[start:end]`."""

    rule: Rule
    start: int
    end: int


class _Pattern(Generic[Rule]):
    """A rule's pattern; `single` ones are one word long and need no regular expression."""

    def __init__(self, rule: Rule, parts: Sequence[Element]) -> None:
        self.rule = rule
        self.single = len(parts) == 1 and all(" " not in choice for choice in parts[0].choices)
        self._source = "".join(part.regex() for part in parts) + "(?= )"

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when first needed: most of the patterns never are."""
        return re.compile(self._source)


class Phrases(Generic[Rule]):
    """Finds the phrases of many rules in a row of words."""

    def __init__(self) -> None:
        self._exact: dict[str, list[_Pattern[Rule]]] = {}
        self._stems: dict[str, list[_Pattern[Rule]]] = {}
        self._lengths: tuple[int, ...] = ()
        self._known: dict[str, tuple[_Pattern[Rule], ...]] = {}

    def add(self, rule: Rule, patterns: Iterable[str], lists: Mapping[str, Sequence[str]]) -> None:
        """Add the patterns of a rule. Raises PatternError."""
        for pattern in patterns:
            parts = elements(pattern, lists)
            made = _Pattern(rule, parts)
            for word in anchors(parts):
                index = self._stems if word.endswith("*") else self._exact
                index.setdefault(word.removesuffix("*"), []).append(made)
        self._lengths = tuple(sorted({len(stem) for stem in self._stems}))
        self._known.clear()

    def find(self, words: Sequence[str]) -> list[Hit[Rule]]:
        """Every rule found, in the order of the words; `words` as from `nlp.normalise.words`."""
        hits: list[Hit[Rule]] = []
        longer: dict[_Pattern[Rule], None] = {}
        for start, word in enumerate(words):
            patterns = self._known.get(word)
            for pattern in self._near(word) if patterns is None else patterns:
                if pattern.single:
                    hits.append(Hit(pattern.rule, start, start + 1))
                else:
                    longer[pattern] = None
        if longer:
            line = f" {' '.join(words)} "
            for pattern in longer:
                if found := pattern.regex.search(line):
                    hits += _matches(pattern, line, found)
        hits.sort(key=_start)
        return hits

    def _near(self, word: str) -> tuple[_Pattern[Rule], ...]:
        """The patterns that a word may belong to, remembered."""
        spellings = {word, _NUMBER.sub("0", word)} if word[:1].isdigit() else {word}
        found: list[_Pattern[Rule]] = []
        for spelling in sorted(spellings):
            found += self._exact.get(spelling, [])
            for length in self._lengths:
                found += self._stems.get(spelling[:length], []) if length <= len(spelling) else []
        patterns = tuple(dict.fromkeys(found))
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[word] = patterns
        return patterns


def _start(hit: Hit[Rule]) -> int:
    return hit.start


def _matches(pattern: _Pattern[Rule], line: str, first: re.Match[str]) -> Iterator[Hit[Rule]]:
    """One match from every word on; a match begins with the space before its first word."""
    found: re.Match[str] | None = first
    while found:
        start = line.count(" ", 0, found.start())
        yield Hit(pattern.rule, start, start + found[0].count(" "))
        found = pattern.regex.search(line, found.start() + 1)
