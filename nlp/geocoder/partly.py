"""Landmarks of which only a part is said: "Cisne Branco" of Barco Cisne Branco, "dhl yaya"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.kinds import kinds_for
from nlp.geocoder.scattered import Scattered
from nlp.mentions.found import Read

_RARE: Final = 12
_MOST_NAMES: Final = 4
_SHORTEST: Final = 4
_LONG: Final = 8
_MOST_REMEMBERED: Final = 10_000
_LONGEST_GAP: Final = 2
_NO_LANDMARKS: Final = frozenset(("mark", "intersection", "area", "address"))


@dataclass(frozen=True, slots=True)
class _Said:
    """Words `first:last` of a text that say `words` of a name, and how much they tell."""

    first: int
    last: int
    words: frozenset[str]
    weight: int
    unsaid: int
    name: str


class Partly:
    """Finds landmarks by a row of words that is a part of few names."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._kinds = kinds_for(gazetteer.words)
        self._names: dict[str, tuple[str, ...]] = {}
        self._seen: dict[str, tuple[str, tuple[str, ...]]] = {}

    def find(self, found: Read) -> Scattered | None:
        """The landmark, or the few of them, of which the most is said; None for none."""
        seen = [self._seen.get(key) or self._look_up(key) for key in _as_meant(found)]
        if not any(names for _, names in seen):
            return None
        keys = [key for key, _ in seen]
        said = [
            hit
            for at, (_, names) in enumerate(seen)
            for name in names
            for hit in [self._said(keys, at, name)]
            if hit is not None
        ]
        if not said:
            return None
        most = max((hit.weight, not hit.unsaid) for hit in said)
        best = [hit for hit in said if (hit.weight, not hit.unsaid) == most]
        if len({hit.name for hit in best}) > _MOST_NAMES:
            return None
        first, last = min(hit.first for hit in best), max(hit.last for hit in best)
        postings = tuple(dict.fromkeys(p for hit in best for p in self._gazetteer.lookup(hit.name)))
        return Scattered(first, last, len(best[0].words), most[0], postings)

    def _look_up(self, word: str) -> tuple[str, tuple[str, ...]]:
        """A word as it is meant, and the names that it may tell."""
        key = self._mended(word)
        found = key, self._holding(key) if self._may_tell(key) else ()
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen.clear()  # numbers and slips never end; what returns is soon known
        self._seen[word] = found
        return found

    def _mended(self, key: str) -> str:
        """A long word that nothing knows, as the known one with a slip less."""
        words = self._gazetteer.words
        if len(key) < _LONG or self._gazetteer.known(key) or words.ordinary(key):
            return key
        near = self._gazetteer.near(key) if key not in words.sound else ()
        return next((word for word, slips in near if slips == 1), key)

    def _may_tell(self, key: str) -> bool:
        words = self._gazetteer.words
        if len(key) < _SHORTEST or words.ordinary(key) or key in words.sound:
            return key.isdigit() and len(key) == _SHORTEST - 1
        return key not in self._kinds.of and key not in words.at

    def _holding(self, word: str) -> tuple[str, ...]:
        names = self._names.get(word)
        if names is None:
            names = tuple(filter(self._is_landmark, self._gazetteer.holding(word)))
            if len(self._names) >= _MOST_REMEMBERED:
                self._names.clear()  # numbers and slips never end; what returns is soon known
            self._names[word] = names
        return names

    def _is_landmark(self, name: str) -> bool:
        kinds = {self._gazetteer.kind(place) for place, _ in self._gazetteer.lookup(name)}
        drawn = "street" not in kinds or any(w in self._kinds.of for w in name.split()[2:])
        return bool(kinds) and drawn and not kinds & _NO_LANDMARKS

    def _said(self, keys: Sequence[str], at: int, name: str) -> _Said | None:
        """How much of a name stands around one of its words in one row; None for too little."""
        parts = set(name.split())
        of, empty = self._kinds.of, self._kinds.empty | self._gazetteer.words.at
        kinds = {of[part] for part in parts if part in of}
        spots = {at: keys[at]}
        for step in (1, -1):
            gap, spot = 0, at + step
            while 0 <= spot < len(keys) and gap <= _LONGEST_GAP:
                key = keys[spot]
                kind = of.get(key)
                if kind in kinds or (key in parts and key not in empty):
                    spots[spot], gap = kind or key, 0
                elif key in empty:
                    gap += 1
                else:
                    break
                spot += step
        return self._weighed(spots, parts, name)

    def _weighed(self, spots: dict[int, str], parts: set[str], name: str) -> _Said | None:
        words = self._gazetteer.words
        said = frozenset(spots.values())
        telling = {word for word in said if word in parts and not words.ordinary(word)}
        telling -= {word for word in telling if self._is_district(word)}
        few = len(self._holding(next(iter(telling), ""))) <= _RARE
        if len(said) < 2 or not telling or (len(telling) < 2 and not few):
            return None
        unsaid = sum(bool(self._holding(part)) for part in parts - said)
        return _Said(min(spots), max(spots) + 1, said, len(said) + len(telling), unsaid, name)

    def _is_district(self, word: str) -> bool:
        postings = self._gazetteer.lookup(word)
        return any(self._gazetteer.kind(place) in ("district", "area") for place, _ in postings)


def _as_meant(found: Read) -> list[str]:
    """The words of a text, those that were mended as they are meant."""
    keys = list(found.keys)
    for mention in found.mentions:
        if mention.last - mention.first == 1 and " " not in mention.key:
            keys[mention.first] = mention.key
    return keys
