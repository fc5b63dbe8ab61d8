"""What may be said and shared about a category: somebody else may hold the phone."""

from typing import Final

from bot.city import City
from nlp.analysis import Analysis, Urgency
from nlp.categories import CATEGORIES

#: Shared with the team only with the resident's consent, unless a life or a child is in danger.
INTIMATE: Final = frozenset({"domestic_abuse", "sexual_offence", "stalking"})


def intimate(category: str | None) -> bool:
    """Whether the resident decides if the team may know."""
    return category in INTIMATE


def sensitive(category: str | None) -> bool:
    """Whether nothing about such a report may ever show on the resident's phone again."""
    known = CATEGORIES.get(category) if category else None
    return known is not None and known.sensitive


def shown(category: str | None) -> bool:
    """Whether a receipt may name category and place."""
    known = CATEGORIES.get(category) if category else None
    return known is not None and known.shown


def grave(analysis: Analysis) -> bool:
    """Whether an unsure word of danger is worth a question."""
    known = CATEGORIES.get(analysis.category)
    default = known.urgency if known else Urgency.U4
    return min(analysis.urgency.rank, default.rank) <= Urgency.U1.rank


def wakes(city: City, analysis: Analysis, *, consent: bool = False) -> bool:
    """Whether a report must wake the area's team at once.

    Without the resident's consent an intimate matter does so only where life or a child is in
    danger, the same rule by which the team may read it.
    """
    urgent = analysis.urgency.rank <= Urgency.U1.rank
    if analysis.danger.page:
        return True
    if intimate(analysis.category) and not (consent or city.share_without_consent):
        return analysis.urgency == Urgency.U0 or (urgent and "child" in analysis.flags)
    return urgent
