"""Larger areas: wards in districts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import shapely

from nlp.citypack.area import AreaSource, code_of, display_name
from nlp.citypack.errors import SourceError
from nlp.places.areas import larger_ones


def with_larger(
    areas: Sequence[AreaSource], larger: Sequence[str | None], where: Sequence[str]
) -> list[AreaSource]:
    """The areas, each within the larger one that is named for it by code or name.

    What is named and nobody drew is made of its parts. `where` names the features in errors.
    Raises SourceError for areas that hold each other.
    """
    codes = {code_of(name): area.code for area in areas for name in (area.name, area.code)}
    made: dict[str, list[AreaSource]] = defaultdict(list)
    shown: dict[str, str] = {}
    placed = []
    for area, name in zip(areas, larger, strict=True):
        code = codes.get(code_of(name), code_of(name)) if name else None
        code = None if code == area.code else code
        placed.append(replace(area, within=code))
        if name and code and code not in codes.values():
            shown.setdefault(code, name)
            made[code].append(area)
    _check_rings(placed, where)
    return [*placed, *(_together(code, shown[code], parts) for code, parts in made.items())]


def _together(code: str, name: str, parts: Sequence[AreaSource]) -> AreaSource:
    """A larger area from its parts."""
    known = [part.population for part in parts if part.population is not None]
    return AreaSource(
        code=code,
        name=display_name(name),
        population=sum(known) if len(known) == len(parts) else None,
        aliases=(),
        team=None,
        shape=shapely.unary_union([part.shape for part in parts]),
    )


def _check_rings(areas: Sequence[AreaSource], where: Sequence[str]) -> None:
    within = {area.code: area.within for area in areas if area.within}
    for area, place in zip(areas, where, strict=True):
        if area.code in larger_ones(area.code, within):
            raise SourceError(
                place,
                f"'{area.code}' and '{area.within}' are each said to lie within the other",
                "Name the larger one at the smaller one only",
            )
