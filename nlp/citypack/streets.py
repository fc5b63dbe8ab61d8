"""Streets, rivers and their crossings, from lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from nlp.citypack.ground import Ground
from nlp.citypack.place import PlaceSource
from nlp.gazetteer.names import key_of
from nlp.gazetteer.words import Words
from nlp.places.toponym import Toponym

MEET_M = 12.0
"""Streets whose lines come this near each other are taken to meet."""
_SAME_CROSSING_M = 150.0


def line_places(sources: Sequence[PlaceSource], ground: Ground, words: Words) -> list[Toponym]:
    """One place for every named line and area that it runs through."""
    groups: dict[tuple[str, str, str | None], list[PlaceSource]] = defaultdict(list)
    for source in sources:
        groups[source.kind, key_of(source.name, words), source.area].append(source)
    return [
        place
        for (_, _, area), group in groups.items()
        for code, part in _pieces(_joined(group, ground), area, ground)
        for place in [_line_place(group, code, part, ground)]
    ]


def _joined(group: Iterable[PlaceSource], ground: Ground) -> BaseGeometry:
    return shapely.line_merge(
        shapely.unary_union([ground.flat(source.geometry) for source in group])
    )


def _pieces(
    line: BaseGeometry, area: str | None, ground: Ground
) -> list[tuple[str | None, BaseGeometry]]:
    if area is None:
        return ground.cut(line)
    ((lat, lon),) = ground.points(np.array([line.interpolate(0.5, normalized=True).coords[0]]))
    return [(ground.area_of(area, lat, lon), line)]


def _line_place(
    group: Sequence[PlaceSource], code: str | None, part: BaseGeometry, ground: Ground
) -> Toponym:
    merged = shapely.line_merge(part) if part.geom_type == "MultiLineString" else part
    lines = sorted(shapely.get_parts(merged), key=lambda line: -line.length)
    middle = np.array(lines[0].interpolate(0.5, normalized=True).coords)
    reach = np.hypot(*(shapely.get_coordinates(merged) - middle[0]).T).max()
    ((lat, lon),) = ground.points(middle)
    return Toponym(
        name=group[0].name,
        kind=group[0].kind,
        area=code,
        latitude=lat,
        longitude=lon,
        radius_m=round(float(reach), 1) + 25.0,
        aliases=tuple(sorted({alias for source in group for alias in source.aliases})),
        lines=tuple(ground.points(np.array(line.coords)) for line in lines),
    )


def line_crossings(sources: Sequence[PlaceSource], ground: Ground, words: Words) -> list[Toponym]:
    """The places where streets of different names meet."""
    groups: dict[str, list[PlaceSource]] = defaultdict(list)
    for source in sources:
        if source.kind == "street":
            groups[key_of(source.name, words)].append(source)
    names = [group[0].name for group in groups.values()]
    lines = [_joined(group, ground) for group in groups.values()]
    if not lines:
        return []
    pairs = STRtree(lines).query(lines, predicate="dwithin", distance=MEET_M)
    return [
        place
        for one, other in sorted(zip(*pairs.tolist(), strict=True))
        if one < other
        for place in _meetings((names[one], names[other]), lines[one], lines[other], ground)
    ]


def _meetings(
    names: tuple[str, str], one: BaseGeometry, other: BaseGeometry, ground: Ground
) -> list[Toponym]:
    meeting = shapely.intersection(one, other)
    if meeting.is_empty:
        meeting = shapely.shortest_line(one, other).centroid
    middles = [np.array(part.centroid.coords[0]) for part in shapely.get_parts(meeting)]
    return [crossing_at(names, None, group, ground) for group in clusters(middles)]


def crossing_at(
    names: tuple[str, str], area: str | None, group: NDArray[np.float64], ground: Ground
) -> Toponym:
    """The crossing of two streets in the middle of the points (metres) where they meet."""
    ((lat, lon),) = ground.points(group.mean(axis=0, keepdims=True))
    one, other = sorted(names)
    return Toponym(
        name=f"{one} & {other}",
        kind="intersection",
        area=ground.area_of(area, lat, lon),
        latitude=lat,
        longitude=lon,
        radius_m=40.0,
        streets=(one, other),
    )


def clusters(
    points: Sequence[NDArray[np.float64]], apart_m: float = _SAME_CROSSING_M
) -> list[NDArray[np.float64]]:
    """Points (metres) in groups whose members hang together by steps under `apart_m`."""
    ordered = np.unique(np.round(np.array(points), 1), axis=0)
    # Streets that run along each other meet in thousands of points: thin them to 5 m first.
    _, first = np.unique(np.round(ordered / 5.0), axis=0, return_index=True)
    ordered = ordered[np.sort(first)]
    pairs = KDTree(ordered).query_pairs(apart_m, output_type="ndarray")
    size = len(ordered)
    near = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, group = connected_components(near, directed=False)
    return [ordered[group == i] for i in range(count)]
