"""What a row of words may have been meant to be: misspelt, run together or torn apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import folded, spelt, split
from nlp.mentions.found import Wording

LONGEST = 8
_MOST = 24
_MOST_WORDS = 10_000
_SHORTEST_WHOLE = 5
_MAY_BE_TWO = 8
_SHORTEST_CLIP = 4
_PARTS_OF_TOWN = frozenset(("area", "district"))
POSSESSIVES = frozenset(("'s", "’s", "'S", "’S"))
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


Altered = Mapping[int, Sequence[Change]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one word: `starts` a name, `grows` into a longer known word, `changes`.

    `plain` is the word unabridged: "ridge" where `key` may be "rdg".
    """

    key: str
    plain: str
    starts: bool
    grows: bool
    changes: tuple[Change, ...]


class Speller:
    """Remembers how single words may be read: messages repeat the same few thousand."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._seen: dict[str, Seen] = {}

    def words(self, text: str) -> list[Seen]:
        """The words of a text, each with what is known of it."""
        seen = self._seen
        return [seen.get(word) or self._look_up(word) for word in split(text)]

    def _look_up(self, word: str) -> Seen:
        gazetteer = self._gazetteer
        key = folded(word, gazetteer.words)
        if word[-2:] in POSSESSIVES and not gazetteer.known(key):
            key = folded(word[:-2], gazetteer.words)
        whole = spelt(word, gazetteer.words)
        starts = gazetteer.begins(key) or bool(gazetteer.lookup(key))
        found = Seen(
            key, whole, starts, gazetteer.grows(whole), tuple(self._otherwise(key, starts=starts))
        )
        if len(self._seen) >= _MOST_WORDS:
            self._seen.clear()  # numbers and slips never end; what returns is soon known again
        self._seen[word] = found
        return found

    def _otherwise(self, word: str, *, starts: bool) -> Iterator[Change]:
        """The nearest known words; "nfranklin" as two, "elmgroveroad" as three."""
        gazetteer, fold = self._gazetteer, self._gazetteer.words.fold
        if not word.isalpha() or word in gazetteer.words.common:
            return
        known = gazetteer.known(word)
        if not known and word not in gazetteer.words.sound:
            for near, slips in gazetteer.near(word):
                yield Change((fold.get(near, near),), 1, slips)
        if not known or (len(word) >= _MAY_BE_TWO and not starts):
            for parts in torn(word, gazetteer):
                yield Change(parts, 1, len(parts) - 1)
        if not known and gazetteer.words.clipped and word not in gazetteer.words.sound:
            whole = unclipped(word, gazetteer)
            if whole:
                yield Change((whole,), 1, 1)


def torn(word: str, gazetteer: Gazetteer, most: int = 4) -> Iterator[tuple[str, ...]]:
    """A word as up to `most` known ones that were run together.

    The first may be a direction, the last a short type: "nfranklin", "egyptrd".
    """
    words = gazetteer.words
    cuts = {cut for cut in range(1, 5) if word[:cut] in words.fold}
    for cut in sorted(cuts.union(map(len, gazetteer.known_beginnings(word)))):
        head = words.fold.get(word[:cut], word[:cut])
        if not (cut > 2 or head in words.directions) or not gazetteer.known(head):
            continue
        tail = words.fold.get(word[cut:], word[cut:])
        shared = word[cut - 1 :]
        if cut > 3 and len(shared) > 3 and not gazetteer.known(tail) and gazetteer.known(shared):
            yield head, shared  # "outering" shares an r
        if (len(word) - cut > 2 or tail in words.types_usual) and gazetteer.known(tail):
            yield head, tail
        elif most > 2 and len(word) - cut > _SHORTEST_WHOLE:
            yield from ((head, *rest) for rest in torn(word[cut:], gazetteer, most - 1))


def unclipped(word: str, gazetteer: Gazetteer) -> str:
    """The one part of town whose name a word begins: "roysa" is Roysambu, "pangs" Pangani."""
    for end in ("", *sorted(gazetteer.words.clipped)):
        short = word.removesuffix(end)
        if len(short) < _SHORTEST_CLIP or not word.endswith(end):
            continue
        whole = {
            key
            for key in gazetteer.starting(short, _MOST)
            if " " not in key and len(key) > len(short) + 1
            if any(gazetteer.kind(n) in _PARTS_OF_TOWN for n, _ in gazetteer.lookup(key))
        }
        if len(whole) == 1:
            return whole.pop()
    return ""


def altered(wording: Wording, seen: Sequence[Seen], gazetteer: Gazetteer) -> Altered:
    """The ways in which words of a text may be read otherwise, by the word's number."""
    found = {i: one.changes for i, one in enumerate(seen) if one.changes}
    for i, one in enumerate(seen[:-1]):
        whole = one.plain + seen[i + 1].plain if one.grows else ""
        if len(whole) > _SHORTEST_WHOLE and gazetteer.known(whole):
            apart = wording.spans[i + 1][0] - wording.spans[i][1]
            if apart == 1:
                found[i] = (Change((whole,), 2, 1), *found.get(i, ()))
    if not gazetteer.words.loose.isdisjoint(wording.keys):
        for i, change in _unlinked(seen, gazetteer):
            found[i] = (*found.get(i, ()), change)
    return found


def _unlinked(seen: Sequence[Seen], gazetteer: Gazetteer) -> Iterator[tuple[int, Change]]:
    """Words that go on as a name when what links them is left out: "escadaria da 24 de maio"."""
    links = gazetteer.words.loose
    for i, one in enumerate(seen[:-2]):
        after = i + 1
        while after < len(seen) - 1 and seen[after].key in links:
            after += 1
        if after > i + 1 and one.starts and _goes_on(one.key, seen[after].key, gazetteer):
            yield i, Change((one.key,), after - i, 1)


def _goes_on(word: str, after: str, gazetteer: Gazetteer) -> bool:
    """Whether any name begins with these two folded words."""
    words = f"{word} {after}"
    return bool(gazetteer.lookup(words)) or gazetteer.begins(words)


def readings(keys: Sequence[str], first: int, altered: Altered) -> Iterator[Reading]:
    """Other ways to read the words from `first` on than written, the least changed first."""
    written = keys[first : first + LONGEST]
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
        options = [Change((written[at],), 1, 0), *altered.get(first + at, ())]
        for change in options:
            serial += 1
            behind = at + change.words
            inner = (0,) * (len(change.keys) - 1)
            item = (*keys, *change.keys), (*ends, *inner, behind)
            heappush(queue, (slips + change.slips, serial, behind, *item))
