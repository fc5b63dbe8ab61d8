"""The heads to learn: what each has to tell apart, and by which messages it learns."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nlp.categories import MESSAGE_TYPES
from nlp.learning.corpus import Row

#: Parts in which held-out messages are scored; a head needs that many of each kind.
FOLDS: Final = 3
#: Yes-or-no heads with fewer positive messages are left to the rules.
FEWEST: Final = 20

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Target:
    """One head to learn: for every message and label 1 (right), 0 (wrong) or -1 (does not count).

    It learns from the `chosen` messages only: whether behaviour is told is a question that only
    suspicion of a person raises, and which category a message has only arises for a concern.
    """

    name: str
    labels: tuple[str, ...]
    truth: Numbers
    chosen: NDArray[np.bool_]

    def of(self, numbers: Numbers) -> "Target":
        """The same head over some of the messages."""
        return Target(self.name, self.labels, self.truth[numbers], self.chosen[numbers])


def is_concern(row: Row) -> bool:
    """Whether the row teaches which category a concern has."""
    return row.intent in ("report", "follow_up") and row.category not in MESSAGE_TYPES


def targets_of(rows: Sequence[Row]) -> list[Target]:
    """The heads for which the rows hold examples enough."""
    signals: dict[str, Callable[[Row], bool]] = {
        "emergency": lambda row: row.emergency,
        "page": lambda row: row.page,
    }
    for flag, seen in sorted(Counter(flag for row in rows for flag in row.flags).items()):
        if seen >= FEWEST:
            signals[flag] = lambda row, flag=flag: flag in row.flags  # type: ignore[misc]
    signals["behaviour"] = lambda row: row.file
    everything = np.ones(len(rows), dtype=bool)
    concerns = np.array([is_concern(row) for row in rows], dtype=bool)
    targets = [
        _labelled("category", [row.category for row in rows], concerns, rows),
        _labelled("intent", [row.intent for row in rows], everything, ()),
    ]
    for name, holds in signals.items():
        truth = np.array([[int(holds(row))] for row in rows])
        chosen = everything
        if name == "behaviour":
            chosen = np.array([row.category == "suspicious_activity" for row in rows])
        if min(truth[chosen].sum(), (1 - truth[chosen]).sum()) >= FOLDS:
            targets.append(Target(name, (name,), truth, chosen))
    return targets


def _labelled(
    name: str, values: Sequence[str], chosen: NDArray[np.bool_], rows: Sequence[Row]
) -> Target:
    labels = sorted({value for value, own in zip(values, chosen, strict=True) if own})
    truth = np.array([[int(value == label) for label in labels] for value in values])
    for number, row in enumerate(rows):
        for also in set(row.also) & set(labels) - {row.category}:
            truth[number, labels.index(also)] = -1
    return Target(name, tuple(labels), truth, chosen)
