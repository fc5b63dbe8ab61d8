"""Two streets that are named together: "A & B", "corner of A and B", "where A meets B"."""

import re
from dataclasses import dataclass
from itertools import pairwise

from nlp.gazetteer import Gazetteer
from nlp.mentions import Mention, Read
from nlp.mentions_cues import Strength, preceded

_SIGNS = re.compile(r"[&/@+]")
_STOPS = re.compile(r"[.!?;\n]\s")


@dataclass(frozen=True, slots=True)
class Junction:
    """Two streets whose crossing is meant. `sure` False: only a crossing that is known counts."""

    one: Mention
    other: Mention
    sure: bool


def junctions(found: Read, gazetteer: Gazetteer) -> list[Junction]:
    """Pairs of neighbouring street names that mean a crossing, none used twice."""
    pairs: list[Junction] = []
    streets = [m for m in found.mentions if _is_street(m, gazetteer)]
    for one, other in pairwise(streets):
        joined = _joined(found, one, other, gazetteer)
        if joined is not None and not (pairs and pairs[-1].other is one and pairs[-1].sure):
            pairs.append(Junction(one, other, joined))
    return pairs


def _is_street(mention: Mention, gazetteer: Gazetteer) -> bool:
    return any(gazetteer.is_street(place) for place, _ in mention.postings)


def _joined(found: Read, one: Mention, other: Mention, gazetteer: Gazetteer) -> bool | None:
    """True: they mean a crossing; False: if there is one; None: they do not belong together."""
    words = gazetteer.words
    gap = [word.key for word in found.words[one.last : other.first]]
    between = found.text[one.end : other.start]
    links = words.join | words.corner | words.articles | words.at
    if len(gap) > 4 or any(word not in links for word in gap) or _STOPS.search(between):
        return None
    weak = Strength.STRONG not in (one.strength, other.strength)
    if weak and not _cornered(found, one, gazetteer):
        return False
    if _SIGNS.search(between):
        return True
    return any(word in words.join or word in words.corner for word in gap) or False


def _cornered(found: Read, one: Mention, gazetteer: Gazetteer) -> bool:
    before = found.words[one.first - 1].key if one.first else ""
    return before in gazetteer.words.corner or preceded(found.words, one.first, gazetteer)
