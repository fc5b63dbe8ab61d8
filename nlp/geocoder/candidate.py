"""One thing that a mention may mean."""

from dataclasses import dataclass

from nlp.places.spatial import metres_between
from nlp.places.toponym import Entry


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that a mention may mean; a lower `cost` fits the written words better."""

    name: str
    kind: str
    area: str | None
    latitude: float
    longitude: float
    radius_m: float
    cost: int = 0
    confidence: float = 0.9

    def metres_to(self, other: "Candidate") -> float:
        """Metres between the two points."""
        return metres_between(self.latitude, self.longitude, other.latitude, other.longitude)


def of_entry(entry: Entry, cost: int, confidence: float) -> Candidate:
    """A gazetteer's place as a candidate."""
    return Candidate(
        entry.name,
        entry.kind,
        entry.area,
        entry.latitude,
        entry.longitude,
        entry.radius_m,
        cost,
        confidence,
    )
