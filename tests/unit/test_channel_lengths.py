"""Counting as providers count, and cutting where a reader would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.lengths import readable, split, utf16_units


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("ñ", 1), ("🔥", 2), ("👨‍👩‍👧", 8), ("火", 1)]
)
def test_utf16_units(text: str, units: int) -> None:
    assert utf16_units(text) == units
    assert utf16_units(text) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, []),
        ("   \n ", 10, []),
        ("short", 10, ["short"]),
        ("exactly 10", 10, ["exactly 10"]),
        ("one two three", 10, ["one two", "three"]),
        ("first line\nsecond", 12, ["first line", "second"]),
        ("a b c d\ne f g", 10, ["a b c d", "e f g"]),
        ("unbrokenword", 5, ["unbro", "kenwo", "rd"]),
        ("a bcdefghij", 6, ["a bcde", "fghij"]),
        ("🔥🔥🔥", 3, ["🔥", "🔥", "🔥"]),
        ("full words here", 10, ["full words", "here"]),
    ],
)
def test_split_at_line_ends_then_spaces_then_anywhere(
    text: str, limit: int, parts: list[str]
) -> None:
    assert split(text, limit) == parts


@given(st.text(alphabet=st.sampled_from("ab \n🔥é"), max_size=300), st.integers(2, 40))
def test_split_loses_only_space_and_keeps_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < utf16_units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("nul\x00inside", "nulinside"),
        ("half \ud83d pair", "half � pair"),
        ("\udc00", "�"),
        ("whole 🔥", "whole 🔥"),
        ("\ud83d\udd25", "🔥"),
        ("‮rtl‬ and\u200bzero", "‮rtl‬ and\u200bzero"),
    ],
)
def test_readable_keeps_what_a_database_takes(text: str, expected: str) -> None:
    assert readable(text) == expected
    readable(text).encode("utf-8")
