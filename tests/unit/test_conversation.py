"""A conversation's memory survives its way through JSON, and nothing broken does."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.effects import Outcome, Question, Reply, State
from bot.conversation.state import dump, load
from bot.message import Priority
from nlp.analysis import Analysis, Danger, Intent, Location, Option
from nlp.categories import CATEGORIES
from tests.unit.transcripts import (
    DANGER,
    NOON,
    NOWHERE,
    OLD_TOWN,
    QUAYSIDE,
    WHICH,
    Resident,
    names,
    seen,
)

QUESTION = Question(
    kind="place",
    ref="K7Q-42",
    asked_at=NOON,
    expires_at=NOON + timedelta(hours=1),
    options=(Option("Old Town", "old-town", 1.5, 2.0, 30.0), Option("Quayside", "quayside")),
    text="words",
    attempt=2,
)
FULL = State(
    question=QUESTION,
    last_ref="K7Q-42",
    last_at=NOON,
    last_category="noise",
    introduced=True,
    placed=False,
    alerted=True,
    pending=("place",),
    tips=("lamp",),
)


@pytest.mark.parametrize("state", [State(), FULL, replace(FULL, question=None)])
def test_there_and_back(state: State) -> None:
    assert load(json.loads(json.dumps(dump(state)))) == state


BROKEN: list[dict[str, Any]] = [
    {},
    {"question": 3},
    {"question": {}},
    {"question": {"kind": "unheard-of", "ref": None}},
    dump(FULL) | {"question": {**dump(FULL)["question"], "kind": "survey"}},  # type: ignore[dict-item]
    dump(FULL) | {"question": {**dump(FULL)["question"], "asked_at": "yesterday"}},  # type: ignore[dict-item]
    dump(FULL) | {"question": {**dump(FULL)["question"], "expires_at": "2026-03-04T12:00"}},  # type: ignore[dict-item]
    dump(FULL) | {"question": {**dump(FULL)["question"], "options": [1]}},  # type: ignore[dict-item]
    dump(FULL) | {"question": {**dump(FULL)["question"], "attempt": None}},  # type: ignore[dict-item]
    dump(FULL) | {"last_at": 5},
    dump(FULL) | {"last_at": "x"},
    dump(FULL) | {"last_ref": ["a"]},
    dump(FULL) | {"pending": "place"},
    dump(FULL) | {"tips": 4},
    {"pending": None},
]


@pytest.mark.parametrize("data", BROKEN)
def test_broken_memories_make_a_fresh_state(data: dict[str, Any]) -> None:
    assert load(data) == State()


def test_an_older_version_is_read() -> None:
    old = {"question": None, "last_ref": "K7Q-42", "last_at": NOON.isoformat(), "extra": 1}
    assert load(old) == State(last_ref="K7Q-42", last_at=NOON)


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_was_written_never_raises(value: object) -> None:
    assert isinstance(load({"question": value}), State)
    assert isinstance(load({"last_at": value, "pending": value}), State)


def test_the_open_question_keeps_no_clear_words() -> None:
    resident = Resident()
    odd = seen("suspicious_activity", file=False, behaviour_missing=True, redacted="a [person]")
    resident.send("Jack Miller walks about", odd)
    assert "Miller" not in json.dumps(dump(resident.state))


@pytest.mark.parametrize(
    ("kind", "hours"),
    [("noise", 23), ("burglary", 70)],
)
def test_a_question_stays_open_for_its_time(kind: str, hours: int) -> None:
    place = WHICH if kind == "noise" else seen(kind).location
    resident = Resident()
    resident.send("...", seen(kind, location=place))
    resident.wait(hours=hours)
    outcome = resident.send("A" if kind == "noise" else "OK")
    assert names(outcome)[0] in {"PlaceReport", "MayContact"}
    resident.wait(hours=100)
    assert names(resident.send("A")) == ["Reply"]


# -- any conversation at all ----------------------------------------------------------------------

TEXTS = (
    "STOP", "START", "HELP", "STATUS", "WRONG", "MORE", "MYDATA", "FORGET", "A", "D", "OK", "NO",
    "NOW", "SAFE", "hi", "who is this", "7", "", "/x", "JOIN ABCD2345", "Tanner Lane", "K7Q-41",
    "something happened in Tanner Lane last night",
)  # fmt: skip
BUTTONS = ("place:K7Q-41:A", "consent:K7Q-41:OK", "danger:K7Q-42:NOW", "x")
LOCATIONS = (NOWHERE, WHICH, OLD_TOWN, QUAYSIDE, Location(outside=True))
DANGERS = (Danger(), Danger(unsure=True), Danger(emergency=True), DANGER)

analyses = st.builds(
    lambda category, intent, location, danger, language, flags: seen(
        category,
        intent=intent,
        location=location,
        danger=danger,
        language=language,
        behaviour_missing=flags[0],
        file=flags[1],
    ),
    st.sampled_from(sorted(CATEGORIES)),
    st.sampled_from(list(Intent)),
    st.sampled_from(LOCATIONS),
    st.sampled_from(DANGERS),
    st.sampled_from(("en", "es", "fr")),
    st.tuples(st.booleans(), st.booleans()),
)
kinds = st.sampled_from(("text", "text", "text", "button", "pin", "picture", "edit", "start"))
turns = st.tuples(kinds, st.sampled_from(TEXTS), analyses, st.sampled_from((0, 5, 90, 6000)))


def _send(resident: Resident, kind: str, text: str, analysis: Analysis) -> Outcome:
    match kind:
        case "button":
            return resident.send("", analysis, button=BUTTONS[len(text) % len(BUTTONS)])
        case "pin":
            return resident.send("", analysis, pin=(38.0, -40.0))
        case "picture":
            return resident.send(text, analysis, attachment=True)
        case "edit":
            return resident.send(text, analysis, edited=True)
        case "start":
            return resident.send(text, analysis, started=True)
        case _:
            return resident.send(text, analysis)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("sms", "telegram")), st.lists(turns, max_size=12))
def test_any_conversation_keeps_the_rules(
    channel: str, lines: list[tuple[str, str, Analysis, int]]
) -> None:
    """`Resident.send` asserts lengths, button sizes and that every state can be stored."""
    resident = Resident(channel)
    for kind, text, analysis, minutes in lines:
        resident.wait(minutes=minutes)
        known = {report.ref for report in resident.reports}
        outcome = _send(resident, kind, text, analysis)
        did = names(outcome)
        assert did.count("FileReport") + did.count("Forget") + did.count("OptOut") <= 1
        assert did.count("Reply") <= 2
        fresh = {report.ref for report in resident.reports}
        for effect in outcome.effects:
            # Nothing is ever done to a report that is not the sender's own.
            assert getattr(effect, "ref", None) in {None, *known, *fresh}
        if analysis.danger.emergency:
            first = outcome.effects[0]
            assert isinstance(first, Reply)
            assert first.priority is Priority.EMERGENCY
            assert "112" in first.message.text.splitlines()[0]
            assert {"FileReport", "AddToReport"} & set(did)
