"""A place as the gazetteer keeps it."""

from dataclasses import dataclass

Point = tuple[float, float]
"""Latitude, longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Toponym:
    """One named place of a city, before it is indexed.

    `kind` is street, intersection, area (one we count by), district (a named part of the city), or
    any word for a landmark. `lines` are a street's lines, or, when `line` is False, its known
    points in no order. `streets` are the two names of an intersection. `radius_m` covers the place.
    """

    name: str
    kind: str
    area: str | None
    latitude: float
    longitude: float
    radius_m: float
    aliases: tuple[str, ...] = ()
    lines: tuple[tuple[Point, ...], ...] = ()
    line: bool = True
    streets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One place read back: `name_id` is shared by all places with the same folded name."""

    id: int
    name: str
    name_id: int
    kind: str
    area: str | None
    latitude: float
    longitude: float
    radius_m: float


def spoken_kind(kind: str) -> str:
    """The kind as an analysis names it: street, intersection, area or landmark."""
    if kind in ("street", "intersection", "area"):
        return kind
    return "area" if kind == "district" else "landmark"
