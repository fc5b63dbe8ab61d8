"""The city's areas: which one holds a point, and their shapes for drawing."""

import json
from collections.abc import Mapping
from math import cos, radians
from pathlib import Path
from typing import Self

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from nlp.places.spatial import METRES_PER_DEGREE, metres_between

TOLERANCE_M = 150.0


class Areas:
    """Polygons by code, indexed (about 10 µs a point).

    `within` maps the code of an area to that of the larger one that it is a part of.
    """

    def __init__(
        self,
        codes: list[str],
        names: dict[str, str],
        shapes: list[BaseGeometry],
        within: Mapping[str, str] | None = None,
    ) -> None:
        self.codes = codes
        self.names = names
        self.within = dict(within or {})
        self._shapes = shapes
        self._tree = STRtree(shapes)
        self._index = {code: i for i, code in enumerate(codes)}
        for shape in shapes:
            shapely.prepare(shape)

    @classmethod
    def open(cls, pack: Path) -> Self:
        """The areas of a city pack; raises OSError or ValueError for an unreadable file."""
        features = json.loads((pack / "areas.geojson").read_text(encoding="utf-8"))["features"]
        codes = [str(feature["properties"]["code"]) for feature in features]
        names = {
            code: str(feature["properties"]["name"])
            for code, feature in zip(codes, features, strict=True)
        }
        shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
        larger = [feature["properties"].get("within") for feature in features]
        within = {code: str(other) for code, other in zip(codes, larger, strict=True) if other}
        return cls(codes, names, shapes, within)

    def polygon(self, code: str) -> BaseGeometry:
        """The shape of an area in degrees (x longitude, y latitude); KeyError for no such area."""
        return self._shapes[self._index[code]]

    def at(self, lat: float, lon: float, tolerance_m: float = TOLERANCE_M) -> str | None:
        """The area that holds the point, or the nearest one within `tolerance_m`; else None.

        Where areas overlap the smallest one counts: it says most.
        """
        point = Point(lon, lat)
        hits = self._tree.query(point, predicate="intersects")
        if len(hits):
            return self.codes[min(map(int, hits), key=lambda i: (self._shapes[i].area, i))]
        if tolerance_m <= 0:
            return None
        reach = tolerance_m / (METRES_PER_DEGREE * max(cos(radians(lat)), 0.01))
        near = self._tree.query(point, predicate="dwithin", distance=reach)
        distances = [(self.metres_to(self.codes[i], lat, lon), int(i)) for i in near]
        best = min(distances, default=None)
        return self.codes[best[1]] if best and best[0] <= tolerance_m else None

    def holds(self, larger: str, code: str) -> bool:
        """Whether `code` is that area or a part of it, at any depth."""
        return larger == code or larger in larger_ones(code, self.within)

    def parts(self, larger: str) -> tuple[str, ...]:
        """The areas that lie right in a larger one, in their order."""
        return tuple(code for code in self.codes if self.within.get(code) == larger)

    def metres_to(self, code: str, lat: float, lon: float) -> float:
        """Metres from a point to the edge of an area, 0 inside."""
        shape, point = self.polygon(code), Point(lon, lat)
        if shape.intersects(point):
            return 0.0
        # Degrees of longitude are shorter: find the nearest point on a plane stretched to metres.
        squeeze = np.array([cos(radians(lat)), 1.0])
        flat = shapely.transform(shape, lambda xy: xy * squeeze)
        near = shapely.shortest_line(flat, Point(lon * squeeze[0], lat)).coords[0]
        return metres_between(lat, lon, near[1], near[0] / squeeze[0])

    def near(self, lat: float, lon: float, within_m: float) -> tuple[str, ...]:
        """Codes of the areas that hold the point or lie within so many metres, nearest first.

        A larger area is left out beside one of its parts: the two are no alternatives.
        """
        reach = within_m / (METRES_PER_DEGREE * max(cos(radians(lat)), 0.01))
        hits = self._tree.query(Point(lon, lat), predicate="dwithin", distance=reach)
        metres = sorted((self.metres_to(self.codes[i], lat, lon), self.codes[i]) for i in hits)
        codes = [code for distance, code in metres if distance <= within_m]
        larger = {other for code in codes for other in larger_ones(code, self.within)}
        return tuple(code for code in codes if code not in larger)

    def centre(self, code: str) -> tuple[float, float, float]:
        """A point surely inside the area (lat, lon), and metres to its farthest corner."""
        shape = self.polygon(code)
        inside = shape.centroid if shape.contains(shape.centroid) else shape.point_on_surface()
        corners = shapely.get_coordinates(shape.convex_hull)
        reach = max(metres_between(inside.y, inside.x, y, x) for x, y in corners)
        return float(inside.y), float(inside.x), reach

    def neighbours(self, code: str, within_m: float = 50.0) -> tuple[str, ...]:
        """Codes of the areas that touch this one, or lie within `within_m` of it."""
        shape = self.polygon(code)
        lat = shape.centroid.y
        reach = within_m / (METRES_PER_DEGREE * max(cos(radians(lat)), 0.01))
        hits = self._tree.query(shape, predicate="dwithin", distance=reach)
        found = sorted(self.codes[i] for i in hits)
        return tuple(c for c in found if not (self.holds(c, code) or self.holds(code, c)))


def larger_ones(code: str, within: Mapping[str, str]) -> tuple[str, ...]:
    """The larger areas that an area belongs to, the next first; a ring is walked once."""
    found: list[str] = []
    while (code := within.get(code, "")) and code not in found:
        found.append(code)
    return tuple(found)
