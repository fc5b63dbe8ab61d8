"""Where two streets probably meet, from what is known of each."""

from collections.abc import Sequence
from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from shapely.geometry.base import BaseGeometry

from nlp.places import Point
from nlp.spatial import from_metres, to_metres

_REACH_M = 600.0
_LEAST_RADIUS_M = 120.0

Flat = NDArray[np.float64]


def meeting(
    one: tuple[Sequence[Sequence[Point]], bool], other: tuple[Sequence[Sequence[Point]], bool]
) -> tuple[float, float, float] | None:
    """(lat, lon, radius_m) of the likely crossing of two streets; None when they lie too far apart.

    Each street is (its lines or one list of loose points as (lat, lon), whether they are lines).
    Loose points are strung together by their minimum spanning tree and prolonged at the ends; the
    answer is where the two strings cross, else their nearest approach. The radius grows with the
    distance to the nearest known point.
    """
    origin = one[0][0][0]
    a, b = _flat(one[0], origin), _flat(other[0], origin)
    core_a, core_b = _string(a, drawn=one[1]), _string(b, drawn=other[1])
    gap = float(shapely.distance(core_a, core_b))
    if gap > 2 * _REACH_M:
        return None
    spot = _crossing(core_a, core_b, gap, (a, b))
    known = [float(np.hypot(*(np.vstack(lines) - spot).T).min()) for lines in (a, b)]
    radius = _LEAST_RADIUS_M + 0.5 * gap + 0.5 * (sum(known) if not (one[1] and other[1]) else 0)
    lat, lon = from_metres(float(spot[0]), float(spot[1]), origin)
    return round(lat, 7), round(lon, 7), round(radius, 1)


def _flat(lines: Sequence[Sequence[Point]], origin: Point) -> list[Flat]:
    return [np.array([to_metres(lat, lon, origin) for lat, lon in line]) for line in lines]


def _crossing(
    core_a: BaseGeometry, core_b: BaseGeometry, gap: float, points: tuple[list[Flat], list[Flat]]
) -> Flat:
    meet = shapely.intersection(core_a, core_b)
    if not meet.is_empty:
        return _best(meet, points)
    reach = min(_REACH_M, 150.0 + 1.5 * gap)
    meet = shapely.intersection(_prolonged(core_a, reach), _prolonged(core_b, reach))
    if not meet.is_empty:
        return _best(meet, points)
    middle: Flat = np.array(shapely.shortest_line(core_a, core_b).coords).mean(axis=0)
    return middle


def _best(meet: BaseGeometry, points: tuple[list[Flat], list[Flat]]) -> Flat:
    """Of several crossings the one nearest to known points of both streets."""
    spots = [np.array(part.centroid.coords[0]) for part in shapely.get_parts(meet)]
    a, b = (np.vstack(lines) for lines in points)
    return min(spots, key=lambda s: np.hypot(*(a - s).T).min() + np.hypot(*(b - s).T).min())


def _string(lines: list[Flat], *, drawn: bool) -> BaseGeometry:
    if drawn:
        return shapely.MultiLineString([line for line in lines if len(line) > 1])
    points = np.unique(np.vstack(lines), axis=0)
    if len(points) == 1:
        return shapely.Point(points[0])
    apart = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    rows, columns = minimum_spanning_tree(apart).nonzero()
    edges = [(points[i], points[j]) for i, j in zip(rows, columns, strict=True)]
    return shapely.line_merge(shapely.MultiLineString(edges))


def _prolonged(string: BaseGeometry, reach: float) -> BaseGeometry:
    if string.geom_type == "Point":
        return string.buffer(reach / 4).exterior
    parts = [string]
    for line in shapely.get_parts(string):
        ends = np.array(line.coords)
        for tip, before in ((ends[0], ends[1]), (ends[-1], ends[-2])):
            length = hypot(*(tip - before))
            if length > 0:
                parts.append(shapely.LineString([tip, tip + (tip - before) / length * reach]))
    return shapely.union_all(parts)
