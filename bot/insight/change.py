"""What changed from usual, over all cells at once and with few false alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.insight.baseline import Word, discoveries
from bot.insight.history import Count, History

#: At most a tenth of what a digest lists as changed is chance (Benjamini–Hochberg). Who gets how
#: much of it: most goes to rises of a single category in one area, for they can be acted upon.
#: In order: rises and falls of cells, rises and falls of sums.
_CELLS: Final = (0.05, 0.02)
_SUMS: Final = (0.02, 0.01)
#: Fewer incidents than this are no rise, however rare they are: each is read as a report instead.
FEWEST_FOR_RISE: Final = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """Some areas and a category; None: all categories."""

    areas: tuple[str, ...]
    category: str | None

    def holds(self, other: "Cell") -> bool:
        """Whether this cell is a sum that the other is a part of."""
        inside = set(other.areas) <= set(self.areas) and self.category in (None, other.category)
        return inside and self != other


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose present week is not an ordinary one. `chance`: how rarely it would be."""

    cell: Cell
    count: Count
    chance: float

    @property
    def word(self) -> Word:
        """Which way, and how far."""
        return self.count.word


def changes(history: History, areas: Sequence[str]) -> list[Change]:
    """What rose, the rarest first, then what fell; the finest cells that explain it.

    Rises and falls, cells and sums are four families of tests that share one rate. Were
    sums tested beside their parts, one true rise would count three times and let chance in.
    """
    fine = [Cell((area,), kind) for area in areas for kind in history.categories([area])]
    found = _changes(history, fine, _CELLS)
    explained = [change.cell for change in found]
    sums = [Cell((area,), None) for area in areas]
    if len(areas) > 1:
        sums += [Cell(tuple(areas), kind) for kind in history.categories(areas)]
    # Sums find what is spread thin over several cells.
    rest = [cell for cell in sums if not any(cell.holds(part) for part in explained)]
    found += _changes(history, rest, _SUMS)
    fell = [change for change in found if change.word is Word.LOWER]
    return [change for change in found if change not in fell] + fell


def _changes(history: History, cells: list[Cell], rates: tuple[float, float]) -> list[Change]:
    rises, falls = [], []
    for cell in cells:
        count = history.count(cell.areas, cell.category)
        if count.usual is not None:
            rises.append(Change(cell, count, count.usual.at_least(count.incidents)))
            falls.append(Change(cell, count, count.usual.at_most(count.incidents)))
    risen = [c for c in _believed(rises, rates[0]) if c.word in (Word.HIGHER, Word.MUCH_HIGHER)]
    fallen = [c for c in _believed(falls, rates[1]) if c.word is Word.LOWER]
    return [c for c in risen if c.count.incidents >= FEWEST_FOR_RISE] + fallen


def _believed(tested: list[Change], rate: float) -> list[Change]:
    keep = discoveries([change.chance for change in tested], rate)
    return sorted(
        (change for change, kept in zip(tested, keep, strict=True) if kept),
        key=lambda change: change.chance,
    )
