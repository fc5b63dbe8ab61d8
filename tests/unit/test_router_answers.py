"""A late or stray answer is asked about, never guessed at; a button is the word it names."""

import pytest

from bot.conversation import effects as fx
from nlp.analysis import Danger
from tests.unit.transcripts import (
    NOWHERE,
    OLD_TOWN,
    PLACED,
    WHICH,
    Resident,
    names,
    replies,
    seen,
    words,
)

# -- late answers --


@pytest.mark.parametrize("late", ["B", "ok", "nobody", "2"])
def test_a_late_answer_is_asked_about_and_then_counts(late: str) -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    resident.wait(hours=30)
    outcome = resident.send(late)
    assert names(outcome) == ["Reply"]
    assert "came late" in words(outcome)
    assert "B Quayside" in words(outcome)
    assert names(resident.send("B")) == ["PlaceReport", "Reply"]


def test_a_late_place_in_words_is_asked_about() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=NOWHERE))
    resident.wait(hours=30)
    outcome = resident.send("Tanner Lane", seen(location=OLD_TOWN, places=PLACED))
    assert "came late" in words(outcome)
    assert "A Tanner Lane" in words(outcome)
    assert names(resident.send("a")) == ["PlaceReport", "Reply"]


def test_a_late_report_is_not_taken_for_an_answer() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    resident.wait(hours=30)
    outcome = resident.send("Loud party in Tanner Lane", seen("noise"))
    assert names(outcome) == ["FileReport", "Reply"]


def test_an_answer_is_asked_about_three_times_at_most() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    for _ in range(2):
        assert "C Heron Park" in words(resident.send("D"))
    assert "need no more answers" in words(resident.send("D"))


# -- buttons --


def test_a_button_is_the_letter() -> None:
    resident = Resident()
    asked = replies(resident.send("Music", seen("noise", location=WHICH)))[0].message
    assert [b.data for b in asked.buttons] == [f"place:K7Q-41:{x}" for x in "ABC"]
    assert asked.share_location
    outcome = resident.send("", button="place:K7Q-41:C")
    assert [e.area for e in outcome.effects if isinstance(e, fx.PlaceReport)] == ["heron-park"]


@pytest.mark.parametrize("data", ["place:OLD-11:A", "consent:K7Q-41:OK", "rubbish", "", "/take X"])
def test_a_stray_button_is_asked_about(data: str) -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    outcome = resident.send("", button=data)
    assert names(outcome) == ["Reply"]
    assert "earlier question" in words(outcome)
    assert "B Quayside" in words(outcome)


def test_a_late_button_is_asked_about() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    resident.wait(hours=30)
    assert "came late" in words(resident.send("", button="place:K7Q-41:B"))


def test_a_stray_button_without_any_question() -> None:
    assert "your own words" in words(Resident().send("", button="place:K7Q-41:B"))


def test_the_button_now_is_the_word() -> None:
    resident = Resident()
    resident.send("he had a knife", seen("violence", danger=Danger(unsure=True)))
    outcome = resident.send("", button="danger:K7Q-41:NOW")
    assert names(outcome) == ["Reply", "AddToReport", "AlertTeam"]


def test_the_button_of_an_earlier_consent_question_still_counts() -> None:
    resident = Resident()
    resident.send("my shed was broken into", seen("burglary"))
    resident.send("Music", seen("noise", location=WHICH))
    allowed = resident.send("", button="consent:K7Q-41:OK")
    assert allowed.effects[0] == fx.MayContact("K7Q-41", allowed=True)
    assert "may write to you" in words(allowed)
    assert resident.send("", button="consent:K7Q-41:NO").effects[0] == fx.MayContact(
        "K7Q-41", allowed=False
    )
    assert "B Quayside" in words(resident.send("what", button="place:OLD-11:A")), "still open"


def test_an_earlier_consent_wakes_the_team_for_what_waited_for_it() -> None:
    resident = Resident()
    resident.send("he follows me", seen("stalking"))
    resident.send("Music", seen("noise", location=WHICH))
    outcome = resident.send("", button="consent:K7Q-41:OK")
    assert names(outcome) == ["MayContact", "AlertTeam", "Reply"]


def test_a_bare_place_after_the_question_closed_is_no_new_report() -> None:
    resident = Resident()
    resident.send("the light is out", seen("lighting", location=NOWHERE))
    resident.wait(hours=25)
    outcome = resident.send("Tanner Lane", seen("road_safety", location=WHICH, places=PLACED))
    assert names(outcome) == ["Reply"]
    assert "came late" in words(outcome)
    assert names(resident.send("B")) == ["PlaceReport", "Reply"]


def test_whoever_says_now_sees_the_number_whatever_was_asked() -> None:
    resident = Resident()
    resident.send("my shed was broken into", seen("burglary"))
    assert words(resident.send("NOW")).startswith("If you need help now, call 112.")
