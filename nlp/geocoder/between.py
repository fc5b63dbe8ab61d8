"""What lies between two places: "Main Street between 2nd and 3rd"."""

from dataclasses import dataclass, replace
from itertools import pairwise, product

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.candidate import Candidate, of_entry
from nlp.geocoder.candidates import of_junction
from nlp.mentions.cues import preceded
from nlp.mentions.join import Junction
from nlp.mentions.mentions import Mention, Read

_LONGEST_M = 2500.0
_AROUND_M = 60.0
_KNOWN = 0.9
"""One of the two ends must be a listed crossing; the other may be estimated."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The mentions that bound a stretch, with what may be meant; the first to the last say it."""

    mentions: tuple[Mention, ...]
    candidates: tuple[Candidate, ...]


def stretches(found: Read, gazetteer: Gazetteer) -> list[Stretch]:
    """Every "S between A and B", "between A and B on S", and "between A and B" of landmarks."""
    if gazetteer.words.between.isdisjoint(found.keys):
        return []
    kept = [
        Stretch((one, two, three), tuple(candidates))
        for one, two, three in zip(*(found.mentions[i:] for i in range(3)), strict=False)
        if all(_is_street(mention, gazetteer) for mention in (one, two, three))
        for candidates in [_of_three(found, one, two, three, gazetteer)]
        if candidates
    ]
    used = {id(mention) for part in kept for mention in part.mentions}
    for one, other in pairwise(found.mentions):
        if used.isdisjoint((id(one), id(other))) and _bounds(found, one, other, gazetteer):
            middle = _middle(one, other, gazetteer)
            if middle:
                kept.append(Stretch((one, other), (middle,)))
    return kept


def _of_three(
    found: Read, one: Mention, two: Mention, three: Mention, gazetteer: Gazetteer
) -> list[Candidate]:
    """The stretch that three streets in a row bound; empty where they do not."""
    first, second = found.keys[one.last : two.first], found.keys[two.last : three.first]
    words = gazetteer.words
    if len(first) <= 3 and 0 < len(second) <= 2 and not words.between.isdisjoint(first):
        return _between(one, two, three, gazetteer)
    if len(second) <= 3 and _bounds(found, one, two, gazetteer) and words.on.intersection(second):
        return _between(three, one, two, gazetteer)
    return []


def _bounds(found: Read, one: Mention, other: Mention, gazetteer: Gazetteer) -> bool:
    """Whether the text says "between one and other"."""
    gap = found.keys[one.last : other.first]
    return 0 < len(gap) <= 2 and preceded(found.keys, one.first, gazetteer.words.between, gazetteer)


def _is_street(mention: Mention, gazetteer: Gazetteer) -> bool:
    return any(gazetteer.is_street(place) for place, _ in mention.postings)


def _middle(one: Mention, other: Mention, gazetteer: Gazetteer) -> Candidate | None:
    """The middle between two landmarks of one area, if they are surely near each other."""
    if _is_street(one, gazetteer) or _is_street(other, gazetteer):
        return None
    if len(one.postings) > 1 or len(other.postings) > 1:
        return None
    start, end = (of_entry(gazetteer.place(m.postings[0][0]), 0, 0.85) for m in (one, other))
    metres = start.metres_to(end)
    if start.area != end.area or metres > _LONGEST_M or "area" in (start.kind, end.kind):
        return None
    return replace(
        start,
        name=f"{start.name} & {end.name}",
        latitude=round((start.latitude + end.latitude) / 2, 7),
        longitude=round((start.longitude + end.longitude) / 2, 7),
        radius_m=round(metres / 2 + _AROUND_M, 1),
    )


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
