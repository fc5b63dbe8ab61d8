"""What a row of words may have been meant to be: misspelt, run together or torn apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import Token

LONGEST = 8
_MOST = 24
_MOST_WORDS = 50_000
_SHORTEST_WHOLE = 5
ALTERED = 5
"""Only the first words of a name are read otherwise; few names have more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text from one of them on, read in one way.

    `ends[i]` is the number of words of the text behind key i, 0 inside one; `slips` is how much was
    changed.
    """

    keys: tuple[str, ...]
    ends: tuple[int, ...]
    slips: int


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the text, so many of them, read as `keys`."""

    keys: tuple[str, ...]
    words: int
    slips: int


class Speller:
    """Remembers how single words may be read otherwise: messages repeat the same few thousand."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._known: dict[str, tuple[Change, ...]] = {}
        self._starts: dict[str, bool] = {}

    def starts(self, word: str) -> bool:
        """Whether any name begins with the word as it is written."""
        found = self._starts.get(word)
        if found is None:
            found = self._gazetteer.begins(word) or bool(self._gazetteer.lookup(word))
            if len(self._starts) < _MOST_WORDS:
                self._starts[word] = found
        return found

    def changes(self, words: Sequence[Token]) -> list[tuple[Change, ...]]:
        """For every word of a text the ways in which it may be read otherwise."""
        known = self._known
        found = []
        for word in words:
            other = known.get(word.key)
            if other is None:
                other = self._remembered(word.key)
            found.append(other)
        for i, (one, two) in enumerate(pairwise(words)):
            if two.start == one.end + 1 and len(one.key) + len(two.key) > _SHORTEST_WHOLE:
                whole = one.key + two.key
                if self._gazetteer.known(whole):
                    found[i] = (Change((whole,), 2, 1), *found[i])
        return found

    def _remembered(self, word: str) -> tuple[Change, ...]:
        other = tuple(self._otherwise(word)) if self._odd(word) else ()
        if len(self._known) < _MOST_WORDS:
            self._known[word] = other
        return other

    def _odd(self, word: str) -> bool:
        gazetteer = self._gazetteer
        return word.isalpha() and word not in gazetteer.words.common and not gazetteer.known(word)

    def _otherwise(self, word: str) -> Iterator[Change]:
        """The nearest known words; "nfranklin" as two."""
        gazetteer, fold = self._gazetteer, self._gazetteer.words.fold
        for near, slips in gazetteer.near(word):
            yield Change((fold.get(near, near),), 1, slips)
        for cut in range(1, len(word) - 2):
            head, tail = word[:cut], word[cut:]
            if (cut > 2 or head in gazetteer.words.directions) and len(tail) > 2:
                head, tail = fold.get(head, head), fold.get(tail, tail)
                if gazetteer.known(head) and gazetteer.known(tail):
                    yield Change((head, tail), 1, 1)


def readings(
    words: Sequence[Token], first: int, altered: Sequence[Sequence[Change]]
) -> Iterator[Reading]:
    """Other ways to read the words from `first` on than written, the least changed first."""
    written = [word.key for word in words[first : first + LONGEST]]
    serial = 0
    queue: list[tuple[int, int, int, tuple[str, ...], tuple[int, ...]]] = [(0, 0, 0, (), ())]
    given = 0
    while queue and given < _MOST:
        slips, _, at, keys, ends = heappop(queue)
        if at >= min(ALTERED, len(written)):
            rest = range(at, len(written))
            if slips:
                given += 1
                more = tuple(i + 1 for i in rest)
                yield Reading((*keys, *written[at:]), (*ends, *more), slips)
            continue
        options = [Change((written[at],), 1, 0), *altered[first + at]]
        for change in options:
            serial += 1
            behind = at + change.words
            inner = (0,) * (len(change.keys) - 1)
            item = (*keys, *change.keys), (*ends, *inner, behind)
            heappush(queue, (slips + change.slips, serial, behind, *item))
