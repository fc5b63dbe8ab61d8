"""Shapes of OpenStreetMap objects."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium.filter import KeyFilter
from osmium.osm import Area
from shapely.geometry.base import BaseGeometry

LARGE_BYTES = 200_000_000
"""Above this size the positions of nodes are kept in a temporary file."""


def located(path: Path, wanted: KeyFilter, large: int = LARGE_BYTES) -> Iterator[Any]:
    """The objects that the filter wants, with positions, and the areas made of them."""
    with tempfile.TemporaryDirectory(prefix="nodes-") as folder:
        file = Path(folder) / "nodes"
        storage = f"sparse_file_array,{file}" if path.stat().st_size > large else "flex_mem"
        processor = osmium.FileProcessor(str(path)).with_locations(storage)
        yield from processor.with_areas(wanted).with_filter(wanted)


def ground_of(area: Area) -> BaseGeometry | None:
    """The rings of an area; None where its nodes are not in this extract."""
    polygons = []
    for outer in area.outer_rings():
        ring = [(n.lon, n.lat) for n in outer if n.location.valid()]
        holes = [
            [(n.lon, n.lat) for n in inner if n.location.valid()]
            for inner in area.inner_rings(outer)
        ]
        if len(ring) > 3:
            polygons.append(shapely.Polygon(ring, [hole for hole in holes if len(hole) > 3]))
    return shapely.MultiPolygon(polygons) if polygons else None
