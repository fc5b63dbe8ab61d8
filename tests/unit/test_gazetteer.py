"""Names as keys, the mapped index, misspellings."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.gazetteer.forms import How, forms
from nlp.gazetteer.gazetteer import Gazetteer, GazetteerError
from nlp.gazetteer.names import key_of, spans, split
from nlp.gazetteer.typos import deletions, distance, letters_of, slips_in
from nlp.gazetteer.words import load_words
from nlp.gazetteer.write import write_index
from nlp.places.toponym import Toponym
from tests.unit.smalltown import build_town

WORDS = load_words(("en", "es"))


@pytest.fixture(scope="module")
def town() -> Iterator[Gazetteer]:
    with TemporaryDirectory() as folder:
        yield Gazetteer.open(build_town(Path(folder)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Main Street", "MAIN ST."),
        ("Saint John's Road", "st johns rd"),
        ("Second Avenue", "2nd av"),
        ("RT202", "Route 202"),
        ("Café Zoë", "cafe zoe"),
        ("North Wales", "n. wales"),
        ("Calle Mayor", "C/ Mayor"),
        ("Avenida Colón", "avda colon"),
        ("Old  York-Road", "old york rd"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert key_of(one, WORDS) == key_of(other, WORDS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Main Street", {"main st": How.FULL, "main": How.NO_TYPE}),
        (
            "E Airy St",
            {
                "e airy st": How.FULL,
                "e airy": How.NO_TYPE,
                "airy st": How.NO_DIRECTION,
                "airy": How.BARE,
            },
        ),
        (
            "Calle de la Rosa",
            {"c de la rosa": How.FULL, "rosa": How.NO_TYPE, "c rosa": How.ALIAS},
        ),
        ("A Street", {"a st": How.FULL}),
        ("Broadway", {"broadway": How.FULL}),
        ("Rt 202", {"rt 202": How.FULL}),
        ("Ridge Pike", {"rdg pike": How.FULL, "rdg": How.NO_TYPE}),
        ("South Street", {"s st": How.FULL, "s": How.NO_TYPE}),
        ("Avenue Road", {"ave rd": How.FULL}),
        (
            "21st Street",
            {
                "21st st": How.FULL,
                "twenty 1st st": How.ALIAS,
                "21st": How.NO_TYPE,
            },
        ),
        (
            "Ninety Ninth Street",
            {"ninety 9th st": How.FULL, "99th st": How.ALIAS, "ninety 9th": How.NO_TYPE},
        ),
    ],
)
def test_forms_of_a_street(name: str, expected: dict[str, How]) -> None:
    assert dict(forms(name, WORDS, street=True)) == expected


def test_forms_of_other_places() -> None:
    assert dict(forms("Hatfield Township", WORDS, street=False))["hatfield"] is How.ALIAS
    assert dict(forms("the towers", WORDS, street=False))["towers"] is How.ALIAS
    assert dict(forms("Park Lane", WORDS, street=False)) == {"park ln": How.FULL}
    assert dict(forms("Elm Grove Estate", WORDS, street=False))["elm grv"] is How.NO_TYPE
    assert "josephine" not in dict(forms("Josephine Library", WORDS, street=False))
    assert list(forms("!!!", WORDS, street=True)) == []


@given(st.text(max_size=80))
def test_words_lie_in_their_text(text: str) -> None:
    found = spans(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert found == sorted(found)
    assert split(text) == [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("#ElmGroveRoad", ["Elm", "Grove", "Road"]),
        ("#elmgroveroad", ["elmgroveroad"]),
        ("#USARoad", ["USA", "Road"]),
        ("#ÉlmÇaRoad", ["Élm", "Ça", "Road"]),
        ("#elm_grove", ["elm", "grove"]),
        ("McDonald", ["McDonald"]),
    ],
)
def test_a_hashtag_holds_words(tag: str, words: list[str]) -> None:
    assert split(tag) == words


@pytest.mark.parametrize(
    ("wrong", "right", "most", "slips"),
    [
        ("norristwon", "norristown", 2, 1),
        ("noristown", "norristown", 2, 1),
        ("norrristown", "norristown", 2, 1),
        ("norristawn", "norristown", 2, 1),
        ("norristown", "norristown", 2, 0),
        ("noristwon", "norristown", 2, 2),
        ("noristwon", "norristown", 1, 2),
        ("main", "mains", 1, 1),
        ("abcd", "badc", 1, 2),
        ("abcd", "badc", 2, 2),
        ("abc", "abcdefgh", 2, 3),
    ],
)
def test_distance(wrong: str, right: str, most: int, slips: int) -> None:
    assert distance(wrong, right, most) == slips
    assert distance(right, wrong, most) == slips


def aligned(a: str, b: str) -> int:
    """The textbook's optimal string alignment, all cells filled in."""
    table = [
        [max(i, j) if 0 in (i, j) else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)
    ]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            change = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, change)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(1, 3))
def test_distance_is_the_textbooks(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(aligned(one, other), most + 1)


@given(st.text("abcdeé", max_size=9), st.text("abcdeé", max_size=9))
def test_letters_differ_by_no_more_than_the_slips(one: str, other: str) -> None:
    unlike = (letters_of(one) ^ letters_of(other)).bit_count()
    assert unlike <= 2 * aligned(one, other)


def test_the_nearest_of_a_crowd_is_found(tmp_path: Path) -> None:
    """Hundreds of names that begin alike: only the likest are compared."""
    ends = [a + b for a in "abcdefghijklmnopqrst" for b in "uvwxyzabcdefghij"]
    places = [Toponym(f"Harrowgate{end}", "farm", None, 1.0, 2.0, 10.0) for end in ends]
    write_index(tmp_path / "gazetteer", [*places, places[0]], ("en",))
    near = Gazetteer.open(tmp_path).near("harowgatecx")
    assert near[0] == ("harrowgatecx", 1)
    assert len(near) == 6


@pytest.mark.parametrize(
    ("word", "name"), [("trmnt", "tremont"), ("lifild", "linfield"), ("tremnt", "tremont")]
)
def test_a_long_name_may_lose_two_letters(tmp_path: Path, word: str, name: str) -> None:
    places = [Toponym(n, "farm", None, 1.0, 2.0, 10.0) for n in ("Tremont", "Linfield", "Term")]
    write_index(tmp_path / "gazetteer", places, ("en",))
    assert name in dict(Gazetteer.open(tmp_path).near(word))


@given(st.text("abcde", min_size=2, max_size=9), st.integers(0, 8), st.sampled_from("xyz"))
def test_a_slip_shares_a_deletion(word: str, where: int, letter: str) -> None:
    i = where % len(word)
    for other in (word[:i] + word[i + 1 :], word[:i] + letter + word[i + 1 :]):
        assert set(deletions(word, 1)) & set(deletions(other, 1))


@given(st.text("abcdefgh", min_size=8, max_size=12), st.data())
def test_two_slips_share_a_deletion(word: str, data: st.DataObject) -> None:
    other = word
    for _ in range(2):
        i = data.draw(st.integers(1, len(other) - 2))
        other = other[:i] + data.draw(st.sampled_from(["", "x", other[i] * 2])) + other[i + 1 :]
    assert set(deletions(word, 2)) & set(deletions(other, 2))


@pytest.mark.parametrize(
    ("word", "most"),
    [("jo", 0), ("kng", 1), ("main", 1), ("mainly", 1), ("bethlehem", 2), ("b12", 0)],
)
def test_long_words_may_hide_two_slips(word: str, most: int) -> None:
    assert slips_in(word) == most


def test_look_up(town: Gazetteer) -> None:
    names = {(town.place(number).name, how) for number, how in town.lookup("main")}
    assert names == {("Main Street", How.NO_TYPE)}
    assert {town.place(n).area for n, _ in town.lookup("mill ln")} == {
        "highfield",
        "riverside-township",
    }
    assert town.lookup("no such place") == []
    assert town.prefixes("main st and more")[-1] == "main st"
    assert town.near("josephin") == (("josephine", 1),)
    assert town.near("josiphin") == (("josephine", 2),)
    assert town.near("xyzxyz") == ()
    assert town.near("jo") == ()
    assert town.known("josephine")
    assert not town.known("josephin")


def test_places_come_back_as_written(town: Gazetteer) -> None:
    cafe = next(place for place in town.places() if place.kind == "cafe")
    assert (cafe.name, cafe.area) == ("Café Zoë", "highfield")
    assert (cafe.latitude, cafe.longitude) == (10.038, 20.018)
    lane = town.lookup("mill ln")[0][0]
    lines, drawn = town.lines(lane)
    assert drawn
    assert len(lines[0]) == 2
    assert len(list(town.places())) == len(town)
    assert town.attribution == ("© Smalltown council",)


def test_crossings_in_either_order(town: Gazetteer) -> None:
    main = town.place(town.lookup("main st")[0][0]).name_id
    elm = town.place(town.lookup("elm rd")[0][0]).name_id
    ((place, streets),) = town.crossings([main], [elm])
    assert town.place(place).name == "Elm Road & Main Street"
    assert set(streets) == {main, elm}
    assert town.crossings([elm], [main]) == [(place, streets)]
    assert town.crossings([elm], [elm]) == []


def test_no_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="city build"):
        Gazetteer.open(tmp_path)
    (tmp_path / "gazetteer").mkdir()
    (tmp_path / "gazetteer" / "meta.json").write_text(json.dumps({"version": 0}))
    with pytest.raises(GazetteerError, match="another version"):
        Gazetteer.open(tmp_path)


def test_an_empty_index_opens(tmp_path: Path) -> None:
    write_index(tmp_path / "gazetteer", [], ("en",))
    empty = Gazetteer.open(tmp_path)
    assert len(empty) == 0
    assert empty.lookup("main st") == []
    assert empty.crossings([1], [2]) == []


def test_two_lines_of_a_place_stay_apart(tmp_path: Path) -> None:
    lines = (((1.0, 2.0), (1.5, 2.5)), ((3.0, 4.0), (3.5, 4.5)))
    place = Toponym("Long Road", "street", None, 1.0, 2.0, 10.0, lines=lines)
    write_index(tmp_path / "gazetteer", [place], ("en",))
    assert Gazetteer.open(tmp_path).lines(0) == ([list(line) for line in lines], True)


def test_unknown_languages_fall_back_to_english() -> None:
    assert load_words(("xx",)).fold["street"] == "st"
    assert "esquina" in load_words(("es",)).corner
