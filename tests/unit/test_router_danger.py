"""Danger comes before any word or question, and is asked about where it is unsure."""

import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from bot.conversation import effects as fx
from bot.conversation.emergency import ADVICE
from bot.message import Priority
from nlp.analysis import Danger, Urgency
from nlp.categories import CATEGORIES
from tests.unit.transcripts import (
    CITY,
    DANGER,
    NOWHERE,
    OLD_TOWN,
    PLACED,
    QUAYSIDE,
    WHICH,
    Resident,
    names,
    replies,
    seen,
    words,
)

# -- danger comes before everything --


@pytest.mark.parametrize(
    "text",
    ["stop him he has a knife", "STOP", "help", "A", "/start", "MORE", "yes", "hi there's a gun"],
)
def test_danger_comes_before_every_word_and_question(text: str) -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    outcome = resident.send(text, seen("violence", danger=DANGER))
    first = outcome.effects[0]
    assert isinstance(first, fx.Reply)
    assert "112" in first.message.text.splitlines()[0]
    assert first.priority is Priority.EMERGENCY
    assert first.kind == "emergency"
    assert names(outcome) == ["Reply", "FileReport", "AlertTeam"]
    assert "OptOut" not in names(outcome)


def test_the_emergency_line_does_not_wake_a_team_without_need() -> None:
    shown = Danger(emergency=True, page=False)
    outcome = Resident().send("is it on fire?", seen("noise", danger=shown, urgency=Urgency.U3))
    assert names(outcome) == ["Reply", "FileReport"]


def test_more_danger_minutes_later_is_the_same_report() -> None:
    resident = Resident()
    resident.send("man with a knife, Tanner Lane", seen("violence", danger=DANGER))
    resident.wait(minutes=2)
    outcome = resident.send(
        "hurry he is bleeding", seen("mental_health_crisis", danger=DANGER, location=NOWHERE)
    )
    assert names(outcome) == ["Reply", "AddToReport", "AlertTeam"]
    assert resident.reports[0].ref == "K7Q-41"
    assert len(resident.reports) == 1


def test_danger_elsewhere_is_a_report_of_its_own() -> None:
    resident = Resident()
    resident.send("man with a knife, Tanner Lane", seen("violence", danger=DANGER))
    resident.wait(minutes=2)
    outcome = resident.send(
        "fire at the Net Loft", seen("hazard", danger=DANGER, location=QUAYSIDE)
    )
    assert names(outcome) == ["Reply", "FileReport", "AlertTeam"]


def alerts(outcome: fx.Outcome) -> list[fx.AlertTeam]:
    return [effect for effect in outcome.effects if isinstance(effect, fx.AlertTeam)]


@pytest.mark.parametrize(
    ("first", "second", "minutes", "effects", "about"),
    [
        # One event in pieces: the same report, but the team hears that there is a knife as well.
        ("hazard", "violence", 2, ["Reply", "AddToReport", "AlertTeam"], "violence"),
        ("missing_person", "violence", 9, ["Reply", "AddToReport", "AlertTeam"], "violence"),
        ("mental_health_crisis", "hazard", 5, ["Reply", "AddToReport", "AlertTeam"], "hazard"),
        # Later it is another matter, with a place to ask for.
        ("hazard", "violence", 20, ["Reply", "FileReport", "AlertTeam"], None),
        ("violence", "hazard", 20, ["Reply", "FileReport", "AlertTeam"], None),
        ("violence", "missing_person", 20, ["Reply", "FileReport", "AlertTeam"], None),
        ("mental_health_crisis", "robbery", 20, ["Reply", "FileReport", "AlertTeam"], None),
        # More of the same, and somebody hurt by it.
        ("hazard", "hazard", 20, ["Reply", "AddToReport", "AlertTeam"], None),
        ("hazard", "vandalism", 20, ["Reply", "AddToReport", "AlertTeam"], None),
        ("violence", "robbery", 20, ["Reply", "AddToReport", "AlertTeam"], None),
        ("hazard", "mental_health_crisis", 20, ["Reply", "AddToReport", "AlertTeam"], None),
        ("missing_person", "mental_health_crisis", 29, ["Reply", "AddToReport", "AlertTeam"], None),
        ("violence", "other", 20, ["Reply", "AddToReport", "AlertTeam"], None),
        # After half an hour everything is new.
        ("hazard", "hazard", 31, ["Reply", "FileReport", "AlertTeam"], None),
        # After a matter that must stay unseen nothing may look new, but the team hears of it.
        ("domestic_abuse", "violence", 20, ["Reply", "AddToReport", "AlertTeam"], None),
        ("domestic_abuse", "hazard", 20, ["Reply", "AddToReport", "AlertTeam"], "hazard"),
    ],
)
def test_danger_of_another_kind_is_never_swallowed(
    first: str, second: str, minutes: int, effects: list[str], about: str | None
) -> None:
    resident = Resident()
    resident.send("first", seen(first, danger=DANGER))
    resident.wait(minutes=minutes)
    outcome = resident.send("second", seen(second, danger=DANGER, location=NOWHERE))
    assert names(outcome) == effects
    assert [(alert.about, alert.pressing) for alert in alerts(outcome)] == [(about, True)]
    if "FileReport" in effects:
        assert alerts(outcome)[0].ref == "K7Q-42"
        assert "tell us the place" in words(outcome)
    if first == "domestic_abuse":
        assert words(outcome).startswith("If you need help now, call 112.")


def test_a_repetition_of_the_added_danger_is_told_in_the_same_words_again() -> None:
    """So that the alert's key is the same, and nobody is woken twice."""
    resident = Resident()
    resident.send("fire", seen("hazard", danger=DANGER))
    told = [
        alerts(resident.send("knife", seen("violence", danger=DANGER, location=NOWHERE)))
        for _ in range(3)
    ]
    assert told == [[fx.AlertTeam("K7Q-41", about="violence")]] * 3


@pytest.mark.parametrize(
    ("category", "over", "pressing"),
    [
        ("robbery", {}, False),
        ("violence", {}, False),
        ("violence", {"flags": ("child",)}, False),
        ("violence", {"flags": ("injury",)}, True),
        ("robbery", {"flags": ("weapon", "names_person")}, True),
        ("violence", {"flags": ("in_progress",)}, True),
        ("hazard", {"flags": ("injury",)}, False),
        ("hazard", {"urgency": Urgency.U0}, True),
        ("missing_person", {}, True),
    ],
)
def test_what_is_urgent_but_over_waits_until_somebody_reads(
    category: str, over: dict[str, Any], pressing: bool
) -> None:
    outcome = Resident().send("...", seen(category, **over))
    assert alerts(outcome) == [fx.AlertTeam("K7Q-41", pressing)]


def test_danger_seen_presses_whatever_the_category() -> None:
    shown = Danger(emergency=True, page=False)
    outcome = Resident().send("...", seen("violence", danger=shown))
    assert alerts(outcome) == [fx.AlertTeam("K7Q-41", pressing=True)]


def test_what_waited_presses_once_it_gets_graver() -> None:
    resident = Resident()
    resident.send("I was robbed yesterday, Tanner Lane", seen("robbery"))
    resident.wait(minutes=5)
    quiet = resident.send("it was at noon", seen("robbery", location=NOWHERE))
    assert alerts(quiet) == []
    graver = seen("robbery", location=NOWHERE, flags=("weapon",))
    assert alerts(resident.send("he had a knife", graver)) == [fx.AlertTeam("K7Q-41")]
    assert alerts(resident.send("a long one", graver)) == []


def test_the_place_of_what_may_wait_waits_too() -> None:
    resident = Resident()
    resident.send("I was robbed", seen("robbery", location=NOWHERE))
    assert alerts(resident.send("Tanner Lane", seen(location=OLD_TOWN, places=PLACED))) == [
        fx.AlertTeam("K7Q-41", pressing=False)
    ]


@pytest.mark.parametrize(("flags", "pressing"), [((), False), (("injury",), True)])
def test_consent_lets_the_team_know_as_fast_as_the_matter_presses(
    flags: tuple[str, ...], pressing: bool
) -> None:
    resident = Resident()
    matter = seen("domestic_abuse", flags=flags)
    assert alerts(resident.send("my husband hits me", matter)) == []
    assert alerts(resident.send("OK")) == [fx.AlertTeam("K7Q-41", pressing)]
    pressed = resident.send("", button="consent:K7Q-41:OK")
    assert alerts(pressed) == [fx.AlertTeam("K7Q-41", pressing)]


def test_the_place_of_an_emergency_may_follow_and_the_team_hears_of_it() -> None:
    resident = Resident()
    outcome = resident.send("he has a knife", seen("violence", danger=DANGER, location=NOWHERE))
    assert "tell us the place" in words(outcome)
    assert "?" not in words(outcome)
    outcome = resident.send("Tanner Lane", seen(location=OLD_TOWN, places=PLACED))
    assert names(outcome) == ["PlaceReport", "AlertTeam", "Reply"]


def test_the_place_of_an_emergency_may_come_with_more_danger() -> None:
    resident = Resident()
    resident.send("he has a knife", seen("violence", danger=DANGER, location=NOWHERE))
    outcome = resident.send("Tanner Lane hurry, the knife", seen("violence", danger=DANGER))
    assert names(outcome) == ["Reply", "AddToReport", "PlaceReport", "AlertTeam"]


def test_an_opted_out_contact_still_gets_the_emergency_line() -> None:
    resident = Resident()
    resident.send("STOP")
    outcome = resident.send("he has a knife", seen("violence", danger=DANGER))
    assert "112" in replies(outcome)[0].message.text.splitlines()[0]


@pytest.mark.parametrize(
    ("rules", "piece"),
    [
        (("fire",), "Get out"),
        (("collapse_or_trapped",), "Get out"),
        (("collapsed",), "Stay with the person"),
        (("bleeding", "blade"), "go to a safe place"),
        (("bleeding",), "Stay with the person"),
        (("electric",), "Keep well away"),
        (("suicide",), "Nobody should be alone"),
        (("overdose",), "Nobody should be alone"),
        (("overdose", "unconscious"), "Stay with the person"),
        (("about_to_jump",), "stay near"),
        (("missing",), "last seen"),
        (("blade",), "go to a safe place"),
        (("perhaps_fire",), "Get out, stay out"),
        ((), "go to a safe place"),
        (("a rule of tomorrow",), "go to a safe place"),
    ],
)
def test_staying_safe_fits_the_danger(rules: tuple[str, ...], piece: str) -> None:
    danger = Danger(emergency=True, page=True, rules=rules)
    assert piece in words(Resident().send("help", seen("violence", danger=danger)))


def test_advice_is_for_dangers_that_the_rules_know() -> None:
    """A renamed rule must not quietly fall back to the general advice."""
    known = {rule for language in CITY.languages for rule in _rules(language)}
    advised = {rule for rules, _ in ADVICE for rule in rules}
    assert advised <= known | set(CATEGORIES)


def test_despair_hears_of_somebody_who_listens() -> None:
    outcome = Resident().send("...", seen("mental_health_crisis", danger=DANGER))
    assert "Night Listeners, 555-0110" in words(outcome)
    lifeless = replace(DANGER, rules=("not_breathing",))
    outcome = Resident().send("...", seen("mental_health_crisis", danger=lifeless))
    assert "Night Listeners" not in words(outcome)


# -- the danger question --


UNSURE = Danger(unsure=True)


def _rules(language: str) -> set[str]:
    path = files("nlp") / "rules" / "danger" / f"{language}.toml"
    if not path.is_file():
        return set()
    return {rule["name"] for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]}


@pytest.mark.parametrize(
    ("reply", "effects", "first"),
    [
        ("NOW", ["Reply", "AddToReport", "AlertTeam"], "112"),
        ("yes", ["Reply", "AddToReport", "AlertTeam"], "112"),
        ("SAFE", ["Reply"], "Thank you"),
        ("nobody", ["Reply"], "Thank you"),
        ("no", ["Reply"], "Thank you"),
    ],
)
def test_unsure_words_of_danger_are_asked_about_once(
    reply: str, effects: list[str], first: str
) -> None:
    resident = Resident()
    asked = resident.send("he had a knife last week", seen("violence", danger=UNSURE))
    assert names(asked) == ["FileReport", "AlertTeam", "Reply"]
    assert "NOW or SAFE" in words(asked)
    outcome = resident.send(reply)
    assert names(outcome) == effects
    assert first in words(outcome).splitlines()[0]


def test_now_raises_the_urgency() -> None:
    resident = Resident()
    resident.send("he had a knife", seen("violence", danger=UNSURE))
    outcome = resident.send("NOW")
    added = next(e for e in outcome.effects if isinstance(e, fx.AddToReport))
    assert added.analysis.urgency is Urgency.U0


def test_unsure_words_in_a_small_matter_are_not_asked_about() -> None:
    outcome = Resident().send("the light died", seen("lighting", danger=UNSURE))
    assert "NOW or SAFE" not in words(outcome)


def test_a_model_alone_never_turns_a_fixed_word_into_danger() -> None:
    guess = Danger(emergency=True, page=True, rules=("model",))
    for text in ("HELP", "/help"):
        outcome = Resident().send(text, seen("other", danger=guess))
        assert names(outcome) == ["Reply"]
        assert "Words:" in words(outcome)


def test_danger_after_a_matter_that_must_stay_unseen_is_answered_unseen() -> None:
    resident = Resident()
    resident.send("my husband hits me", seen("domestic_abuse", location=NOWHERE))
    resident.send("NO")
    outcome = resident.send("he will kill me", seen("other", danger=DANGER, location=NOWHERE))
    assert names(outcome) == ["Reply", "AddToReport", "AlertTeam"]
    assert words(outcome).startswith("If you need help now, call 112.")
    assert "safe" not in words(outcome)
    worded = seen("other", danger=Danger(emergency=True), urgency=Urgency.U0, location=NOWHERE)
    assert "AlertTeam" in names(resident.send("he will kill me", worded))
    assert words(resident.send("STATUS")) == "We have nothing to show here."


def test_the_place_of_a_danger_comes_with_more_words() -> None:
    resident = Resident()
    missing = seen("missing_person", danger=DANGER, location=NOWHERE)
    resident.send("my son is missing", missing)
    resident.wait(minutes=2)
    outcome = resident.send("8, red coat, near Tanner Lane", seen("youth_risk", places=PLACED))
    assert names(outcome)[:1] == ["PlaceReport"]
    assert "AlertTeam" in names(outcome)
    assert "FileReport" not in names(outcome)


def test_another_concern_is_not_the_place_of_a_danger() -> None:
    resident = Resident()
    resident.send("my son is missing", seen("missing_person", danger=DANGER, location=NOWHERE))
    assert "FileReport" in names(resident.send("light out, Tanner Lane", seen("lighting")))


def test_what_is_unclear_after_a_danger_is_kept_with_it() -> None:
    resident = Resident()
    resident.send("my son is missing, Tanner Lane", seen("missing_person", danger=DANGER))
    assert names(resident.send("we found him")) == ["AddToReport", "Reply"]
    resident.wait(hours=2)
    assert names(resident.send("we found him")) == ["Reply"]
