"""Names on a map that never lie over each other: what finds no room is left out."""

from math import atan2, degrees
from textwrap import wrap

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_HALO = [effects.withStroke(linewidth=2.5, foreground="white", alpha=0.85)]
#: Sizes of areas' names, points; the width of a bold capital and how much of an area a name fills.
_SIZES = (13.0, 11.0, 9.0, 7.5, 6.5, 5.5)
_LETTER = 0.74
_FILLED = 0.92
_SIDES = (
    (6, 0, "left", "center"),
    (-6, 0, "right", "center"),
    (0, 6, "center", "bottom"),
    (0, -6, "center", "top"),
)


class Labels:
    """Places labels in the order of their importance."""

    def __init__(self, axes: Axes, canvas: FigureCanvasAgg) -> None:
        self._axes = axes
        self._canvas = canvas
        canvas.draw()
        self._taken: list[Bbox] = []
        self._frame = axes.get_window_extent()
        self._points = canvas.figure.dpi / 72.0

    def area(self, name: str, short: str, shape: BaseGeometry, largest: float) -> None:
        """An area's name in capitals, as large as it fits; where nothing fits, the short one.

        It always stands, a little aside if it has to.
        """
        west, south, east, north = shape.bounds
        corners = self._axes.transData.transform(np.array([[west, south], [east, north]]))
        wide, tall = corners[1] - corners[0]
        size = largest
        for size in [size for size in _SIZES if size <= largest]:
            words = self._wrapped(name, size, wide)
            if self._fits(words, size, wide, tall):
                break
        else:
            words = short.upper() if len(short) < len(name) else name.upper()
        inside = shape.representative_point()
        for shift in (0.0, -1.2, 1.2, -2.4, 2.4, None):
            text = self._axes.annotate(
                words,
                (inside.x, inside.y),
                (0, (shift or 0.0) * size),
                textcoords="offset points",
                size=size,
                weight="bold",
                color="#5b4a38",
                alpha=0.85,
                ha="center",
                va="center",
                linespacing=0.95,
                zorder=10,
                path_effects=_HALO,
            )
            if shift is None or self._keep(text):
                return

    def _wrapped(self, name: str, size: float, wide: float) -> str:
        letters = int(_FILLED * wide / (size * _LETTER * self._points))
        return "\n".join(wrap(name.upper(), max(letters, 1), break_long_words=False))

    def _fits(self, words: str, size: float, wide: float, tall: float) -> bool:
        lines = words.split("\n")
        across = max(map(len, lines)) * size * _LETTER * self._points
        return across <= _FILLED * wide and len(lines) * size * 1.2 * self._points <= tall / 2

    def landmark(self, name: str, x: float, y: float, colour: str) -> None:
        """A landmark's name on the first free side of its dot."""
        for dx, dy, ha, va in _SIDES:
            text = self._axes.annotate(
                name,
                (x, y),
                (dx, dy),
                textcoords="offset points",
                ha=ha,
                va=va,
                size=7,
                color=colour,
                zorder=9,
                path_effects=_HALO,
            )
            if self._keep(text):
                return

    def along(self, name: str, line: NDArray[np.float64]) -> None:
        """A street's name along one of the longer straight parts of it, if it is long enough."""
        pixels = self._axes.transData.transform(line)
        steps = np.diff(pixels, axis=0)
        lengths = np.hypot(*steps.T)
        if lengths.sum() < 4.2 * len(name):
            return
        for part in np.argsort(-lengths, kind="stable")[:5]:
            angle = degrees(atan2(steps[part][1], steps[part][0]))
            middle = (pixels[part] + pixels[part + 1]) / 2
            if self._keep(self._street(name, middle, (angle + 90) % 180 - 90)):
                return

    def _street(self, name: str, pixel: NDArray[np.float64], angle: float) -> Text:
        x, y = self._axes.transData.inverted().transform(pixel)
        return self._axes.text(
            x,
            y,
            name,
            size=6,
            color="#4a443d",
            rotation=angle,
            rotation_mode="anchor",
            ha="center",
            va="center_baseline",
            zorder=8,
            path_effects=_HALO,
        )

    def _keep(self, text: Text | Annotation) -> bool:
        box = text.get_window_extent(self._canvas.get_renderer())
        inside = self._frame.containsx(box.x0) and self._frame.containsx(box.x1)
        if not inside or any(box.overlaps(other) for other in self._taken):
            text.remove()
            return False
        self._taken.append(box)
        return True
