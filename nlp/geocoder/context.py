"""What the places of a message say about each other."""

from collections.abc import Sequence

from nlp.geocoder.candidate import Candidate
from nlp.geocoder.candidates import Context


def context_of(mentions: Sequence[Sequence[Candidate]], home: str | None) -> Context:
    """Areas and districts that are named, and landmarks that can only be one place."""
    named: list[str] = []
    around: list[Candidate] = []
    points: list[Candidate] = []
    for candidates in mentions:
        best = [c for c in candidates if c.cost <= candidates[0].cost + 1]
        named += [c.area for c in best if c.kind == "area" and c.area]
        if len(candidates) > 1:
            continue
        only = candidates[0]
        if only.kind == "district":
            around.append(only)
        elif only.kind not in ("area", "street"):
            points.append(only)
    return Context(tuple(dict.fromkeys(named)), tuple(around), home, tuple(points))
