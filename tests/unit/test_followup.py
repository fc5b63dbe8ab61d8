"""More about an earlier report goes to that report, and nowhere else."""

import pytest

from bot.conversation import effects as fx
from nlp.analysis import Analysis, Danger, Intent, Urgency
from tests.unit.transcripts import (
    NOWHERE,
    OLD_TOWN,
    PLACED,
    QUAYSIDE,
    WHICH,
    Resident,
    names,
    seen,
    words,
)

AGAIN = seen(intent=Intent.FOLLOW_UP)


def _added(outcome: fx.Outcome) -> list[str]:
    return [e.ref for e in outcome.effects if isinstance(e, fx.AddToReport)]


@pytest.mark.parametrize(
    ("hours", "analysis", "expected"),
    [
        (0, AGAIN, ["K7Q-41"]),
        (24 * 20, AGAIN, ["K7Q-41"]),
        (24 * 31, AGAIN, []),
        (0, seen("lighting", location=NOWHERE), ["K7Q-41"]),
        (0, seen("lighting"), ["K7Q-41"]),
        (2, seen("lighting"), []),
        (0, seen("lighting", location=QUAYSIDE), []),
        (0, seen("lighting", location=WHICH, places=PLACED), []),
        (0, seen("noise"), []),
    ],
)
def test_which_messages_follow_up(hours: int, analysis: Analysis, expected: list[str]) -> None:
    resident = Resident()
    resident.send("Light out in Tanner Lane", seen("lighting"))
    resident.wait(hours=hours)
    assert _added(resident.send("...", analysis)) == expected


def test_a_named_reference_goes_to_its_report() -> None:
    resident = Resident()
    resident.send("Light out", seen("lighting"))
    resident.send("Dog loose", seen("dogs_animals"))
    outcome = resident.send("k7q 41 is still dark", seen())
    assert _added(outcome) == ["K7Q-41"]
    assert "K7Q-41" in words(outcome)


def test_a_reference_of_somebody_else_is_nothing() -> None:
    resident = Resident()
    assert _added(resident.send("ABC-99 is still dark", AGAIN)) == []


def test_a_follow_up_of_nothing_is_asked_about() -> None:
    outcome = Resident().send("same as last time", AGAIN)
    assert names(outcome) == ["Reply"]
    assert "Which message" in words(outcome)


def test_a_follow_up_of_nothing_that_says_enough_is_a_report() -> None:
    outcome = Resident().send(
        "still no light in Tanner Lane", seen("lighting", intent=Intent.FOLLOW_UP)
    )
    assert names(outcome) == ["FileReport", "Reply"]


def test_an_edit_amends_and_never_files_again() -> None:
    resident = Resident()
    resident.send("Light out", seen("lighting"))
    outcome = resident.send("Lights out, all of them", seen("noise"), edited=True)
    assert names(outcome) == ["AddToReport", "Reply"]


def test_an_edit_may_bring_the_place() -> None:
    resident = Resident()
    resident.send("Light out", seen("lighting", location=WHICH))
    outcome = resident.send("Light out in Tanner Lane", seen("lighting"), edited=True)
    assert names(outcome) == ["PlaceReport", "AddToReport", "Reply"]


def test_an_old_edit_is_a_message_like_any_other() -> None:
    resident = Resident()
    resident.send("Light out", seen("lighting"))
    resident.wait(hours=50)
    assert names(resident.send("Light out there", seen("lighting"), edited=True)) == [
        "FileReport",
        "Reply",
    ]


def test_a_follow_up_brings_the_place_after_the_question_closed() -> None:
    resident = Resident()
    resident.send("Light out", seen("lighting", location=NOWHERE))
    resident.send("dunno")
    outcome = resident.send("it is Tanner Lane", seen("lighting", intent=Intent.FOLLOW_UP))
    assert names(outcome) == ["PlaceReport", "AddToReport", "Reply"]


def test_a_graver_follow_up_wakes_the_team_once() -> None:
    resident = Resident()
    resident.send("shouting in Tanner Lane", seen("disorder"))
    graver = seen(intent=Intent.FOLLOW_UP, urgency=Urgency.U1)
    assert names(resident.send("now they fight", graver)) == ["AddToReport", "AlertTeam", "Reply"]
    assert names(resident.send("still fighting", graver)) == ["AddToReport", "Reply"]


def test_a_graver_follow_up_of_an_intimate_matter_needs_danger_or_consent() -> None:
    resident = Resident()
    resident.send("...", seen("stalking"))
    graver = seen(intent=Intent.FOLLOW_UP, urgency=Urgency.U1)
    assert "AlertTeam" not in names(resident.send("he is here again", graver))
    paged = seen(intent=Intent.FOLLOW_UP, danger=Danger(page=True))
    assert "AlertTeam" in names(resident.send("he is here with a child", paged))


def test_danger_in_a_follow_up_shows_the_number_first() -> None:
    resident = Resident()
    resident.send("shouting in Tanner Lane", seen("disorder"))
    danger = Danger(emergency=True, page=True)
    outcome = resident.send("now he has a knife", seen(intent=Intent.FOLLOW_UP, danger=danger))
    assert names(outcome) == ["Reply", "AddToReport", "AlertTeam"]
    assert "112" in words(outcome).splitlines()[0]


def test_more_words_that_may_mean_several_places_are_asked_about() -> None:
    resident = Resident()
    resident.send("there is music", seen("noise", location=NOWHERE))
    outcome = resident.send("the bar by the bridge again", seen("noise", location=WHICH))
    assert names(outcome) == ["AddToReport", "Reply"]
    assert "B Quayside" in words(outcome)
    assert names(resident.send("b")) == ["PlaceReport", "Reply"]


def test_more_of_the_matter_without_a_place_is_not_taken_for_one() -> None:
    resident = Resident()
    resident.send("there is music", seen("noise", location=NOWHERE))
    outcome = resident.send("it is really very loud", seen("noise", location=NOWHERE))
    assert names(outcome) == ["AddToReport", "Reply"]
    assert "map" not in words(outcome)
    assert names(resident.send("Tanner Lane", seen(location=OLD_TOWN)))[0] == "PlaceReport"


def test_bundles_words_and_a_second_message_within_seconds() -> None:
    resident = Resident()
    resident.send("there is music", seen("noise", location=NOWHERE))
    resident.wait(seconds=5)
    outcome = resident.send("in Tanner Lane since 11", seen("noise"))
    assert names(outcome) == ["PlaceReport", "AddToReport", "Reply"]
    assert len(resident.reports) == 1


def test_good_news_is_kept_with_the_report() -> None:
    resident = Resident()
    resident.send("the light is out, Tanner Lane", seen("lighting"))
    resident.wait(days=3)
    assert names(resident.send("thanks its fixed now", seen("praise"))) == ["AddToReport", "Reply"]


def test_good_news_about_nothing_or_what_must_stay_unseen_is_only_answered() -> None:
    resident = Resident()
    assert names(resident.send("lovely new lights", seen("praise"))) == ["Reply"]
    resident.send("he hits me", seen("domestic_abuse"))
    assert names(resident.send("it is better now", seen("praise"))) == ["Reply"]
