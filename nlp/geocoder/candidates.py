"""What a mention may mean, and which of it the rest of the message leaves."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from nlp.gazetteer.forms import How
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.candidate import Candidate, of_entry
from nlp.geocoder.estimates import estimates, rivals
from nlp.mentions.join import Junction
from nlp.mentions.mentions import Mention
from nlp.places.areas import Areas
from nlp.places.toponym import Entry

_NEAR_BORDER_M = 400.0
_CONTEXT_M = 800.0
_ONE_SPOT_M = 300.0
_KNOWN = 0.8


@dataclass(frozen=True, slots=True)
class Context:
    """What else the message and the sender tell: areas and districts named, points, home."""

    named: tuple[str, ...] = ()
    around: tuple[Candidate, ...] = ()
    home: str | None = None
    sure_points: tuple[Candidate, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Told:
    """The areas that a text names; `anywhere` when it names neither areas nor districts."""

    areas: frozenset[str | None]
    anywhere: bool


UNTOLD = Told(frozenset(), anywhere=False)


def told_by(mentions: Iterable[Mention], gazetteer: Gazetteer) -> Told:
    """What the mentions of a text tell of areas."""
    firsts = [mention.postings[0][0] for mention in mentions]
    wide = [n for n in firsts if gazetteer.kind(n) in ("area", "district")]
    areas = (gazetteer.place(n).area for n in wide if gazetteer.kind(n) == "area")
    return Told(frozenset(areas), anywhere=not wide)


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates that are left; `by_home` when only the sender's home area decided."""

    left: tuple[Candidate, ...]
    by_home: bool = False
    contradicted: bool = False


def of_mention(mention: Mention, gazetteer: Gazetteer) -> list[Candidate]:
    """Everything that a single name may mean, best written forms first."""
    slip = 0.9 if mention.slip else 1.0
    found = []
    for number, how in mention.postings:
        entry = gazetteer.place(number)
        confidence = 0.8 if entry.kind == "street" else 0.9
        found.append(of_entry(entry, how, confidence * slip))
    return found


def of_junction(junction: Junction, gazetteer: Gazetteer, told: Told = UNTOLD) -> list[Candidate]:
    """The crossings that two street names may mean; estimated ones where none is known.

    Where the text is `told` to name no area, a likely crossing elsewhere rivals a known one.
    """
    ones, others = (_streets(mention, gazetteer) for mention in (junction.one, junction.other))
    if not ones or not others:
        return []
    cost = {entry.name_id: how for entry, how in reversed([*ones, *others])}
    known = gazetteer.crossings({e.name_id for e, _ in ones}, {e.name_id for e, _ in others})
    found = []
    for number, streets in _of_long_streets(known, [*ones, *others]):
        total = sum(cost[name] for name in streets)
        found.append(of_entry(gazetteer.place(number), total, 0.95))
    if found and told.anywhere:
        return [*found, *rivals(ones, others, found, gazetteer)]
    elsewhere = told.areas and told.areas.isdisjoint(c.area for c in found)
    if not junction.sure or (found and not elsewhere):
        return found
    if found:
        return [*found, *estimates(ones, others, gazetteer, told.areas, only=True)]
    return estimates(ones, others, gazetteer, told.areas)


def _of_long_streets(
    known: Sequence[tuple[int, tuple[int, int]]], entries: Sequence[tuple[Entry, int]]
) -> list[tuple[int, tuple[int, int]]]:
    """Of crossings of streets that are said in part, those of the long ones: "Bento" is theirs."""
    reach = Counter[int]()
    for entry, how in entries:
        if how == How.PART:
            reach[entry.name_id] += round(entry.radius_m)
    weights = [sum(reach[name] for name in streets) for _, streets in known]
    least = max(weights, default=0) / 2
    both = zip(known, weights, strict=True)
    return [one for one, weight in both if not weight or weight >= least]


def _streets(mention: Mention, gazetteer: Gazetteer) -> list[tuple[Entry, int]]:
    entries = [(gazetteer.place(number), how) for number, how in mention.postings]
    return [(entry, how) for entry, how in entries if entry.kind in ("street", "mark")]


def choose(candidates: Sequence[Candidate], context: Context, areas: Areas) -> Choice:
    """The candidates that agree with the context and are written best."""
    left, contradicted = _in_named(candidates, context, areas)
    if contradicted:
        return Choice((), contradicted=True)
    for point in context.sure_points:
        near = [c for c in left if c.metres_to(point) < _CONTEXT_M + min(point.radius_m, 500)]
        left = near or left
    left = _one_spot(_cheapest(left))
    if len({c.area for c in left}) > 1 and context.home:
        home = [c for c in left if c.area == context.home]
        if home:
            return Choice(tuple(home), by_home=True)
    return Choice(tuple(left))


def _in_named(
    candidates: Sequence[Candidate], context: Context, areas: Areas
) -> tuple[list[Candidate], bool]:
    """Those in the areas that the message names; (none, True) if it names others."""
    left = list(candidates)
    if context.named and left:
        inside = [c for c in left if c.area and _among(c.area, context.named, areas)]
        inside = inside or list(_near(left, context.named, areas))
        if not inside:
            return [], True
        left = inside
    for district in context.around:
        reach = district.radius_m + _CONTEXT_M
        left = [c for c in left if c.metres_to(district) <= reach] or left
    return left, False


def _among(area: str, named: Sequence[str], areas: Areas) -> bool:
    """Whether an area is named, or a larger one that it is a part of."""
    return area in named or any(areas.holds(code, area) for code in named)


def _inside(candidates: Sequence[Candidate], named: Sequence[str], areas: Areas) -> list[Candidate]:
    """Those in or near the named areas; a known one near them beats an estimate inside."""
    for some in ([c for c in candidates if c.confidence > _KNOWN], candidates):
        inside = [c for c in some if c.area in named] or list(_near(some, named, areas))
        if inside:
            return inside
    return []


def _near(
    candidates: Iterable[Candidate], named: Sequence[str], areas: Areas
) -> Iterable[Candidate]:
    """Candidates just across the border of a named area count for it: people blur borders."""
    for candidate in candidates:
        for code in named:
            if areas.metres_to(code, candidate.latitude, candidate.longitude) <= _NEAR_BORDER_M:
                yield replace(candidate, area=code)
                break


def _cheapest(candidates: Sequence[Candidate]) -> list[Candidate]:
    least = min((c.cost for c in candidates), default=0)
    return [c for c in candidates if c.cost == least]


def _one_spot(candidates: list[Candidate]) -> list[Candidate]:
    """One candidate, that covers the others, for several records of a spot in the same area."""
    kept: list[Candidate] = []
    for candidate in candidates:
        for i, other in enumerate(kept):
            apart = other.metres_to(candidate) if other.area == candidate.area else _ONE_SPOT_M
            if apart < _ONE_SPOT_M:
                kept[i] = replace(other, radius_m=max(other.radius_m, round(apart + 20, 1)))
                break
        else:
            kept.append(candidate)
    return kept
