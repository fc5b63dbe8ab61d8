"""Answers: a place that is sure enough, or up to four to choose from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

from nlp.analysis import Location, Option
from nlp.geocoder.candidate import Candidate
from nlp.geocoder.findings import Finding
from nlp.places.areas import Areas
from nlp.places.spatial import metres_between

MOST_OPTIONS = 4
LONGEST_LABEL = 32
_PIN_RADIUS_M = 50.0
# A point that may be this far off says less than the area's name alone.
WIDEST_M = 3000.0
BORDER_M = 200.0
_SURE = 0.85
# Of the radius of an estimate; half of it would ask of four times as many that are right.
_DOUBTED = 0.3
_WIDE = frozenset(("street", "mark", "area", "district"))
NOWHERE_M = 2 * WIDEST_M
_WHY = {
    "block": "street",
    "area": "area",
    "district": "area",
    "street": "street",
    "intersection": "intersection",
}


def at_pin(pin: tuple[float, float], areas: Areas) -> Location:
    """A point that the sender shared: certain."""
    area = areas.at(*pin)
    return Location(
        area=area,
        latitude=pin[0],
        longitude=pin[1],
        radius_m=_PIN_RADIUS_M,
        confidence=0.99,
        why="pin",
        outside=area is None,
    )


def found_at(finding: Finding, areas: Areas, named: Sequence[str] = ()) -> Location:
    """The one place that is left of a finding; options where it may be across a border.

    `named` are areas that the text names: they settle what a border leaves open.
    """
    only = finding.choice.left[0]
    either = () if finding.choice.by_home else _either_side(only, finding.extra_m, areas)
    if len(either) > 1 and not set(either) & set(named):
        # The nearest first: that is the likelier one.
        sure = only.confidence
        sides = [replace(only, area=c, confidence=sure - i / 100) for i, c in enumerate(either)]
        return ask(sides, None, areas)
    area = only.area or areas.at(only.latitude, only.longitude)
    why = "home" if finding.choice.by_home else _WHY.get(only.kind, "landmark")
    sureness = only.confidence * (0.8 if finding.choice.by_home else 1.0)
    return Location(
        area=area,
        **_point(only.latitude, only.longitude, only.radius_m + finding.extra_m),
        confidence=round(sureness, 2),
        name=only.name,
        why=why,
        outside=area is None,
    )


def _either_side(only: Candidate, extra_m: float, areas: Areas) -> tuple[str, ...]:
    """The areas that a point may lie in.

    It was estimated near a border, or its source says another area than the one that holds it, or
    it is "behind" or "near" a landmark from which the border is no farther than that.
    """
    lat, lon = only.latitude, only.longitude
    if only.kind != "intersection":
        if extra_m >= NOWHERE_M:
            return _disputed(only, areas)
        spot = only.kind not in _WIDE and extra_m > 0 and only.radius_m <= BORDER_M
        return areas.near(lat, lon, min(BORDER_M, extra_m)) if spot else ()
    if only.confidence < _SURE:
        doubt = max(min(BORDER_M, only.radius_m), _DOUBTED * only.radius_m)
        sides = areas.near(lat, lon, doubt)
        return sides if not only.area or only.area in sides else (*sides, only.area)
    return _disputed(only, areas)


def _disputed(only: Candidate, areas: Areas) -> tuple[str, ...]:
    """The area that holds the point and the one that the source says, where they differ."""
    holder = areas.at(only.latitude, only.longitude)
    return (holder, only.area) if holder and only.area and holder != only.area else ()


class _Spot(TypedDict):
    latitude: float | None
    longitude: float | None
    radius_m: float | None


def _point(lat: float, lon: float, radius_m: float) -> _Spot:
    if radius_m > WIDEST_M:
        return {"latitude": None, "longitude": None, "radius_m": None}
    return {"latitude": lat, "longitude": lon, "radius_m": round(radius_m, 1)}


def ask(left: Sequence[Candidate], home: str | None, areas: Areas) -> Location:
    """Several places are left: an area only if all lie in it, and options, the nearest to home."""
    if home in areas.names:
        lat, lon, _ = areas.centre(str(home))
        ordered = sorted(
            left, key=lambda c: (c.area != home, metres_between(lat, lon, c.latitude, c.longitude))
        )
    else:
        ordered = sorted(left, key=lambda c: (-c.confidence, -c.radius_m, c.area or ""))
    options: dict[tuple[str, str], Option] = {}
    for candidate in ordered:
        option = _option(candidate, areas)
        if option:
            options.setdefault((option.area, candidate.name), option)
    inside = {c.area for c in left}
    if len(inside) == 1 and None not in inside:
        return _somewhere_in(left, areas)
    return Location(options=tuple(options.values())[:MOST_OPTIONS])


def _somewhere_in(left: Sequence[Candidate], areas: Areas) -> Location:
    """All that is left lies in one area: that much is sure; the point is not."""
    best = min(left, key=lambda c: sum(c.metres_to(other) for other in left))
    reach = max(best.metres_to(other) + other.radius_m for other in left)
    return Location(
        area=best.area,
        **_point(best.latitude, best.longitude, reach),
        confidence=round(best.confidence * 0.8, 2),
        name=best.name if len({c.name for c in left}) == 1 else areas.names.get(best.area or ""),
        why=_WHY.get(best.kind, "landmark"),
    )


def _option(candidate: Candidate, areas: Areas) -> Option | None:
    area = candidate.area or areas.at(candidate.latitude, candidate.longitude)
    if area is None:
        return None
    town = areas.names[area]
    label = f"{candidate.name}, {town}" if candidate.kind != "area" else town
    return Option(
        label=label if len(label) <= LONGEST_LABEL else town[:LONGEST_LABEL],
        area=area,
        latitude=candidate.latitude,
        longitude=candidate.longitude,
        radius_m=candidate.radius_m,
    )


def at_home(home: str | None, areas: Areas) -> Location:
    """No place was named: the sender's own area may be offered, never assumed."""
    if home is None or home not in areas.names:
        return Location()
    lat, lon, reach = areas.centre(home)
    return Location(options=(Option(areas.names[home], home, lat, lon, round(reach, 1)),))
