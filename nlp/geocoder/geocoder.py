"""From words to a point, a radius and an area; "unknown" is better than wrong."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from nlp.analysis import Location, Nickname, Place, Query
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.geocoder.answer import NOWHERE_M, ask, at_home, at_pin, found_at
from nlp.geocoder.between import Stretch, stretches
from nlp.geocoder.candidate import Candidate
from nlp.geocoder.candidates import Choice, Context, choose, of_junction, of_mention, told_by
from nlp.geocoder.context import context_of
from nlp.geocoder.elsewhere import OtherTowns, city_name
from nlp.geocoder.findings import Finding, place_of, rank
from nlp.geocoder.houses import at_number
from nlp.geocoder.leftovers import Leftovers
from nlp.geocoder.nicknames import Nicknames, unheard
from nlp.geocoder.shortened import between_of
from nlp.mentions.join import Junction, junctions
from nlp.mentions.mentions import Mention, Read, read
from nlp.mentions.relations import extra_metres
from nlp.mentions.spelling import Speller
from nlp.mentions.strength import Strength
from nlp.places.areas import Areas


class Geocoder:
    """Finds and resolves the places of short informal texts, with a city pack and no network."""

    def __init__(self, gazetteer: Gazetteer, areas: Areas, city: str = "") -> None:
        self.gazetteer = gazetteer
        self.areas = areas
        self._speller = Speller(gazetteer)
        self._leftovers = Leftovers(gazetteer, areas)
        self._others = OtherTowns(gazetteer, city)
        self._ready: tuple[tuple[Nickname, ...], Nicknames] = (), Nicknames((), gazetteer.words)

    @classmethod
    def open(cls, pack: Path, languages: Sequence[str] = ()) -> Self:
        """The geocoder of a city pack; the index knows the languages that it was built for."""
        return cls(Gazetteer.open(pack), Areas.open(pack), city_name(pack))

    def locate_many(self, queries: Sequence[Query]) -> list[tuple[tuple[Place, ...], Location]]:
        """The places that each text mentions, and where the message is about, in order."""
        return [self.locate(query) for query in queries]

    def locate_name(self, name: str, nicknames: tuple[Nickname, ...] = ()) -> Location:
        """Where something is that is surely the name of a place, however everyday its words."""
        words = self.gazetteer.words
        cue = min(w for w in words.at if (w,) not in words.relations and w not in words.join)
        found = self.locate(Query(name, nicknames=nicknames))[1]
        if found.area is None and not found.options:
            found = self.locate(Query(f"{cue} {name}", nicknames=nicknames))[1]
        return found

    def locate(self, query: Query) -> tuple[tuple[Place, ...], Location]:
        """One text; a pin wins over every word."""
        found = read(query.text, self.gazetteer, self._speller)
        taught = self._taught(query.nicknames).findings(found.wording) if query.nicknames else []
        found = _beside(found, taught)
        findings = [
            f
            for f in self._findings(found, query.home_area)
            if not self._others.is_whole_city(query.text[f.start : f.end], f.kind)
        ]
        findings = sorted([*taught, *findings], key=lambda f: f.start) if taught else findings
        places = tuple(place_of(f, query.text) for f in findings)
        if query.pin is not None:
            return places, at_pin(query.pin, self.areas)
        if not taught and self._others.named(found, findings):
            return places, Location()
        location = self._location(findings, query.home_area)
        if not findings:
            missing = unheard(found.wording, found.mentions, self.gazetteer.words)
            location = replace(location, unheard=missing) if missing else location
        return places, location

    def _taught(self, nicknames: tuple[Nickname, ...]) -> Nicknames:
        """The nicknames made ready; the last ones are remembered."""
        last, ready = self._ready
        if nicknames is not last and nicknames != last:
            ready = Nicknames(nicknames, self.gazetteer.words)
        self._ready = nicknames, ready
        return ready

    def _findings(self, found: Read, home: str | None) -> list[Finding]:
        """Everything in the text that is a place, in its order, resolved as far as it can be."""
        parts = stretches(found, self.gazetteer)
        used = {id(m) for part in parts for m in part.mentions}
        pairs, lost = self._crossings(found, used)
        used |= {id(m) for junction, _ in pairs for m in (junction.one, junction.other)}
        single = [
            (mention, self._meant(mention))
            for mention in found.mentions
            if id(mention) not in used and mention.strength is Strength.STRONG
        ]
        context = context_of([candidates for _, candidates in single], home)
        findings = [self._joined(found, j, c, context) for j, c in pairs]
        findings += [self._stretch(part, context) for part in parts]
        findings += [self._single(found, m, c, context, vague=id(m) in lost) for m, c in single]
        findings = self._leftovers.add(found, findings, context)
        return sorted(findings, key=lambda f: f.start)

    def _meant(self, mention: Mention) -> list[Candidate]:
        house = at_number(mention, self.gazetteer) if mention.number else []
        return house or of_mention(mention, self.gazetteer)

    def _stretch(self, part: Stretch, context: Context) -> Finding:
        choice = choose(part.candidates, context, self.areas)
        start, end = part.mentions[0].start, part.mentions[-1].end
        return Finding(start, end, part.candidates[0].kind, part.candidates, choice)

    def _crossings(
        self, found: Read, taken: set[int]
    ) -> tuple[list[tuple[Junction, list[Candidate]]], set[int]]:
        """Crossings with what they may mean; ids of mentions whose crossing nobody knows."""
        kept: list[tuple[Junction, list[Candidate]]] = []
        used, lost = set(taken), set[int]()
        told = told_by(found.mentions, self.gazetteer)
        for junction in junctions(found, self.gazetteer):
            if between_of(found, junction.one.first, self.gazetteer):
                continue
            ids = {id(junction.one), id(junction.other)}
            if ids & used:
                continue
            candidates = of_junction(junction, self.gazetteer, told)
            if candidates:
                kept.append((junction, candidates))
                used |= ids
            elif junction.sure:
                lost |= ids
        return kept, lost - used

    def _joined(
        self, found: Read, junction: Junction, candidates: list[Candidate], context: Context
    ) -> Finding:
        choice = choose(candidates, context, self.areas)
        extra = extra_metres(found, junction.one, self.gazetteer.words)
        return Finding(
            junction.one.start, junction.other.end, "intersection", tuple(candidates), choice, extra
        )

    def _single(
        self,
        found: Read,
        mention: Mention,
        candidates: list[Candidate],
        context: Context,
        *,
        vague: bool,
    ) -> Finding:
        """One name; `vague`: it is half of a crossing that is nowhere, so its point is none."""
        area = [c for c in candidates if c.kind == "area" and c.cost <= candidates[0].cost + 1]
        chosen = area or candidates
        choice = Choice(tuple(area)) if area else choose(candidates, context, self.areas)
        extra = NOWHERE_M if vague else extra_metres(found, mention, self.gazetteer.words)
        kind = {"number": "address", "block": "block"}.get(mention.number or "", chosen[0].kind)
        return Finding(mention.start, mention.end, kind, tuple(chosen), choice, extra)

    def _said_closer(self, finding: Finding, named: Sequence[str]) -> bool:
        """Whether it is a larger area of which the text names a part as well."""
        codes = {c.area for c in finding.choice.left if finding.kind == "area" and c.area}
        return len(codes) == 1 and any(
            code not in codes and self.areas.holds(next(iter(codes)), code) for code in named
        )

    def _location(self, findings: list[Finding], home: str | None) -> Location:
        """The best finding decides; a tie or a doubt becomes options."""
        named = [c.area for f in findings if f.kind == "area" for c in f.choice.left if c.area]
        findings = [f for f in findings if not self._said_closer(f, named)]
        for finding in sorted(findings, key=rank):
            if len(finding.choice.left) == 1:
                return found_at(finding, self.areas, named)
            if finding.choice.left:
                return ask(finding.choice.left, home, self.areas)
        return at_home(home, self.areas)


def _beside(found: Read, taught: Sequence[Finding]) -> Read:
    """What was read, without the names that lie under a taught one."""
    if not taught:
        return found
    left = [
        mention
        for mention in found.mentions
        if not any(f.start < mention.end and mention.start < f.end for f in taught)
    ]
    return replace(found, mentions=tuple(left))
