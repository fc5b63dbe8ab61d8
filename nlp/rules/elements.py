"""Reading a pattern of `nlp.rules.phrases`: its elements, and the words that look it up."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from nlp.normalise import fold

_GAP: Final = re.compile(r"\.\.\.(\d*)")
#: Between two Chinese characters, each of which is a word.
_CHINESE: Final = re.compile(r"(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff])")
#: How much likelier a common word ("he", "de") is to be met than another.
_COMMON: Final = 60.0


class PatternError(ValueError):
    """A pattern in a rule file is not of the language described in `nlp.rules.phrases`."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a pattern; a `gap` is a number of words, everything else has `choices`."""

    choices: tuple[str, ...]
    optional: bool = False
    gap: int = 0

    def regex(self) -> str:
        """The element over a line in which a space stands before every word."""
        if self.gap:
            return f"(?: [^ .]+){{0,{self.gap}}}"
        choices = "|".join(map(_choice_regex, self.choices))
        return f"(?:{choices}){'?' if self.optional else ''}"


def _choice_regex(choice: str) -> str:
    return "".join(f" {_word_regex(word)}" for word in choice.split())


def _word_regex(word: str) -> str:
    stem = word.endswith("*")
    word = word.removesuffix("*")
    number = word.startswith("0")
    written = (r"\d+" if number else "") + re.escape(word[1:] if number else word)
    return f"{written}[^ ]*" if stem else f"{written}(?= )"


def elements(pattern: str, lists: Mapping[str, Sequence[str]]) -> list[Element]:
    """The elements of a pattern. Raises PatternError."""
    written = _CHINESE.sub("_", fold(pattern)).split()
    for left, right in pairwise(written):
        if "|" in left and "|" in right and (_bare_choice(left) or _bare_choice(right)):
            raise PatternError(
                f"{pattern!r}: bracket the choices {left!r} and {right!r}, "
                "or write two words of one choice as one_two"
            )
    found = [_element(part, lists) for part in written]
    if not found or found[0].optional or found[0].gap:
        raise PatternError(f"{pattern!r} does not begin with a word")
    return found


def _bare_choice(part: str) -> bool:
    return "|" in part and not part.startswith("(")


def _element(text: str, lists: Mapping[str, Sequence[str]]) -> Element:
    if gap := _GAP.fullmatch(text):
        return Element((), gap=int(gap[1] or 3))
    optional = text.endswith("?")
    text = text.removesuffix("?")
    if text.startswith("(") != text.endswith(")"):
        raise PatternError(f"a bracket is missing in {text!r}")
    choices: list[str] = []
    for choice in text.removeprefix("(").removesuffix(")").split("|"):
        choices += _listed(choice, lists) if choice.startswith("<") else [choice.replace("_", " ")]
    if not all(choice.strip(" *") for choice in choices):
        raise PatternError(f"an empty choice in {text!r}")
    return Element(tuple(choices), optional)


def _listed(choice: str, lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    name = choice.removeprefix("<").removesuffix(">")
    if name not in lists:
        raise PatternError(f"no list is called {name!r}")
    return lists[name]


@cache
def common_words() -> Mapping[str, frozenset[str]]:
    """The commonest words of each language that has any, folded."""
    data = tomllib.loads((files("nlp") / "language.toml").read_text("utf-8"))
    return {language: frozenset(row["words"].split()) for language, row in data.items()}


@cache
def _frequency(word: str) -> float:
    """A rough idea of how often a word is met; short stems are met often."""
    if any(word in own for own in common_words().values()) or word in ("0", "."):
        return _COMMON
    return 12 / len(word) if word.endswith("*") else 1.0


def anchors(parts: Sequence[Element]) -> tuple[str, ...]:
    """The words of which a text must hold one for the pattern to match: the rarest element's."""
    needed = [part.choices for part in parts if part.choices and not part.optional]
    rarest = [[min(choice.split(), key=_frequency) for choice in choices] for choices in needed]
    best = min(rarest, key=lambda row: sum(map(_frequency, row)))
    return tuple(dict.fromkeys(best))
