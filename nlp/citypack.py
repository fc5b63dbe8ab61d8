"""Building a city pack from open data: pure file work, all or nothing."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.citypack_areas import AreaSource, areas_json, read_areas
from nlp.citypack_check import Finding, check_pack
from nlp.citypack_compile import compile_places
from nlp.citypack_errors import SourceError
from nlp.citypack_grid import grid_areas
from nlp.citypack_ground import Ground
from nlp.citypack_place import PlaceSource
from nlp.citypack_points import area_places
from nlp.citypack_sources import Extent, read_places
from nlp.citypack_write import write_pack
from nlp.gazetteer_words import load_words
from nlp.places import Toponym

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


def build_pack(
    name: str,
    areas: Path | None,
    places: Sequence[Path],
    out: Path,
    *,
    area_code: str | None = None,
    area_name: str | None = None,
    place_area: str | None = None,
    grid_km: float | None = None,
    timezone: str,
    languages: Sequence[str],
    emergency: str,
    progress: Progress | None = None,
) -> BuildReport:
    """Write `areas.geojson`, the index and, if absent, `city.toml` into `out`.

    Nothing is written unless everything can be read; the same sources give the same bytes. Raises
    SourceError, which names file, feature and remedy. Without `areas`, cells of `grid_km`
    kilometres stand in for them. `place_area` is the places' field that names their area, where it
    has an unusual name.
    """
    say = progress or (lambda _: None)
    if not emergency.strip():
        raise SourceError("--emergency", "there is no emergency number", "Give one, such as 112")
    given, notes = _areas_of(areas, grid_km, (area_code, area_name), say)
    extent = Extent.of([area.shape for area in given]) if given else None
    sources = _read_all(places, place_area, notes, extent, say)
    drawn = given or grid_areas(sources, grid_km or 0)
    ground = Ground(drawn)
    say(f"placing {len(sources)} places in {len(drawn)} areas")
    toponyms = compile_places(sources, ground, load_words(tuple(languages)))
    toponyms += area_places(drawn, ground)
    say(f"writing {len(toponyms)} places")
    files = {
        "areas.geojson": areas_json(drawn, notes),
        "city.toml": city_toml(name, timezone, languages, emergency),
    }
    write_pack(out, files, toponyms, tuple(languages), notes)
    return _report(toponyms, len(drawn), ground)


def _areas_of(
    path: Path | None, grid_km: float | None, fields: tuple[str | None, str | None], say: Progress
) -> tuple[list[AreaSource], list[str]]:
    """The areas and attributions of a file; none yet where a grid is wanted."""
    if (path is None) == (grid_km is None):
        raise SourceError(
            "--areas",
            "there are no areas" if path is None else "there are areas and a grid",
            "Give polygons with --areas FILE or let --grid KM make cells",
        )
    if path is None:
        return [], []
    say(f"reading {path.name}")
    return read_areas(path, *fields)


def _read_all(
    paths: Sequence[Path],
    area_field: str | None,
    notes: list[str],
    extent: Extent | None,
    say: Progress,
) -> list[PlaceSource]:
    """The places of all files; their attributions are added to `notes`."""
    sources: list[PlaceSource] = []
    for path in paths:
        say(f"reading {path.name}")
        found, more = read_places(path, area_field, extent=extent, progress=say)
        sources += found
        notes += more
    return sources


def city_toml(name: str, timezone: str, languages: Sequence[str], emergency: str) -> str:
    """The least `city.toml`; an operator completes it."""
    return (
        f"name = {json.dumps(name, ensure_ascii=False)}\n"
        f"timezone = {json.dumps(timezone)}\n"
        f"languages = {json.dumps(list(languages))}\n"
        f"\n[emergency]\ngeneral = {json.dumps(emergency.strip())}\n"
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
