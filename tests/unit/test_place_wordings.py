"""The ways in which residents write where: each kind of wording, and what is no place."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from nlp.analysis import Query
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between
from tests.unit.smalltown import build_town, feature, line, point

PLACES = [
    feature(point(10.0330, 20.0120), name="Elm Grove Estate", kind="estate"),
    feature(point(10.0335, 20.0125), name="Ashby Court", kind="building"),
    feature(point(10.0300, 20.0050), name="Clock Tower", kind="bus_stop", aliases=["Stop 4412"]),
    feature(line((10.022, 20.001), (10.022, 20.019)), name="Highway 52", kind="street"),
    feature(line((10.025, 20.001), (10.025, 20.019)), name="Twenty First Street", kind="street"),
    feature(line((10.027, 20.001), (10.027, 20.019)), name="St John's Road", kind="street"),
    feature(line((10.037, 20.001), (10.037, 20.019)), name="32nd Avenue", kind="street"),
    feature(
        line((10.023, 20.001), (10.023, 20.019)),
        name="Martin Luther King Boulevard",
        kind="street",
        aliases=["MLK"],
    ),
    feature(point(10.037, 20.007), name="Northside Primary School", kind="school"),
    feature(point(10.036, 20.008), name="Riverbend House", kind="building", aliases=["the bendy"]),
    *(
        feature(point(10.0385 + i / 1e4, 20.002), name=f"Quay {i}", kind="pier", area="Old Quay")
        for i in range(1, 7)
    ),
]


@pytest.fixture(scope="module")
def geocoder() -> Iterator[Geocoder]:
    with TemporaryDirectory() as folder:
        yield Geocoder.open(build_town(Path(folder), PLACES))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # hashtags
        ("#elmgroveestate again", "Elm Grove Estate"),
        ("#ElmGrove kids", "Elm Grove Estate"),
        ("#elm_grove_estate kids", "Elm Grove Estate"),
        ("lamp out #Highway52", "Highway 52"),
        # ordinals in words and figures
        ("21st st flooded", "Twenty First Street"),
        ("twenty first street flooded", "Twenty First Street"),
        ("twenty-first st flooded", "Twenty First Street"),
        ("thirty second ave flooded", "32nd Avenue"),
        ("32nd ave flooded", "32nd Avenue"),
        # references of stops and roads
        ("stop 4412 shelter smashed", "Clock Tower"),
        ("bus stop 4412 shelter smashed", "Clock Tower"),
        ("hwy 52 accident", "Highway 52"),
        ("hwy52 accident", "Highway 52"),
        # abbreviations and initials
        ("mlk blvd lights out", "Martin Luther King Boulevard"),
        ("m.l.k. boulevard lights out", "Martin Luther King Boulevard"),
        ("saint johns road", "St John's Road"),
        ("st. john's rd", "St John's Road"),
        ("opp. fish mkt", "Fish Market"),
        ("nr josephine lib", "Josephine Library"),
        # landmarks without their last word, blocks of them
        ("behind elm grove", "Elm Grove Estate"),
        ("block c elm grove estate", "Elm Grove Estate"),
        ("elm grove block c", "Elm Grove Estate"),
        ("flat 12 ashby court", "Ashby Court"),
        ("northside primary", "Northside Primary School"),
        # split, joined and misspelt
        ("north side primary school", "Northside Primary School"),
        ("northsideprimary school", "Northside Primary School"),
        ("river bend house", "Riverbend House"),
        ("riverbnd house", "Riverbend House"),
        # possessives
        ("elm road's lamp is out", "Elm Road"),
        ("Josephine Library’s window", "Josephine Library"),
        # nicknames
        ("kids at the bendy", "Riverbend House"),
        ("the slab stinks", "Fish Market"),
        # a block of a street by its bare name
        ("400 block of elm", "Elm Road"),
        ("the 400 blk elm rd", "Elm Road"),
    ],
)
def test_one_place_however_written(geocoder: Geocoder, text: str, name: str) -> None:
    _, location = geocoder.locate(Query(text))
    assert location.name == name


def test_a_possessive_ends_before_its_s(geocoder: Geocoder) -> None:
    places, _ = geocoder.locate(
        Query("elm road's lamp, josephine library’s window, st john's road")
    )
    assert [place.text for place in places] == ["elm road", "josephine library", "st john's road"]


@pytest.mark.parametrize(
    "text",
    [
        "intersection of main street with elm road",
        "corner main elm",
        "on elm just past main",
        "crossroads of elm and main",
        "elm rd jct main st",
        "off elm rd near main st",
        "cnr elm rd/main st",
        "main st right by elm rd",
    ],
)
def test_a_crossing_in_rarer_wordings(geocoder: Geocoder, text: str) -> None:
    _, location = geocoder.locate(Query(text))
    assert location.name == "Elm Road & Main Street"


@pytest.mark.parametrize(
    ("text", "where", "name"),
    [
        (
            "between josephine library and clock tower",
            (10.031, 20.0055),
            "Josephine Library & Clock Tower",
        ),
        (
            "between the clock tower and the jo",
            (10.031, 20.0055),
            "Clock Tower & Josephine Library",
        ),
        ("between elm rd and n 2nd st on main street", (10.0325, 20.01), "Main Street"),
        ("main street between elm and second", (10.0325, 20.01), "Main Street"),
    ],
)
def test_between_two_places(
    geocoder: Geocoder, text: str, where: tuple[float, float], name: str
) -> None:
    (place,), location = geocoder.locate(Query(text))
    assert location.name == name
    assert metres_between(*where, location.latitude or 0, location.longitude or 0) < 5
    assert place.text == text.removeprefix("between ").removeprefix("the ")


def test_between_landmarks_of_two_areas_is_no_middle(geocoder: Geocoder) -> None:
    places, _ = geocoder.locate(Query("between josephine library and the slab"))
    assert [place.name for place in places] == ["Josephine Library", "Fish Market"]


@pytest.mark.parametrize(
    "text",
    [
        "at home",
        "my block",
        "they come to my block every night",
        "outside my house",
        "in my street",
        "down our road",
        "right here",
        "my area",
        "near me",
        "kids behind my school",
        "next to the park",
        "in town",
        "at the estate",
        "to the library",
        "the second time",
        "e.g. at night, i.e. a.m.",
    ],
)
def test_what_is_no_place(geocoder: Geocoder, text: str) -> None:
    places, location = geocoder.locate(Query(text))
    assert (places, location.area, location.options) == ((), None, ())


def test_ordinary_words_are_no_misspelt_names(geocoder: Geocoder) -> None:
    words = "nothing happened, everybody complained about somebody shouting and throwing bottles"
    assert geocoder.locate(Query(words))[0] == ()


def test_a_part_of_town_that_nobody_drew_is_a_district(geocoder: Geocoder) -> None:
    (place,), location = geocoder.locate(Query("rats all over old quay"))
    assert (place.name, location.area) == ("Old Quay", "highfield")
