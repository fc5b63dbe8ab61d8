"""Areas from the administrative polygons of an OpenStreetMap extract."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from nlp.citypack.area import AreaSource, code_of, display_name
from nlp.citypack.errors import SourceError
from nlp.citypack.hierarchy import with_larger
from nlp.osm.boundaries import Boundaries, Boundary, levels_in, read_boundaries
from nlp.osm.extract import ATTRIBUTION


def admin_areas(
    path: Path, levels: Sequence[int], inside: str | None = None
) -> tuple[list[AreaSource], list[str]]:
    """The areas of these levels and the attribution; of several the larger ones hold the smaller.

    `inside` names the administrative area, of any level, that they must lie in: an extract may hold
    a whole country. Raises SourceError where there is none, and says what there is instead.
    """
    found = read_boundaries(path)
    frame = _named(path, found, inside) if inside else None
    chosen = [area for level in sorted(set(levels)) for area in found.of(level)]
    chosen = [area for area in chosen if frame is None or _in(area, frame)]
    lacking = [level for level in levels if level not in {area.level for area in chosen}]
    if lacking:
        raise SourceError(path.name, _lack(found, lacking[0], inside), _remedy(found))
    areas = _areas(chosen)
    larger = [_larger(area, chosen) for area in chosen]
    codes = [areas[number].code if number is not None else None for number in larger]
    return with_larger(areas, codes, [area.where for area in chosen]), [ATTRIBUTION]


def _areas(chosen: Sequence[Boundary]) -> list[AreaSource]:
    """Areas of the same name are told apart by their number or what else is theirs alone."""
    names = Counter(code_of(area.name) for area in chosen)
    found = []
    for area in chosen:
        code = code_of(area.name)
        if names[code] > 1 or not code:
            code = code_of(f"{code} {area.ref or area.where.rpartition(' ')[2]}")
        found.append(
            AreaSource(
                code, display_name(area.name), area.population, area.aliases, None, area.shape
            )
        )
    return found


def _larger(area: Boundary, chosen: Sequence[Boundary]) -> int | None:
    """The index of the smallest larger area that holds it."""
    holding = [
        (other.shape.area, number)
        for number, other in enumerate(chosen)
        if other.level < area.level and _in(area, other.shape)
    ]
    return min(holding, default=(0.0, None))[1]


def _in(area: Boundary, frame: BaseGeometry) -> bool:
    return bool(shapely.contains(frame, area.shape.representative_point()))


def _named(path: Path, found: Boundaries, name: str) -> BaseGeometry:
    named = [a for a in found.whole if code_of(name) in map(code_of, (a.name, *a.aliases))]
    if not named:
        raise SourceError(
            path.name, f"no administrative area in it is named '{name}'", _remedy(found)
        )
    return min(named, key=lambda area: area.level).shape


def _lack(found: Boundaries, level: int, inside: str | None) -> str:
    cut = [name for other, name in found.cut if other == level]
    where = f" inside {inside}" if inside else ""
    if cut:
        names = ", ".join(cut[:3])
        return f"its administrative areas of level {level} are cut by its edge ({names})"
    return f"it holds no administrative area of level {level}{where}"


def _remedy(found: Boundaries) -> str:
    return f"Whole levels in it are: {levels_in(found)}. Take a larger extract or --grid KM"
