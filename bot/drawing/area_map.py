"""The digest's map: a team's areas, shaded by the last seven days against the usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from textwrap import wrap
from typing import Final

import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from bot.drawing.style import INK, MUTED, PAPER, SHADES, blank_figure, to_png, write_heading
from bot.i18n import say
from bot.insight.baseline import Word

_OUTSIDE: Final = "#f5f6f7"
#: With more areas than this, names would cover each other: only what is unusual is named.
_MOST_NAMES: Final = 16
_LETTERS_A_LINE: Final = 13
_PIXELS: Final = (800, 800)
#: The map's place in the picture: left, bottom, width, height.
_FRAME: Final = (0.02, 0.15, 0.96, 0.71)


@dataclass(frozen=True, slots=True)
class AreaMap:
    """What to draw. `shapes` are degrees (x longitude) of every area of the city; `words` and
    `counts` (already suppressed) those of the team's areas, `names` what to call them, `marks` what
    changed in some of them."""

    title: str
    subtitle: str
    notes: Sequence[str]
    shapes: Mapping[str, BaseGeometry]
    names: Mapping[str, str]
    words: Mapping[str, Word]
    counts: Mapping[str, str]
    marks: Mapping[str, str]


def area_map(drawn: AreaMap, language: str) -> bytes:
    """A PNG of 800 × 800 pixels. Takes about 0.3 s of a core: call it outside the event loop."""
    figure = blank_figure(*_PIXELS)
    axes = figure.add_axes(_FRAME)
    write_heading(figure, drawn.title, drawn.subtitle, top=0.97, gap=0.055)
    notes = "\n".join(line for note in drawn.notes for line in wrap(note, 88)[:2])
    figure.text(0.03, 0.015, notes, size=12, color=MUTED, linespacing=1.25)
    for code, shape in drawn.shapes.items():
        _shade(axes, shape, drawn.words.get(code))
    for code, word in drawn.words.items():
        if len(drawn.words) <= _MOST_NAMES or word not in (Word.USUAL, Word.EARLY):
            _label(axes, drawn, code)
    _fit(axes, [drawn.shapes[code] for code in drawn.words])
    shown = [word for word in SHADES if word in drawn.words.values()]
    figure.legend(
        handles=[
            Patch(facecolor=SHADES[word], edgecolor=INK, label=say(language, word.value))
            for word in shown
        ],
        loc="lower center", bbox_to_anchor=(0.5, 0.075), ncols=2 if len(shown) == 4 else 3,
        fontsize=14, frameon=False, handlelength=1.4, columnspacing=1.4,
    )  # fmt: skip
    return to_png(figure)


def _shade(axes: Axes, shape: BaseGeometry, word: Word | None) -> None:
    """An area of the team in its shade, one of another team as a quiet outline."""
    colour = SHADES[word] if word else _OUTSIDE
    edge, width, order = (INK, 1.6, 2) if word else ("#cbd2d9", 1.0, 1)
    hatch = "//" if word is Word.MUCH_HIGHER else None
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon):
            patch = PathPatch(
                _outline(part), facecolor=colour, edgecolor=edge, linewidth=width, zorder=order
            )
            axes.add_patch(patch)
            if hatch:
                axes.add_patch(
                    PathPatch(
                        _outline(part), facecolor="none", edgecolor="#ffffff40", hatch=hatch,
                        linewidth=0, zorder=order,
                    )
                )  # fmt: skip


def _outline(polygon: Polygon) -> Path:
    rings = [polygon.exterior, *polygon.interiors]
    return Path.make_compound_path(*(Path(ring.coords, closed=True) for ring in rings))


def _label(axes: Axes, drawn: AreaMap, code: str) -> None:
    x, y = _middle(drawn.shapes[code])
    words = _folded(drawn.names[code])
    if code in drawn.marks:
        words += "\n" + _folded(drawn.marks[code])
    halo = [withStroke(linewidth=4, foreground=PAPER)]
    axes.annotate(
        drawn.counts[code], (x, y), size=21, weight="bold", color=INK, ha="center", va="bottom",
        path_effects=halo, zorder=5,
    )  # fmt: skip
    axes.annotate(
        words, (x, y), size=13.5, color=INK, ha="center", va="top", linespacing=1.1,
        path_effects=halo, zorder=5,
    )  # fmt: skip


def _middle(shape: BaseGeometry) -> tuple[float, float]:
    """The point farthest from the edges: the centroid of a bent area may lie outside it."""
    if isinstance(shape, Polygon | MultiPolygon):
        x, y = shapely.maximum_inscribed_circle(shape).coords[0]
        return x, y
    return shape.centroid.x, shape.centroid.y


def _folded(name: str) -> str:
    """A long name on two or three lines."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + len(word) < _LETTERS_A_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def _fit(axes: Axes, shapes: Sequence[BaseGeometry]) -> None:
    """Show the team's areas whole, with a rim of what lies around, true to shape."""
    west, south, east, north = shapely.total_bounds(list(shapes))
    squeeze = max(cos(radians((south + north) / 2)), 0.01)
    wide, high = _PIXELS[0] * _FRAME[2], _PIXELS[1] * _FRAME[3]
    # Degrees of latitude a pixel, so that the tighter side decides.
    scale = 1.1 * max((east - west) * squeeze / wide, (north - south) / high)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_x - wide * scale / squeeze / 2, middle_x + wide * scale / squeeze / 2)
    axes.set_ylim(middle_y - high * scale / 2, middle_y + high * scale / 2)
    axes.set_axis_off()
