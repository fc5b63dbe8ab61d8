"""Real calls of a county put into words, with their truth."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nlp.places.areas import Areas
from tests.bench import geocode_frames as frames

Noise = Callable[[str, random.Random], str]


@dataclass(frozen=True, slots=True)
class Case:
    """A worded call with its true point.

    `areas` are right: the one at the point and the one that the text names. `polygon` holds the
    point, `township` is what the call says.
    """

    text: str
    areas: tuple[str | None, ...]
    polygon: str | None
    latitude: float
    longitude: float
    township: str | None = None


def slug(name: str) -> str:
    """The code of a township's name."""
    return name.lower().replace(" ", "-")


def pair_of(row: dict[str, str]) -> tuple[str, ...]:
    """The township and the two streets in either order."""
    return (row["twp"], *sorted(row["addr"].split(" & ")))


def spoken(street: str) -> str:
    """A street in a resident's case."""
    return " ".join(w.lower() if w[0].isdigit() else w.capitalize() for w in street.split())


@dataclass(frozen=True, slots=True)
class Speech:
    """Frames and joining words to word calls with."""

    frames: tuple[str, ...]
    joins: tuple[str, ...]

    def cases(
        self, rows: Sequence[dict[str, str]], areas: Areas, seed: int, noise: Noise | None = None
    ) -> list[Case]:
        """The calls in words; the same seed words them alike, whatever the noise."""
        return [
            self._case(row, areas, random.Random(f"{seed} {n}"), noise)
            for n, row in enumerate(rows)
        ]

    def _case(
        self, row: dict[str, str], areas: Areas, draw: random.Random, noise: Noise | None
    ) -> Case:
        join, frame, low = draw.choice(self.joins), draw.choice(self.frames), draw.random() < 0.4
        a, b = (spoken(street) for street in row["addr"].split(" & "))
        if noise:
            whole = noise in frames.WHOLE
            slip = draw.random() < 0.5
            a = noise(a, draw) if whole or slip else a
            b = noise(b, draw) if whole or not slip else b
        town = spoken(row["twp"]) if "{t}" in frame else None
        text = frame.replace("{x}", join.format(a=a, b=b)).replace("{t}", town or "")
        lat, lon = float(row["lat"]), float(row["lng"])
        named = (slug(row["twp"]),) if town else ()
        return Case(
            text.lower() if low else text,
            (*named, areas.at(lat, lon)),
            areas.at(lat, lon, tolerance_m=0),
            lat,
            lon,
            slug(row["twp"]),
        )
