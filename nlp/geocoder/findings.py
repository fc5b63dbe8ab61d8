"""A place found in a message, as the analysis reports it."""

from dataclasses import dataclass

from nlp.analysis import Place
from nlp.geocoder.candidate import Candidate
from nlp.geocoder.candidates import Choice
from nlp.places.toponym import spoken_kind

_RANKS = {"intersection": 0, "landmark": 1, "address": 2, "block": 2, "street": 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """A mention with what it may mean and what is left of that; `extra_m` widens the radius."""

    start: int
    end: int
    kind: str
    candidates: tuple[Candidate, ...]
    choice: Choice
    extra_m: float = 0.0


def rank(finding: Finding) -> tuple[int, int, int]:
    """The most telling finding first: crossings, landmarks, streets, districts, areas."""
    kind = spoken_kind(finding.kind)
    wide = kind == "landmark" and finding.candidates[0].radius_m > 800
    if finding.kind in ("address", "block"):
        kind = finding.kind
    order = 3 if wide else _RANKS.get(kind, 4)
    if finding.kind == "area":
        order = 5
    return int(not finding.choice.left), order, finding.start


def place_of(finding: Finding, text: str) -> Place:
    """The finding as a place; unresolved when several are left."""
    kind = finding.kind if finding.kind in ("address", "block") else spoken_kind(finding.kind)
    start, end = finding.start, finding.end
    if len(finding.choice.left) != 1:
        names = {c.name for c in finding.candidates}
        name = names.pop() if len(names) == 1 else None
        return Place(text[start:end], start, end, kind, name)
    only = finding.choice.left[0]
    return Place(
        text[start:end],
        start,
        end,
        kind,
        only.name,
        only.latitude,
        only.longitude,
        only.radius_m + finding.extra_m,
        only.confidence,
    )
