"""All the names that an OpenStreetMap object goes by."""

import re
from collections.abc import Iterator, Mapping

# `name:fi`, `alt_name`, `old_name_1`, `loc_name:sv`; but neither `name:etymology` nor `source:name`
_NAME = re.compile(
    r"(?:name|alt_name|loc_name|old_name|short_name|official_name|int_name|nat_name|reg_name"
    r"|sorting_name)(?:_\d+)?(?::[a-z]{2,3}(?:-[A-Za-z]+)?)?"
)
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST = 120


def names_of(tags: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """(main name, other names in the order of the alphabet); the main name may be empty.

    A house's name stands in where there is no other; shops in it do not bear it. A name in two
    languages ("Kaivokatu / Brunnsgatan") is also known by each of its parts.
    """
    main = _clean(tags.get("name") or tags.get("addr:housename", ""))
    others = {
        part for key, value in tags.items() if _NAME.fullmatch(key) for part in _parts(value, main)
    }
    return main, tuple(sorted(others - {main, ""}))


def _parts(value: str, main: str) -> Iterator[str]:
    for text in value.split(";"):
        name = _clean(text)
        yield name
        if name == main and " / " in name:
            yield from (_clean(part) for part in name.split(" / "))


def _clean(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]


def road_refs(tags: Mapping[str, str]) -> tuple[str, ...]:
    """A road's numbers that have a letter ("BR-116"); a bare number would match anything."""
    refs = (_clean(ref) for ref in tags.get("ref", "").split(";"))
    return tuple(ref for ref in refs if _LETTER.search(ref) and any(c.isdigit() for c in ref))


def stop_refs(tags: Mapping[str, str]) -> tuple[str, ...]:
    """What is written on a stop's pole: the number after the word, and by itself with a letter."""
    refs = [_clean(ref) for key in ("ref", "local_ref") for ref in tags.get(key, "").split(";")]
    found = [f"stop {ref}" for ref in refs if ref]
    return (*found, *(r for r in refs if _LETTER.search(r) and sum(c.isdigit() for c in r) > 2))
