"""What may be said and shared about a category: somebody else may hold the phone."""

from typing import Final

from bot.city import City
from nlp.analysis import Analysis, Urgency
from nlp.categories import CATEGORIES
from storage.records import ReportView

#: Shared with the team only with the resident's consent, unless a life or a child is in danger.
INTIMATE: Final = frozenset({"domestic_abuse", "sexual_offence", "stalking"})
#: Somebody does this to somebody. What is so urgent waits for the morning only when it is over.
ATTACKS: Final = frozenset({"violence", "robbery", "domestic_abuse", "sexual_offence"})
_PRESSING: Final = frozenset({"in_progress", "weapon", "injury"})
#: Dangers that are no part of each other: people who attack, things that burn or break, and
#: somebody who is gone. Fire and a stabbing within half an hour are two matters for a team.
_KINDS: Final = (
    ATTACKS | {"burglary", "harassment", "stalking", "hate_incident"},
    frozenset({"hazard", "vandalism"}),
    frozenset({"missing_person"}),
)


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


def pressing(analysis: Analysis | ReportView) -> bool:
    """Whether a team is woken at any hour: danger is seen, or somebody attacks, armed or hurting.

    What is urgent by its category alone (a robbery of yesterday) waits until somebody reads: for
    waking a team being right counts most.
    """
    seen = isinstance(analysis, Analysis) and (analysis.danger.page or analysis.danger.emergency)
    attacked = analysis.category in ATTACKS and bool(_PRESSING.intersection(analysis.flags))
    return seen or attacked or analysis.urgency == Urgency.U0


def another_kind(before: str | None, now: str) -> bool:
    """Whether a danger of category `now` cannot be more of the matter `before`.

    Somebody hurt, collapsed or in despair may belong to any of them, and so may what is unclear.
    """
    kind = _kind(now)
    return kind is not None and kind is not _kind(before)


def _kind(category: str | None) -> frozenset[str] | None:
    return next((kind for kind in _KINDS if category in kind), None)


def wakes(city: City, analysis: Analysis, *, consent: bool = False) -> bool:
    """Whether the area's team is told of a report by itself and not by the next digest alone.

    Without the resident's consent an intimate matter does so only where life or a child is in
    danger, the same rule by which the team may read it.
    """
    urgent = analysis.urgency.rank <= Urgency.U1.rank
    if analysis.danger.page:
        return True
    if intimate(analysis.category) and not (consent or city.share_without_consent):
        return analysis.urgency == Urgency.U0 or (urgent and "child" in analysis.flags)
    return urgent
