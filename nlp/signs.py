"""Intents and flags by rules kept in `intent/<language>.toml` and `flags/<language>.toml`."""

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Final, Self

from nlp.normalise import words
from nlp.phrases import Phrases

#: A rule of this ending takes back the rule whose name stands before it.
_NOT: Final = "_not"


class Signs:
    """Finds named signs in a text: which intents its words ask for, or which flags it raises."""

    def __init__(self, phrases: Phrases[str]) -> None:
        self._phrases = phrases

    @classmethod
    def load(cls, kind: str, languages: Sequence[str]) -> Self:
        """Load the rules of a kind ("intent" or "flags") in the languages that have any."""
        phrases: Phrases[str] = Phrases()
        for language in languages:
            source = files("nlp") / kind / f"{language}.toml"
            if source.is_file():
                data = tomllib.loads(source.read_text("utf-8"))
                for name, patterns in data[kind].items():
                    phrases.add(name, patterns, data.get("lists", {}))
        return cls(phrases)

    def of(self, text: str) -> frozenset[str]:
        """The names of the signs in a text, with those that take others back. Never raises."""
        found = {hit.rule for hit in self._phrases.find(words(text))}
        taken_back = {name.removesuffix(_NOT) for name in found if name.endswith(_NOT)}
        return frozenset(found - taken_back)
