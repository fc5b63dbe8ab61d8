"""The areas of a city pack from any polygon file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from nlp.citypack.area import AreaSource, code_of, display_name, names_in
from nlp.citypack.errors import SourceError
from nlp.citypack.geojson import Feature, check_polygon, read_features
from nlp.citypack.hierarchy import with_larger
from nlp.citypack.misplaced import check_areas
from nlp.citypack.size import check_size
from nlp.places.areas import Areas


def read_areas(
    path: Path,
    area_code: str | None = None,
    area_name: str | None = None,
    area_within: str | None = None,
) -> tuple[list[AreaSource], list[str]]:
    """The areas and attributions of a polygon file; raises SourceError.

    `area_code`, `area_name`, `area_within` are the fields with the code, the name and the larger
    area. A larger area that has no polygon of its own gets that of its parts together.
    """
    check_size(path)
    features, notes = read_features(path)
    areas = [_area(feature, area_code, area_name) for feature in features]
    seen: dict[str, str] = {}
    for area, feature in zip(areas, features, strict=True):
        if area.code in seen:
            raise SourceError(
                feature.where,
                f"the code '{area.code}' is already used by {seen[area.code]}",
                "Give each area a code of its own (--area-code FIELD) or join its polygons",
            )
        seen[area.code] = feature.where
    check_areas(areas, [feature.where for feature in features])
    larger = [_larger(feature, area_within) for feature in features]
    return with_larger(areas, larger, [feature.where for feature in features]), notes


def _larger(feature: Feature, field: str | None) -> str | None:
    return _text(feature, field) if field else _first(feature.properties, "within")


def _area(feature: Feature, area_code: str | None, area_name: str | None) -> AreaSource:
    check_polygon(feature)
    given = feature.properties
    name = _text(feature, area_name) if area_name else _first(given, "name", "NAME", "Name")
    code = _text(feature, area_code) if area_code else _first(given, "code")
    name = name or code
    if not name:
        raise SourceError(feature.where, "it has no name", "Say its field with --area-name FIELD")
    population = given.get("population")
    return AreaSource(
        code=code_of(code or name),
        name=display_name(name),
        population=int(population) if isinstance(population, int | float) else None,
        aliases=names_in(given.get("aliases")),
        team=_first(given, "team"),
        shape=feature.geometry,
    )


def _text(feature: Feature, field: str) -> str:
    value = str(feature.properties.get(field) or "").strip()
    if not value:
        fields = ", ".join(sorted(map(str, feature.properties))) or "none"
        raise SourceError(
            feature.where, f"the field '{field}' is missing or empty", f"Its fields are: {fields}"
        )
    return value


def _first(given: dict[str, Any], *fields: str) -> str | None:
    return next((str(given[f]).strip() for f in fields if str(given.get(f) or "").strip()), None)


def index_of(areas: Sequence[AreaSource]) -> Areas:
    """The areas, searchable."""
    return Areas(
        [area.code for area in areas],
        {area.code: area.name for area in areas},
        [area.shape for area in areas],
        {area.code: area.within for area in areas if area.within},
    )


def areas_json(areas: Sequence[AreaSource], notes: Sequence[str]) -> str:
    """The pack's `areas.geojson`."""
    features = []
    for area in areas:
        properties: dict[str, Any] = {"code": area.code, "name": area.name}
        if area.population is not None:
            properties["population"] = area.population
        if area.aliases:
            properties["aliases"] = list(area.aliases)
        if area.team:
            properties["team"] = area.team
        if area.within:
            properties["within"] = area.within
        geometry = json.loads(shapely.to_geojson(shapely.set_precision(area.shape, 0)))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    data: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if notes:
        data["attribution"] = "; ".join(sorted(set(notes)))
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
