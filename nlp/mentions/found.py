"""A name of a place in a message, and the message as words."""

from dataclasses import dataclass

from nlp.gazetteer.names import Token
from nlp.mentions.cues import Strength


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at `text[start:end]`, words `first:last`.

    `postings` are (place, `How`), best first; `slip` means that a misspelling was mended; `number`
    says that a house number ("number") or block ("block") stands beside a street, `value` which.
    """

    start: int
    end: int
    first: int
    last: int
    key: str
    postings: tuple[tuple[int, int], ...]
    strength: Strength
    slip: bool = False
    number: str | None = None
    value: int | None = None

    @property
    def how(self) -> int:
        """The best `How` of its postings."""
        return self.postings[0][1]


@dataclass(frozen=True, slots=True)
class Read:
    """A text as words, with the mentions in it in their order."""

    text: str
    words: list[Token]
    mentions: tuple[Mention, ...]
