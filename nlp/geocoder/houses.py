"""A house or a block of a street, from the addresses that are known."""

from collections.abc import Sequence
from dataclasses import replace

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.candidate import Candidate, of_entry
from nlp.mentions.mentions import Mention
from nlp.places.spatial import spread
from nlp.places.toponym import Point

_NEAR = 20
_HOUSE_M = 40.0
_NEIGHBOUR_M = 120.0
_BLOCK = 100


def at_number(mention: Mention, gazetteer: Gazetteer) -> list[Candidate]:
    """The house, its nearest numbered neighbour on the same side, or the middle of the block.

    Empty where no address of the street is known near that number.
    """
    found = []
    for number, how in mention.postings:
        street = gazetteer.place(number)
        if street.kind == "street":
            spot = _spot(mention, street.name_id, gazetteer)
            if spot:
                (lat, lon), radius = spot
                near = of_entry(street, how, 0.9)
                if near.radius_m + radius > near.metres_to(
                    replace(near, latitude=lat, longitude=lon)
                ):
                    found.append(replace(near, latitude=lat, longitude=lon, radius_m=radius))
    return found


def _spot(mention: Mention, street: int, gazetteer: Gazetteer) -> tuple[Point, float] | None:
    value = mention.value or 0
    if mention.number == "block":
        start = value - value % _BLOCK
        points = [point for _, point in gazetteer.houses(street, start, start + _BLOCK - 1)]
        return _middle(points)
    exact = [point for _, point in gazetteer.houses(street, value, value)]
    if exact:
        return exact[0], _HOUSE_M
    around = gazetteer.houses(street, max(value - _NEAR, 0), value + _NEAR)
    if not around:
        return None
    _, near = min(around, key=lambda house: abs(house[0] - value) + house[0] % 2 ^ value % 2)
    return near, _NEIGHBOUR_M


def _middle(points: Sequence[Point]) -> tuple[Point, float] | None:
    if not points:
        return None
    point, reach = spread(list(points))
    return point, round(reach + _HOUSE_M, 1)
