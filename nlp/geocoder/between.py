"""A stretch of street: "Main Street between 2nd and 3rd"."""

from dataclasses import dataclass, replace
from itertools import product

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.candidate import Candidate
from nlp.geocoder.candidates import of_junction
from nlp.mentions.join import Junction
from nlp.mentions.mentions import Mention, Read

_LONGEST_M = 2500.0
_AROUND_M = 60.0
_KNOWN = 0.9
"""One of the two ends must be a listed crossing; the other may be estimated."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A street and the two that bound the stretch, with the stretches that may be meant."""

    street: Mention
    one: Mention
    other: Mention
    candidates: tuple[Candidate, ...]


def stretches(found: Read, gazetteer: Gazetteer) -> list[Stretch]:
    """Every "S between A and B" whose crossings S with A and S with B are known or likely."""
    streets = [
        m for m in found.mentions if any(gazetteer.is_street(place) for place, _ in m.postings)
    ]
    kept = []
    for street, one, other in zip(streets, streets[1:], streets[2:], strict=False):
        first = set(found.keys[street.last : one.first])
        second = found.keys[one.last : other.first]
        near = one.first - street.last <= 3 and 0 < len(second) <= 2
        if near and first & gazetteer.words.between:
            candidates = _between(street, one, other, gazetteer)
            if candidates:
                kept.append(Stretch(street, one, other, tuple(candidates)))
    return kept


def _between(
    street: Mention, one: Mention, other: Mention, gazetteer: Gazetteer
) -> list[Candidate]:
    starts = of_junction(Junction(street, one, 3), gazetteer)
    ends = of_junction(Junction(street, other, 3), gazetteer)
    found = []
    for start, end in product(starts, ends):
        metres = start.metres_to(end)
        known = max(start.confidence, end.confidence) > _KNOWN
        if known and start.area == end.area and metres < _LONGEST_M:
            found.append(
                replace(
                    start,
                    kind="block",
                    name=gazetteer.place(street.postings[0][0]).name,
                    latitude=round((start.latitude + end.latitude) / 2, 7),
                    longitude=round((start.longitude + end.longitude) / 2, 7),
                    radius_m=round(metres / 2 + max(start.radius_m, end.radius_m, _AROUND_M), 1),
                    cost=start.cost + end.cost,
                    confidence=min(start.confidence, end.confidence),
                )
            )
    return sorted(found, key=lambda c: (c.cost, c.radius_m))
