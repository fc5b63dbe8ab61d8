"""Building a city pack from open data: pure file work, all or nothing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from nlp.citypack.area import AreaSource
from nlp.citypack.areas import areas_json, read_areas
from nlp.citypack.check import Finding, check_pack
from nlp.citypack.compile import compile_places
from nlp.citypack.errors import SourceError
from nlp.citypack.grid import grid_areas
from nlp.citypack.ground import Ground
from nlp.citypack.misplaced import check_places
from nlp.citypack.place import PlaceSource
from nlp.citypack.points import area_places, undrawn_places
from nlp.citypack.sources import Extent, is_extract, read_places
from nlp.citypack.write import write_pack
from nlp.gazetteer.words import load_words
from nlp.places.toponym import Toponym

__all__ = ["BuildReport", "Finding", "SourceError", "build_pack", "check_pack"]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build found; `unknown_areas` are area names of places that no area bears."""

    areas: int
    streets: int
    intersections: int
    landmarks: int
    outside: int
    unknown_areas: tuple[str, ...]
    addresses: int = 0

    def text(self) -> str:
        """The report in a few words."""
        words = (
            f"{self.areas} areas, {self.streets} streets (counted in each area), "
            f"{self.intersections} crossings, {self.landmarks} other places"
        )
        if self.addresses:
            words += f", {self.addresses} addresses"
        if self.outside:
            words += f"; {self.outside} outside every area"
        if self.unknown_areas:
            words += f"; areas that places name but nobody drew: {', '.join(self.unknown_areas)}"
        return words


class Town(TypedDict):
    """What a town is: its IANA time zone, languages (ISO 639-1) and number for danger to life."""

    timezone: str
    languages: Sequence[str]
    emergency: str


class Options(Town, total=False):
    """How its sources are read.

    `area_code`, `area_name`, `area_within`: fields of the polygons with the code, the name and the
    larger area. `admin_levels`, `inside`: without polygons, the administrative levels of the
    extract whose areas stand in for them, and the area that they must lie in. `place_area`: the
    places' field that names their area, where it has an unusual name. `grid_km`: without polygons,
    the side of the cells that stand in for them. `attribution`: credits that the sources do not
    bring themselves. `progress` is told each step.
    """

    area_code: str | None
    area_name: str | None
    area_within: str | None
    admin_levels: Sequence[int]
    inside: str | None
    attribution: Sequence[str]
    place_area: str | None
    grid_km: float | None
    progress: Progress | None


def build_pack(
    name: str, areas: Path | None, places: Sequence[Path], out: Path, **options: Unpack[Options]
) -> BuildReport:
    """Write `areas.geojson`, the index and, if absent, `city.toml` into `out`.

    Nothing is written unless everything can be read; the same sources give the same bytes. Raises
    SourceError, which names file, feature and remedy.
    """
    say = options.get("progress") or (lambda _: None)
    if not options["emergency"].strip():
        raise SourceError("--emergency", "there is no emergency number", "Give one, such as 112")
    given, notes = _areas_of(areas, places, options, say)
    notes += [note.strip() for note in options.get("attribution", ()) if note.strip()]
    sources = _read_all(places, given, options.get("place_area"), notes, say)
    drawn = given or grid_areas(sources, options.get("grid_km") or 0)
    ground = Ground(drawn)
    say(f"placing {len(sources)} places in {len(drawn)} areas")
    languages = tuple(options["languages"])
    toponyms = compile_places(sources, ground, load_words(languages))
    toponyms += [*area_places(drawn, ground), *undrawn_places(ground)]
    say(f"writing {len(toponyms)} places")
    files = {"areas.geojson": areas_json(drawn, notes), "city.toml": city_toml(name, options)}
    write_pack(out, files, toponyms, languages, notes)
    return _report(toponyms, len(drawn), ground)


def _areas_of(
    path: Path | None, places: Sequence[Path], options: Options, say: Progress
) -> tuple[list[AreaSource], list[str]]:
    """The areas and attributions of a file or an extract; none yet where a grid is wanted."""
    levels, grid = options.get("admin_levels", ()), options.get("grid_km")
    ways = [path is not None, bool(levels), grid is not None].count(True)
    if ways != 1:
        raise SourceError(
            "--areas",
            "there are no areas" if ways == 0 else "areas are told in more than one way",
            "Give polygons with --areas FILE, or take those of the extract with --admin-level N, "
            "or let --grid KM make cells",
        )
    if path is not None:
        say(f"reading {path.name}")
        return read_areas(
            path, options.get("area_code"), options.get("area_name"), options.get("area_within")
        )
    if not levels:
        return [], []
    extract = next((place for place in places if is_extract(place)), None)
    if extract is None:
        raise SourceError("--admin-level", "there is no extract", "Give an .osm.pbf to --places")
    say(f"reading the administrative areas of {extract.name}")
    from nlp.citypack.admin import admin_areas  # only this way needs the library

    return admin_areas(extract, levels, options.get("inside"))


def _read_all(
    paths: Sequence[Path],
    areas: Sequence[AreaSource],
    area_field: str | None,
    notes: list[str],
    say: Progress,
) -> list[PlaceSource]:
    """The places of all files; their attributions are added to `notes`."""
    extent = Extent.of([area.shape for area in areas]) if areas else None
    sources: list[PlaceSource] = []
    for path in paths:
        say(f"reading {path.name}")
        found, more = read_places(path, area_field, extent=extent, progress=say)
        check_places(found, areas, path.name)
        sources += found
        notes += more
    return sources


def city_toml(name: str, town: Town) -> str:
    """The least `city.toml`; an operator completes it."""
    return (
        f"name = {json.dumps(name, ensure_ascii=False)}\n"
        f"timezone = {json.dumps(town['timezone'])}\n"
        f"languages = {json.dumps(list(town['languages']))}\n"
        f"\n[emergency]\ngeneral = {json.dumps(town['emergency'].strip())}\n"
    )


def _report(places: Sequence[Toponym], areas: int, ground: Ground) -> BuildReport:
    kinds = [place.kind for place in places]
    streets, crossings = kinds.count("street"), kinds.count("intersection")
    addresses = kinds.count("address")
    rest = len(kinds) - streets - crossings - addresses - areas - kinds.count("mark")
    return BuildReport(
        areas=areas,
        streets=streets,
        intersections=crossings,
        landmarks=rest,
        outside=sum(place.area is None for place in places),
        unknown_areas=tuple(sorted(ground.unknown_areas)),
        addresses=addresses,
    )
