"""Names whose words stand apart in a text or in another order: "the hospital in Radiant"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.typos import distance
from nlp.geocoder.kinds import kinds_for
from nlp.mentions.cues import preceded
from nlp.mentions.found import Read
from nlp.places.spatial import spread

_AROUND: Final = 7
_MOST_NAMES: Final = 300
_MOST_REMEMBERED: Final = 10_000
_PARTS_OF_TOWN: Final = frozenset(("district", "area"))
_MOST_BRANCHES: Final = 5
_LEAST_TOGETHER: Final = 2
_ONE_SPOT_M: Final = 300.0
_SHORTEST_BRAND: Final = 3
_LONG: Final = 6
_NO_LANDMARKS: Final = frozenset(("street", "mark", "intersection", "area", "address"))


@dataclass(frozen=True, slots=True)
class Scattered:
    """A landmark's name as words of the text `first:last`; `postings` are (place, `How`)."""

    first: int
    last: int
    spots: int
    matched: int
    postings: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """A known name: the words that tell it, the kinds that it is of, the part of town it is in."""

    key: str
    telling: tuple[str, ...]
    kinds: tuple[str, ...]
    optional: tuple[str, ...]


class Scatter:
    """Finds landmarks by their words alone; remembers the names that begin with a word."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._kinds = kinds_for(gazetteer.words)
        self._names: dict[str, tuple[_Name, ...]] = {}

    def find(self, found: Read, *, alone: bool = False) -> Scattered | None:
        """The landmark of which most words stand near each other; None where no two do.

        `alone`: the text names nothing else, so the kind ("stadium") may be left out.
        """
        best: Scattered | None = None
        for at, key in enumerate(found.keys):
            names = self._names.get(key)
            if names is None:
                names = self._beginning(key)
            if not names or key in self._kinds.of or key in self._kinds.empty or len(key) < 3:
                continue
            for name in names:
                hit = self._match(found.keys, at, name, alone=alone)
                if hit and (best is None or _better(hit, best)):
                    best = hit
                elif hit and best and hit.matched == best.matched and hit.first == best.first:
                    best = _both(best, hit)
        return best

    def brand(self, found: Read) -> Scattered | None:
        """The few landmarks that begin with a word that is written and joined like a name."""
        words, text = self._gazetteer.words, found.text
        if text.islower() or text.isupper():
            return None
        cues = words.at | words.fill
        for at, (start, end) in enumerate(found.wording.spans):
            if not at or not text[start].isupper() or end - start < _SHORTEST_BRAND:
                continue
            key = found.keys[at]
            if words.ordinary(key) or key in words.sound or key in self._kinds.of:
                continue
            if preceded(found.keys, at, cues, self._gazetteer):
                names = [n.key for n in self._beginning(key) if not self._is_street(n.key)]
                postings = self._few(names) or self._few(self._together(key))
                if postings:
                    return Scattered(at, at + 1, 1, 1, postings)
        return None

    def _few(self, names: Sequence[str]) -> tuple[tuple[int, int], ...]:
        """What these names mean, if they are few."""
        if len(names) > _MOST_BRANCHES:
            return ()
        return tuple(dict.fromkeys(p for name in names for p in self._gazetteer.lookup(name)))

    def _together(self, word: str) -> list[str]:
        """The names that hold a word, if all of them are at one spot: it is what that is called."""
        names = [n for n in self._gazetteer.holding(word) if self._is_landmark(n)]
        spots = [self._gazetteer.place(p) for n in names for p, _ in self._gazetteer.lookup(n)]
        if len(names) < _LEAST_TOGETHER or len(names) > _MOST_BRANCHES:
            return []
        points = [(spot.latitude, spot.longitude) for spot in spots]
        return names if spread(points)[1] < _ONE_SPOT_M else []

    def _match(self, keys: Sequence[str], at: int, name: _Name, *, alone: bool) -> Scattered | None:
        low, high = max(at - _AROUND, 0), at + _AROUND + 1
        window = keys[low:high]
        places = [at]
        for word in name.telling:
            spot = _said(word, window)
            if spot is None:
                return None
            places.append(low + spot)
        places += [low + window.index(word) for word in name.optional if word in window]
        said = [self._kinds.of.get(key) for key in window]
        kinds = [low + said.index(kind) for kind in name.kinds if kind in said]
        row = alone and max(places) - min(places) == len(set(places)) - 1
        told = row or 2 * len(kinds) >= len(name.kinds)
        if not told or len({*places, *kinds}) < 2:
            return None
        spots = [*places, *kinds]
        # What is said of a name counts double; what is not said takes a little away.
        matched = 2 * len(spots) - (len(name.kinds) - len(kinds))
        postings = tuple(self._gazetteer.lookup(name.key))
        return Scattered(min(spots), max(spots) + 1, len(set(spots)), matched, postings)

    def _beginning(self, word: str) -> tuple[_Name, ...]:
        names = self._names.get(word)
        if names is None:
            names = tuple(
                self._name(key)
                for key in self._gazetteer.beginning(word, _MOST_NAMES)
                if self._is_landmark(key)
            )
            if len(self._names) >= _MOST_REMEMBERED:
                self._names.clear()  # numbers never end; what returns is soon known again
            self._names[word] = names
        return names

    def _is_landmark(self, key: str) -> bool:
        postings = self._gazetteer.lookup(key)
        kinds = {self._gazetteer.kind(place) for place, _ in postings}
        # "Mombasa Road Mlolongo Footbridge" is drawn like a street, and a footbridge all the same.
        crossed = kinds == {"street"} and any(w in self._kinds.of for w in key.split()[2:])
        return crossed or (bool(kinds) and not kinds & _NO_LANDMARKS)

    def _is_street(self, key: str) -> bool:
        return any(self._gazetteer.is_street(place) for place, _ in self._gazetteer.lookup(key))

    def _name(self, key: str) -> _Name:
        of = self._kinds.of
        rest = [word for word in key.split()[1:] if word not in self._kinds.empty]
        told = [word for word in rest if word not in of and not word.isdigit()]
        optional = tuple(word for word in told if len(rest) > 1 and self._is_district(word))
        kinds = tuple(dict.fromkeys(of[word] for word in rest if word in of))
        return _Name(key, tuple(w for w in told if w not in optional), kinds, optional)

    def _is_district(self, word: str) -> bool:
        postings = self._gazetteer.lookup(word)
        return any(self._gazetteer.kind(place) in _PARTS_OF_TOWN for place, _ in postings)


def _better(one: Scattered, other: Scattered) -> bool:
    """Whether one says more of its name, or as much in fewer words in between."""
    if one.matched != other.matched or one.first == other.first:
        return one.matched > other.matched
    return one.last - one.first < other.last - other.first


def _said(word: str, window: Sequence[str]) -> int | None:
    """Where a word is said, with one slip if it is long."""
    if word in window:
        return window.index(word)
    if len(word) < _LONG:
        return None
    near = (i for i, key in enumerate(window) if abs(len(key) - len(word)) < 2)
    return next((i for i in near if distance(window[i], word, 1) == 1), None)


def _both(one: Scattered, other: Scattered) -> Scattered:
    postings = tuple(dict.fromkeys((*one.postings, *other.postings)))
    last, spots = max(one.last, other.last), max(one.spots, other.spots)
    return Scattered(one.first, last, spots, one.matched, postings)
