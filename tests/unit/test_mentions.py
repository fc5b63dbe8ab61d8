"""Which words of a text are names of places."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.mentions.join import junctions
from nlp.mentions.mentions import read
from nlp.mentions.relations import extra_metres
from nlp.mentions.strength import Strength
from tests.unit.smalltown import build_town


@pytest.fixture(scope="module")
def town() -> Iterator[Gazetteer]:
    with TemporaryDirectory() as folder:
        yield Gazetteer.open(build_town(Path(folder)))


def strong(text: str, town: Gazetteer) -> list[str]:
    return [
        text[m.start : m.end] for m in read(text, town).mentions if m.strength is Strength.STRONG
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("main street elm road oakhurst avenue", ["main street", "elm road", "oakhurst avenue"]),
        ("MAIN STREET", ["MAIN STREET"]),
        ("Main Rd is dark", ["Main Rd"]),
        ("at the café zoë", ["café zoë"]),
        ("n second street", ["n second street"]),
        ("oakhurst", []),
        ("by oakhurst", ["oakhurst"]),
        ("dogs at Oakhurst.", ["Oakhurst"]),
        ("highfeild is dark", ["highfeild"]),
        ("josephinelibrary", ["josephinelibrary"]),
        ("josephine libr ary", ["josephine libr ary"]),
        ("my mill lane", []),
        ("riverside boro", []),
        ("riverside twp", ["riverside twp"]),
        ("mainstream streets", []),
        ("by Josephine", []),
        ("the oakhurst", []),
        ("highfields", []),
        ("oakhurs", []),
        ("third time at main", []),
    ],
)
def test_names_found(town: Gazetteer, text: str, names: list[str]) -> None:
    assert strong(text, town) == names


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("main st & elm rd", [3]),
        ("main st by elm rd", [2]),
        ("main st, elm rd", [0]),
        ("main st corner of elm rd", [1]),
        ("main and elm and oakhurst", [0, 0]),
        ("main st. Then they went down elm rd", []),
        ("from main st they ran to elm rd", []),
        ("main and elm", [0]),
        ("on main and elm", [3]),
        ("mill lane in highfield, main st", []),
        ("library and cafe zoe", []),
        ("main elm", []),
        ("the main of the park", []),
    ],
)
def test_pairs(town: Gazetteer, text: str, weights: list[int]) -> None:
    assert [pair.weight for pair in junctions(read(text, town), town)] == weights


def test_adjacent_names_share_no_delimiter(town: Gazetteer) -> None:
    found = read("elm road main street", town).mentions
    assert [(m.first, m.last) for m in found] == [(0, 2), (2, 4)]


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("behind the fish market", 60),
        ("across from fish market", 40),
        ("cerca de fish market", 120),
        ("at fish market", 0),
        ("fish market", 0),
    ],
)
def test_relations(town: Gazetteer, text: str, metres: float) -> None:
    found = read(text, town)
    assert extra_metres(found, found.mentions[0], town.words) == metres
