"""The chart of /trends: incidents a week against the usual range, readable on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from babel.dates import format_date
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from bot.drawing.style import BAND, INK, MUTED, PAST, SHADES, blank_figure, to_png, write_heading
from bot.i18n import say
from bot.insight.baseline import UsualRange, Word
from bot.insight.words import usual_words

#: Bars are labelled with their week at most this often, so that the labels never touch.
_MOST_LABELS: Final = 6


@dataclass(frozen=True, slots=True)
class Trend:
    """Weekly incidents, the present week last, and the local time at which it ends."""

    title: str
    subtitle: str
    note: str
    weekly: Sequence[int]
    usual: UsualRange | None
    end: datetime


def trend_chart(trend: Trend, language: str) -> bytes:
    """A PNG of 800 × 640 pixels. Takes about 0.2 s of a core: call it outside the event loop."""
    figure = blank_figure(800, 640)
    axes = figure.add_axes((0.085, 0.235, 0.865, 0.56))
    write_heading(figure, trend.title, trend.subtitle, top=0.955, gap=0.07)
    figure.text(0.03, 0.03, trend.note, size=12, color=MUTED)
    word = trend.usual.word(trend.weekly[-1]) if trend.usual else Word.EARLY
    now_colour = PAST if word in (Word.USUAL, Word.EARLY) else SHADES[word]
    _bars(axes, trend, now_colour, language)
    _frame(axes, trend, language)
    handles = [Patch(facecolor=PAST, label=say(language, "incidents a week"))]
    if trend.usual:
        handles.append(Patch(facecolor=BAND, label=usual_words(trend.usual, language)))
    present = say(language, "the last 7 days")
    handles.append(Patch(facecolor=now_colour, edgecolor=INK, linewidth=2, label=present))
    figure.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, 0.075), ncols=3, fontsize=14,
        frameon=False, handlelength=1.2, columnspacing=1.4,
    )  # fmt: skip
    return to_png(figure)


def _bars(axes: Axes, trend: Trend, now_colour: str, language: str) -> None:
    places = range(len(trend.weekly))
    if trend.usual:
        axes.axhspan(trend.usual.low, trend.usual.high, color=BAND, zorder=0, linewidth=0)
    axes.bar(places[:-1], trend.weekly[:-1], width=0.72, color=PAST, zorder=2)
    last = len(trend.weekly) - 1
    axes.bar([last], trend.weekly[-1:], width=0.72, color=now_colour, edgecolor=INK, linewidth=2,
             zorder=2)  # fmt: skip
    axes.annotate(
        str(trend.weekly[-1]), (last, trend.weekly[-1]), xytext=(0, 5), size=18, weight="bold",
        textcoords="offset points", ha="center", color=INK,
    )  # fmt: skip


def _frame(axes: Axes, trend: Trend, language: str) -> None:
    weeks = len(trend.weekly)
    step = -(-weeks // _MOST_LABELS)
    shown = [place for place in range(weeks) if (weeks - 1 - place) % step == 0]
    # A week is named by its last day: "the week to 22 Nov".
    days = [trend.end - timedelta(days=7 * (weeks - 1 - place), hours=1) for place in shown]
    axes.set_xticks(shown, [format_date(day, "d MMM", locale=language) for day in days])
    axes.set_xlim(-0.6, weeks - 0.4)
    top = max([*trend.weekly, trend.usual.high if trend.usual else 0, 4])
    axes.set_ylim(0, top * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.tick_params(labelsize=15, colors=INK, length=0)
    axes.tick_params(axis="x", pad=9)
    axes.grid(axis="y", color="#e4e7eb", zorder=1)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
