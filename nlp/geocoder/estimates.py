"""Crossings that no source lists, estimated from what is known of the two streets."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from nlp.gazetteer.forms import How, forms
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.candidate import Candidate
from nlp.places.lines import Course, meeting
from nlp.places.spatial import metres_between, to_metres
from nlp.places.toponym import Entry, Point

_REACH_M = 2000.0
_MOST = 24
_MOST_RIVALS = 6
_MISSED_M = 200.0
Named = Sequence[tuple[Entry, int]]


def estimates(
    ones: Named,
    others: Named,
    gazetteer: Gazetteer,
    named: Collection[str | None] = (),
    *,
    only: bool = False,
) -> list[Candidate]:
    """Likely crossings of streets in the same area, each entry given with its `How`.

    Where both streets are known in an area that the text has `named`, others do not count; with
    `only` they never do.
    """
    pairs = [(one, other, cost + 1) for one, other, cost in _pairs(ones, others)]
    inside = [pair for pair in pairs if pair[0].area in named]
    pairs = inside if inside or only else pairs
    return [found for pair in pairs[:_MOST] for found in _met(*pair, gazetteer)]


def rivals(
    ones: Named, others: Named, known: Sequence[Candidate], gazetteer: Gazetteer
) -> list[Candidate]:
    """Likely crossings in other areas than that of the only known ones, written no worse.

    Of streets that are drawn every crossing is known; of streets that are known from a list of
    crossings some are missing, and the one that is listed may be in the wrong town.
    """
    least = min(candidate.cost for candidate in known)
    areas = {candidate.area for candidate in known if candidate.cost == least}
    if len(areas) > 1:
        return []
    pairs = [
        (one, other, least)
        for one, other, cost in _pairs(ones, others)
        if cost <= least and one.area not in areas and _may_meet(one, other)
        if not gazetteer.is_drawn(one.id) and not gazetteer.is_drawn(other.id)
    ]
    return [found for pair in pairs[:_MOST_RIVALS] for found in _met(*pair, gazetteer)]


def _pairs(ones: Named, others: Named) -> list[tuple[Entry, Entry, int]]:
    """Streets of the same area with what their written forms cost together, the least first."""
    pairs = [
        (one, other, how + also)
        for one, how in ones
        for other, also in others
        if one.area == other.area and one.name_id != other.name_id
        if one.kind == other.kind == "street"
    ]
    return sorted(pairs, key=lambda pair: pair[2])


def _may_meet(one: Entry, other: Entry) -> bool:
    apart = metres_between(one.latitude, one.longitude, other.latitude, other.longitude)
    return apart < one.radius_m + other.radius_m + _MISSED_M


def _met(one: Entry, other: Entry, cost: int, gazetteer: Gazetteer) -> Iterator[Candidate]:
    spot = meeting(course_of(one, gazetteer), course_of(other, gazetteer))
    if spot is not None:
        name = f"{one.name} & {other.name}"
        yield Candidate(name, "intersection", one.area, *spot, cost, 0.75)


def course_of(street: Entry, gazetteer: Gazetteer) -> Course:
    """A street's own lines, and those of the same street across a border or a change of name."""
    own, drawn = gazetteer.lines(street.id)
    near = [line for other in _parts(street, gazetteer) for line in gazetteer.lines(other.id)[0]]
    return Course(own, [line for line in near if _close(own, line)], drawn)


def _parts(street: Entry, gazetteer: Gazetteer) -> Iterator[Entry]:
    """Streets of the same name apart from its direction: "N Main St" beside "Main St"."""
    shapes: dict[How, str] = {}
    for written, form in forms(street.name, gazetteer.words, street=True):
        shapes.setdefault(form, written)
    key = shapes.get(How.NO_DIRECTION, shapes[How.FULL])
    for number, how in gazetteer.lookup(key):
        if how in (How.FULL, How.NO_DIRECTION) and number != street.id:
            other = gazetteer.place(number)
            if other.kind == "street":
                yield other


def _close(own: Sequence[Sequence[Point]], line: Sequence[Point]) -> bool:
    """Whether any point of a line lies within reach of any of a street's own."""
    origin = own[0][0]
    mine = np.array([to_metres(*p, origin) for part in own for p in part])
    theirs = np.array([to_metres(*p, origin) for p in line])
    apart = np.hypot(*(mine[:, None] - theirs[None]).transpose(2, 0, 1))
    return bool(apart.min() < _REACH_M)
