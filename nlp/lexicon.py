"""Fields of meaning, kept in `lexicon/<language>.toml`: what a message speaks of, in any words.

A few dozen messages a category cannot teach a model all the words for a thing; the fields do.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from nlp.normalise import words
from nlp.phrases import Phrases

#: The languages that may have one; all apply to every text, since residents mix languages.
LEXICONS: Final = ("en", "es", "fr", "pt", "sw")


class Lexicon:
    """Finds the fields of meaning that a text touches."""

    def __init__(self, phrases: Phrases[str], names: tuple[str, ...]) -> None:
        self._phrases = phrases
        self.names = names

    def fields(self, text: str) -> list[str]:
        """The fields touched, each as often as it is touched, in the order of the words."""
        return [hit.rule for hit in self._phrases.find(words(text))]


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon of all languages, read once. Raises PatternError."""
    phrases: Phrases[str] = Phrases()
    names: dict[str, None] = {}
    for language in LEXICONS:
        source = files("nlp") / "lexicon" / f"{language}.toml"
        if not source.is_file():
            continue
        data = tomllib.loads(source.read_text("utf-8"))
        for name, patterns in data["fields"].items():
            names[name] = None
            phrases.add(name, patterns, data.get("lists", {}))
    return Lexicon(phrases, tuple(sorted(names)))
