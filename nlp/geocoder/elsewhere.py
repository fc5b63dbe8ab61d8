"""Messages that say themselves that they are about another town."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import key_of
from nlp.geocoder.findings import Finding
from nlp.mentions.found import Read

_SIZES: Final = (4, 3, 2, 1)
_PARTS_OF_TOWN: Final = frozenset(("district", "area"))


class OtherTowns:
    """The large towns of the languages' word lists, without the city itself and its parts."""

    def __init__(self, gazetteer: Gazetteer, city: str) -> None:
        self._gazetteer, self._own = gazetteer, key_of(city, gazetteer.words)

    def named(self, found: Read, findings: Sequence[Finding]) -> bool:
        """Whether a text says "Rua Lavigne em Canoas", or begins with "Canoas:".

        The cue has to follow the place itself: who has a sister in Canoas may write about here.
        """
        words = self._gazetteer.words
        if not words.towns or not words.town_cues:
            return False
        spans, ends = found.wording.spans, {finding.end for finding in findings}
        behind = [
            number + 1
            for number, key in enumerate(found.keys[:-1])
            if key in words.town_cues
            and any(end <= spans[number][0] and not found.text[end : spans[number][0]].strip(" ,")
                    for end in ends)
        ]  # fmt: skip
        return self._opens(found) or any(self._size(found, first) for first in behind)

    def is_whole_city(self, words: str, kind: str) -> bool:
        """Whether words only name the city itself: they tell no place in it."""
        words = key_of(words, self._gazetteer.words) if self._own else ""
        return bool(words) and words == self._own and kind not in _PARTS_OF_TOWN

    def _opens(self, found: Read) -> bool:
        size = self._size(found, 0)
        behind = found.wording.spans[size - 1][1] if size else 0
        return size > 0 and found.text[behind : behind + 1] == ":"

    def _size(self, found: Read, first: int) -> int:
        """How many words from there on are the name of another town, 0 for none."""
        for size in _SIZES:
            name = " ".join(found.keys[first : first + size])
            if first + size <= len(found.keys) and name in self._gazetteer.words.towns:
                return size if self._is_other(name) else 0
        return 0

    def _is_other(self, name: str) -> bool:
        if name == self._own:
            return False
        places = self._gazetteer.lookup(name)
        return not any(self._gazetteer.kind(place) in _PARTS_OF_TOWN for place, _ in places)


def city_name(pack: Path) -> str:
    """The city's name in a pack, as the operator wrote it; empty where it cannot be read."""
    try:
        name = tomllib.loads((pack / "city.toml").read_text("utf-8")).get("name")
    except (OSError, ValueError):
        return ""
    return name if isinstance(name, str) else ""
