"""Segments of an SMS, and saying the same in fewer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.gsm import downgrade, encoding, length, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "GSM-7"),
        ("Broken lamp on Mill Street @ 5pm, £20 reward?", "GSM-7"),
        ("¿Dónde?", "UCS-2"),
        ("¿Qué señal? Está aquí", "UCS-2"),
        ("año, fiancée, über, Ærø, à", "GSM-7"),
        ("ç", "UCS-2"),
        ("Ç", "GSM-7"),
        ("5 € [now] {x} ~ ^ | \\", "GSM-7"),
        ("don’t", "UCS-2"),
        ("a\u00a0b", "UCS-2"),
        ("a\tb", "UCS-2"),
        ("`", "UCS-2"),
        ("🔥", "UCS-2"),
        ("حريق", "UCS-2"),
    ],
)
def test_the_alphabet_a_carrier_uses(text: str, expected: str) -> None:
    assert encoding(text) == expected


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
        ("€" * 80, 160, 1),
        ("€" * 81, 162, 2),
        ("a" * 159 + "€", 161, 2),
        # an escape pair is not cut: 76 euros fill 152 of a segment's 153 septets
        ("€" * 153, 306, 3),
        ("ñ" * 160, 160, 1),
        ("á" * 70, 70, 1),
        ("á" * 71, 71, 2),
        ("á" * 134, 134, 2),
        ("á" * 135, 135, 3),
        ("🔥" * 35, 70, 1),
        ("🔥" * 36, 72, 2),
        # 33 emoji fill 66 of 67 units
        ("🔥" * 67, 134, 3),
        ("a" * 160 + "’", 161, 3),
    ],
)
def test_length_and_segments(text: str, units: int, expected: int) -> None:
    assert length(text) == units
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t go – it’s “unsafe”…", "Don't go - it's \"unsafe\"..."),
        ("5\u00a0pm\u202ftoday", "5 pm today"),
        ("¿Dónde está el farol roto?", "¿Donde esta el farol roto?"),
        ("Señal caída en el Río", "Señal caida en el Rio"),
        ("Água, avô, coração", "Agua, avo, coraçao".replace("ç", "c")),
        ("«Marché» de l’Œuvre", '"Marché" de l\'OEuvre'),
        ("e\u0301cole", "école"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("• one\t• two", "* one * two"),
        ("3 × 4 − 1", "3 x 4 - 1"),
        ("plain text stays", "plain text stays"),
        ("£5 ñandú", "£5 ñandu"),
        ("[ok] 5€", "[ok] 5€"),
    ],
)
def test_what_is_safe_becomes_gsm(text: str, expected: str) -> None:
    assert downgrade(text) == expected
    assert encoding(downgrade(text)) == "GSM-7"


@pytest.mark.parametrize(
    "text",
    ["Ulica Łąkowa – róg Żółtej", "حريق في السوق", "Fuego 🔥 en el río", "Пожар’", "火事です"],
)
def test_another_script_keeps_its_letters(text: str) -> None:
    assert downgrade(text) == text


def test_typography_goes_where_it_saves_a_segment() -> None:
    text = "Ł" + "…" + "\u200b" * 70
    assert segments(text) == 2
    assert downgrade(text) == "Ł..."


@given(st.text(max_size=400))
def test_downgrading_never_costs_segments_nor_changes_twice(text: str) -> None:
    once = downgrade(text)
    assert segments(once) <= max(segments(text), 1) or encoding(once) == "GSM-7"
    assert downgrade(once) == once


@given(st.text(alphabet="abc€🔥á ñ\n", max_size=500))
def test_segments_hold_every_unit(text: str) -> None:
    single, several = (160, 153) if encoding(text) == "GSM-7" else (70, 67)
    count = segments(text)
    assert length(text) <= (single if count <= 1 else count * several)
    if count > 1:
        assert length(text) > single
