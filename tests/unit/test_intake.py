"""What filing a report says, asks and sets in motion."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.conversation import effects as fx
from nlp.analysis import Danger, Intent, Location, Option, Urgency
from nlp.categories import CATEGORIES, MESSAGE_TYPES
from tests.unit.transcripts import (
    CITY,
    NOWHERE,
    OLD_TOWN,
    QUAYSIDE,
    WHICH,
    Resident,
    names,
    replies,
    seen,
    words,
)

CONCERNS = [slug for slug in CATEGORIES if slug not in MESSAGE_TYPES]
SHOWN = [slug for slug in CONCERNS if CATEGORIES[slug].shown]
HIDDEN = [slug for slug in CONCERNS if not CATEGORIES[slug].shown]
INTIMATE = ["domestic_abuse", "sexual_offence", "stalking"]


def test_the_shown_categories_are_the_harmless_ones() -> None:
    assert set(SHOWN) == {
        "lighting",
        "noise",
        "waste_environment",
        "road_safety",
        "dogs_animals",
        "vandalism",
        "abandoned_place",
    }


@pytest.mark.parametrize("category", SHOWN)
def test_a_harmless_category_is_named_with_its_place(category: str) -> None:
    text = words(Resident().send("...", seen(category)))
    assert CATEGORIES[category].name in text
    assert "Tanner Lane, Old Town" in text
    assert "reply WRONG" in text


@pytest.mark.parametrize("category", HIDDEN)
def test_every_other_category_gets_the_same_receipt(category: str) -> None:
    """Whoever reads along must not learn more than that somebody wrote."""
    text = words(Resident().send("...", seen(category)))
    assert text == words(Resident().send("...", seen("fraud_scam")))
    assert text.splitlines() == [
        "Thank you, we got your message. This is an automatic reply. Reference: K7Q-41.",
        "May the team write to you here? Reply OK or NO.",
        "If you need help now, call 112.",
        "Town liaison team reads messages now, until 19:00.",
    ]


@pytest.mark.parametrize("category", CONCERNS)
@pytest.mark.parametrize("language", CITY.languages)
def test_every_report_is_filed_and_acknowledged_in_one_turn(category: str, language: str) -> None:
    outcome = Resident(language=language).send("...", seen(category, language=language))
    filed = [e for e in outcome.effects if isinstance(e, fx.FileReport)]
    assert [f.ref for f in filed] == ["K7Q-41"]
    assert len(replies(outcome)) == 1
    assert "K7Q-41" in words(outcome)


@pytest.mark.parametrize("category", CONCERNS)
def test_a_report_without_a_place_is_filed_first_and_asked_one_question(category: str) -> None:
    outcome = Resident().send("...", seen(category, location=WHICH))
    assert "FileReport" in names(outcome)
    assert words(outcome).count("?") == 1


def test_the_first_reply_alone_says_that_a_machine_answers() -> None:
    resident = Resident()
    assert "automatic" in words(resident.send("Light out", seen("lighting")))
    assert "automatic" not in words(resident.send("Dog loose", seen("dogs_animals")))


def test_at_most_four_places_are_offered() -> None:
    many = Location(options=tuple(Option(f"Place {n}", "quayside") for n in range(6)))
    asked = replies(Resident().send("Music", seen("noise", location=many)))[0].message
    assert len(asked.buttons) == 4
    assert "D Place 3" in asked.text
    assert "Place 4" not in asked.text


def test_outside_the_city_is_said_kindly_and_the_report_kept() -> None:
    outcome = Resident().send("Music", seen("noise", location=Location(outside=True)))
    assert "FileReport" in names(outcome)
    assert "outside Otterhithe" in words(outcome)


def test_a_pin_outside_the_city_leaves_the_question_open() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    pin = seen(location=Location(outside=True, why="pin"))
    assert "outside Otterhithe" in words(resident.send("", pin, pin=(1.0, 1.0)))
    assert names(resident.send("A")) == ["PlaceReport", "Reply"]


# -- who is woken ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "urgency", "page", "expected"),
    [
        ("burglary", Urgency.U0, False, True),
        ("burglary", Urgency.U1, False, True),
        ("burglary", Urgency.U2, False, False),
        ("burglary", Urgency.U3, True, True),
        ("lighting", Urgency.U3, False, False),
        ("domestic_abuse", Urgency.U1, False, False),
        ("domestic_abuse", Urgency.U0, False, True),
        ("domestic_abuse", Urgency.U1, True, True),
        ("sexual_offence", Urgency.U1, False, False),
        ("sexual_offence", Urgency.U1, True, True),
        ("stalking", Urgency.U1, False, False),
        ("stalking", Urgency.U2, True, True),
        ("missing_person", Urgency.U0, False, True),
    ],
)
def test_who_wakes_the_team(category: str, urgency: Urgency, page: bool, expected: bool) -> None:
    analysis = seen(category, urgency=urgency, danger=Danger(page=page))
    outcome = Resident().send("...", analysis)
    assert ("AlertTeam" in names(outcome)) is expected


@pytest.mark.parametrize(
    ("urgency", "expected"), [(Urgency.U1, True), (Urgency.U2, False), (Urgency.U3, False)]
)
@pytest.mark.parametrize("category", INTIMATE)
def test_a_child_in_danger_does_not_wait_for_consent(
    category: str, urgency: Urgency, expected: bool
) -> None:
    analysis = seen(category, urgency=urgency, flags=("child",))
    assert ("AlertTeam" in names(Resident().send("...", analysis))) is expected


@pytest.mark.parametrize("category", INTIMATE)
def test_a_city_whose_law_demands_it_shares_without_consent(category: str) -> None:
    city = replace(CITY, share_without_consent=True)
    outcome = Resident(city=city).send("...", seen(category, urgency=Urgency.U1))
    assert "AlertTeam" in names(outcome)


@pytest.mark.parametrize("category", INTIMATE)
@pytest.mark.parametrize(
    ("reply", "expected"),
    [("OK", ["MayContact", "AlertTeam", "Reply"]), ("NO", ["MayContact", "Reply"])],
)
def test_the_resident_decides_in_intimate_matters(
    category: str, reply: str, expected: list[str]
) -> None:
    resident = Resident()
    resident.send("...", seen(category))
    assert names(resident.send(reply)) == expected


def test_consent_in_another_matter_wakes_nobody() -> None:
    resident = Resident()
    resident.send("they broke in", seen("burglary", urgency=Urgency.U2))
    assert names(resident.send("OK")) == ["MayContact", "Reply"]


def test_after_consent_the_place_is_asked_and_the_team_told() -> None:
    resident = Resident()
    first = resident.send("...", seen("stalking", location=WHICH))
    assert "Where" not in words(first)
    second = resident.send("ok")
    assert "Where is it?" in words(second)
    assert names(resident.send("Quayside", seen(location=QUAYSIDE))) == [
        "PlaceReport",
        "AlertTeam",
        "Reply",
    ]


def test_an_urgent_report_alerts_again_once_its_place_is_known() -> None:
    resident = Resident()
    resident.send("...", seen("burglary", urgency=Urgency.U1, location=WHICH))
    assert names(resident.send("a")) == ["PlaceReport", "AlertTeam", "Reply"]


# -- the wrong person holds the phone -------------------------------------------------------------


@pytest.mark.parametrize("category", [s for s in CONCERNS if CATEGORIES[s].sensitive])
def test_nobody_else_learns_of_a_sensitive_report(category: str) -> None:
    resident, nobody = Resident(), Resident()
    resident.send("...", seen(category))
    resident.send("NO")
    nobody.send("hi")
    for text in ("STATUS", "STATUS K7Q-41", "WRONG", "WRONG K7Q-41", "MORE", "hi", "?"):
        answered, blank = resident.send(text), nobody.send(text)
        assert words(answered) == words(blank), text
        assert names(answered) == names(blank), text


@pytest.mark.parametrize("category", [s for s in CONCERNS if CATEGORIES[s].sensitive])
def test_a_follow_up_to_a_sensitive_report_is_kept_without_a_word_about_it(category: str) -> None:
    resident = Resident()
    resident.send("...", seen(category))
    outcome = resident.send("he did it again", seen(intent=Intent.FOLLOW_UP))
    assert "AddToReport" in names(outcome)
    assert words(outcome) == "Thank you, we got your message."


@pytest.mark.parametrize("category", INTIMATE)
def test_danger_in_an_intimate_matter_stays_discreet(category: str) -> None:
    danger = Danger(emergency=True, page=True, rules=("blade",))
    outcome = Resident().send("...", seen(category, danger=danger))
    text = words(outcome)
    assert names(outcome) == ["Reply", "FileReport", "AlertTeam"]
    assert text.splitlines()[0] == "If you need help now, call 112."
    assert "danger" not in text
    assert "OK or NO" in text


# -- suspicion ------------------------------------------------------------------------------------

ODD = seen("suspicious_activity", file=False, behaviour_missing=True, location=OLD_TOWN)


def test_suspicion_is_asked_twice_and_never_filed() -> None:
    resident = Resident()
    assert "What did the person do" in words(resident.send("strange man, Tanner Lane", ODD))
    assert "What did the person do" in words(resident.send("he does not belong", ODD))
    assert "we do not pass it on" in words(resident.send("he just looks odd"))
    assert resident.reports == []
    assert resident.state.question is None


def test_behaviour_makes_it_a_report_at_the_place_told_before() -> None:
    resident = Resident()
    resident.send("strange man, Tanner Lane", ODD)
    outcome = resident.send(
        "he tries every car door", seen("suspicious_activity", location=NOWHERE)
    )
    filed = next(e for e in outcome.effects if isinstance(e, fx.FileReport))
    assert filed.analysis.location.area == "old-town"
    assert filed.text == "redacted words\nhe tries every car door"
    assert filed.analysis.redacted == "redacted words\nredacted words"


def test_a_question_about_behaviour_lets_other_matters_pass() -> None:
    resident = Resident()
    resident.send("strange man", ODD)
    assert "good to hear" in words(resident.send("the park is lovely", seen("praise")))


# -- pins and pictures ----------------------------------------------------------------------------

PIN = seen(location=replace(OLD_TOWN, why="pin", name=None))


def test_a_pin_answers_the_question() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    assert names(resident.send("", PIN, pin=(38.0, -40.0))) == ["PlaceReport", "Reply"]


def test_a_pin_before_the_words_is_their_place() -> None:
    resident = Resident()
    assert "What happened there" in words(resident.send("", PIN, pin=(38.0, -40.0)))
    outcome = resident.send("Music all night", seen("noise", location=NOWHERE))
    filed = next(e for e in outcome.effects if isinstance(e, fx.FileReport))
    assert (filed.analysis.location.area, filed.analysis.location.latitude) == ("old-town", 38.0)


def test_a_pin_right_after_a_report_belongs_to_it() -> None:
    resident = Resident()
    resident.send("Music in Quayside", seen("noise", location=QUAYSIDE))
    assert names(resident.send("", PIN, pin=(38.0, -40.0))) == ["PlaceReport", "Reply"]


def test_a_phone_that_shares_its_way_is_not_answered_at_every_step() -> None:
    resident = Resident()
    resident.send("Music in Quayside", seen("noise", location=QUAYSIDE))
    assert names(resident.send("", PIN, pin=(38.0, -40.0), edited=True)) == []


def test_a_lone_pin_outside_the_city() -> None:
    pin = seen(location=Location(outside=True, why="pin"))
    assert "outside Otterhithe" in words(Resident().send("", pin, pin=(1.0, 1.0)))


def test_a_picture_is_not_kept_and_asked_for_in_words() -> None:
    text = words(Resident().send("", seen(), attachment=True))
    assert "do not keep pictures" in text
    assert "what happened, where and when" in text


def test_the_words_under_a_picture_count() -> None:
    resident = Resident()
    resident.send("hi")
    outcome = resident.send("they broke in", seen("burglary"), attachment=True)
    assert "FileReport" in names(outcome)
    assert "do not keep pictures" in words(outcome)


# -- when somebody reads --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "area", "piece"),
    [
        (12, OLD_TOWN, "Town liaison team reads messages now, until 19:00."),
        (21, OLD_TOWN, "Nobody reads at this hour. Town liaison team reads tomorrow at 07:00."),
        (14, QUAYSIDE, "reads today at 16:00."),
        (22, QUAYSIDE, "reads tomorrow at 08:00."),
    ],
)
def test_the_receipt_says_who_reads_and_when(hour: int, area: Location, piece: str) -> None:
    resident = Resident()
    # The demo town is one hour behind UTC in winter.
    resident.now = datetime(2026, 3, 4, hour + 1, 0, tzinfo=UTC)
    assert piece in words(resident.send("Light out", seen("lighting", location=area)))


def test_an_area_without_a_team_still_has_readers() -> None:
    city = replace(CITY, teams=())
    text = words(Resident(city=city).send("Light out", seen("lighting")))
    assert "Who reads this: Otterhithe's liaison officers." in text
