"""A conversation's memory survives its way through JSON, and nothing broken does."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.effects import Question, State
from bot.conversation.state import dump, load
from nlp.analysis import Option
from tests.unit.transcripts import NOON, WHICH, Resident, names, seen

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
