"""Where two streets probably meet, from what is known of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import KDTree
from shapely.geometry.base import BaseGeometry

from nlp.places.spatial import from_metres, to_metres
from nlp.places.toponym import Point

_PROLONG_M = 900.0
_LEAST_RADIUS_M = 120.0
# A spot's badness above which "unknown" is better; fitted with the weights on a county's crossings.
_WORST = 4200.0
# Of streets that are drawn more is known: they may only just miss each other.
_WORST_DRAWN = 800.0
_OWN_SHARE = 0.4
# One known point may be wrong, most of all where two streets share it: three near ones vouch.
_VOUCHERS = np.array([0.3, 0.4, 0.3])
_MOST_POINTS = 400

Flat = NDArray[np.float64]
Lines = Sequence[Sequence[Point]]


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a street: its own lines in one area, and those of its other parts.

    Other parts bear the same name in a neighbouring area or with another direction ("N Main St").
    `drawn`: the lines are drawn; else they are loose points in no order.
    """

    own: Lines
    others: Lines
    drawn: bool


@dataclass(frozen=True, slots=True)
class _String:
    """A street on a plane in metres: known points, segments (n, 2, 2) and prolonged ends."""

    points: Flat
    segments: Flat
    ends: Flat
    tree: KDTree
    drawn: BaseGeometry | None

    def metres_to(self, spots: Flat) -> Flat:
        """Metres from each spot to the street: to its lines, or to its nearest known points."""
        if self.drawn is not None:
            return np.asarray(shapely.distance(shapely.points(spots), self.drawn))
        most = min(len(_VOUCHERS), len(self.points))
        apart = np.asarray(self.tree.query(spots, k=[*range(1, most + 1)])[0])
        weights = _VOUCHERS[:most] / _VOUCHERS[:most].sum()
        return np.asarray(apart @ weights)

    @property
    def core(self) -> BaseGeometry:
        """The street without its prolonged ends."""
        if not len(self.segments):
            return shapely.Point(self.points[0])
        return shapely.MultiLineString(list(self.segments))


def meeting(one: Course, other: Course) -> tuple[float, float, float] | None:
    """(lat, lon, radius_m) of the likely crossing of two streets; None when nothing tells.

    Loose points are strung together by their minimum spanning tree and prolonged at the ends. Spots
    where the strings cross, or come nearest, are weighed by their distance to the nearest known
    points of both streets; the lightest is the answer and its weight widens the radius.
    """
    origin = one.own[0][0]
    a, b = _string(one.own, one.drawn, origin), _string(other.own, other.drawn, origin)
    wide_a = _string([*one.own, *one.others], one.drawn, origin) if one.others else a
    wide_b = _string([*other.own, *other.others], other.drawn, origin) if other.others else b
    spots, extra = _candidates(a, b)
    if wide_a is not a or wide_b is not b:
        more, weight = _candidates(wide_a, wide_b)
        spots, extra = np.vstack([spots, more]), np.concatenate([extra, weight])
    badness = (
        extra
        + _OWN_SHARE * (a.metres_to(spots) + b.metres_to(spots))
        + (1 - _OWN_SHARE) * (wide_a.metres_to(spots) + wide_b.metres_to(spots))
    )
    best = int(badness.argmin())
    if badness[best] > (_WORST_DRAWN if one.drawn and other.drawn else _WORST):
        return None
    lat, lon = from_metres(float(spots[best][0]), float(spots[best][1]), origin)
    return round(lat, 7), round(lon, 7), round(_LEAST_RADIUS_M + 0.5 * float(badness[best]), 1)


def _string(lines: Lines, drawn: bool, origin: Point) -> _String:
    flat = [np.array([to_metres(lat, lon, origin) for lat, lon in line]) for line in lines]
    points = np.unique(np.vstack(flat), axis=0)
    if drawn:
        parts = [np.stack([line[:-1], line[1:]], axis=1) for line in flat if len(line) > 1]
        segments = np.concatenate(parts) if parts else np.empty((0, 2, 2))
        ends = [(line[i], line[j]) for line in flat if len(line) > 1 for i, j in ((0, 1), (-1, -2))]
        solid = shapely.MultiLineString(list(segments)) if parts else None
        return _String(points, segments, _prolonged(ends), KDTree(points), solid)
    points = points[:: -(-len(points) // _MOST_POINTS)]
    segments = _tree(points)
    return _String(points, segments, _prolonged(_tips(segments)), KDTree(points), None)


def _tree(points: Flat) -> Flat:
    """The edges of the minimum spanning tree of points."""
    if len(points) == 1:
        return np.empty((0, 2, 2))
    apart = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    rows, columns = minimum_spanning_tree(apart).nonzero()
    return np.stack([points[rows], points[columns]], axis=1)


def _tips(segments: Flat) -> list[tuple[Flat, Flat]]:
    """The ends of a tree, each with the point before it."""
    at: dict[tuple[float, float], list[Flat]] = {}
    for one, other in segments:
        at.setdefault((one[0], one[1]), []).append(other)
        at.setdefault((other[0], other[1]), []).append(one)
    return [(np.array(tip), near[0]) for tip, near in at.items() if len(near) == 1]


def _prolonged(ends: Sequence[tuple[Flat, Flat]]) -> Flat:
    found = []
    for tip, before in ends:
        length = float(np.hypot(*(tip - before)))
        if length > 0:
            found.append((tip, tip + (tip - before) / length * _PROLONG_M))
    return np.array(found).reshape(-1, 2, 2)


def _candidates(a: _String, b: _String) -> tuple[Flat, Flat]:
    """Spots where two strings may meet, and the metres that part the streets there."""
    crossed = _crossings(np.vstack([a.segments, a.ends]), np.vstack([b.segments, b.ends]))
    nearest = shapely.get_coordinates(shapely.shortest_line(a.core, b.core))
    gap = float(np.hypot(*(nearest[0] - nearest[1])))
    apart, index = b.tree.query(a.points)
    closest = int(apart.argmin())
    between = (a.points[closest] + b.points[index[closest]]) / 2
    spots = np.vstack([crossed, nearest.mean(axis=0), between])
    return spots, np.array([0.0] * len(crossed) + [gap, 1.5 * float(apart[closest])])


def _crossings(one: Flat, other: Flat) -> Flat:
    """Where segments (n, 2, 2) and (m, 2, 2) cross: (k, 2)."""
    start, along = one[:, None, 0], one[:, None, 1] - one[:, None, 0]
    begin, across = other[None, :, 0], other[None, :, 1] - other[None, :, 0]
    turn = along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0]
    turn = np.where(turn == 0, np.nan, turn)
    gap = begin - start
    t = (gap[..., 0] * across[..., 1] - gap[..., 1] * across[..., 0]) / turn
    u = (gap[..., 0] * along[..., 1] - gap[..., 1] * along[..., 0]) / turn
    hit = (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    spots: Flat = (start + t[..., None] * along)[hit]
    return spots
