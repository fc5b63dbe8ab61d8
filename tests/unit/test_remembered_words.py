"""What is remembered of words has an end, and a full memory still learns."""

import gc
import tracemalloc
from collections.abc import Callable

import pytest

from bot.city import demo_city_path
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import folded
from nlp.mentions.spelling import Speller
from nlp.rules.danger import DangerRules

#: More new words than any memory holds.
ENOUGH = 21_000


def _danger() -> Callable[[str], object]:
    return DangerRules.load(["en"]).check


def _spelling() -> Callable[[str], object]:
    return Speller(Gazetteer.open(demo_city_path())).words


def _folding() -> Callable[[str], object]:
    words = Gazetteer.open(demo_city_path()).words
    return lambda text: [folded(word, words) for word in text.split()]


def _read(look: Callable[[str], object], first: int) -> None:
    for number in range(first, first + ENOUGH, 100):
        look(" ".join(map(str, range(number, number + 100))))


@pytest.mark.parametrize("memory", [_danger, _spelling, _folding])
def test_new_words_without_end_take_no_more_room(
    memory: Callable[[], Callable[[str], object]],
) -> None:
    look = memory()
    _read(look, 1_000_000)
    tracemalloc.start()
    try:
        _read(look, 2_000_000)
        gc.collect()
        once = tracemalloc.get_traced_memory()[0]
        for round_ in range(3, 6):
            _read(look, round_ * 1_000_000)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < max(2.5 * once, 1_000_000)
    finally:
        tracemalloc.stop()


def test_a_full_memory_still_tells_danger() -> None:
    look = DangerRules.load(["en"]).check
    _read(look, 1_000_000)
    assert look("fire in my kitchen, please help").emergency
