"""Places from GeoJSON, CSV and JSONL files."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from nlp.citypack.area import display_name, names_in
from nlp.citypack.errors import SourceError
from nlp.citypack.geojson import check_degrees, read_features
from nlp.citypack.kinds import kind_of
from nlp.citypack.place import PlaceSource
from nlp.citypack.size import check_size

_NAME = ("name", "addr", "address")
_LAT = ("lat", "latitude", "y")
_LON = ("lon", "lng", "longitude", "x")
_AREA = ("area", "twp", "township", "ward", "town", "district", "neighbourhood", "neighborhood")
_ALIASES = ("aliases", "nicknames", "alt_name", "old_name", "loc_name", "short_name")
_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Extent:
    """A box in degrees around the areas, a little wider than they are."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, shapes: Sequence[BaseGeometry]) -> Self:
        """The box around shapes, wider by about 5 km: what is just outside is worth knowing."""
        west, south, east, north = map(float, shapely.total_bounds(shapes))
        return cls(west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN)


def read_places(
    path: Path,
    area_field: str | None = None,
    *,
    extent: Extent | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[list[PlaceSource], list[str]]:
    """The places of one file and its attributions; raises SourceError.

    `area_field` names the field with the area; else the usual names are tried. Features without a
    name are left out: nobody can mention them. Of an OpenStreetMap extract only what lies in
    `extent` is taken.
    """
    if is_extract(path):
        from nlp.osm.extract import read_osm  # only this kind of source needs the library

        bounds = (extent.west, extent.south, extent.east, extent.north) if extent else None
        return read_osm(path, bounds, progress)
    found, notes = _read_text(path, area_field)
    if not found:
        raise SourceError(path.name, "it names no place", "Give every place a 'name'")
    return found, notes


def is_extract(path: Path) -> bool:
    """Whether the file's name says that it is an OpenStreetMap extract."""
    return path.name.lower().endswith((".pbf", ".osm"))


def _read_text(path: Path, area_field: str | None) -> tuple[list[PlaceSource], list[str]]:
    if not path.is_file():
        raise SourceError(path.name, "there is no such file", "Check the path")
    check_size(path)
    suffix = path.suffix.lower()
    notes: list[str] = []
    if suffix in (".geojson", ".json"):
        features, notes = read_features(path)
        found = [_place(f.where, f.properties, f.geometry, area_field) for f in features]
    elif suffix in (".csv", ".jsonl"):
        rows = _csv_rows(path) if suffix == ".csv" else _json_rows(path)
        found = [_place(where, row, _point(where, row), area_field) for where, row in rows]
    else:
        raise SourceError(
            path.name, "this kind of file is not known", "Use .osm.pbf, .geojson, .csv or .jsonl"
        )
    return [place for place in found if place], notes


def _place(
    where: str, given: dict[str, Any], geometry: BaseGeometry, area_field: str | None
) -> PlaceSource | None:
    name = _first(given, _NAME)
    if not name:
        return None
    street = _first(given, ("street", "addr:street"))
    kind = kind_of(given, name, geometry)
    polygon = geometry.geom_type.endswith("Polygon")
    return PlaceSource(
        where=where,
        name=display_name(name),
        kind=kind,
        aliases=tuple(alias for field in _ALIASES for alias in names_in(given.get(field))),
        area=_first(given, (area_field,) if area_field else _AREA),
        geometry=geometry.boundary if kind == "street" and polygon else geometry,
        streets=(street,) if street and kind == "address" else (),
    )


def _first(given: dict[str, Any], fields: tuple[str, ...]) -> str | None:
    return next((str(given[f]).strip() for f in fields if str(given.get(f) or "").strip()), None)


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                yield (
                    f"{path.name}, line {number}",
                    {k.strip().lower(): v for k, v in row.items() if k},
                )
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(path.name, f"it is not a CSV file ({error})", "Save as UTF-8") from error


def _json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path.name}, line {number}", _row(f"{path.name}, line {number}", line)
    except UnicodeDecodeError as error:
        raise SourceError(path.name, "it is not UTF-8 text", "Save it as UTF-8") from error


def _row(where: str, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise SourceError(where, f"it is not JSON ({error})", "One object a line") from error
    if not isinstance(row, dict):
        raise SourceError(where, "it is not an object", "One object a line, with name, lat, lon")
    return row


def _point(where: str, row: dict[str, Any]) -> Point:
    lat, lon = _first(row, _LAT), _first(row, _LON)
    try:
        point = Point(float(lat or ""), float(lon or ""))
    except ValueError as error:
        raise SourceError(where, "lat or lon is missing or no number", "Write degrees") from error
    point = Point(point.y, point.x)
    check_degrees(where, point)
    return point
