"""Towns known from a list of crossings alone: what is missing there, and what contradicts."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from nlp.analysis import Query
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between
from tests.unit.smalltown import build_town, feature, point


def crossing(name: str, lat: float, lon: float, **more: str) -> dict[str, Any]:
    return feature(point(lat, lon), name=name, kind="intersection", **more)


LISTED = [
    # Highfield lists this crossing; Riverside has both streets and does not list it
    crossing("Quarry Rd & Vine St", 10.030, 20.015),
    crossing("Quarry Rd & Cask Ln", 10.012, 20.010),
    crossing("Quarry Rd & Tun Ln", 10.012, 20.014),
    crossing("Vine St & Hop Ln", 10.010, 20.012),
    crossing("Vine St & Malt Ln", 10.014, 20.012),
    # only Highfield has both of these
    crossing("Pear Rd & Plum St", 10.033, 20.016),
    # two records of one crossing contradict each other by 220 m
    crossing("Sloe Rd & Damson St", 10.036, 20.003),
    crossing("Damson St & Sloe Rd", 10.036, 20.005),
    # Riverside has both streets; Highfield lists a crossing of a longer name that begins so, too
    crossing("Oast Rd & Mash St", 10.033, 20.008),
    crossing("Oast Rd & W Mash St", 10.016, 20.004),
    crossing("Oast Rd & Grist Ln", 10.014, 20.004),
    crossing("Mash St & Grist Ln", 10.014, 20.006),
    crossing("Mash St & Bran Ln", 10.016, 20.006),
    # these say that they are in Highfield and lie in Riverside
    crossing("Perry Rd & Cox Ln", 10.002, 20.005, area="highfield"),
    crossing("Pippin Rd & Cox Ln", 10.002, 20.006, area="highfield"),
    # and two agree well enough
    crossing("Fig Rd & Date St", 10.0340, 20.003),
    crossing("Date St & Fig Rd", 10.0343, 20.003),
]


@pytest.fixture(scope="module")
def geocoder() -> Iterator[Geocoder]:
    with TemporaryDirectory() as folder:
        yield Geocoder.open(build_town(Path(folder), LISTED))


def test_a_likely_crossing_elsewhere_makes_it_ask(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("fight at quarry rd & vine st"))
    assert location.area is None
    assert {option.area for option in location.options} == {"highfield", "riverside-township"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("fight at oast rd & mash st", id="a longer name elsewhere is no second one"),
        pytest.param("fight at perry rd & pippin rd", id="the source says another area"),
    ],
)
def test_where_two_areas_may_be_meant_both_are_offered(geocoder: Geocoder, text: str) -> None:
    _, location = geocoder.locate(Query(text))
    assert location.area is None
    assert {option.area for option in location.options} == {"highfield", "riverside-township"}


@pytest.mark.parametrize(
    ("text", "area", "where"),
    [
        ("fight at quarry rd & vine st in highfield", "highfield", (10.030, 20.015)),
        ("fight at quarry rd & vine st, riverside", "riverside-township", (10.012, 20.012)),
        ("fight at pear rd & plum st", "highfield", (10.033, 20.016)),
    ],
)
def test_the_town_or_the_only_one_settles_it(
    geocoder: Geocoder, text: str, area: str, where: tuple[float, float]
) -> None:
    _, location = geocoder.locate(Query(text))
    assert location.area == area
    assert metres_between(*where, location.latitude or 0, location.longitude or 0) < 10


def test_home_settles_it_with_less_confidence(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("quarry rd & vine st", home_area="riverside-township"))
    assert (location.area, location.why) == ("riverside-township", "home")
    assert (location.confidence or 1) < 0.7


def test_records_that_contradict_are_both_within_the_radius(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("fight at sloe rd & damson st"))
    spot = location.latitude or 0, location.longitude or 0
    away = [metres_between(*spot, 10.036, lon) for lon in (20.003, 20.005)]
    assert min(away) < 5
    assert max(away) <= (location.radius_m or 0)


def test_records_that_agree_are_one_crossing_in_their_middle(geocoder: Geocoder) -> None:
    _, location = geocoder.locate(Query("fight at fig rd & date st"))
    assert metres_between(location.latitude or 0, location.longitude or 0, 10.03415, 20.003) < 5
    assert location.radius_m == 40.0
