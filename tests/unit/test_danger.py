"""Danger to life by rules."""

import time
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.rules.danger import DangerRules

RULES = DangerRules.load(["en", "es"])

WORDED = [
    "man stabbed outside the bookies hurry",
    "she isn't waking up",
    "hes not breathing right",
    "i've took all the tablets",
    "there is a fire in the flat above",
    "strong smell of gas on our stairs",
    "my wee boy never came home from school",
    "i dont want to live any more",
    "he is going to kill me",
    "dem dey beat one man for junction",
    "she dey talk say she wan kill herself",
    "somebody is in my house right now",
    "lad's just fell in the canal and cant swim",
    "someone's been shot on our road",
    "hay un hombre con una pistola",
    "se esta quemando la casa del vecino",
    "mi hija no regreso de la escuela",
    "no respira, manden una ambulancia",
    "me quiero morir",
    "se metieron a mi casa y siguen adentro",
]

CALM = [
    "this traffic is killing me",
    "you are killing it lads",
    "phone battery is dying",
    "street lights out by the school",
    "music till 4am again",
    "fire alarm test every wednesday at ten",
    "great photo shoot in the park today",
    "kids shooting hoops late at night",
    "stop texting me",
    "someone trying car door handles at 3am, camera saw it",
    "el calor me esta matando",
    "no sirve el alumbrado de la calle",
    "la musica no nos deja dormir",
    "",
]

UNSURE = [
    "no one was stabbed, it was just loud",
    "my brother was stabbed years ago",
    "my mate got stabbed in the film we watched",
    "no hay heridos",
    "what if someone collapsed here",
]


@pytest.mark.parametrize("text", WORDED)
def test_danger_shows_the_emergency_number(text: str) -> None:
    danger = RULES.check(text)
    assert danger.emergency
    assert not danger.unsure
    assert danger.rules


@pytest.mark.parametrize("text", CALM)
def test_idioms_and_everyday_concerns_do_not(text: str) -> None:
    danger = RULES.check(text)
    assert not danger.emergency
    assert not danger.page


@pytest.mark.parametrize("text", UNSURE)
def test_denied_past_and_told_danger_is_asked_about(text: str) -> None:
    danger = RULES.check(text)
    assert danger.unsure
    assert not danger.emergency
    assert not danger.page


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("he has a knife in his bag", False),
        ("he has a knife, help, come now", True),
        ("she is not breathing", True),
        ("they kicked a lad on the ground", False),
    ],
)
def test_waking_a_team_needs_more(text: str, page: bool) -> None:
    danger = RULES.check(text)
    assert danger.emergency
    assert danger.page is page


@pytest.mark.parametrize(
    ("text", "emergency"), [("there was a murder here", False), ("murder, come now", True)]
)
def test_words_that_are_often_harmless_only_ask(text: str, emergency: bool) -> None:
    danger = RULES.check(text)
    assert (danger.emergency, danger.unsure) == (emergency, not emergency)


@pytest.mark.parametrize(
    "text",
    [
        "\0" * 50,
        "\ud800 help",
        "help " * 4000,
        "a" * 10_000,
        "😀" * 3000,
        "not " * 3000 + "breathing",
        "\n.!?",
    ],
)
def test_no_text_breaks_it_or_makes_it_slow(text: str) -> None:
    started = time.perf_counter()
    RULES.check(text)
    assert time.perf_counter() - started < 2


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=200, deadline=None)
def test_it_never_raises(text: str) -> None:
    RULES.check(text)


def test_a_language_without_rules_is_no_error() -> None:
    assert not DangerRules.load(["xx"]).check("help").emergency


@pytest.mark.parametrize(
    ("language", "text", "calm"),
    [
        ("fr", "il ne respire plus, venez vite", "je suis mort de rire"),
        ("pt", "ele não respira, socorro", "morri de rir"),
        ("sw", "nyumba inaungua, saidieni", "taa za barabara hazifanyi kazi"),
        ("ar", "ابني لا يتنفس", "شكرا لكم"),
        ("ru", "помогите, он не дышит", "умираю со смеху"),
        ("zh", "着火了，快来救命", "今天热死了"),
        ("hi", "घर में आग लगी है", "धन्यवाद"),
    ],
)
def test_other_languages(language: str, text: str, calm: str) -> None:
    rules = DangerRules.load([language])
    assert rules.check(text).emergency
    assert not rules.check(calm).emergency


def test_every_rule_file_says_who_reviewed_it() -> None:
    for file in (files("nlp") / "rules" / "danger").iterdir():
        assert tomllib.loads(file.read_text("utf-8"))["reviewed_by"]


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("there's smoke pouring out of the flat above the launderette", True),
        ("there was smoke pouring out of the flat last year", False),
        ("no smoke coming from there any more", False),
        ("street light out on Mill Lane", False),
    ],
)
def test_words_with_harmless_uses_are_likely_unless_denied_or_past(
    text: str, *, likely: bool
) -> None:
    danger = DangerRules.load(("en",)).check(text)
    assert danger.likely is likely
    assert not (danger.likely and danger.emergency)
