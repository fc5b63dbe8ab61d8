"""May the team write to you: said once, and taken back by a later NO."""

import pytest

from bot.conversation import effects as fx
from bot.i18n import say
from tests.unit.transcripts import NOWHERE, OLD_TOWN, PLACED, Resident, names, seen, words

NEVER = "Thank you. The team will not write to you here."


def consents(outcome: fx.Outcome) -> dict[str, bool]:
    return {e.ref: e.allowed for e in outcome.effects if isinstance(e, fx.MayContact)}


def agreed(matters: int = 1) -> Resident:
    """Somebody who said OK about one matter or more, a day apart."""
    resident = Resident()
    for _ in range(matters):
        resident.send("they threaten us", seen("harassment"))
        assert True in consents(resident.send("OK")).values()
        resident.wait(days=1)
    return resident


@pytest.mark.parametrize("text", ["NO", "no thanks", "don't contact me", "please don't", "Nope"])
def test_a_later_no_takes_it_back_for_everything(text: str) -> None:
    resident = agreed(2)
    outcome = resident.send(text)
    assert consents(outcome) == {"K7Q-41": False, "K7Q-43": False}
    assert words(outcome) == NEVER
    assert [r.may_contact for r in resident.reports] == [False, False]
    assert "no open question" in words(resident.send(text)), "there is nothing left to take back"


def test_a_no_to_the_next_question_takes_back_the_earlier_yes() -> None:
    resident = agreed()
    resident.send("they shout at us again", seen("harassment"))
    assert consents(resident.send("NO")) == {"K7Q-43": False, "K7Q-41": False}


def test_an_ok_to_the_next_question_leaves_an_earlier_no() -> None:
    resident = Resident()
    resident.send("they threaten us", seen("harassment"))
    resident.send("NO")
    resident.wait(days=1)
    resident.send("they shout at us", seen("harassment"))
    assert consents(resident.send("OK")) == {"K7Q-43": True}


def test_a_no_after_the_question_closed_refuses_that_too() -> None:
    resident = agreed()
    resident.send("they shout at us again", seen("harassment"))
    resident.wait(days=4)
    outcome = resident.send("NO")
    assert consents(outcome) == {"K7Q-41": False, "K7Q-43": False}
    assert words(outcome) == NEVER


def test_a_no_to_another_question_says_nothing_about_it() -> None:
    resident = agreed()
    resident.send("music all night", seen("noise", location=NOWHERE))
    assert consents(resident.send("no")) == {}, "the place is not known"
    resident.send("lamp out", seen("lighting", location=NOWHERE))
    resident.wait(days=2)
    assert consents(resident.send("no")) == {}, "a late answer is asked about"
    assert resident.reports[0].may_contact is True


def test_who_never_agreed_hears_that_nothing_is_open() -> None:
    resident = Resident()
    resident.send("lamp out, Tanner Lane", seen("lighting", location=OLD_TOWN, places=PLACED))
    assert "no open question" in words(resident.send("NO"))


def test_an_intimate_matter_is_taken_back_in_the_same_words() -> None:
    resident = Resident()
    resident.send("my husband hits me", seen("domestic_abuse"))
    resident.send("OK")
    resident.wait(hours=5)
    outcome = resident.send("no")
    assert names(outcome) == ["MayContact", "Reply"]
    assert words(outcome) == NEVER


@pytest.mark.parametrize(
    ("language", "text"), [("en", "/privacy"), ("en", "MYDATA"), ("es", "privacidad")]
)
def test_privacy_says_how_to_take_it_back(language: str, text: str) -> None:
    line = say(language, "The team may write to you here. To end that, reply NO.")
    resident = Resident(language=language)
    assert line not in words(resident.send(text))
    resident.send("they threaten us", seen("harassment", language=language))
    assert line not in words(resident.send(text)), "a NO would answer the open question"
    resident.send("OK")
    assert line in words(resident.send(text))
    resident.send("NO")
    assert line not in words(resident.send(text))


@pytest.mark.parametrize("kind", ["place", "consent"])
def test_what_privacy_says_holds_after_a_question_that_closed(kind: str) -> None:
    line = say("en", "The team may write to you here. To end that, reply NO.")
    resident = agreed()
    if kind == "place":
        resident.send("lamp out", seen("lighting", location=NOWHERE))
    else:
        resident.send("they shout at us again", seen("harassment"))
    assert resident.state.question
    assert resident.state.question.kind == kind
    resident.wait(days=4)
    assert line in words(resident.send("MYDATA"))
    outcome = resident.send("NO")
    assert words(outcome) == NEVER
    assert consents(outcome)["K7Q-41"] is False
    assert resident.reports[0].may_contact is False
