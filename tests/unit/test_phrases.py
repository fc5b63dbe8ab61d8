"""The language of phrase rules."""

import time

import pytest

from nlp.normalise import words
from nlp.rules.phrases import PatternError, Phrases

LISTS = {"blade": ["knife", "broken bottle"], "will": ["gonna", "going to"]}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("knife", "a knife here", True),
        ("knife", "knifes", False),
        ("stab*", "he was stabbed", True),
        ("took all ...2 tablets", "took all the tablets", True),
        ("took all ...2 tablets", "took all of my old tablets", False),
        ("took ... tablets", "took all. the tablets", False),
        ("with <blade>", "with broken bottle", True),
        ("<will> jump", "he's going to jump", True),
        ("sex|race|<blade> crime", "knife crime", True),
        ("(grab|took) (my|her) bag", "he took her bag", True),
        ("(grab|took) (my|her)? bag", "took bag", True),
        ("pit_bull|xl_bully|dog bit", "the pit bull bit me", True),
        ("0 pills", "took 40 pills", True),
        ("0th time", "the 4th time now", True),
        ("0 pills", "took many pills", False),
        ("he ...2 knife", "no. he had a knife and he kept the knife", True),
        ("on the? roof", "on roof", True),
        ("on the? roof", "on the roof", True),
        ("isnt moving", "isn’t moving", True),
        ("help", "HEEEEELP", True),
        ("cafe", "Café", True),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    phrases: Phrases[str] = Phrases()
    phrases.add("rule", [pattern], LISTS)
    assert bool(phrases.find(words(text))) is found


def test_a_hit_says_where_it_is() -> None:
    phrases: Phrases[str] = Phrases()
    phrases.add("rule", ["took all ...2 pills"], {})
    [hit] = phrases.find(words("She took all of the pills yesterday"))
    assert (hit.rule, hit.start, hit.end) == ("rule", 1, 6)


@pytest.mark.parametrize(
    "pattern",
    [
        "...2 knife",
        "knife? man",
        "",
        "<nothing> here",
        "dog|pit bull|cat bit",
        "(dog|cat) bit|bites",
        "(dog|cat",
        "dog|cat)",
        "dog||cat",
    ],
)
def test_bad_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        Phrases[str]().add("rule", [pattern], LISTS)


def test_repetition_cannot_make_it_slow() -> None:
    phrases: Phrases[str] = Phrases()
    phrases.add("rule", ["kill ...6 kill ...6 kill ...6 die"], {})
    started = time.perf_counter()
    phrases.find(words("kill " * 2000))
    assert time.perf_counter() - started < 5
