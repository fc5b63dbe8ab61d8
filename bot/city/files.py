"""Reads the files of a city pack; every complaint names the file, the field and what to write."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.city.records import CityError
from bot.city.schema import AreaProperties

Shape = TypeVar("Shape", bound=BaseModel)


def read_toml(path: Path, shape: type[Shape], *, optional: bool = False) -> Shape:
    """One TOML file of the pack. Raises CityError; an `optional` one may be absent."""
    if optional and not path.exists():
        return shape()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CityError(f"{path.name}: is missing in {path.parent}; write this file") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CityError(f"{path.name}: cannot be read as TOML: {error}") from error
    return fitted(path.name, content, shape)


def fitted(place: str, content: object, shape: type[Shape]) -> Shape:
    """The content in its shape. Raises CityError with one line for each thing to mend."""
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        lines = [f"{place}: {complaint(one, shape)}" for one in error.errors()]
        raise CityError("\n".join(dict.fromkeys(lines))) from error


def complaint(error: ErrorDetails, shape: type[BaseModel]) -> str:
    """One sentence on one error: the field, what is wrong and what to write."""
    parts = [part for part in error["loc"] if part != "[key]"]
    field, hint, known = _spelt(parts), *_expected(shape, parts)
    if error["type"] == "extra_forbidden":
        return f"{field}: is not a known key; {_suggestion(str(parts[-1]), known)}"
    if error["type"] == "missing":
        return f"{field}: is missing; write {hint}"
    wrong = "does not fit"
    if error["type"] == "value_error":
        wrong = error["msg"].removeprefix("Value error, ")
    return f"{field}: {_shown(error['input'])} {wrong}; write {hint}"


def _spelt(parts: Sequence[int | str]) -> str:
    """A path as people say it: `teams, entry 2: digest.at`."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f", entry {part + 1}"
        elif text and text.rsplit(maxsplit=1)[-1].isdigit():
            text += f": {part}"
        else:
            text += f".{part}" if text else part
    return text


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _suggestion(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(known)}"


def unknown(word: str, known: Sequence[str], what: str) -> str:
    """Words for a reference that leads nowhere."""
    return f'"{word}" is no {what}; {_suggestion(word, sorted(known))}'


def _expected(shape: type[BaseModel], parts: Sequence[int | str]) -> tuple[str, list[str]]:
    """What to write at a path, and the keys known in the innermost table on the way to it."""
    hint, table = "", shape
    for part in parts:
        keys = _fields(table)
        if not isinstance(part, str) or part not in keys:
            continue
        hint = keys[part].description or hint
        table = next(_tables(keys[part].annotation), table)
    return hint, list(_fields(table))


def _fields(table: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in table.model_fields.items()}


def _tables(annotation: object) -> Iterator[type[BaseModel]]:
    """The tables in an annotation such as `list[ServiceTable] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _tables(inner)


def read_areas(path: Path) -> tuple[list[AreaProperties], tuple[str, ...]]:
    """The properties of every area, and the credits that their sources ask for.

    Raises CityError; shapes are the geocoder's matter.
    """
    content = _collection(path)
    features = content.get("features")
    if not isinstance(features, list) or not features:
        raise CityError(
            f"{path.name}: features: holds no areas; write a FeatureCollection of polygons"
        )
    credit = content.get("attribution")
    owners = [part.strip() for part in credit.split(";")] if isinstance(credit, str) else []
    areas = [_area(path.name, number, row) for number, row in enumerate(features, start=1)]
    return areas, tuple(part for part in owners if part)


def _collection(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CityError(f"{path.name}: is missing in {path.parent}; write this file") from error
    except (OSError, ValueError) as error:
        raise CityError(f"{path.name}: cannot be read as GeoJSON: {error}") from error
    return content if isinstance(content, dict) else {}


def _area(file: str, number: int, feature: object) -> AreaProperties:
    geometry = _table(feature, "geometry")
    if str(geometry.get("type")) not in {"Polygon", "MultiPolygon"}:
        raise CityError(
            f"{file}: feature {number}: geometry: is no area; write a Polygon or MultiPolygon"
        )
    properties = _table(feature, "properties")
    code = str(properties.get("name", "")).lower().replace(" ", "-")
    return fitted(f"{file}: feature {number}", {"code": code} | properties, AreaProperties)


def _table(feature: object, key: str) -> dict[str, Any]:
    """A part of a feature; empty where open data holds anything else."""
    part = feature.get(key) if isinstance(feature, dict) else None
    return part if isinstance(part, dict) else {}
