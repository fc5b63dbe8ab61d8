"""What may be shown to whom: small counts on pictures and exports, and reports to staff."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from nlp.analysis import Urgency
from nlp.categories import CATEGORIES
from storage.records import ReportView

#: Counts below this are hidden on maps, in exports and in anything for residents.
FEWEST_SHOWN: Final = 5
#: They reach a team without the resident's consent only where life or a child is in danger.
NEEDS_CONSENT: Final = frozenset({"domestic_abuse", "sexual_offence", "stalking"})
#: Complaints about the police go to whoever oversees them, never to the police team.
OVERSIGHT_ONLY: Final = frozenset({"service_feedback"})

Key = TypeVar("Key")


def suppressed(counts: Mapping[Key, int], *, total_known: bool = True) -> dict[Key, str]:
    """Counts as they may be shown: small ones, zero too, as "<5".

    Where their sum is known, what is hidden adds up to a known number as well. So the smallest of
    the others are shown as "5+" until at least two are hidden that hold at least five together.
    """
    hidden = {key for key, count in counts.items() if count < FEWEST_SHOWN}
    shown = {key: f"<{FEWEST_SHOWN}" if key in hidden else str(counts[key]) for key in counts}
    for key in sorted(counts.keys() - hidden, key=lambda key: (counts[key], str(key))):
        told = len(hidden) == 1 or sum(counts[key] for key in hidden) < FEWEST_SHOWN
        if not (total_known and hidden and told):
            break
        hidden.add(key)
        shown[key] = f"{FEWEST_SHOWN}+"
    return shown


def is_sensitive(category: str) -> bool:
    """Whether a category is never shown finer than the area; unknown ones are not."""
    return category in CATEGORIES and CATEGORIES[category].sensitive


def place_shown(report: ReportView) -> str | None:
    """The place's name as staff may see it; None for sensitive reports."""
    return None if is_sensitive(report.category) else report.place_text


def team_may_read(report: ReportView, *, share_without_consent: bool) -> bool:
    """Whether a police team may learn of this very report (it is in the counts all the same)."""
    if report.category in OVERSIGHT_ONLY:
        return False
    if report.category not in NEEDS_CONSENT or share_without_consent:
        return True
    in_danger = report.urgency == Urgency.U0 or "child" in report.flags
    return in_danger or report.may_contact is True


def may_read(
    report: ReportView,
    areas: Sequence[str] | None,
    *,
    in_team: bool,
    share_without_consent: bool,
) -> bool:
    """Whether a member of staff may read a report. `areas` None: all; `in_team`: an officer."""
    if areas is not None and report.area not in areas:
        return False
    return not in_team or team_may_read(report, share_without_consent=share_without_consent)
