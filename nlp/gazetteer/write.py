"""Writing an index: names to places, with geometry and crossings."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from nlp.gazetteer import format as fmt
from nlp.gazetteer.forms import How, forms
from nlp.gazetteer.holders import write_holders
from nlp.gazetteer.names import house_number, key_of
from nlp.gazetteer.typos import indexed, letters_of
from nlp.gazetteer.words import Words, load_words
from nlp.places.toponym import Point, Toponym

_LONG = 4
_BREAK: Point = (fmt.BREAK / fmt.SCALE, fmt.BREAK / fmt.SCALE)


def write_index(
    folder: Path,
    places: Sequence[Toponym],
    languages: tuple[str, ...],
    attribution: Sequence[str] = (),
) -> None:
    """Write the index of `places` into `folder`; the same places always give the same bytes."""
    words = load_words(languages)
    folder.mkdir(parents=True, exist_ok=True)
    houses = [place for place in places if place.kind == "address"]
    ordered = sorted((p for p in places if p.kind != "address"), key=_order)
    postings, keys = _postings(ordered, words)
    names = marisa_trie.Trie(sorted(postings))
    names.save(str(folder / fmt.NAMES))
    _write_postings(folder, names, postings)
    areas = sorted({place.area for place in ordered if place.area})
    kinds = sorted({place.kind for place in ordered})
    name_ids = [names.get(key, 0) for key in keys]
    _write_places(folder, ordered, name_ids, areas, kinds)
    _write_crossings(folder, ordered, words, names)
    _write_addresses(folder, houses, words, names)
    vocabulary = _write_typos(folder, postings, words)
    write_holders(folder, ordered, keys, words, names, vocabulary)
    _write_meta(folder, languages, areas, kinds, len(ordered), len(postings), attribution)


def _order(place: Toponym) -> tuple[str, str, str, float, float]:
    return place.kind, place.name, place.area or "", place.latitude, place.longitude


def _write_meta(
    folder: Path,
    languages: tuple[str, ...],
    areas: list[str],
    kinds: list[str],
    places: int,
    names: int,
    attribution: Sequence[str],
) -> None:
    meta = {
        "version": fmt.VERSION,
        "languages": list(languages),
        "areas": areas,
        "kinds": kinds,
        "places": places,
        "names": names,
        "attribution": sorted(set(attribution)),
    }
    (folder / fmt.META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")


def _postings(
    places: Sequence[Toponym], words: Words
) -> tuple[dict[str, dict[int, int]], list[str]]:
    """For every key the places it may mean and how well (a `How`); and the places' whole keys."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    keys: list[str] = []
    for number, place in enumerate(places):
        # A crossing is found through its two streets; its own name would only bloat the index.
        names = (place.name, *place.aliases)[len(place.streets) // 2 :]
        own = key_of(place.name, words) if place.name not in names[:1] else ""
        for name in names:
            for key, how in forms(name, words, street=place.kind == "street"):
                own = own or key
                level = How.ALIAS if name != place.name and how is How.FULL else how
                found[key][number] = min(int(level), found[key].get(number, 9))
        keys.append(own)
        for name in place.streets:
            found.setdefault(key_of(name, words), {})
    return found, keys


def _write_postings(
    folder: Path, names: marisa_trie.Trie, postings: dict[str, dict[int, int]]
) -> None:
    by_key: list[list[tuple[int, int]]] = [[] for _ in postings]
    for key, numbers in postings.items():
        by_key[names[key]] = sorted(numbers.items(), key=lambda item: (item[1], item[0]))
    starts = np.zeros(len(by_key) + 1, dtype="<u4")
    np.cumsum([len(group) for group in by_key], out=starts[1:])
    flat = [item for group in by_key for item in group]
    np.save(folder / fmt.STARTS, starts)
    np.save(folder / fmt.POSTINGS, np.array(flat, dtype=fmt.POSTING))


def _write_places(
    folder: Path,
    places: Sequence[Toponym],
    name_ids: Sequence[int],
    areas: list[str],
    kinds: list[str],
) -> None:
    texts = [place.name.encode() for place in places]
    shapes = [_points(place) for place in places]
    rows = np.zeros(len(places), dtype=fmt.PLACE)
    rows["size"] = [len(text) for text in texts]
    rows["text"][1:] = np.cumsum(rows["size"][:-1], dtype="<u4")
    rows["count"] = [len(shape) for shape in shapes]
    rows["first"][1:] = np.cumsum(rows["count"][:-1], dtype="<u4")
    rows["kind"] = _numbered([place.kind for place in places], kinds)
    rows["line"] = [place.line for place in places]
    rows["area"] = _numbered([place.area for place in places], areas)
    rows["name"] = name_ids
    rows["lat"] = _scaled([place.latitude for place in places])
    rows["lon"] = _scaled([place.longitude for place in places])
    rows["radius"] = [place.radius_m for place in places]
    np.save(folder / fmt.PLACES, rows)
    (folder / fmt.TEXT).write_bytes(b"".join(texts))
    np.save(folder / fmt.POINTS, _scaled([p for s in shapes for p in s]).reshape(-1, 2))


def _numbered(values: Sequence[str | None], known: Sequence[str]) -> list[int]:
    """The number of each value among the known ones; no area for none."""
    numbers = {value: i for i, value in enumerate(known)}
    return [numbers[value] if value else fmt.NO_AREA for value in values]


def _points(place: Toponym) -> list[Point]:
    """The points of a place's lines, with a mark between two lines."""
    found: list[Point] = []
    for line in place.lines:
        if found:
            found.append(_BREAK)
        found += line
    return found


def _scaled(degrees: Sequence[float] | Sequence[Point]) -> NDArray[np.int32]:
    return np.round(np.array(degrees, dtype=float) * fmt.SCALE).astype("<i4")


def _write_crossings(
    folder: Path, places: Sequence[Toponym], words: Words, names: marisa_trie.Trie
) -> None:
    rows = []
    for number, place in enumerate(places):
        if len(place.streets) == 2:
            one, other = (names[key_of(name, words)] for name in place.streets)
            rows.append((fmt.pair_of(one, other), number))
    np.save(folder / fmt.CROSSINGS, np.array(sorted(rows), dtype=fmt.CROSSING))


def _write_addresses(
    folder: Path, houses: Sequence[Toponym], words: Words, names: marisa_trie.Trie
) -> None:
    """The houses of streets that are known; of one number's letters only the first is kept."""
    rows = set()
    for place in houses:
        number, street = house_number(place.name), names.get(key_of(place.streets[0], words))
        if number is not None and street is not None:
            spot = _scaled([place.latitude, place.longitude]).tolist()
            rows.add((fmt.house_of(street, number), *spot))
    np.save(folder / fmt.ADDRESSES, np.array(sorted(rows), dtype=fmt.ADDRESS))


def _write_typos(
    folder: Path, postings: dict[str, dict[int, int]], words: Words
) -> marisa_trie.Trie:
    """Write and return known words, with long forms of types ("avenue"): people misspell them."""
    long = {word for word in words.fold if len(word) > _LONG}
    vocabulary = marisa_trie.Trie(sorted({word for key in postings for word in key.split()} | long))
    vocabulary.save(str(folder / fmt.WORDS))
    by_number = sorted(vocabulary, key=vocabulary.__getitem__)
    letters = np.array([letters_of(word) for word in by_number], dtype="<u4")
    np.save(folder / fmt.LETTERS, letters)
    np.save(folder / fmt.TYPOS, indexed((word, i) for i, word in enumerate(by_number)))
    return vocabulary
