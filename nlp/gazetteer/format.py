"""The files of an index: arrays and tries that are opened by mapping them into memory."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = 5
FOLDER = "gazetteer"
META = "meta.json"
NAMES = "names.marisa"
WORDS = "words.marisa"
HOLDERS = "holders.npy"
HOLDER_STARTS = "holder_starts.npy"
TYPOS = "typos.npy"
LETTERS = "letters.npy"
TEXT = "text.bin"
STARTS = "starts.npy"
POSTINGS = "postings.npy"
PLACES = "places.npy"
POINTS = "points.npy"
CROSSINGS = "crossings.npy"
ADDRESSES = "addresses.npy"

# Points are whole 1e-7 degrees (1 cm); this value in both columns parts two lines of a place.
SCALE = 1e7
BREAK = np.iinfo(np.int32).min
NO_AREA = -1

PLACE = np.dtype(
    [
        ("text", "<u4"),
        ("size", "<u2"),
        ("kind", "<u1"),
        ("line", "<u1"),
        ("area", "<i4"),
        ("name", "<u4"),
        ("lat", "<i4"),
        ("lon", "<i4"),
        ("radius", "<f4"),
        ("first", "<u4"),
        ("count", "<u4"),
    ]
)
POSTING = np.dtype([("place", "<u4"), ("how", "<u1")])
CROSSING = np.dtype([("pair", "<u8"), ("place", "<u4")])
ADDRESS = np.dtype([("house", "<u8"), ("lat", "<i4"), ("lon", "<i4")])


def pair_of(one: int, other: int) -> int:
    """The key of two streets' names, the same in either order."""
    return (min(one, other) << 32) | max(one, other)


def house_of(street: int, number: int) -> int:
    """The key of a house: its street's name and its number."""
    return (street << 32) | number


def mapped(path: Path) -> NDArray[Any]:
    """An array of the index, mapped into memory unless it is tiny."""
    array: NDArray[Any] = np.load(path, mmap_mode="r" if path.stat().st_size > 256 else None)
    # A plain view: the memmap class makes every single look-up several times slower.
    return np.asarray(array)
