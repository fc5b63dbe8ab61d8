"""Where two streets probably meet: drawn lines, loose points, other parts, and never."""

from math import isclose

import pytest

from nlp.places.lines import Course, meeting
from nlp.places.spatial import from_metres, metres_between
from nlp.places.toponym import Point

ORIGIN = (40.0, -75.0)


def spot(east: float, north: float) -> Point:
    return from_metres(east, north, ORIGIN)


def loose(*points: tuple[float, float], others: tuple[tuple[float, float], ...] = ()) -> Course:
    return Course(
        [[spot(*p) for p in points]], [[spot(*p) for p in others]] if others else [], drawn=False
    )


def drawn(*points: tuple[float, float]) -> Course:
    return Course([[spot(*p) for p in points]], [], drawn=True)


ACROSS = ((-300.0, 0.0), (300.0, 0.0))
UP = ((0.0, -300.0), (0.0, 300.0))


@pytest.mark.parametrize(
    ("one", "other", "where", "within"),
    [
        (drawn(*ACROSS), drawn(*UP), (0, 0), 1),
        (loose(*ACROSS), loose(*UP), (0, 0), 1),
        (loose(*ACROSS), drawn(*UP), (0, 0), 1),
        # prolonged by 200 m to where it would meet
        (loose((-500, 0), (-200, 0)), loose(*UP), (0, 0), 1),
        (drawn((-500, 0), (-200, 0)), drawn(*UP), (0, 0), 1),
        # a single known point lies beside the other street: between the two
        (loose((0, 200)), loose(*ACROSS), (0, 100), 110),
        # another part of the street shows the way across
        (loose((-400, 0), others=((400, 0),)), loose(*UP), (0, 0), 1),
        # it crosses twice: near known points of both is likelier than on a long gap between
        (
            loose((-50, 0), (50, 0), (2000, 0)),
            loose((0, -50), (0, 50), (1000, 400), (1000, -900)),
            (0, 0),
            1,
        ),
    ],
)  # fmt: skip
def test_where_they_meet(
    one: Course, other: Course, where: tuple[float, float], within: float
) -> None:
    for a, b in ((one, other), (other, one)):
        found = meeting(a, b)
        assert found is not None
        lat, lon, radius = found
        away = metres_between(lat, lon, *spot(*where))
        assert away <= within
        assert away <= radius


def test_the_radius_grows_with_what_is_not_known() -> None:
    near = meeting(loose((-50, 0), (50, 0)), loose((0, -50), (0, 50)))
    far = meeting(loose((-900, 0), (900, 0)), loose((0, -900), (0, 900)))
    assert near is not None
    assert far is not None
    assert 120 <= near[2] < far[2]


def test_streets_far_apart_meet_nowhere() -> None:
    assert meeting(loose((0, 0), (100, 0)), loose((0, 5000), (100, 5000))) is None
    assert meeting(drawn((0, 0), (100, 0)), drawn((0, 900), (100, 900))) is None
    assert meeting(drawn(*ACROSS), drawn((-300, 550), (300, 550))) is None


def test_the_same_streets_give_the_same_spot() -> None:
    one, other = loose(*ACROSS, (500, 80)), loose(*UP, (40, 600))
    first, second = meeting(one, other), meeting(one, other)
    assert first == second
    swapped = meeting(other, one)
    assert first is not None
    assert swapped is not None
    assert all(isclose(a, b, abs_tol=1e-6) for a, b in zip(first[:2], swapped[:2], strict=True))
