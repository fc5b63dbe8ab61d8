"""Which area holds a point, the tolerance at the edge, and the grid for stored points."""

import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from nlp.places.areas import Areas
from nlp.places.spatial import from_metres, metres_between, snap, spread, to_metres
from tests.unit.smalltown import feature, point, square, write


@pytest.fixture
def areas(tmp_path: Path) -> Areas:
    hole = square(10.0, 10.02)
    hole["coordinates"].append(
        [[20.005, 10.005], [20.01, 10.005], [20.01, 10.01], [20.005, 10.01], [20.005, 10.005]]
    )
    write(
        tmp_path / "areas.geojson",
        [
            feature(hole, code="ring", name="Ring"),
            feature(square(10.02, 10.04), code="north", name="North"),
            feature(square(10.03, 10.04), code="inner", name="Inner North"),
            feature(square(11.0, 11.01), code="far", name="Far"),
        ],
    )
    return Areas.open(tmp_path)


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (10.001, 20.001, "ring"),
        (10.025, 20.01, "north"),
        (10.035, 20.01, "inner"),  # the smaller of two that overlap
        (10.0075, 20.0075, None),  # in the hole, farther than the tolerance from its edge
        (10.0052, 20.0075, "ring"),  # in the hole, 22 m from its edge
        (10.01, 20.0210, "ring"),  # 110 m east of the edge
        (10.01, 20.0220, None),  # 219 m east of the edge
        (9.9990, 20.01, "ring"),  # 111 m south
        (50.0, 50.0, None),
    ],
)
def test_at(areas: Areas, lat: float, lon: float, code: str | None) -> None:
    assert areas.at(lat, lon) == code


def test_without_tolerance_only_the_inside_counts(areas: Areas) -> None:
    assert areas.at(10.01, 20.0201, tolerance_m=0) is None
    assert areas.at(10.01, 20.0199, tolerance_m=0) == "ring"


def test_metres_to_an_edge(areas: Areas) -> None:
    assert areas.metres_to("ring", 10.001, 20.001) == 0
    assert areas.metres_to("ring", 10.01, 20.03) == pytest.approx(1095, abs=3)
    assert areas.metres_to("north", 10.05, 20.01) == pytest.approx(1112, abs=3)


def test_names_neighbours_and_centre(areas: Areas) -> None:
    assert areas.names["inner"] == "Inner North"
    assert areas.neighbours("ring") == ("north",)
    assert areas.neighbours("far") == ()
    lat, lon, reach = areas.centre("far")
    assert areas.at(lat, lon) == "far"
    assert reach == pytest.approx(1227, rel=0.02)
    with pytest.raises(KeyError):
        areas.polygon("nowhere")


def test_a_broken_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection"}))
    with pytest.raises(KeyError):
        Areas.open(tmp_path)
    assert point(1, 2)["coordinates"] == [2, 1]


LATITUDES = st.floats(-80, 80)
LONGITUDES = st.floats(-179, 179)


@given(LATITUDES, LONGITUDES, st.sampled_from([50.0, 150.0, 1000.0]))
def test_snapping_is_near_and_stable(lat: float, lon: float, grid: float) -> None:
    once = snap(lat, lon, grid)
    assert metres_between(lat, lon, *once) <= grid * 0.72
    assert snap(*once, grid) == once


def test_snapping_hides_the_point() -> None:
    cells = {snap(51.5 + i * 1e-5, -0.12) for i in range(100)}  # 111 m northwards
    assert len(cells) in (1, 2)
    with pytest.raises(ValueError, match="positive"):
        snap(1, 2, 0)


@given(LATITUDES, LONGITUDES, st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_the_plane_and_back(lat: float, lon: float, east: float, north: float) -> None:
    origin = (lat, lon)
    there = from_metres(east, north, origin)
    assert to_metres(*there, origin) == pytest.approx((east, north), abs=0.01)


def test_distance_against_known_cities() -> None:
    # Paris to London, about 343.5 km
    assert metres_between(48.8566, 2.3522, 51.5074, -0.1278) == pytest.approx(343_560, rel=0.002)


def test_spread() -> None:
    middle, reach = spread([(10.0, 20.0), (10.01, 20.0), (10.02, 20.0)])
    assert middle == (10.01, 20.0)
    assert reach == pytest.approx(1112, abs=2)
    with pytest.raises(ValueError, match="no points"):
        spread([])


@pytest.mark.parametrize(
    ("lat", "within", "codes"),
    [
        (10.03, 200.0, ("highfield",)),
        (10.0205, 200.0, ("highfield", "riverside-township")),
        (10.0205, 30.0, ("highfield",)),
        (10.0405, 30.0, ()),
        (10.0405, 100.0, ("highfield",)),
    ],
)
def test_areas_near_a_point(lat: float, within: float, codes: tuple[str, ...]) -> None:
    shapes: list[BaseGeometry] = [
        shapely.box(20.0, 10.02, 20.02, 10.04),
        shapely.box(20.0, 10.0, 20.02, 10.02),
    ]
    names = {"highfield": "Highfield", "riverside-township": "Riverside"}
    assert Areas([*names], names, shapes).near(lat, 20.01, within) == codes
