"""What all our pictures share: size for a phone, colours that everyone can tell apart, PNG."""

from io import BytesIO
from textwrap import shorten
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.insight.baseline import Word

INK: Final = "#1f2933"
MUTED: Final = "#52606d"
PAPER: Final = "#ffffff"
#: Okabe and Ito's palette (safe for colour blindness); darker also means more, for grey prints.
SHADES: Final = {
    Word.MUCH_HIGHER: "#c44e00",
    Word.HIGHER: "#f2a93b",
    Word.USUAL: "#dfe5ea",
    Word.LOWER: "#8cc6ec",
    Word.EARLY: "#ffffff",
}
BAND: Final = "#d5dde5"
PAST: Final = "#5b7a99"
_DPI: Final = 100


def blank_figure(width: int, height: int) -> Figure:
    """A white figure of so many pixels. No pyplot: its global state is not for servers."""
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def write_heading(figure: Figure, title: str, subtitle: str, *, top: float, gap: float) -> None:
    """Title and subtitle at the top, smaller where they are long, cut where they are too long.

    `top` and `gap` are shares of the picture's height.
    """
    for text, size, letters, y in ((title, 22.0, 42, top), (subtitle, 15.5, 64, top - gap)):
        shown = shorten(text, 2 * letters, placeholder="…")
        fitted = min(size, size * letters / max(len(shown), 1))
        weight = "bold" if y == top else "normal"
        figure.text(0.03, y, shown, size=fitted, weight=weight, color=INK, va="top")


def to_png(figure: Figure) -> bytes:
    """The picture, without software name or date: the same data gives the same file."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()
