"""Words read otherwise than written: misspelt, run together, torn apart."""

import pytest

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.mentions.found import Wording
from nlp.mentions.spelling import Reading, Speller, altered, readings
from tests.unit.smalltown import build_town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return Gazetteer.open(build_town(tmp_path_factory.mktemp("town")))


def read_otherwise(text: str, gazetteer: Gazetteer) -> set[str]:
    return {" ".join(reading.keys) for reading in all_readings(text, gazetteer)}


def all_readings(text: str, gazetteer: Gazetteer) -> list[Reading]:
    wording = Wording.of(text, gazetteer.words)
    other = altered(wording, Speller(gazetteer).words(text), gazetteer)
    return list(readings(wording.keys, 0, other))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("josephin library", "josephine library"),
        ("jose phine library", "josephine library"),
        ("josephinelibrary", "josephine library"),
        ("oakhrst aveneu", "oakhurst ave"),
        ("n2nd st", ""),
        ("josiphin libary", "josephine library"),
    ],
)
def test_what_was_meant(town: Gazetteer, text: str, meant: str) -> None:
    found = read_otherwise(text, town)
    assert meant in found if meant else found == set()


@pytest.mark.parametrize(
    "text", ["", "the main thing", "hello there", "josephine library", "12 34"]
)
def test_what_is_known_is_read_as_written(town: Gazetteer, text: str) -> None:
    assert read_otherwise(text, town) == set()


def test_a_reading_tells_the_words_it_takes(town: Gazetteer) -> None:
    best = all_readings("jose phine library window", town)[0]
    assert best.keys[:2] == ("josephine", "library")
    assert best.ends[:2] == (2, 3)
    assert best.slips == 1


def test_a_torn_name_ends_where_the_text_does(town: Gazetteer) -> None:
    (best,) = all_readings("josephinelibrary", town)
    assert (best.keys, best.ends) == (("josephine", "library"), (0, 1))


def test_words_that_begin_names(town: Gazetteer) -> None:
    speller = Speller(town)
    for _ in range(2):  # the second time from memory
        seen = {one.key: one for one in speller.words("josephine main joseph zebra libra")}
        assert [key for key, one in seen.items() if one.starts] == ["josephine", "main"]
        assert [key for key, one in seen.items() if one.grows] == ["joseph", "libra"]
