"""What a row of words may have been meant to be: misspelt, run together or torn apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from nlp.gazetteer import Gazetteer
from nlp.gazetteer_names import Token

LONGEST = 8
_MOST = 24
_ALTERED = 5
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


def changes(words: Sequence[Token], gazetteer: Gazetteer) -> list[list[Change]]:
    """For every word of a text the ways in which it may be read otherwise."""
    odd = [_odd(word.key, gazetteer) for word in words]
    return [
        [*_joined(words, i, gazetteer), *(_otherwise(word.key, gazetteer) if odd[i] else ())]
        for i, word in enumerate(words)
    ]


def _odd(word: str, gazetteer: Gazetteer) -> bool:
    return word.isalpha() and word not in gazetteer.words.common and not gazetteer.known(word)


def _joined(words: Sequence[Token], i: int, gazetteer: Gazetteer) -> Iterator[Change]:
    """ "Ster igere" and "fair view" as one word, if it is a known one."""
    if i + 1 < len(words):
        whole = words[i].key + words[i + 1].key
        if len(whole) > 5 and words[i + 1].start == words[i].end + 1 and gazetteer.known(whole):
            yield Change((whole,), 2, 1)


def _otherwise(word: str, gazetteer: Gazetteer) -> Iterator[Change]:
    """The nearest known words; "nfranklin" as two."""
    for near, slips in gazetteer.near(word):
        yield Change((near,), 1, slips)
    for cut in range(1, len(word) - 2):
        head, tail = word[:cut], word[cut:]
        if (cut > 2 or head in gazetteer.words.directions) and len(tail) > 2:
            fold = gazetteer.words.fold
            head, tail = fold.get(head, head), fold.get(tail, tail)
            if gazetteer.known(head) and gazetteer.known(tail):
                yield Change((head, tail), 1, 1)


def readings(
    words: Sequence[Token], first: int, altered: Sequence[Sequence[Change]]
) -> Iterator[Reading]:
    """The ways to read the words from `first` on, the least changed first; as written first."""
    written = [word.key for word in words[first : first + LONGEST]]
    yield Reading(tuple(written), tuple(range(1, len(written) + 1)), 0)
    if not any(altered[first : first + _ALTERED]):
        return
    serial = 0
    queue: list[tuple[int, int, int, tuple[str, ...], tuple[int, ...]]] = [(0, 0, 0, (), ())]
    given = 0
    while queue and given < _MOST:
        slips, _, at, keys, ends = heappop(queue)
        if at >= min(_ALTERED, len(written)):
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
