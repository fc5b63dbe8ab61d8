"""A tiny town for tests of places: two square areas of about 2.2 km, one above the other."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlp.citypack.pack import build_pack

WEST, EAST = 20.0, 20.02
SOUTH, MIDDLE, NORTH = 10.0, 10.02, 10.04


def square(south: float, north: float, west: float = WEST, east: float = EAST) -> dict[str, Any]:
    """A polygon geometry."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: dict[str, Any], **properties: object) -> dict[str, Any]:
    """A GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def line(*points: tuple[float, float]) -> dict[str, Any]:
    """A street through (lat, lon) points."""
    return {"type": "LineString", "coordinates": [[lon, lat] for lat, lon in points]}


def point(lat: float, lon: float) -> dict[str, Any]:
    """A point geometry."""
    return {"type": "Point", "coordinates": [lon, lat]}


def write(path: Path, features: list[dict[str, Any]], **more: object) -> Path:
    """A FeatureCollection file."""
    data = {"type": "FeatureCollection", "features": features, **more}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def area_features() -> list[dict[str, Any]]:
    """Highfield in the north, Riverside Township in the south."""
    return [
        feature(square(MIDDLE, NORTH), name="Highfield", population=4000, aliases=["the top end"]),
        feature(square(SOUTH, MIDDLE), name="RIVERSIDE TOWNSHIP", population=3000),
    ]


def place_features() -> list[dict[str, Any]]:
    """Streets, landmarks and a name that both areas have."""
    return [
        feature(line((10.001, 20.01), (10.039, 20.01)), name="Main Street", kind="street"),
        feature(line((10.03, 20.001), (10.03, 20.019)), name="Elm Road", kind="street"),
        feature(line((10.035, 20.001), (10.035, 20.019)), name="N 2nd St", kind="street"),
        feature(line((10.01, 20.001), (10.01, 20.019)), name="Oakhurst Avenue", kind="street"),
        feature(line((10.005, 20.001), (10.005, 20.019)), name="Calle Mayor", kind="street"),
        feature(line((10.026, 20.004), (10.029, 20.004)), name="Mill Lane", kind="street"),
        feature(line((10.006, 20.004), (10.009, 20.004)), name="Mill Lane", kind="street"),
        feature(line((10.031, 20.013), (10.034, 20.013)), name="Park Street", kind="street"),
        feature(
            point(10.032, 20.006), name="Josephine Library", kind="library", aliases=["the jo"]
        ),
        feature(point(10.012, 20.015), name="Fish Market", kind="market", aliases=["the slab"]),
        feature(point(10.038, 20.018), name="Café Zoë", kind="cafe"),
    ]


def build_town(folder: Path, more: Sequence[dict[str, Any]] = ()) -> Path:
    """The built pack, in English and Spanish, with more places if need be."""
    areas = write(folder / "wards.geojson", area_features(), attribution="© Smalltown council")
    places = write(folder / "places.geojson", [*place_features(), *more])
    pack = folder / "pack"
    build_pack(
        "Smalltown",
        areas,
        [places],
        pack,
        timezone="Etc/UTC",
        languages=("en", "es"),
        emergency="112",
    )
    return pack
