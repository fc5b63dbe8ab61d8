"""From words to a place: what is found, where, how sure, and when it rather asks."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from nlp.analysis import Query
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between
from tests.unit.smalltown import build_town


@pytest.fixture(scope="module")
def geocoder() -> Iterator[Geocoder]:
    with TemporaryDirectory() as folder:
        yield Geocoder.open(build_town(Path(folder)), ("en", "es"))


ELM_MAIN = (10.03, 20.01)
OAKHURST_MAIN = (10.01, 20.01)
SECOND_MAIN = (10.035, 20.01)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("fight at Main Street & Elm Road", ELM_MAIN),
        ("fight at the corner of elm and main", ELM_MAIN),
        ("FIGHT ELM RD X MAIN ST NOW", ELM_MAIN),
        ("elm rd by main st, somebody shouting", ELM_MAIN),
        ("where main st meets elm there is glass", ELM_MAIN),
        ("glass on main n elm", ELM_MAIN),
        ("una pelea en la esquina de Main con Elm", ELM_MAIN),
        ("elm street/main street", ELM_MAIN),
        ("junction of elm raod and main stret", ELM_MAIN),
        ("main st and second st lamp out", SECOND_MAIN),
        ("main st and 2nd lamp out", SECOND_MAIN),
        ("lamp out at oakhurst ave & main", OAKHURST_MAIN),
        ("lamp out at oakhrst avenue and main st", OAKHURST_MAIN),
        ("c/ Mayor y Main Street", (10.005, 20.01)),
        ("esquina Main con Mayor", (10.005, 20.01)),
    ],
)
def test_a_crossing_in_any_wording(
    geocoder: Geocoder, text: str, where: tuple[float, float]
) -> None:
    places, location = geocoder.locate(Query(text))
    assert location.why == "intersection"
    assert metres_between(*where, location.latitude or 0, location.longitude or 0) < 5
    assert [place.kind for place in places] == ["intersection"]
    assert location.radius_m is not None
    assert location.confidence is not None
    assert location.confidence >= 0.9


@pytest.mark.parametrize(
    ("text", "name", "area", "why"),
    [
        ("rubbish outside josephine library", "Josephine Library", "highfield", "landmark"),
        ("kids at the jo every night", "Josephine Library", "highfield", "landmark"),
        ("the slab stinks", "Fish Market", "riverside-township", "landmark"),
        ("fighting by fish market", "Fish Market", "riverside-township", "landmark"),
        ("cafe zoe window smashed", "Café Zoë", "highfield", "landmark"),
        ("josehpine library window", "Josephine Library", "highfield", "landmark"),
        ("loud music all over highfield", "Highfield", "highfield", "area"),
        ("the top end is dark at night", "Highfield", "highfield", "area"),
        ("riverside is full of rats", "Riverside Township", "riverside-township", "area"),
        ("potholes on oakhurst avenue", "Oakhurst Avenue", "riverside-township", "street"),
        ("potholes on oakhurst", "Oakhurst Avenue", "riverside-township", "street"),
        ("bache en la calle mayor", "Calle Mayor", "riverside-township", "street"),
        ("mill lane in highfield is blocked", "Mill Lane", "highfield", "street"),
        ("riverside township: mill lane is blocked", "Mill Lane", "riverside-township", "street"),
        ("mill lane, down from fish market", "Fish Market", "riverside-township", "landmark"),
    ],
)
def test_one_place(geocoder: Geocoder, text: str, name: str, area: str, why: str) -> None:
    _, location = geocoder.locate(Query(text))
    assert (location.name, location.area, location.why) == (name, area, why)
    assert location.options == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "someone at home is hurting me",
        "they broke the window on my street",
        "they keep doing it here",
        "parking on the grass again",
        "the main thing is that nobody comes",
        "I saw it in the park",
        "second time this week",
        "¿quién lee esto?",
        "🔥🔥🔥",
    ],
)
def test_not_a_place(geocoder: Geocoder, text: str) -> None:
    places, location = geocoder.locate(Query(text))
    assert places == ()
    assert (location.area, location.why, location.options) == (None, "none", ())


def test_a_name_in_two_areas_asks(geocoder: Geocoder) -> None:
    places, location = geocoder.locate(Query("fridge dumped in mill lane"))
    assert location.area is None
    assert location.latitude is None
    assert {option.area for option in location.options} == {"highfield", "riverside-township"}
    assert all(len(option.label) <= 32 for option in location.options)
    assert [(place.name, place.latitude) for place in places] == [("Mill Lane", None)]


def test_home_decides_only_a_tie(geocoder: Geocoder) -> None:
    _, tie = geocoder.locate(Query("fridge dumped in mill lane", home_area="highfield"))
    assert (tie.area, tie.why) == ("highfield", "home")
    _, clear = geocoder.locate(Query("fridge dumped on oakhurst avenue", home_area="highfield"))
    assert (clear.area, clear.why) == ("riverside-township", "street")
    _, nothing = geocoder.locate(Query("fridge dumped again", home_area="highfield"))
    assert nothing.area is None
    assert [option.area for option in nothing.options] == ["highfield"]
    _, stranger = geocoder.locate(Query("fridge dumped again", home_area="no-such-area"))
    assert stranger.options == ()


def test_words_that_contradict_themselves_keep_the_area_only(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("elm road in riverside township"))
    assert (location.area, location.why) == ("riverside-township", "area")


def test_the_pin_wins(geocoder: Geocoder) -> None:
    pin = (10.011, 20.011)
    _, location = geocoder.locate(Query("at elm and main", home_area="highfield", pin=pin))
    assert (location.area, location.why) == ("riverside-township", "pin")
    assert (location.latitude, location.longitude) == pin
    assert not location.outside


@pytest.mark.parametrize(
    ("pin", "area", "outside"),
    [((10.0405, 20.01), "highfield", False), ((10.05, 20.01), None, True)],
)
def test_a_pin_at_the_edge(
    geocoder: Geocoder, pin: tuple[float, float], area: str | None, outside: bool
) -> None:
    _, location = geocoder.locate(Query("", pin=pin))
    assert (location.area, location.outside) == (area, outside)


def test_relations_widen_the_radius(geocoder: Geocoder) -> None:
    at = geocoder.locate(Query("at josephine library"))[1].radius_m
    behind = geocoder.locate(Query("behind the josephine library"))[1].radius_m
    assert at is not None
    assert behind is not None
    assert behind > at


def test_a_street_is_covered_by_its_radius(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("elm road flooded"))
    ends = [
        metres_between(location.latitude or 0, location.longitude or 0, 10.03, lon)
        for lon in (20.001, 20.019)
    ]
    assert max(ends) <= (location.radius_m or 0)


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("noise at 412 Elm Road", "address", "412 Elm Road"),
        ("noise on the 400 block of Elm Road", "block", "400 block of Elm Road"),
        ("noise on Elm Road 4 nights running", "street", "Elm Road"),
        ("noise (Elm Road)", "street", "Elm Road"),
    ],
)
def test_spans(geocoder: Geocoder, text: str, kind: str, span: str) -> None:
    (place,), _ = geocoder.locate(Query(text))
    assert (place.kind, place.text) == (kind, span)
    assert text[place.start : place.end] == span


def test_streets_that_nearly_meet_are_estimated(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("corner of park street and elm road"))
    assert location.why == "intersection"
    known = metres_between(location.latitude or 0, location.longitude or 0, 10.03, 20.013)
    assert known <= (location.radius_m or 0)
    assert (location.confidence or 1) < 0.9


def test_streets_that_never_meet_are_not_a_crossing(geocoder: Geocoder) -> None:
    places, _ = geocoder.locate(Query("n 2nd st and calle mayor"))
    assert "intersection" not in {place.kind for place in places}


def test_many_keep_their_order(geocoder: Geocoder) -> None:
    texts = ["highfield", "", "riverside township", "the slab"]
    answers = geocoder.locate_many([Query(text) for text in texts])
    assert [location.area for _, location in answers] == [
        "highfield",
        None,
        "riverside-township",
        "riverside-township",
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("glass on main street between elm road and 2nd st", (10.0325, 20.01)),
        ("glass on Main btwn 2nd and Elm", (10.0325, 20.01)),
        ("vidrio en main street entre elm road y n 2nd st", (10.0325, 20.01)),
    ],
)
def test_a_stretch_between_two_streets(
    geocoder: Geocoder, text: str, where: tuple[float, float]
) -> None:
    places, location = geocoder.locate(Query(text))
    assert [place.kind for place in places] == ["block"]
    assert metres_between(*where, location.latitude or 0, location.longitude or 0) < 5
    assert 250 < (location.radius_m or 0) < 500
    assert (location.name, location.area) == ("Main Street", "highfield")


def test_a_stretch_of_a_street_that_meets_only_one_of_them_is_none(geocoder: Geocoder) -> None:
    places, _ = geocoder.locate(Query("mill lane between elm road and main street"))
    assert "block" not in {place.kind for place in places}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rubbish again #JosephineLibrary", "Josephine Library"),
        ("#ElmRoad flooded", "Elm Road"),
        ("#oakhurstavenue flooded", "Oakhurst Avenue"),
        ("josephinelibrary window smashed", "Josephine Library"),
        ("jose phine library window smashed", "Josephine Library"),
        ("joseffine library window smashed", "Josephine Library"),
        ("elm raod flooded", "Elm Road"),
        ("oakhrst aveneu flooded", "Oakhurst Avenue"),
    ],
)
def test_hashtags_and_slips(geocoder: Geocoder, text: str, found: str) -> None:
    assert geocoder.locate(Query(text))[1].name == found


HOUSES = [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [20.001 + n / 1e4, 10.03]}}
    | {"properties": {"name": str(n), "kind": "address", "street": "Elm Road"}}
    for n in (2, 3, 14, 110, 112, 150)
]


@pytest.fixture(scope="module")
def housed(tmp_path_factory: pytest.TempPathFactory) -> Geocoder:
    folder = tmp_path_factory.mktemp("houses")
    return Geocoder.open(build_town(folder, HOUSES))


@pytest.mark.parametrize(
    ("text", "kind", "lon", "within"),
    [
        ("noise at 14 elm road", "address", 20.0024, 40),
        ("noise at Elm Road 14", "address", 20.0024, 40),
        ("noise at Elm Rd, 14", "address", 20.0024, 40),
        ("noise at 16 elm road", "address", 20.0024, 120),
        ("noise on the 100 block of elm road", "block", 20.0122, 500),
        ("noise on elm road", "street", 20.01, 2000),
        ("noise on elm road 9 nights running", "street", 20.01, 2000),
        ("noise at 900 elm road", "address", 20.01, 2000),
    ],
)
def test_numbers(housed: Geocoder, text: str, kind: str, lon: float, within: float) -> None:
    (place,), location = housed.locate(Query(text))
    assert place.kind == kind
    assert (location.area, location.name) == ("highfield", "Elm Road")
    assert location.longitude == pytest.approx(lon, abs=0.0001)
    assert (location.radius_m or 0) <= within


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Улица Мира", "яма на улица мира"),
        ("東京駅", "昨日東京駅で喧嘩"),
        ("मेन बाज़ार", "मेन बाज़ार में कूड़ा"),
        ("شارع السلام", "حفرة في شارع السلام"),
        ("ถนนพระราม", "ถนนพระราม มืด"),
        ("Πλατεία Ομονοίας", "σκουπίδια στην πλατεια ομονοιας"),
    ],
)
def test_other_scripts(tmp_path: Path, name: str, text: str) -> None:
    place = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [20.01, 10.03]}}
    pack = build_town(tmp_path, [place | {"properties": {"name": name, "kind": "market"}}])
    assert Geocoder.open(pack).locate(Query(text))[1].name == name


@pytest.fixture(scope="module")
def bordered(tmp_path_factory: pytest.TempPathFactory) -> Geocoder:
    """A street 100 m north of the border that no source joins with Elm Lane."""
    lines = [("Border Road", [[20.002, 10.0209], [20.006, 10.0209]])]
    lines += [("Elm Lane", [[20.0075, 10.0215], [20.0075, 10.0245]])]
    streets = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}}
        | {"properties": {"name": name, "kind": "street"}}
        for name, line in lines
    ]
    return Geocoder.open(build_town(tmp_path_factory.mktemp("border"), streets))


def test_an_estimate_near_a_border_asks_and_a_named_area_settles_it(bordered: Geocoder) -> None:
    _, unsure = bordered.locate(Query("hole at border road & elm lane"))
    assert unsure.area is None
    assert {option.area for option in unsure.options} == {"highfield", "riverside-township"}
    _, told = bordered.locate(Query("hole at border road & elm lane in highfield"))
    assert (told.area, told.why) == ("highfield", "intersection")


def test_half_of_a_crossing_that_is_nowhere_gives_no_point(geocoder: Geocoder) -> None:
    _, parallel = geocoder.locate(Query("fight at elm road & n 2nd st"))
    assert (parallel.area, parallel.latitude, parallel.why) == ("highfield", None, "street")
