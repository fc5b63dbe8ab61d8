"""What changed from usual, over all cells at once and with few false alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.insight.baseline import Word, discoveries
from bot.insight.history import Count, History

#: At most this share of what a digest lists as changed is chance (Benjamini–Hochberg).
FALSE_DISCOVERIES: Final = 0.1
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


def cells_of(history: History, areas: Sequence[str]) -> list[Cell]:
    """Every area and category ever counted, and the sums by area and by category.

    Sums find what is spread thin over several cells.
    """
    cells = [Cell((area,), kind) for area in areas for kind in history.categories([area])]
    if len(areas) > 1:
        cells += [Cell(tuple(areas), kind) for kind in history.categories(areas)]
    return cells + [Cell((area,), None) for area in areas]


def changes(history: History, areas: Sequence[str]) -> list[Change]:
    """What rose, the rarest first, then what fell; the finest cells that explain it.

    Rises and falls are two families of tests, each held to `FALSE_DISCOVERIES`.
    """
    counts = [(cell, history.count(cell.areas, cell.category)) for cell in cells_of(history, areas)]
    rises, falls = [], []
    for cell, count in counts:
        if count.usual is not None:
            rises.append(Change(cell, count, count.usual.at_least(count.incidents)))
            falls.append(Change(cell, count, count.usual.at_most(count.incidents)))
    risen = [c for c in _believed(rises) if c.count.incidents >= FEWEST_FOR_RISE]
    fallen = [c for c in _believed(falls) if c.word is Word.LOWER]
    return _finest([c for c in risen if c.word in (Word.HIGHER, Word.MUCH_HIGHER)]) + _finest(
        fallen
    )


def _believed(tested: list[Change]) -> list[Change]:
    keep = discoveries([change.chance for change in tested], FALSE_DISCOVERIES)
    return sorted(
        (change for change, kept in zip(tested, keep, strict=True) if kept),
        key=lambda change: change.chance,
    )


def _finest(found: list[Change]) -> list[Change]:
    """Leave out the sums that a listed part explains."""
    return [c for c in found if not any(c.cell.holds(other.cell) for other in found)]
