"""Pictures: right size, deterministic, quiet, and different where the data differ."""

import struct
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from bot.drawing.area_map import AreaMap, area_map
from bot.drawing.style import SHADES
from bot.drawing.trend_chart import Trend, trend_chart
from bot.insight.baseline import Word, predictive

TREND = Trend(
    title="Noise · Quayside",
    subtitle="9 incidents, usual 0–6: higher than usual",
    note="Incidents told by residents, not recorded offences.",
    weekly=[3, 2, 4, 1, 0, 2, 9],
    usual=predictive(78, 26),
    end=datetime(2026, 11, 22, 8),  # noqa: DTZ001
)
MAP = AreaMap(
    title="Harbour team: the last 7 days",
    subtitle="Sun 22 Nov 07:30 · 12 incidents",
    notes=("Counts under 5 are hidden.", "Otterhithe"),
    shapes={
        "quay": box(-28.0, 38.0, -27.9, 38.1),
        "mill": MultiPolygon([box(-27.9, 38.0, -27.8, 38.1), box(-27.7, 38.0, -27.6, 38.05)]),
        "ring": Polygon(
            box(-28, 38.1, -27.8, 38.3).exterior, [box(-27.95, 38.15, -27.85, 38.2).exterior]
        ),
        "away": box(-27.6, 38.2, -27.5, 38.3),
    },
    names={"quay": "Quayside", "mill": "Mill and the Long Meadow", "ring": "Ring"},
    words={"quay": Word.MUCH_HIGHER, "mill": Word.USUAL, "ring": Word.LOWER},
    counts={"quay": "12", "mill": "<5", "ring": "<5"},
    marks={"quay": "▲ Noise"},
)  # fmt: skip


@pytest.fixture(scope="module")
def trend() -> bytes:
    return trend_chart(TREND, "en")


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return area_map(MAP, "en")


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


class TestTrend:
    def test_fits_a_phone(self, trend: bytes) -> None:
        assert size(trend) == (800, 640)
        assert len(trend) < 200_000

    def test_the_same_data_give_the_same_file(self, trend: bytes) -> None:
        assert trend_chart(TREND, "en") == trend

    @pytest.mark.parametrize(
        "over",
        [
            {"weekly": [3, 2, 4, 1, 0, 2, 8]},
            {"usual": None},
            {"usual": predictive(260, 26)},
            {"title": "Theft · Quayside"},
            {"end": datetime(2026, 10, 22, 8)},  # noqa: DTZ001
        ],
    )
    def test_everything_shows(self, over: dict[str, object], trend: bytes) -> None:
        changed = replace(TREND, **over)  # type: ignore[arg-type]
        assert trend_chart(changed, "en") != trend

    def test_it_speaks_the_language(self, trend: bytes) -> None:
        assert trend_chart(TREND, "es") != trend

    @pytest.mark.parametrize("weekly", [[0], [5], [0] * 52, [900] * 26])
    def test_any_number_of_weeks(self, weekly: list[int]) -> None:
        assert size(trend_chart(replace(TREND, weekly=weekly), "en")) == (800, 640)


class TestMap:
    def test_fits_a_phone(self, drawn: bytes) -> None:
        assert size(drawn) == (800, 800)
        assert len(drawn) < 400_000

    def test_the_same_data_give_the_same_file(self, drawn: bytes) -> None:
        assert area_map(MAP, "en") == drawn

    @pytest.mark.parametrize(
        "over",
        [
            {"words": {**MAP.words, "mill": Word.HIGHER}},
            {"counts": {**MAP.counts, "mill": "7"}},
            {"marks": {}},
            {"notes": ("Counts under 5 are hidden.", "© somebody")},
            {"names": {**MAP.names, "ring": "Ringway"}},
        ],
    )
    def test_everything_shows(self, over: dict[str, object], drawn: bytes) -> None:
        assert area_map(replace(MAP, **over), "en") != drawn  # type: ignore[arg-type]

    def test_a_crowd_of_areas_names_what_is_unusual(self) -> None:
        codes = [f"a{number}" for number in range(40)]
        shapes = {c: box(n % 8, n // 8, n % 8 + 1, n // 8 + 1) for n, c in enumerate(codes)}
        crowd = replace(
            MAP, shapes=shapes, names={c: c for c in codes}, words=dict.fromkeys(codes, Word.USUAL),
            counts=dict.fromkeys(codes, "9"), marks={},
        )  # fmt: skip
        unnamed = replace(crowd, counts=dict.fromkeys(codes, "8"))
        assert area_map(crowd, "en") == area_map(unnamed, "en")
        one = {**crowd.words, "a7": Word.HIGHER}
        named = replace(crowd, words=one)
        assert area_map(named, "en") != area_map(replace(unnamed, words=one), "en")

    def test_shades_differ_in_grey_too(self) -> None:
        def grey(colour: str) -> float:
            red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
            return 0.299 * red + 0.587 * green + 0.114 * blue

        order = [grey(SHADES[word]) for word in (Word.MUCH_HIGHER, Word.HIGHER, Word.USUAL)]
        assert order == sorted(order)
        assert min(b - a for a, b in pairwise(order)) > 40
