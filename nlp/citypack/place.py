"""A place as a source of a city pack tells it."""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class PlaceSource:
    """One place as read; `area` is a code, a name or nothing (then the polygons say).

    `streets` are the two streets of a crossing whose source knows them, or the street of an
    address, whose name is then its house number.
    """

    where: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    area: str | None
    geometry: BaseGeometry
    streets: tuple[str, ...] = ()
