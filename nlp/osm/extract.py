"""Places from an OpenStreetMap extract: streets, their junctions, grounds, points and addresses.

Only named objects and addresses reach Python; the positions of nodes lie in memory for small
files and on disk for large ones, so that the memory needed grows with the names, not the file.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import shapely
from osmium.filter import KeyFilter
from osmium.osm import Area, Node, Way
from shapely.geometry.base import BaseGeometry

from nlp.citypack.errors import SourceError
from nlp.citypack.place import PlaceSource
from nlp.osm.junctions import Junctions
from nlp.osm.kinds import is_street, is_waterway, kind_of
from nlp.osm.names import names_of, road_refs, stop_refs
from nlp.osm.shapes import LARGE_BYTES, ground_of, located

ATTRIBUTION = "© OpenStreetMap contributors (ODbL)"
_EVERY = 100_000

Bounds = tuple[float, float, float, float]
Progress = Callable[[str], None]


def read_osm(
    path: Path,
    bounds: Bounds | None = None,
    progress: Progress | None = None,
    *,
    large: int = LARGE_BYTES,
) -> tuple[list[PlaceSource], list[str]]:
    """The named places of an `.osm.pbf` (or `.osm`) file and its attribution.

    `bounds` (west, south, east, north in degrees) leaves out what lies outside: a town is cut from
    the extract of a country. Raises SourceError for a file that is none or is empty.
    """
    if not path.is_file():
        raise SourceError(path.name, "there is no such file", "Check the path")
    if not path.stat().st_size:
        raise SourceError(path.name, "it is empty", "Download it again")
    reader = _Reader(path.name, bounds, progress or (lambda _: None))
    try:
        reader.read(located(path, KeyFilter("name", "addr:housenumber", "addr:housename"), large))
    except (RuntimeError, OSError) as error:
        problem, remedy = f"it is not an OpenStreetMap extract ({error})", "Download it again"
        raise SourceError(path.name, problem, remedy) from error
    if not reader.found:
        problem = "it names no place" + (" inside the areas" if bounds else "")
        raise SourceError(path.name, problem, "Take the extract that holds your town")
    return [*reader.found.values(), *reader.junctions.places(path.name)], [ATTRIBUTION]


class _Reader:
    """Collects what a pass over the file finds."""

    def __init__(self, file: str, bounds: Bounds | None, say: Progress) -> None:
        self.found: dict[tuple[Any, ...], PlaceSource] = {}
        self.junctions = Junctions()
        self._file = file
        self._bounds = bounds
        self._say = say

    def read(self, objects: Iterator[Any]) -> None:
        """Take in every object; what has no position in this extract is left out."""
        for number, item in enumerate(objects, start=1):
            if number % _EVERY == 0:
                self._say(f"{self._file}: {number} named objects seen")
            tags = {tag.k: tag.v for tag in item.tags}
            if isinstance(item, Way):
                self._way(item, tags)
            elif isinstance(item, Node):
                self._node(item, tags)
            elif isinstance(item, Area):
                self._area(item, tags)

    def _node(self, node: Node, tags: dict[str, str]) -> None:
        if node.location.valid():
            self._spot(f"n{node.id}", tags, shapely.Point(node.location.lon, node.location.lat))

    def _area(self, area: Area, tags: dict[str, str]) -> None:
        shape = ground_of(area)
        if shape is not None:
            self._spot(f"{'w' if area.from_way() else 'r'}{area.orig_id()}", tags, shape)

    def _way(self, way: Way, tags: dict[str, str]) -> None:
        street = is_street(tags)
        if not (street or is_waterway(tags)) or "name" not in tags:
            return
        nodes = [(n.ref, n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
        if len(nodes) < 2 or not any(self._inside(lon, lat) for _, lon, lat in nodes):
            return
        name, others = names_of(tags)
        aliases = (*others, *road_refs(tags)) if street else others
        line = shapely.LineString([(lon, lat) for _, lon, lat in nodes])
        self._keep(f"w{way.id}", name, "street" if street else "river", aliases, line)
        if street and name:
            self.junctions.add(name, nodes)

    def _spot(self, where: str, tags: dict[str, str], shape: BaseGeometry) -> None:
        """A point or ground: what it is called, and the address it bears."""
        middle = shape.representative_point()
        if not self._inside(middle.x, middle.y):
            return
        if "addr:housenumber" in tags and "addr:street" in tags:
            self._address(where, tags, middle)
        kind = kind_of(tags)
        name, others = names_of(tags)
        if kind and name:
            refs = stop_refs(tags) if kind in ("stop", "station") else ()
            self._keep(where, name, kind, (*others, *refs), shape)

    def _address(self, where: str, tags: dict[str, str], point: BaseGeometry) -> None:
        street = " ".join(tags["addr:street"].split())
        number = tags["addr:housenumber"].strip()
        key = ("address", street, number)
        self.found.setdefault(
            key, PlaceSource(where, number, "address", (), None, point, (street,))
        )

    def _keep(
        self, where: str, name: str, kind: str, aliases: tuple[str, ...], shape: BaseGeometry
    ) -> None:
        """Keep a place once: platforms, poles and entrances of one stop share a name and spot."""
        west, south, _, _ = shape.bounds
        line = shape.geom_type == "LineString"
        spot = where if line else (round(west, 3), round(south, 3))
        key = (kind, name, spot)
        old = self.found.get(key)
        if old is not None:
            aliases = tuple(sorted({*old.aliases, *aliases}))
            shape = max(old.geometry, shape, key=lambda geometry: geometry.length)
        self.found[key] = PlaceSource(f"{self._file}, {where}", name, kind, aliases, None, shape)

    def _inside(self, lon: float, lat: float) -> bool:
        if self._bounds is None:
            return True
        west, south, east, north = self._bounds
        return west <= lon <= east and south <= lat <= north
