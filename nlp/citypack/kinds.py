"""The kind of a place from whatever its source says of it."""

from collections.abc import Mapping
from typing import Any

from shapely.geometry.base import BaseGeometry

from nlp.osm import kinds as osm_kinds

_STREETS = frozenset(("street", "road", "highway", "avenue", "way", "path", "route"))
_WIDE_DEGREES = 0.005
# Words of other vendors' types, the most telling first.
_TYPES = {
    "school": "school",
    "college": "school",
    "university": "school",
    "hospital": "hospital",
    "pharmacy": "hospital",
    "doctor": "hospital",
    "dentist": "hospital",
    "health": "hospital",
    "bus_stop": "stop",
    "bus_station": "station",
    "train_station": "station",
    "transit_station": "stop",
    "place_of_worship": "worship",
    "church": "worship",
    "mosque": "worship",
    "library": "library",
    "shopping_mall": "market",
    "market": "market",
    "park": "park",
    "section of populated place": "district",
    "sublocality": "district",
    "neighborhood": "district",
    "neighbourhood": "district",
    "store": "shop",
    "premise": "building",
    "building": "building",
}


def kind_of(given: Mapping[str, Any], name: str, geometry: BaseGeometry) -> str:
    """The kind as told by `kind`, by OpenStreetMap's tags or by `type`; else by the shape.

    A named part of the city is a "district": "area" is kept for what is counted by.
    """
    told = str(given.get("kind") or "").strip().lower()
    if not told:
        told = (
            _by_tags(given)
            or _by_type(given)
            or _by_shape(name, geometry, typed=bool(given.get("type")))
        )
    if told in _STREETS:
        return "street"
    return "district" if told == "area" else told


def _by_tags(given: Mapping[str, Any]) -> str | None:
    """Tags as exports of OpenStreetMap have them; `fclass` is Geofabrik's."""
    tags = {str(key): str(value) for key, value in given.items() if value is not None}
    tags.setdefault("highway", tags.get("fclass", ""))
    if osm_kinds.is_street(tags):
        return "street"
    return osm_kinds.kind_of(tags)


def _by_type(given: Mapping[str, Any]) -> str | None:
    types = {part.strip().lower() for part in str(given.get("type") or "").split(";")}
    return next((kind for word, kind in _TYPES.items() if word in types), None)


def _by_shape(name: str, geometry: BaseGeometry, *, typed: bool) -> str:
    """ "Elm St & Main St" is a crossing, but "Barber & Spa" of some `type` is a shop."""
    if " & " in name and not typed:
        return "intersection"
    if geometry.geom_type.endswith("LineString"):
        return "street"
    west, south, east, north = geometry.bounds
    return "district" if max(east - west, north - south) > _WIDE_DEGREES else "landmark"
