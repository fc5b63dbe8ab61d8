"""Small geometry on WGS 84 points, good to a metre or so over the size of a city."""

from math import asin, cos, floor, hypot, pi, radians, sin, sqrt

EARTH_M = 6_371_008.8
METRES_PER_DEGREE = EARTH_M * pi / 180


def metres_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine formula), metres."""
    a = (
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_M * asin(min(1.0, sqrt(a)))


def to_metres(lat: float, lon: float, origin: tuple[float, float]) -> tuple[float, float]:
    """East and north of `origin` (lat, lon), metres on a plane that touches there."""
    north = (lat - origin[0]) * METRES_PER_DEGREE
    return (lon - origin[1]) * METRES_PER_DEGREE * cos(radians(origin[0])), north


def from_metres(east: float, north: float, origin: tuple[float, float]) -> tuple[float, float]:
    """The inverse of `to_metres`: (lat, lon)."""
    return (
        origin[0] + north / METRES_PER_DEGREE,
        origin[1] + east / (METRES_PER_DEGREE * cos(radians(origin[0]))),
    )


def snap(lat: float, lon: float, grid_m: float = 150.0) -> tuple[float, float]:
    """The centre of the grid cell that holds the point: what may be stored in clear.

    The grid is fixed to the globe, so that the same point always gives the same cell, and a
    snapped point snaps to itself. Longitude steps are widened by the latitude of the row.
    """
    if grid_m <= 0:
        raise ValueError("grid_m must be positive metres")
    step_lat = grid_m / METRES_PER_DEGREE
    row = (floor(lat / step_lat) + 0.5) * step_lat
    step_lon = step_lat / max(cos(radians(row)), 0.01)
    column = (floor(lon / step_lon) + 0.5) * step_lon
    return round(row, 7), round(column, 7)


def spread(points: list[tuple[float, float]]) -> tuple[tuple[float, float], float]:
    """The point of the list nearest to the middle of it, and metres from there to the farthest."""
    if not points:
        raise ValueError("no points")
    lows = tuple(min(p[i] for p in points) for i in (0, 1))
    highs = tuple(max(p[i] for p in points) for i in (0, 1))
    middle = ((lows[0] + highs[0]) / 2, (lows[1] + highs[1]) / 2)
    flat = [to_metres(lat, lon, middle) for lat, lon in points]
    best = min(range(len(points)), key=lambda i: hypot(*flat[i]))
    east, north = flat[best]
    return points[best], max(hypot(x - east, y - north) for x, y in flat)
