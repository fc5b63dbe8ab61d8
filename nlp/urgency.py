"""How soon somebody must act on a message."""

from collections.abc import Collection
from typing import Final

from nlp.analysis import Danger, Urgency
from nlp.categories import CATEGORIES

#: What is worse while it is going on.
_IN_PROGRESS: Final = {
    "burglary": Urgency.U0,
    "robbery": Urgency.U0,
    "violence": Urgency.U0,
    "hazard": Urgency.U0,
    "sexual_offence": Urgency.U0,
    "domestic_abuse": Urgency.U0,
    "suspicious_activity": Urgency.U1,
    "vehicle_crime": Urgency.U2,
    "theft": Urgency.U2,
    "vandalism": Urgency.U2,
    "disorder": Urgency.U2,
}


def urgency_of(category: str, flags: Collection[str], danger: Danger) -> Urgency:
    """The most urgent of the category's default, the danger, and what is going on now."""
    found = [CATEGORIES[category].urgency]
    if danger.page:
        found.append(Urgency.U0)
    if danger.emergency:
        found.append(Urgency.U1)
    if "in_progress" in flags and category in _IN_PROGRESS:
        found.append(_IN_PROGRESS[category])
    if category == "dogs_animals" and "injury" in flags:
        found.append(Urgency.U1)
    return min(found, key=lambda urgency: urgency.rank)
