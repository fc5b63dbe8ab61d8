"""Nicknames of places: noticing those that nothing knows, and finding those that were taught."""

from pathlib import Path

import pytest

from bot.city import demo_city_path
from nlp.analysis import Nickname, Query
from nlp.geocoder.geocoder import Geocoder
from nlp.geocoder.nicknames import nickname_key

CAGE = Nickname("the cage", "Ball Court", "old-town", 38.532, -28.628, 60.0)
PIT = Nickname("the pit", "Old Quarry", "castle-hill", 38.536, -28.63, 80.0)


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    return Geocoder.open(Path(demo_city_path()))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kids burning bins behind the cage again", "the cage"),
        ("fire near donut corner", "donut"),
        ("dumping by gorilla, smells bad", "gorilla"),
        ("lights out next to the yellow tuk tuk", "the yellow tuk tuk"),
        ("fuego detrás de la jaula otra vez", "la jaula"),
        ("shouting on Tuesday night", None),  # a time
        ("someone broke in at 10pm", None),
        ("noise behind my house", None),
        ("meet at the school", None),  # any school
        ("help", None),
        ("noise in heron park", None),  # known
        ("left at, gorilla", None),  # another clause
    ],
)
def test_words_of_a_place_that_nothing_knows(
    geocoder: Geocoder, text: str, words: str | None
) -> None:
    assert geocoder.locate(Query(text))[1].unheard == words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kids behind the cage again", "Ball Court"),
        ("glass in CAGE", "Ball Court"),
        ("the Cáge is full of glass", "Ball Court"),
        ("dumping at the pit", "Old Quarry"),
        ("caged birds for sale", None),
        ("noise in heron park", "Heron Park"),
    ],
)
def test_taught_names_are_found(geocoder: Geocoder, text: str, name: str | None) -> None:
    places, location = geocoder.locate(Query(text, nicknames=(CAGE, PIT)))
    assert location.name == name
    if name in ("Ball Court", "Old Quarry"):
        assert (location.why, location.unheard) == ("landmark", None)
        assert [place.kind for place in places] == ["landmark"]
        assert text[places[0].start : places[0].end].lower().replace("á", "a") in "the cage the pit"


def test_a_taught_name_beats_a_known_one(geocoder: Geocoder) -> None:
    text = "noise in heron park"
    other = Nickname("Heron Park", "The other park", "castle-hill", 38.536, -28.63, 80.0)
    assert geocoder.locate(Query(text, nicknames=(other,)))[1].name == "The other park"
    assert geocoder.locate(Query(text))[1].name == "Heron Park"  # only where it was taught


def test_a_pin_beats_a_taught_name(geocoder: Geocoder) -> None:
    query = Query("behind the cage", pin=(38.536, -28.63), nicknames=(CAGE,))
    assert geocoder.locate(query)[1].why == "pin"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("The Cage", "cage"),
        ("cage", "cage"),
        ("the bins", "the bins"),  # an everyday word needs its article
        ("bins", ""),
        ("Donut corner", "donut corner"),
        ("la jaula", "jaula"),
        ("one two three four five", ""),
        ("", ""),
        ("!!", ""),
    ],
)
def test_keys(words: str, key: str) -> None:
    assert nickname_key(words, ("en", "es")) == key
