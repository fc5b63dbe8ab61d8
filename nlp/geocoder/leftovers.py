"""What the names of a text leave unsaid: crossings of shortened names, scattered landmarks."""

from collections.abc import Sequence
from typing import Final

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.candidate import Candidate, of_entry
from nlp.geocoder.candidates import Context, choose
from nlp.geocoder.findings import Finding
from nlp.geocoder.partly import Partly
from nlp.geocoder.scattered import Scatter, Scattered
from nlp.geocoder.shortened import shortened_crossings
from nlp.mentions.found import Read
from nlp.places.areas import Areas

#: Findings that say enough by themselves.
_PRECISE: Final = frozenset(("intersection", "block", "address"))
_CONFIDENCE: Final = 0.85
_PARTS_OF_TOWN: Final = frozenset(("area", "district"))
_BESIDE_M: Final = 3000.0


class Leftovers:
    """Looks once more where no finding is precise; what it finds replaces what lies under it."""

    def __init__(self, gazetteer: Gazetteer, areas: Areas) -> None:
        self._gazetteer = gazetteer
        self._areas = areas
        self._scatter = Scatter(gazetteer)
        self._partly = Partly(gazetteer)

    def add(self, found: Read, findings: list[Finding], context: Context) -> list[Finding]:
        """The findings with what they left out."""
        if any(finding.kind in _PRECISE for finding in findings):
            return findings
        more = self._crossing(found, context) or self._landmark(found, findings, context)
        if more is None:
            return findings
        beside = [f for f in findings if f.end <= more.start or f.start >= more.end]
        return [more, *beside]

    def _crossing(self, found: Read, context: Context) -> Finding | None:
        met = shortened_crossings(found, self._gazetteer)
        if met is None:
            return None
        first, last, known = met
        return self._finding(found, first, last, [place for place, _ in known], context)

    def _landmark(
        self, found: Read, findings: Sequence[Finding], context: Context
    ) -> Finding | None:
        hit = self._scatter.find(found, alone=not findings) or self._partly.find(found)
        if hit is None and not findings:
            hit = self._scatter.brand(found)
        if hit is None or hit.spots <= self._most_words(found, hit, findings):
            return None
        places = [place for place, _ in hit.postings]
        more = self._finding(found, hit.first, hit.last, places, context)
        return None if _far_from_named(more, findings) else more

    def _finding(
        self, found: Read, first: int, last: int, places: Sequence[int], context: Context
    ) -> Finding:
        entries = [self._gazetteer.place(place) for place in places]
        candidates: list[Candidate] = [of_entry(entry, 0, _CONFIDENCE) for entry in entries]
        choice = choose(candidates, context, self._areas)
        spans = found.wording.spans
        start, end = spans[first][0], spans[last - 1][1]
        return Finding(start, end, entries[0].kind, tuple(candidates), choice)

    def _most_words(self, found: Read, hit: Scattered, findings: Sequence[Finding]) -> int:
        """The number of telling words of the longest finding that lies under a scattered one."""
        words, spans = self._gazetteer.words, found.wording.spans
        start, end = spans[hit.first][0], spans[hit.last - 1][1]
        empty = words.fill | words.articles
        telling = [a for key, (a, _) in zip(found.keys, spans, strict=True) if key not in empty]
        under = [f for f in findings if f.start < end and start < f.end]
        return max((sum(f.start <= a < f.end for a in telling) for f in under), default=0)


def _far_from_named(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether a landmark lies in none of the parts of town that the text names beside it."""
    parts = [c for f in findings if f.kind in _PARTS_OF_TOWN for c in f.choice.left]
    return bool(parts) and not any(
        candidate.metres_to(part) <= part.radius_m + _BESIDE_M
        for candidate in finding.choice.left
        for part in parts
    )
