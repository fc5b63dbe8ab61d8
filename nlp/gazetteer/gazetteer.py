"""The names of a city's places, opened by mapping files: nothing is read until it is asked for."""

import json
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Self

import marisa_trie
import numpy as np

from nlp.gazetteer import format as fmt
from nlp.gazetteer.holders import Holders
from nlp.gazetteer.typos import corrections
from nlp.gazetteer.words import Words, load_words
from nlp.places.toponym import Entry, Point

_MOST_READ = 20_000
"""So many places are remembered once they were read (some 8 MB)."""


class GazetteerError(ValueError):
    """The index of a city pack is missing or of another version; the message says what to do."""


class Gazetteer:
    """Exact and near look-ups of folded names; what it remembers never changes an answer.

    Safe to share between threads.
    """

    def __init__(self, folder: Path, meta: dict[str, Any]) -> None:
        self._areas: tuple[str, ...] = tuple(meta["areas"])
        self._kinds: tuple[str, ...] = tuple(meta["kinds"])
        self.languages: tuple[str, ...] = tuple(meta["languages"])
        self.attribution: tuple[str, ...] = tuple(meta["attribution"])
        self.words: Words = load_words(self.languages)
        self._read: dict[int, Entry] = {}
        self._names = marisa_trie.Trie().mmap(str(folder / fmt.NAMES))
        self._vocabulary = marisa_trie.Trie().mmap(str(folder / fmt.WORDS))
        self._holders = Holders(folder, self._names, self._vocabulary)
        self._typos = fmt.mapped(folder / fmt.TYPOS)
        self._letters = fmt.mapped(folder / fmt.LETTERS)
        self._text = np.memmap(folder / fmt.TEXT, dtype="u1", mode="r") if meta["places"] else b""
        self._starts = fmt.mapped(folder / fmt.STARTS)
        self._postings = fmt.mapped(folder / fmt.POSTINGS)
        self._places = fmt.mapped(folder / fmt.PLACES)
        # A view of a single column: whole rows are slow to read.
        self._kind_of = self._places["kind"]
        self._streets = {i for i, kind in enumerate(self._kinds) if kind in ("street", "mark")}
        self._points = fmt.mapped(folder / fmt.POINTS)
        self._crossings = fmt.mapped(folder / fmt.CROSSINGS)
        self._addresses = fmt.mapped(folder / fmt.ADDRESSES)

    @classmethod
    def open(cls, pack: Path) -> Self:
        """The index of a city pack; raises GazetteerError when it has to be built first."""
        folder = pack / fmt.FOLDER
        try:
            meta = json.loads((folder / fmt.META).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise GazetteerError(f"{folder}: no index; build it with `city build`") from error
        if meta.get("version") != fmt.VERSION:
            raise GazetteerError(f"{folder}: made by another version; run `city build` again")
        return cls(folder, meta)

    def __len__(self) -> int:
        return len(self._places)

    def prefixes(self, key: str) -> list[str]:
        """The known names that `key` begins with, shortest first (they may end inside a word)."""
        found: list[str] = self._names.prefixes(key)
        return found

    def begins(self, words: str) -> bool:
        """Whether any name begins with these folded words, and goes on."""
        return next(iter(self._names.iterkeys(words + " ")), None) is not None

    def grows(self, word: str) -> bool:
        """Whether a longer known word begins with this folded one."""
        longer = islice(self._vocabulary.iterkeys(word), 2)
        return any(len(other) > len(word) for other in longer)

    def known(self, word: str) -> bool:
        """Whether the folded word is part of any name."""
        return word in self._vocabulary

    def beginning(self, words: str, most: int) -> list[str]:
        """At most so many names that begin with these folded words and go on."""
        return self.starting(words + " ", most)

    def holding(self, word: str) -> list[str]:
        """The names of landmarks that hold a folded word; none where more than a few do."""
        return self._holders.of(word)

    def starting(self, letters: str, most: int) -> list[str]:
        """At most so many names that begin with these folded letters."""
        return list(islice(self._names.iterkeys(letters), most))

    def known_beginnings(self, word: str) -> list[str]:
        """The known words that the folded word begins with."""
        found: list[str] = self._vocabulary.prefixes(word)
        return found

    def near(self, word: str) -> tuple[tuple[str, int], ...]:
        """Known words a slip or two of the finger away from `word`, with their distance."""
        return tuple(corrections(word, self._typos, self._letters, self._vocabulary))

    def lookup(self, key: str) -> list[tuple[int, int]]:
        """(place, `How`) for a folded name, best first; empty when it is unknown."""
        number = self._names.get(key)
        if number is None:
            return []
        first, last = self._starts.item(number), self._starts.item(number + 1)
        found: list[tuple[int, int]] = self._postings[first:last].tolist()
        return found

    def place(self, number: int) -> Entry:
        """One place by its number; IndexError for none such."""
        found = self._read.get(number)
        if found is None:
            found = self._entry(number, self._places[number].item())
            if len(self._read) < _MOST_READ:
                self._read[number] = found
        return found

    def _entry(self, number: int, row: tuple[Any, ...]) -> Entry:
        text, size, kind, _, area, name, lat, lon, radius, _, _ = row
        return Entry(
            id=number,
            name=bytes(self._text[text : text + size]).decode(),
            name_id=name,
            kind=self._kinds[kind],
            area=None if area == fmt.NO_AREA else self._areas[area],
            latitude=lat / fmt.SCALE,
            longitude=lon / fmt.SCALE,
            radius_m=radius,
        )

    def places(self) -> Iterator[Entry]:
        """All places, by number."""
        return map(self.place, range(len(self._places)))

    def kind(self, number: int) -> str:
        """A place's kind, without reading the rest of it."""
        kind: int = self._kind_of.item(number)
        return self._kinds[kind]

    def is_street(self, number: int) -> bool:
        """Whether the place is a street, or a mark such as "dead end" that crosses one."""
        return self._kind_of.item(number) in self._streets

    def is_drawn(self, number: int) -> bool:
        """Whether the place's lines are drawn; else they are loose points."""
        return bool(self._places[number]["line"])

    def lines(self, number: int) -> tuple[list[list[Point]], bool]:
        """A place's lines as (lat, lon) points, and whether they are lines or loose points."""
        row = self._places[number]
        first, count = int(row["first"]), int(row["count"])
        lines: list[list[Point]] = [[]]
        for lat, lon in self._points[first : first + count].tolist():
            if lat == fmt.BREAK:
                lines.append([])
            else:
                lines[-1].append((lat / fmt.SCALE, lon / fmt.SCALE))
        return [line for line in lines if line], bool(row["line"])

    def crossings(
        self, ones: Collection[int], others: Collection[int]
    ) -> list[tuple[int, tuple[int, int]]]:
        """Where a street named by one of `ones` meets one of `others` (name ids).

        Each is (place, the two name ids).
        """
        pairs = np.unique(
            np.array([fmt.pair_of(a, b) for a in ones for b in others], dtype=np.uint64)
        )
        keys = self._crossings["pair"]
        lows = np.searchsorted(keys, pairs, "left").tolist()
        highs = np.searchsorted(keys, pairs, "right").tolist()
        return [
            (int(place), (int(pair) >> 32, int(pair) & 0xFFFFFFFF))
            for pair, low, high in zip(pairs.tolist(), lows, highs, strict=True)
            for place in self._crossings["place"][low:high]
        ]

    def houses(self, street: int, first: int, last: int) -> list[tuple[int, Point]]:
        """The known (house number, point) of a street's name from `first` to `last`."""
        keys = self._addresses["house"]
        bounds = np.array(
            [fmt.house_of(street, n) for n in (max(first, 0), last + 1)], dtype=np.uint64
        )
        low, high = np.searchsorted(keys, bounds).tolist()
        return [
            (int(house) & 0xFFFFFFFF, (int(lat) / fmt.SCALE, int(lon) / fmt.SCALE))
            for house, lat, lon in self._addresses[low:high].tolist()
        ]
