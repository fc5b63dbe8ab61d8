"""Administrative areas from an OpenStreetMap extract."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely
from osmium.filter import KeyFilter
from osmium.osm import Area, Relation
from shapely.geometry.base import BaseGeometry

from nlp.citypack.errors import SourceError
from nlp.osm.names import names_of
from nlp.osm.shapes import ground_of, located


@dataclass(frozen=True, slots=True)
class Boundary:
    """An administrative area; a smaller `level` is a larger area (8 town, 9 district, 10 ward)."""

    where: str
    level: int
    name: str
    aliases: tuple[str, ...]
    ref: str | None
    population: int | None
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Boundaries:
    """What an extract holds whole, and the names of those that its edge cuts."""

    whole: tuple[Boundary, ...]
    cut: tuple[tuple[int, str], ...]

    def of(self, level: int) -> list[Boundary]:
        """Those of one level, in the order of their names."""
        found = [area for area in self.whole if area.level == level]
        return sorted(found, key=lambda area: (area.name, area.where))


def read_boundaries(path: Path) -> Boundaries:
    """All named administrative areas of an extract; raises SourceError for a file that is none."""
    whole: dict[int, Boundary] = {}
    named: dict[int, tuple[int, str]] = {}
    try:
        for item in located(path, KeyFilter("boundary")):
            tags = {tag.k: tag.v for tag in item.tags}
            level = tags.get("admin_level", "")
            if tags.get("boundary") != "administrative" or not level.isdigit():
                continue
            if isinstance(item, Area):
                shape = ground_of(item)
                if shape is not None and "name" in tags:
                    whole[item.orig_id()] = _boundary(path, item, int(level), tags, shape)
            elif isinstance(item, Relation) and "name" in tags:
                named[item.id] = int(level), tags["name"]
    except (RuntimeError, OSError) as error:
        problem = f"it is not an OpenStreetMap extract ({error})"
        raise SourceError(path.name, problem, "Download it again") from error
    cut = sorted(found for number, found in named.items() if number not in whole)
    return Boundaries(tuple(whole.values()), tuple(cut))


def _boundary(
    path: Path, item: Area, level: int, tags: dict[str, str], shape: BaseGeometry
) -> Boundary:
    name, aliases = names_of(tags)
    people = tags.get("population", "").replace(" ", "").replace(",", "")
    sound = shape if shape.is_valid else shapely.make_valid(shape)
    return Boundary(
        where=f"{path.name}, {'w' if item.from_way() else 'r'}{item.orig_id()}",
        level=level,
        name=name,
        aliases=aliases,
        ref=tags.get("ref"),
        population=int(people) if people.isdigit() else None,
        shape=sound,
    )


def levels_in(found: Boundaries) -> str:
    """The levels of an extract with how many areas each has, for people to choose from."""
    levels = sorted({area.level for area in found.whole})
    counted = [f"{level} ({len(found.of(level))}: {_examples(found, level)})" for level in levels]
    return ", ".join(counted) or "none"


def _examples(found: Boundaries, level: int) -> str:
    names: Sequence[str] = [area.name for area in found.of(level)]
    return ", ".join(names[:2]) + (", …" if len(names) > 2 else "")
