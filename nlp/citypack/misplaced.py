"""Sources that do not lie together: latitude and longitude exchanged, or another town's file."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from nlp.citypack.area import AreaSource
from nlp.citypack.errors import SourceError
from nlp.citypack.place import PlaceSource

Boxes = NDArray[np.float64]
_REMEDY = "Coordinates must be WGS 84 degrees as [longitude, latitude]: exchange the two"
_NEAR = 0.2
"""Degrees; a city's areas lie within that of each other, and its places of them."""
_LARGEST = 3.0
"""Of wider groups of areas than this many degrees nothing can be told."""


def check_areas(areas: Sequence[AreaSource], where: Sequence[str]) -> None:
    """Raise SourceError for an area that would lie among the others if its axes were exchanged."""
    bounds = shapely.bounds([area.shape for area in areas])
    for number, place in enumerate(where):
        others = _frame(np.delete(bounds, number, axis=0))
        if others is not None and len(_exchanged(bounds[number : number + 1], others)):
            raise SourceError(place, "latitude and longitude are swapped", _REMEDY)


def check_places(sources: Sequence[PlaceSource], areas: Sequence[AreaSource], file: str) -> None:
    """Raise SourceError for places that only lie in the city with their axes exchanged, or never.

    `sources` are those of one file; single places beyond the border are nobody's mistake.
    """
    frame = _frame(shapely.bounds([area.shape for area in areas]).reshape(-1, 4))
    if frame is None or not sources:
        return
    bounds = shapely.bounds([source.geometry for source in sources])
    for number in _exchanged(bounds, frame).tolist():
        source = sources[number]
        where = source.where if source.where.startswith(file) else f"{file}, {source.where}"
        problem = "latitude and longitude are swapped, here or in the areas"
        raise SourceError(f"{where} ({source.name})", problem, _REMEDY)
    if not _inside(bounds, frame).any():
        problem = "none of its places lies in or near the areas"
        raise SourceError(file, problem, "Give the file of the same town")


def _frame(bounds: Boxes) -> Boxes | None:
    """West, south, east, north around boxes; None for no boxes or those of more than a city."""
    if not len(bounds):
        return None
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    if (high - low).max() > _LARGEST:
        return None
    return np.concatenate([low - _NEAR, high + _NEAR])


def _inside(bounds: Boxes, frame: Boxes) -> NDArray[np.bool_]:
    """Which boxes meet the frame."""
    beyond = (bounds[:, :2] > frame[2:]) | (bounds[:, 2:] < frame[:2])
    return np.asarray(~beyond.any(axis=1), dtype=np.bool_)


def _exchanged(bounds: Boxes, frame: Boxes) -> NDArray[np.intp]:
    """The boxes that only meet the frame when their axes are exchanged."""
    swapped = bounds[:, [1, 0, 3, 2]]
    return np.flatnonzero(~_inside(bounds, frame) & _inside(swapped, frame))
