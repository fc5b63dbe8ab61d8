"""The picture of a city pack: areas, streets, water, parks and landmarks, with their names."""

from dataclasses import dataclass
from io import BytesIO
from math import cos, radians
from pathlib import Path

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from bot.drawing.city_frame import INK, PAPER, frame, scale_bar
from bot.drawing.labels import Labels
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.places.areas import Areas
from nlp.places.toponym import Entry, Point

_PASTELS = ("#f3e3c9", "#dfe9d3", "#e6dff0", "#f4d9d4", "#d6e6ea", "#efe8b9", "#e3dcd2", "#d9e2f2")
_WATER, _PARK, _BUILT = "#8fbcd4", "#9cc48b", "#c9b49c"
_STREET = "#ffffff"
_COLOURS = {"river": _WATER, "water": _WATER, "beach": "#ecd9a0", "park": _PARK}
_GREEN = frozenset(("park", "allotments", "cemetery", "garden", "forest", "pitch"))
# Drawn as streets, or not at all.
_UNSEEN = frozenset(("street", "intersection", "mark"))
_KINDS = (
    "river", "water", "park", "station", "hospital", "market", "square", "estate", "bridge",
    "library", "cemetery", "beach", "school", "worship", "forest",
)  # fmt: skip
_MOST_STREET_NAMES = 150
_MOST_LANDMARKS = 150


@dataclass(frozen=True, slots=True)
class Shape:
    """A place with its lines as (lat, lon) points; `line` False: they are loose points."""

    place: Entry
    lines: list[list[Point]]
    line: bool


def draw_city(pack: Path, *, inches: float = 11.0, dpi: int = 150) -> bytes:
    """A PNG of a built pack; raises GazetteerError or OSError when it cannot be read."""
    areas, gazetteer = Areas.open(pack), Gazetteer.open(pack)
    west, south, east, north = shapely.total_bounds([areas.polygon(c) for c in areas.codes])
    stretch = 1 / cos(radians((south + north) / 2))
    tall = min(max((north - south) * stretch / (east - west), 0.5), 1.8)
    figure = Figure(figsize=(inches, inches * tall + 0.9), dpi=dpi, facecolor=PAPER)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.01, 0.045, 0.98, 0.9))
    axes.set_aspect(stretch)
    axes.set_axis_off()
    margin = 0.02 * max(east - west, north - south)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    _paint(axes, canvas, areas, gazetteer)
    frame(figure, pack, gazetteer)
    scale_bar(axes, (south + north) / 2)
    out = BytesIO()
    figure.savefig(out, format="png", facecolor=PAPER, metadata={"Software": None})
    return out.getvalue()


def _paint(axes: Axes, canvas: FigureCanvasAgg, areas: Areas, gazetteer: Gazetteer) -> None:
    shapes = [Shape(p, *gazetteer.lines(p.id)) for p in gazetteer.places() if p.kind != "area"]
    _areas(axes, areas)
    _grounds(axes, shapes)
    _streets(axes, [s for s in shapes if s.place.kind == "street"])
    labels = Labels(axes, canvas)
    largest = 13.0 if len(areas.codes) <= 20 else 9.0
    for code in areas.codes:
        if not areas.parts(code):
            labels.area(areas.names[code], code, areas.polygon(code), largest)
    _landmarks(axes, labels, shapes)
    _street_names(labels, [s for s in shapes if s.place.kind == "street" and s.line])


def _areas(axes: Axes, areas: Areas) -> None:
    """Each area in its colour; a larger one as a strong line around its parts."""
    colours = _colours(areas)
    for code in areas.codes:
        larger = bool(areas.parts(code))
        ground, edge = ("none", "#7d6c56") if larger else (colours[code], "#a08f7a")
        for part in shapely.get_parts(areas.polygon(code)):
            rings = [np.array(ring.coords) for ring in (part.exterior, *part.interiors)]
            outline = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
            axes.add_patch(PathPatch(outline, facecolor=ground, edgecolor="none", zorder=1))
            line = PathPatch(
                outline, facecolor="none", edgecolor=edge, lw=2.4 if larger else 1.2, zorder=6
            )
            if not larger:
                line.set_linestyle((0, (5, 2)))
            axes.add_patch(line)


def _colours(areas: Areas) -> dict[str, str]:
    """A colour for each area that none of its neighbours has, as far as colours go."""
    chosen: dict[str, str] = {}
    for i, code in enumerate(areas.codes):
        near = {chosen.get(other) for other in areas.neighbours(code)}
        turn = _PASTELS[i % len(_PASTELS) :] + _PASTELS[: i % len(_PASTELS)]
        chosen[code] = next((colour for colour in turn if colour not in near), turn[0])
    return chosen


def _grounds(axes: Axes, shapes: list[Shape]) -> None:
    """Water, parks and other grounds that have an outline; rivers that are lines."""
    for shape in shapes:
        kind = shape.place.kind
        if kind in _UNSEEN:
            continue
        colour = _PARK if kind in _GREEN else _COLOURS.get(kind, _BUILT)
        rings = [np.array(line)[:, ::-1] for line in shape.lines if len(line) > 1]
        closed = [ring for ring in rings if len(ring) > 3 and np.array_equal(ring[0], ring[-1])]
        if closed:
            patches = [PathPatch(Outline(ring, closed=True)) for ring in closed]
            solid = PatchCollection(patches, facecolor=colour, edgecolor="none", zorder=2)
            axes.add_collection(solid)
        elif rings:
            width = 7.0 if kind == "river" else 3.0
            axes.add_collection(LineCollection(rings, colors=colour, linewidths=width, zorder=2))


def _streets(axes: Axes, streets: list[Shape]) -> None:
    wide = _street_points(axes)
    lines = [np.array(line)[:, ::-1] for s in streets if s.line for line in s.lines]
    if lines:
        axes.add_collection(
            LineCollection(
                lines, colors="#b9ab99", linewidths=1.5 * wide, capstyle="round", zorder=3
            )
        )
        axes.add_collection(
            LineCollection(lines, colors=_STREET, linewidths=wide, capstyle="round", zorder=4)
        )
    loose = [np.array(line)[:, ::-1] for s in streets if not s.line for line in s.lines]
    if loose:
        dots = np.vstack(loose)
        axes.scatter(dots[:, 0], dots[:, 1], s=1.5, c="#8d8175", linewidths=0, zorder=4)


def _street_points(axes: Axes) -> float:
    """How wide a street is drawn: 18 m to scale, but never a hair nor a motorway."""
    south, north = axes.get_ylim()
    figure = axes.get_figure(root=True)
    tall = axes.get_position().height * (figure.get_figheight() if figure else 10.0) * 72
    return float(np.clip(18.0 / ((north - south) * 111_195.0) * tall, 0.5, 2.2))


def _landmarks(axes: Axes, labels: Labels, shapes: list[Shape]) -> None:
    spots = [s.place for s in shapes if s.place.kind not in _UNSEEN | {"district"}]
    named: set[str] = set()
    for place in sorted(spots, key=_telling)[:_MOST_LANDMARKS]:
        wet = place.kind in ("river", "water")
        if not wet:
            axes.plot(place.longitude, place.latitude, "o", ms=4, mfc="#b5482f", mec="w", zorder=7)
        if place.name in named:
            continue  # another part of the same river
        named.add(place.name)
        labels.landmark(place.name, place.longitude, place.latitude, "#21618c" if wet else INK)


def _telling(place: Entry) -> tuple[int, float]:
    """What people find their way by comes first, then what is large."""
    return _KINDS.index(place.kind) if place.kind in _KINDS else len(_KINDS), -place.radius_m


def _street_names(labels: Labels, streets: list[Shape]) -> None:
    longest: dict[str, list[Point]] = {}
    for street in streets:
        for line in street.lines:
            if len(line) > 1 and _extent(line) > _extent(longest.get(street.place.name, [])):
                longest[street.place.name] = line
    ordered = sorted(longest.items(), key=lambda item: (-_extent(item[1]), item[0]))
    for name, line in ordered[:_MOST_STREET_NAMES]:
        labels.along(name, np.array(line)[:, ::-1])


def _extent(line: list[Point]) -> float:
    if not line:
        return 0.0
    points = np.array(line)
    return float(np.hypot(*np.diff(points, axis=0).T).sum())
