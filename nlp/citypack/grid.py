"""Areas for a city that has no polygons: the cells of a grid, named so that people know them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil, cos, radians

import shapely
from shapely.geometry.base import BaseGeometry

from nlp.citypack.area import AreaSource, code_of
from nlp.citypack.errors import SourceError
from nlp.citypack.place import PlaceSource
from nlp.places.spatial import METRES_PER_DEGREE

MOST_CELLS = 2000
_NAMING = {"district": 6.0, "estate": 3.0, "station": 2.0, "market": 2.0, "square": 1.5}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Cell = tuple[int, int]


def grid_areas(sources: Sequence[PlaceSource], kilometres: float) -> list[AreaSource]:
    """Square cells of a side of `kilometres` that hold at least one place.

    Each is named like a page of an atlas, rows by letters from the north and columns by numbers
    from the west, and after the best known thing in it: "B3 Moinhos de Vento". Raises SourceError
    for a side that makes no cells or too many.
    """
    if not 0.1 <= kilometres <= 100:
        raise SourceError("--grid", f"{kilometres:g} km is no side of a cell", "Give 0.1 to 100")
    if not sources:
        raise SourceError("--grid", "there is no place to lay it over", "Give --places")
    bounds = shapely.bounds([source.geometry for source in sources])
    west, south, north = bounds[:, 0].min(), bounds[:, 1].min(), bounds[:, 3].max()
    tall = kilometres * 1000 / METRES_PER_DEGREE
    wide = tall / max(cos(radians((north + south) / 2)), 0.01)
    # The cells that stand out beyond the places do so as much on either side.
    west -= _slack(bounds[:, 2].max() - west, wide) / 2
    north += _slack(north - south, tall) / 2
    inside: dict[Cell, list[PlaceSource]] = defaultdict(list)
    for source in sources:
        for x, y in _spots(source.geometry):
            inside[int((north - y) / tall), int((x - west) / wide)].append(source)
    _check_count(len(inside), kilometres)
    return [_area(cell, inside[cell], (west, north), (wide, tall)) for cell in sorted(inside)]


def _check_count(cells: int, kilometres: float) -> None:
    if cells > MOST_CELLS:
        side = ceil(kilometres * (cells / MOST_CELLS) ** 0.5 + 1)
        raise SourceError("--grid", f"it makes {cells} areas", f"Try --grid {side}")


def _slack(extent: float, step: float) -> float:
    """By how much whole steps are longer than what they cover."""
    return (extent // step + 1) * step - extent


def _spots(shape: BaseGeometry) -> set[tuple[float, float]]:
    """Where a place is: every corner of a line, one point of anything else."""
    line = shape.geom_type.endswith("LineString")
    points = shape if line else shape.representative_point()
    return {(float(x), float(y)) for x, y in shapely.get_coordinates(points)}


def _area(
    cell: Cell,
    sources: Iterable[PlaceSource],
    corner: tuple[float, float],
    step: tuple[float, float],
) -> AreaSource:
    row, column = cell
    west, north = corner[0] + column * step[0], corner[1] - row * step[1]
    page = f"{_letters(row)}{column + 1}"
    known = _best_known(sources)
    box = shapely.box(west, north - step[1], west + step[0], north)
    return AreaSource(
        code=code_of(page),
        name=f"{page} {known}" if known else page,
        population=None,
        aliases=(page,),
        team=None,
        shape=shapely.set_precision(box, 1e-7),
    )


def _letters(row: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    text = ""
    row += 1
    while row:
        row, rest = divmod(row - 1, 26)
        text = _LETTERS[rest] + text
    return text


def _best_known(sources: Iterable[PlaceSource]) -> str | None:
    """The name that most of a cell's places suggest: a district before its longest street."""
    weights: dict[str, float] = defaultdict(float)
    for source in sources:
        if source.kind == "street":
            weights[source.name] += 0.02
        elif source.kind in _NAMING:
            weights[source.name] += _NAMING[source.kind]
    return min(weights, key=lambda name: (-weights[name], name)) if weights else None
