"""A name of a place in a message, and the message as words."""

from dataclasses import dataclass

from nlp.gazetteer.names import folded, spans, split
from nlp.gazetteer.words import Words
from nlp.mentions.strength import Strength


class Wording:
    """A text and its words: `keys` as they are compared, `spans` where they stand."""

    __slots__ = ("_spans", "keys", "text")

    def __init__(self, text: str, keys: list[str]) -> None:
        self.text = text
        self.keys = keys
        self._spans: list[tuple[int, int]] | None = None

    @classmethod
    def of(cls, text: str, words: Words) -> "Wording":
        """The words of a text, folded."""
        return cls(text, [folded(word, words) for word in split(text)])

    @property
    def spans(self) -> list[tuple[int, int]]:
        """(start, end) of each word, worked out when it is first asked for."""
        if self._spans is None:
            self._spans = spans(self.text)
        return self._spans


@dataclass(slots=True)
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
    postings: list[tuple[int, int]]
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

    wording: Wording
    mentions: tuple[Mention, ...]

    @property
    def text(self) -> str:
        """The text as written."""
        return self.wording.text

    @property
    def keys(self) -> list[str]:
        """Its words, folded."""
        return self.wording.keys
