"""Two streets that are named together: "A & B", "corner of A and B", "where A meets B"."""

import re
from dataclasses import dataclass
from itertools import pairwise

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.mentions.cues import Strength, preceded
from nlp.mentions.mentions import Mention, Read

_SIGNS = re.compile(r"[&/@+]")
_STOPS = re.compile(r"[.!?;\n]\s")


@dataclass(frozen=True, slots=True)
class Junction:
    """Two streets whose crossing is meant.

    `weight` 3: a sign or a word such as "and" joins them; 2: a word that joins other things too
    ("by", "at"); 1: only "corner of" stands between; 0: they merely stand together, so only a
    crossing that is known counts.
    """

    one: Mention
    other: Mention
    weight: int

    @property
    def sure(self) -> bool:
        """Whether the words alone say that a crossing is meant."""
        return self.weight > 0


def junctions(found: Read, gazetteer: Gazetteer) -> list[Junction]:
    """Pairs of neighbouring street names that may mean a crossing, the surest first."""
    streets = [m for m in found.mentions if _is_street(m, gazetteer)]
    pairs = [
        Junction(one, other, weight)
        for one, other in pairwise(streets)
        for weight in [_weight(found, one, other, gazetteer)]
        if weight is not None
    ]
    return sorted(pairs, key=lambda pair: -pair.weight)


def _is_street(mention: Mention, gazetteer: Gazetteer) -> bool:
    return any(gazetteer.is_street(place) for place, _ in mention.postings)


def _weight(found: Read, one: Mention, other: Mention, gazetteer: Gazetteer) -> int | None:
    """The weight of the pair; None where they do not belong together."""
    words = gazetteer.words
    gap = found.keys[one.last : other.first]
    between = found.text[one.end : other.start]
    if found.keys[one.last - 1] in words.types | words.directions:
        between = between.removeprefix(".")  # "Gravel Pk. & 2nd"
    links = words.join | words.corner | words.articles | words.at | words.fill | words.related
    if len(gap) > 4 or any(word not in links for word in gap) or _STOPS.search(between):
        return None
    weak = Strength.STRONG not in (one.strength, other.strength)
    joined = _SIGNS.search(between) or any(word in words.join for word in gap)
    if weak and not _cornered(found, one, gazetteer):
        return 0 if joined else None
    if _SIGNS.search(between) or any(word in words.join - words.at for word in gap):
        return 3
    if any(word in words.join for word in gap):
        return 2
    before = found.keys[one.first - 1 : one.first]
    if any(word in words.corner - words.fill for word in (*gap, *before)):
        return 1
    # "Main St, Pottstown" is no crossing with Pottstown Ave
    towns = any(gazetteer.kind(m.postings[0][0]) == "area" for m in (one, other))
    return None if towns or (weak and not (words.at - words.fill).intersection(gap)) else 0


def _cornered(found: Read, one: Mention, gazetteer: Gazetteer) -> bool:
    before = found.keys[one.first - 1] if one.first else ""
    return before in gazetteer.words.corner or preceded(
        found.keys, one.first, gazetteer.words.at, gazetteer
    )
