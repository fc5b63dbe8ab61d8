"""What stands around a city's map: its name, its scale and the credit of its data."""

import tomllib
from math import cos, radians
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nlp.gazetteer.gazetteer import Gazetteer

INK: Final = "#2d2a26"
PAPER: Final = "#faf8f4"


def frame(figure: Figure, pack: Path, gazetteer: Gazetteer) -> None:
    """The city's name above, and below whose data it is drawn from."""
    city = tomllib.loads((pack / "city.toml").read_text(encoding="utf-8"))
    figure.text(
        0.02, 0.975, str(city.get("name", "")), size=20, weight="bold", color=INK, va="center"
    )
    note = "; ".join(gazetteer.attribution) or "Drawn from this city pack"
    figure.text(0.02, 0.02, note, size=8, color="#6b645c", va="center")


def scale_bar(axes: Axes, latitude: float) -> None:
    """A bar of a round number of metres in the lower right corner."""
    west, east = axes.get_xlim()
    degree_m = 111_195.0 * cos(radians(latitude))
    room = (east - west) * degree_m / 5
    step = 10 ** np.floor(np.log10(room))
    metres = step * max(m for m in (1, 2, 5) if m * step <= room)
    y = axes.get_ylim()[0]
    right = east - (east - west) * 0.02
    left = right - metres / degree_m
    axes.plot([left, right], [y, y], color=INK, lw=3, solid_capstyle="butt", zorder=9)
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    axes.annotate(
        words, ((left + right) / 2, y), (0, 4), textcoords="offset points", ha="center", size=9
    )
