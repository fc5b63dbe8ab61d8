"""Building a city pack from open data: pure file work, all or nothing."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp import gazetteer_format as fmt
from nlp.citypack_areas import areas_json, read_areas
from nlp.citypack_check import Finding, check_pack
from nlp.citypack_errors import SourceError
from nlp.citypack_ground import Ground
from nlp.citypack_points import area_places, listed_crossings, point_places
from nlp.citypack_sources import PlaceSource, read_places
from nlp.citypack_streets import line_crossings, line_places
from nlp.gazetteer_names import key_of
from nlp.gazetteer_words import Words, load_words
from nlp.gazetteer_write import write_index
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

    def text(self) -> str:
        """The report in a few words."""
        words = (
            f"{self.areas} areas, {self.streets} streets (counted in each area), "
            f"{self.intersections} crossings, {self.landmarks} other places"
        )
        if self.outside:
            words += f"; {self.outside} outside every area"
        if self.unknown_areas:
            words += f"; areas that places name but nobody drew: {', '.join(self.unknown_areas)}"
        return words


def build_pack(
    name: str,
    areas: Path,
    places: Sequence[Path],
    out: Path,
    *,
    area_code: str | None = None,
    area_name: str | None = None,
    place_area: str | None = None,
    timezone: str,
    languages: Sequence[str],
    emergency: str,
    progress: Progress | None = None,
) -> BuildReport:
    """Write `areas.geojson`, the index and, if absent, `city.toml` into `out`.

    Nothing is written unless everything can be read; the same sources give the same bytes. Raises
    SourceError, which names file, feature and remedy. `place_area` is the places' field that names
    their area, where it has an unusual name.
    """
    say = progress or (lambda _: None)
    if not emergency.strip():
        raise SourceError("--emergency", "there is no emergency number", "Give one, such as 112")
    say(f"reading {areas.name}")
    area_sources, notes = read_areas(areas, area_code, area_name)
    sources = _read_all(places, place_area, notes, say)
    ground = Ground(area_sources)
    say(f"placing {len(sources)} places")
    toponyms = compile_places(sources, ground, load_words(tuple(languages)))
    toponyms += area_places(area_sources, ground)
    say(f"writing {len(toponyms)} names")
    files = {
        "areas.geojson": areas_json(area_sources, notes),
        "city.toml": city_toml(name, timezone, languages, emergency),
    }
    _write(out, files, toponyms, tuple(languages), notes)
    return _report(toponyms, len(area_sources), ground)


def _read_all(
    paths: Sequence[Path], area_field: str | None, notes: list[str], say: Progress
) -> list[PlaceSource]:
    """The places of all files; their attributions are added to `notes`."""
    sources: list[PlaceSource] = []
    for path in paths:
        say(f"reading {path.name}")
        found, more = read_places(path, area_field)
        sources += found
        notes += more
    return sources


def compile_places(sources: Sequence[PlaceSource], ground: Ground, words: Words) -> list[Toponym]:
    """Sources as places of the index, with streets cut by area and crossings worked out."""
    lines, listed, others = _sorted_out(sources)
    crossings, streets = listed_crossings(listed, ground, words)
    drawn = line_places(lines, ground, words)
    have = {(key_of(place.name, words), place.area) for place in drawn if place.kind == "street"}
    streets = [s for s in streets if (key_of(s.name, words), s.area) not in have]
    known = {_crossing_key(place, words) for place in crossings}
    met = [
        place
        for place in line_crossings(lines, ground, words)
        if _crossing_key(place, words) not in known
    ]
    return [*drawn, *streets, *crossings, *met, *point_places(others, ground)]


def _sorted_out(sources: Sequence[PlaceSource]) -> tuple[list[PlaceSource], ...]:
    """(lines, listed crossings, everything else)."""
    lines, listed, others = list[PlaceSource](), list[PlaceSource](), list[PlaceSource]()
    for source in sources:
        if source.geometry.geom_type.endswith("LineString"):
            lines.append(source)
        elif source.kind == "intersection" and "&" in source.name:
            listed.append(source)
        else:
            others.append(source)
    return lines, listed, others


def _crossing_key(place: Toponym, words: Words) -> tuple[frozenset[str], str | None]:
    return frozenset(key_of(name, words) for name in place.streets), place.area


def city_toml(name: str, timezone: str, languages: Sequence[str], emergency: str) -> str:
    """The least `city.toml`; an operator completes it."""
    return (
        f"name = {json.dumps(name, ensure_ascii=False)}\n"
        f"timezone = {json.dumps(timezone)}\n"
        f"languages = {json.dumps(list(languages))}\n"
        f"\n[emergency]\ngeneral = {json.dumps(emergency.strip())}\n"
    )


def _write(
    out: Path,
    files: dict[str, str],
    toponyms: Sequence[Toponym],
    languages: tuple[str, ...],
    notes: Sequence[str],
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=out) as folder:
        temporary = Path(folder)
        write_index(temporary / fmt.FOLDER, toponyms, languages, notes)
        for file, text in files.items():
            (temporary / file).write_text(text, encoding="utf-8")
        for file in files:
            if file != "city.toml" or not (out / file).exists():
                (temporary / file).replace(out / file)
        if (out / fmt.FOLDER).exists():
            (out / fmt.FOLDER).rename(temporary / "old")
        (temporary / fmt.FOLDER).rename(out / fmt.FOLDER)
        shutil.rmtree(temporary / "old", ignore_errors=True)


def _report(places: Sequence[Toponym], areas: int, ground: Ground) -> BuildReport:
    kinds = [place.kind for place in places]
    streets, crossings = kinds.count("street"), kinds.count("intersection")
    return BuildReport(
        areas=areas,
        streets=streets,
        intersections=crossings,
        landmarks=len(kinds) - streets - crossings - areas - kinds.count("mark"),
        outside=sum(place.area is None for place in places),
        unknown_areas=tuple(sorted(ground.unknown_areas)),
    )
