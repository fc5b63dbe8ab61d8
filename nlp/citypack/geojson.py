"""GeoJSON read with care: every error names the file, the feature and the remedy."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from nlp.citypack.errors import SourceError

_DEGREES = "Coordinates must be WGS 84 degrees as [longitude, latitude]"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; `where` names it in error messages."""

    where: str
    properties: dict[str, Any]
    geometry: BaseGeometry


def read_features(path: Path) -> tuple[list[Feature], list[str]]:
    """The features of a FeatureCollection and its attributions; raises SourceError."""
    data = _collection(path)
    features = [
        _feature(path, number, item) for number, item in enumerate(data["features"], start=1)
    ]
    if not features:
        raise SourceError(path.name, "it has no features", "Export it again with data in it")
    note = data.get("attribution")
    return features, [note.strip()] if isinstance(note, str) and note.strip() else []


def _collection(path: Path) -> dict[str, Any]:
    remedy = "Give a GeoJSON FeatureCollection"
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SourceError(path.name, "there is no such file", "Check the path") from error
    except UnicodeDecodeError as error:
        raise SourceError(path.name, "it is not UTF-8 text", "Save it as UTF-8") from error
    except ValueError as error:
        raise SourceError(path.name, f"it is not JSON ({error})", remedy) from error
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        raise SourceError(path.name, "it is not a FeatureCollection", remedy)
    return data


def _feature(path: Path, number: int, item: object) -> Feature:
    properties = item.get("properties") if isinstance(item, dict) else None
    label = properties.get("name") if isinstance(properties, dict) else None
    where = f"{path.name}, feature {number}" + (f" ({label})" if label else "")
    if not isinstance(item, dict) or not isinstance(item.get("geometry"), dict):
        raise SourceError(where, "it has no geometry", "Remove it or give it one")
    try:
        text = json.dumps(item["geometry"], allow_nan=False)
    except ValueError as error:
        raise SourceError(where, "a coordinate is not a number", _DEGREES) from error
    try:
        geometry = shapely.from_geojson(text)
    except (shapely.GEOSException, ValueError) as error:
        raise SourceError(where, f"its geometry is broken ({error})", "Draw it again") from error
    if geometry is None or geometry.is_empty:
        raise SourceError(where, "its geometry is empty", "Remove it or give it coordinates")
    check_degrees(where, geometry)
    return Feature(where, properties if isinstance(properties, dict) else {}, geometry)


def check_degrees(where: str, geometry: BaseGeometry) -> None:
    """Raise SourceError for coordinates that cannot be degrees."""
    west, south, east, north = geometry.bounds
    if not all(map(_finite, (west, south, east, north))):
        raise SourceError(where, "a coordinate is not a number", _DEGREES)
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 360:
        raise SourceError(
            where, "its coordinates are in a projection", f"{_DEGREES}: reproject to EPSG:4326"
        )
    if max(abs(south), abs(north)) > 90:
        raise SourceError(
            where, "latitude and longitude are swapped", f"{_DEGREES}: exchange the two"
        )


def check_polygon(feature: Feature) -> None:
    """Raise SourceError unless the feature is a sound Polygon or MultiPolygon."""
    geometry = feature.geometry
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise SourceError(
            feature.where, f"it is a {geometry.geom_type}", "An area must be a polygon"
        )
    if not geometry.is_valid:
        reason = explain_validity(geometry)
        raise SourceError(
            feature.where,
            f"the polygon crosses itself ({reason})",
            "Repair it there, for example with 'Fix geometries' in QGIS",
        )


def _finite(value: float) -> bool:
    return value == value and abs(value) != float("inf")
