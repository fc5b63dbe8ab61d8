"""The usual range and its kin against values worked out elsewhere."""

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.insight.baseline import (
    Word,
    discoveries,
    poisson_interval,
    pooled_dispersion,
    predictive,
    usual_range,
)
from nlp.learning.scoring import Share

GOLDEN = Path(__file__).parents[2].parent / "shared" / "domain" / "golden.json"


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    if not GOLDEN.exists():
        pytest.skip("the reference values are not beside this repository")
    values: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return values


class TestAgainstReferenceValues:
    def test_predictive(self, golden: dict[str, Any]) -> None:
        for incidents, weeks, count, chance in golden["predictive_nb"]["cases"]:
            assert predictive(incidents, weeks).at_least(count) == pytest.approx(chance, abs=6e-6)

    def test_dispersed(self, golden: dict[str, Any]) -> None:
        for incidents, weeks, count, phi, chance in golden["usual_range_phi"]["cases"]:
            usual = predictive(incidents, weeks, phi)
            assert usual.at_least(count) == pytest.approx(chance, abs=6e-7)

    def test_garwood(self, golden: dict[str, Any]) -> None:
        for count, interval in golden["garwood95"].items():
            assert poisson_interval(int(count)) == pytest.approx(tuple(interval), abs=6e-5)

    def test_wilson(self, golden: dict[str, Any]) -> None:
        for share, interval in golden["wilson95"].items():
            part, whole = map(int, share.split("/"))
            assert Share(part, whole).interval == pytest.approx(tuple(interval), abs=6e-5)

    def test_benjamini_hochberg(self, golden: dict[str, Any]) -> None:
        case = golden["bh"]
        assert sum(discoveries(case["p"], 0.05)) == case["rejected_at_.05"]


@pytest.mark.parametrize(
    ("incidents", "weeks", "phi", "count", "chance"),
    [
        (26, 13, 1.0, 6, 0.02235),  # Jeffreys' NB(26.5, 13/14)
        (4, 26, 1.0, 2, 0.01556),
        (52, 13, 1.0, 9, 0.02725),
        (26, 13, 1.5, 6, 0.049923),
        (104, 13, 2.0, 16, 0.053177),
    ],
)
def test_how_rare_a_count_is(
    incidents: int, weeks: int, phi: float, count: int, chance: float
) -> None:
    assert predictive(incidents, weeks, phi).at_least(count) == pytest.approx(chance, abs=6e-6)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)]
)
def test_poisson_interval(count: int, low: float, high: float) -> None:
    assert poisson_interval(count) == pytest.approx((low, high), abs=6e-5)


def test_nothing_to_divide_by() -> None:
    with pytest.raises(ValueError, match="at least one week"):
        predictive(3, 0)


class TestUsualRange:
    def test_eight_weeks_are_needed(self) -> None:
        assert usual_range([2] * 7) is None
        assert usual_range([2] * 8) is not None

    def test_its_ends_leave_a_twentieth_each(self) -> None:
        usual = predictive(78, 26)
        assert usual.at_least(usual.high + 1) <= 0.05 < usual.at_least(usual.high)
        assert usual.at_most(usual.low - 1) < 0.05 <= usual.at_most(usual.low)

    @pytest.mark.parametrize(
        ("count", "word"),
        [
            (0, Word.USUAL),
            (6, Word.USUAL),
            (7, Word.HIGHER),
            (9, Word.MUCH_HIGHER),
            (40, Word.MUCH_HIGHER),
        ],
    )
    def test_words(self, count: int, word: Word) -> None:
        assert predictive(78, 26).word(count) is word

    def test_fewer_than_usual(self) -> None:
        usual = predictive(260, 26)
        assert usual.word(usual.low - 1) is Word.LOWER
        assert usual.word(0) is Word.LOWER

    def test_words_follow_the_range(self) -> None:
        for incidents in (0, 3, 30, 300):
            for phi in (1.0, 2.5):
                usual = predictive(incidents, 12, phi)
                assert usual.low <= usual.mean <= usual.high + 1
                assert usual.word(usual.low) is usual.word(usual.high) is Word.USUAL
                assert usual.word(usual.high + 1) in (Word.HIGHER, Word.MUCH_HIGHER)

    def test_none_ever_seen(self) -> None:
        usual = predictive(0, 26)
        assert (usual.low, usual.high) == (0, 0)
        assert usual.word(0) is Word.USUAL

    def test_chances_add_up(self) -> None:
        usual = predictive(40, 13, 1.7)
        for count in range(30):
            assert usual.at_least(count) + usual.at_most(count - 1) == pytest.approx(1.0)
        chances = [usual.at_least(count) for count in range(30)]
        assert all(later < earlier for earlier, later in pairwise(chances))

    def test_mean_and_variance_are_those_of_the_formula(self) -> None:
        usual = predictive(26, 13, 2.0)
        assert usual.mean == pytest.approx(26.5 / 13)
        assert usual.variance == pytest.approx(2.0 * 26.5 / 13 * (1 + 1 / 13))
        mass = [usual.at_least(n) - usual.at_least(n + 1) for n in range(200)]
        mean = sum(n * share for n, share in enumerate(mass))
        spread = sum(n * n * share for n, share in enumerate(mass)) - mean**2
        assert mean == pytest.approx(usual.mean, rel=1e-6)
        assert spread == pytest.approx(usual.variance, rel=1e-6)


class TestDispersion:
    def test_worked_by_hand(self) -> None:
        # mean 2: (4 + 0 + 4) / 2 = 4 over 2 degrees; mean 4: (1 + 1 + 0) / 4 = 0.5 over 2.
        assert pooled_dispersion([[0, 2, 4], [3, 5, 4]]) == pytest.approx(4.5 / 4)

    def test_never_below_one(self) -> None:
        assert pooled_dispersion([[3, 3, 3, 3]]) == 1.0

    @pytest.mark.parametrize("cells", [[], [[1, 0, 3]], [[9]]])
    def test_too_little_to_tell(self, cells: list[list[int]]) -> None:
        assert pooled_dispersion(cells) == 1.0

    def test_few_weeks_of_many_areas_find_it(self) -> None:
        rng = np.random.default_rng(1)
        cells = rng.negative_binomial(4, 1 / 2.5, (60, 13)).tolist()
        assert pooled_dispersion(cells) == pytest.approx(2.5, abs=0.4)


class TestDiscoveries:
    P = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324)

    def test_published_example(self) -> None:
        rest = (0.4262, 0.5719, 0.6528, 0.759, 1.0)
        assert discoveries([*self.P, *rest], 0.05) == [True] * 4 + [False] * 11

    def test_order_does_not_matter(self) -> None:
        assert discoveries([0.9, 0.001, 0.8], 0.05) == [False, True, False]

    def test_a_later_step_carries_the_earlier_ones(self) -> None:
        # Alone 0.04 would fail its step (0.05 / 2), but 0.045 passes the last one.
        assert discoveries([0.04, 0.045], 0.05) == [True, True]

    def test_nothing_tested(self) -> None:
        assert discoveries([], 0.1) == []


def test_false_alarms_of_a_single_week_stay_near_one_in_twenty() -> None:
    rng = np.random.default_rng(7)
    alarms = []
    for phi in (1.5, 2.5):
        mean = 3.0
        draws = rng.negative_binomial(mean / (phi - 1), 1 / phi, (3000, 14))
        for weeks in draws:
            usual = usual_range([int(n) for n in weeks[1:]], phi)
            assert usual is not None
            alarms.append(int(weeks[0]) > usual.high)
    assert math.fsum(alarms) / len(alarms) < 0.05
