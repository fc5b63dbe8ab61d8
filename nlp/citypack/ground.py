"""The ground a pack is built on: a plane in metres, and which area a place belongs to."""

from collections.abc import Iterable, Sequence
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from nlp.citypack.area import AreaSource, code_of
from nlp.citypack.areas import index_of
from nlp.places.areas import Areas
from nlp.places.spatial import METRES_PER_DEGREE
from nlp.places.toponym import Point

_LEAST_SHARE = 0.05
_WIDE_M = 1200.0


class Ground:
    """Areas in metres around their middle."""

    def __init__(self, areas: Sequence[AreaSource]) -> None:
        self.areas: Areas = index_of(areas)
        west, south, east, north = shapely.total_bounds([area.shape for area in areas])
        self.origin = ((south + north) / 2, (west + east) / 2)
        self._scale = np.array(
            [METRES_PER_DEGREE * cos(radians(self.origin[0])), METRES_PER_DEGREE]
        )
        self._shift = np.array([self.origin[1], self.origin[0]])
        self._flat = [self.flat(area.shape) for area in areas]
        self._tree = STRtree(self._flat)
        self._larger = frozenset(self.areas.within.values())
        self._codes = {
            code_of(name): area.code
            for area in areas
            for name in (*area.aliases, area.name, area.code)
        }
        # Points of the places whose source names an area that nobody drew, by that name.
        self.unknown_areas: dict[str, list[Point]] = {}

    def flat(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in degrees as metres east and north of the origin."""
        return shapely.transform(shape, lambda xy: (xy - self._shift) * self._scale)

    def points(self, coordinates: NDArray[np.float64]) -> tuple[Point, ...]:
        """Metres back to (lat, lon)."""
        degrees = np.round(coordinates / self._scale + self._shift, 7)
        return tuple((float(lat), float(lon)) for lon, lat in degrees)

    def area_of(self, named: str | None, lat: float, lon: float) -> str | None:
        """The area that a source names, else the one whose polygon holds the point."""
        if named:
            code = self._codes.get(code_of(named))
            if code:
                return code
            self.unknown_areas.setdefault(named, []).append((lat, lon))
        return self.areas.at(lat, lon)

    def cut(self, line: BaseGeometry) -> list[tuple[str | None, BaseGeometry]]:
        """The parts of a line (metres) by area; what lies outside all of them under None."""
        hits = [int(i) for i in self._tree.query(line, predicate="intersects")]
        found: dict[int, BaseGeometry] = {}
        rest = line
        # The smallest first: what lies in a ward and in its district belongs to the ward.
        for i in sorted(hits, key=lambda i: (self._flat[i].area, i)):
            inside = _lines_only(shapely.intersection(rest, self._flat[i]))
            if not inside.is_empty:
                found[i] = inside
                rest = _lines_only(shapely.difference(rest, self._flat[i]))
        parts: list[tuple[str | None, BaseGeometry]] = [
            (self.areas.codes[i], found[i]) for i in sorted(found)
        ]
        if not rest.is_empty:
            parts.append((None, rest))
        return _worth_keeping(parts)

    def shares(self, shape: BaseGeometry) -> list[tuple[str, BaseGeometry]]:
        """The parts of wide grounds (metres) by area, if no area holds most of them."""
        west, south, east, north = shape.bounds
        if max(east - west, north - south) < _WIDE_M:
            return []
        hits = sorted(int(i) for i in self._tree.query(shape, predicate="intersects"))
        hits = [i for i in hits if self.areas.codes[i] not in self._larger]
        parts = [(self.areas.codes[i], shape.intersection(self._flat[i])) for i in hits]
        large = [(code, part) for code, part in parts if part.area >= _LEAST_SHARE * shape.area]
        most = max((part.area for _, part in large), default=0.0)
        return large if most < 0.8 * shape.area else []


def _lines_only(shape: BaseGeometry) -> BaseGeometry:
    parts: Iterable[BaseGeometry] = shapely.get_parts(shape)
    lines = [part for part in parts if isinstance(part, LineString) and part.length > 0]
    return shapely.MultiLineString(lines)


def _worth_keeping(
    parts: list[tuple[str | None, BaseGeometry]], least_m: float = 30.0
) -> list[tuple[str | None, BaseGeometry]]:
    """Without the slivers that a street leaves when it runs along a border."""
    long = [part for part in parts if part[1].length >= least_m]
    return long or sorted(parts, key=lambda part: -part[1].length)[:1]
