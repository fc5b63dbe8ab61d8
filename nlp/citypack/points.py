"""Landmarks, listed intersections and the streets that are known from them."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from nlp.citypack.area import AreaSource
from nlp.citypack.ground import Ground
from nlp.citypack.place import PlaceSource
from nlp.citypack.streets import clusters, crossing_at
from nlp.gazetteer.names import key_of
from nlp.gazetteer.words import Words
from nlp.places.spatial import spread
from nlp.places.toponym import Point, Toponym

_POINT_RADIUS_M = 60.0
_LEAST_PLACES = 5
_ADDRESS_RADIUS_M = 30.0
# Farther apart, records of one crossing contradict each other: the middle would be right for none.
_SAME_SPOT_M = 100.0
Meetings = dict[tuple[frozenset[str], str | None], list[NDArray[np.float64]]]


def area_places(areas: Sequence[AreaSource], ground: Ground) -> list[Toponym]:
    """The areas themselves: they are named in messages more than anything else."""
    found = []
    for area in areas:
        lat, lon, reach = ground.areas.centre(area.code)
        found.append(
            Toponym(
                name=area.name,
                kind="area",
                area=area.code,
                latitude=round(lat, 7),
                longitude=round(lon, 7),
                radius_m=round(reach, 1),
                aliases=tuple(a for a in (*area.aliases, area.code) if a != area.name),
            )
        )
    return found


def undrawn_places(ground: Ground) -> list[Toponym]:
    """Areas that sources name and nobody drew, as districts: people name them all the same."""
    found = []
    for name, points in sorted(ground.unknown_areas.items()):
        (lat, lon), reach = spread(points)
        code, radius = ground.areas.at(lat, lon), round(reach + _POINT_RADIUS_M, 1)
        if len(points) >= _LEAST_PLACES:
            found.append(Toponym(name.title(), "district", code, lat, lon, radius))
    return found


def point_places(sources: Sequence[PlaceSource], ground: Ground) -> list[Toponym]:
    """Landmarks and districts: a point, and the radius of their grounds.

    Grounds that spread over several areas, such as a river, become a place in each of them.
    """
    found = []
    for source in sources:
        flat = ground.flat(source.geometry)
        sound = flat.area > 0 and flat.is_valid and not source.area
        parts: Sequence[tuple[str | None, BaseGeometry]] = ground.shares(flat) if sound else ()
        for code, part in parts or [(source.area, flat)]:
            found.append(_point_place(source, code, part, ground))
    return found


def _point_place(
    source: PlaceSource, code: str | None, flat: BaseGeometry, ground: Ground
) -> Toponym:
    middle = flat.centroid if flat.covers(flat.centroid) else flat.representative_point()
    ((lat, lon),) = ground.points(np.array(middle.coords))
    corners = shapely.get_coordinates(flat) - np.array(middle.coords[0])
    return Toponym(
        name=source.name,
        kind=source.kind,
        area=ground.area_of(code, lat, lon),
        latitude=lat,
        longitude=lon,
        radius_m=max(_POINT_RADIUS_M, round(float(np.hypot(*corners.T).max()), 1)),
        aliases=source.aliases,
        lines=_rings(flat, ground),
    )


def _rings(flat: BaseGeometry, ground: Ground) -> tuple[tuple[Point, ...], ...]:
    """The outer rings of polygons, for the map; nothing for points."""
    polygons = [part for part in shapely.get_parts(flat) if part.geom_type == "Polygon"]
    return tuple(ground.points(np.array(polygon.exterior.coords)) for polygon in polygons)


def listed_crossings(
    sources: Sequence[PlaceSource], ground: Ground, words: Words
) -> tuple[list[Toponym], list[Toponym]]:
    """(crossings, streets known from them) of places named `A & B`; order of A and B is free.

    What is no street ("dead end", "railroad crossing") becomes a mark: it only counts in a pair.
    Streets whose source also draws them are not made up again from their crossings.
    """
    meetings: Meetings = defaultdict(list)
    by_name: Meetings = defaultdict(list)
    shown: dict[str, str] = {}
    for source in sources:
        names = list(source.streets) or _two(source.name)
        keys = {key_of(name, words): name for name in names}
        if len(keys) < 2:
            continue
        for key, name in keys.items():
            shown.setdefault(key, name)
        spot = np.array(ground.flat(source.geometry.centroid).coords[0])
        ((lat, lon),) = ground.points(spot[None, :])
        code = ground.area_of(source.area, lat, lon)
        meetings[frozenset(keys), code].append(spot)
        if not source.streets:
            by_name[frozenset(keys), code].append(spot)
    return _crossings(meetings, shown, ground), _streets(by_name, shown, ground, words)


def _two(name: str) -> list[str]:
    return [part.strip() for part in name.split("&") if part.strip()][:2]


def _crossings(
    meetings: Meetings,
    shown: dict[str, str],
    ground: Ground,
) -> list[Toponym]:
    found = []
    for (keys, code), spots in meetings.items():
        one, other = sorted(shown[key] for key in keys)
        groups = clusters(spots, _SAME_SPOT_M)
        found += [crossing_at((one, other), code, group, ground) for group in groups]
    return found


def _streets(
    meetings: Meetings,
    shown: dict[str, str],
    ground: Ground,
    words: Words,
) -> list[Toponym]:
    spots: dict[tuple[str, str | None], list[Point]] = defaultdict(list)
    for (keys, code), places in meetings.items():
        for key in keys:
            spots[key, code] += ground.points(np.array(places))
    return [
        _loose_street(shown[key], key, code, sorted(set(points)), words)
        for (key, code), points in spots.items()
    ]


def _loose_street(
    name: str, key: str, code: str | None, points: list[Point], words: Words
) -> Toponym:
    (lat, lon), reach = spread(points)
    return Toponym(
        name=name,
        kind="mark" if key in words.no_street else "street",
        area=code,
        latitude=lat,
        longitude=lon,
        radius_m=round(reach, 1) + 100.0,
        lines=(tuple(points),),
        line=False,
    )


def address_places(sources: Sequence[PlaceSource], ground: Ground) -> list[Toponym]:
    """House numbers of streets: a point each, found through the street's name."""
    found = []
    for source in sources:
        point = source.geometry.representative_point()
        lat, lon = round(point.y, 7), round(point.x, 7)
        code = ground.area_of(source.area, lat, lon)
        found.append(
            Toponym(
                source.name, "address", code, lat, lon, _ADDRESS_RADIUS_M, streets=source.streets
            )
        )
    return found
