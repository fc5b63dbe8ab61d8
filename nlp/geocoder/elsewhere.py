"""Messages that say themselves that they are about another town."""

from typing import Final

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.mentions.found import Read

_SIZES: Final = (4, 3, 2, 1)
_OPENING: Final = frozenset(":,")
_PARTS_OF_TOWN: Final = frozenset(("district", "area"))


def in_another_town(found: Read, gazetteer: Gazetteer) -> bool:
    """Whether a text says "em Canoas" or begins with "Canoas:", which is no part of the city.

    Towns are those of the languages' word lists; the cue keeps "na Novo Hamburgo" a street.
    """
    words = gazetteer.words
    if not words.towns or not words.town_cues:
        return False
    starts = [0, *(i + 1 for i, key in enumerate(found.keys) if key in words.town_cues)]
    return any(_is_other(found, first, size, gazetteer) for first in starts for size in _SIZES)


def _is_other(found: Read, first: int, size: int, gazetteer: Gazetteer) -> bool:
    name = " ".join(found.keys[first : first + size])
    if name not in gazetteer.words.towns:
        return False
    if any(gazetteer.kind(place) in _PARTS_OF_TOWN for place, _ in gazetteer.lookup(name)):
        return False
    behind = found.wording.spans[first + size - 1][1]
    opened = found.text[behind : behind + 1] in _OPENING
    return first > 0 or opened
