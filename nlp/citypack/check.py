"""What is wrong or missing in a built city pack."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from nlp.citypack.area import AreaSource
from nlp.citypack.areas import index_of, read_areas
from nlp.citypack.errors import SourceError
from nlp.gazetteer.gazetteer import Gazetteer, GazetteerError
from nlp.places.toponym import Entry

_OVERLAP = 0.01


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `level` is "error" (the pack cannot be used) or "warning"."""

    level: str
    where: str
    problem: str
    remedy: str

    @property
    def wrong(self) -> bool:
        """Whether the pack cannot be used before this is mended."""
        return self.level == "error"

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.problem}. {self.remedy}"


def check_pack(path: Path) -> list[Finding]:
    """Everything wrong with a pack, errors first; empty when nothing is."""
    findings = [*_city(path)]
    try:
        areas, _ = read_areas(path / "areas.geojson")
    except SourceError as error:
        return [*findings, Finding("error", error.where, error.problem, error.remedy)]
    findings += _areas(areas)
    findings += _index(path, areas)
    return sorted(findings, key=lambda f: not f.wrong)


def _city(path: Path) -> Iterator[Finding]:
    try:
        city = tomllib.loads((path / "city.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = "is missing" if isinstance(error, OSError) else f"is not TOML ({error})"
        yield Finding("error", "city.toml", f"it {reason}", "Run `city build` or mend it")
        return
    emergency = city.get("emergency")
    general = emergency.get("general") if isinstance(emergency, dict) else None
    if not str(general or "").strip():
        yield Finding(
            "error",
            "city.toml",
            "there is no emergency number",
            'Write general = "..." under [emergency]',
        )


def _areas(areas: list[AreaSource]) -> Iterator[Finding]:
    whole = index_of(areas)
    unpeopled = [area.code for area in areas if not area.population]
    if unpeopled:
        yield Finding(
            "warning",
            "areas.geojson",
            f"{len(unpeopled)} areas have no population (first: {unpeopled[0]})",
            "Add 'population', so that areas can be compared",
        )
    for one, other in combinations(areas, 2):
        related = whole.holds(one.code, other.code) or whole.holds(other.code, one.code)
        if related or not one.shape.intersects(other.shape):
            continue
        shared = one.shape.intersection(other.shape).area
        if shared > _OVERLAP * min(one.shape.area, other.shape.area):
            yield Finding(
                "warning",
                "areas.geojson",
                f"{one.code} and {other.code} overlap",
                "Draw the border once; where areas overlap the smaller one counts",
            )
    yield from _astray(areas)
    names = Counter(area.name.lower() for area in areas)
    for name in sorted(name for name, count in names.items() if count > 1):
        yield Finding(
            "warning", "areas.geojson", f"two areas are named '{name}'", "Tell them apart by name"
        )


def _astray(areas: list[AreaSource]) -> Iterator[Finding]:
    shapes = {area.code: area.shape for area in areas}
    for area in areas:
        larger = shapes.get(area.within or area.code)
        if larger is None:
            yield Finding(
                "error", "areas.geojson", f"{area.code} lies within '{area.within}', which is none",
                "Write the code of a larger area, or leave 'within' out",
            )  # fmt: skip
        elif not larger.covers(area.shape.representative_point()):
            yield Finding(
                "warning", "areas.geojson", f"{area.code} lies outside {area.within}",
                "Check 'within': it names the larger area that holds this one",
            )  # fmt: skip


def _index(path: Path, areas: list[AreaSource]) -> Iterator[Finding]:
    try:
        gazetteer = Gazetteer.open(path)
    except GazetteerError as error:
        yield Finding("error", "gazetteer", str(error), "Run `city build`")
        return
    places = list(gazetteer.places())
    indexed = {place.area for place in places if place.kind == "area"}
    stale = indexed ^ {area.code for area in areas}
    if stale:
        yield Finding(
            "error",
            "gazetteer",
            f"it was built for other areas ({', '.join(sorted(map(str, stale))[:3])})",
            "Run `city build` again",
        )
    yield from _gaps(places, areas)


def _gaps(places: list[Entry], areas: list[AreaSource]) -> Iterator[Finding]:
    kinds = Counter(place.kind for place in places)
    if not kinds["street"]:
        yield Finding("warning", "gazetteer", "it has no street", "Add streets to --places")
    if not kinds.keys() - {"street", "intersection", "area", "mark"}:
        yield Finding("warning", "gazetteer", "it has no landmark", "Add landmarks to --places")
    covered = {place.area for place in places if place.kind != "area"}
    larger = {area.within for area in areas}
    for area in areas:
        if area.code not in covered | larger:
            yield Finding(
                "warning", "gazetteer", f"{area.code} has no place in it", "Add its streets"
            )
    outside = sum(place.area is None for place in places)
    if outside:
        yield Finding(
            "warning",
            "gazetteer",
            f"{outside} places lie outside every area",
            "Nothing to do if that is meant; else check the borders",
        )
