"""The state of a conversation as JSON, read back leniently."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from bot.conversation.effects import Question, State
from nlp.analysis import Option

_KINDS: Final = frozenset(
    {"place", "consent", "danger", "behaviour", "matter", "correction", "forget"}
)


def dump(state: State) -> dict[str, object]:
    """The state as values that JSON knows."""
    data = asdict(state)
    data["last_at"] = state.last_at.isoformat() if state.last_at else None
    if state.question:
        data["question"]["asked_at"] = state.question.asked_at.isoformat()
        data["question"]["expires_at"] = state.question.expires_at.isoformat()
    return data


def load(data: Mapping[str, object]) -> State:
    """The state in `data`; a fresh one where an older or broken version wrote it.

    A message must never be lost because of what was remembered of an earlier one.
    """
    try:
        return _state(data)
    except (TypeError, ValueError, KeyError, AttributeError):
        return State()


def _state(data: Mapping[str, Any]) -> State:
    question = data.get("question")
    return State(
        question=_question(question) if question is not None else None,
        last_ref=_text(data.get("last_ref")),
        last_at=_time(data["last_at"]) if data.get("last_at") is not None else None,
        last_category=_text(data.get("last_category")),
        introduced=data.get("introduced") is True,
        placed=data.get("placed", True) is True,
        alerted=data.get("alerted") is True,
        pressing=data.get("pressing") is True,
        pending=_texts(data.get("pending", ())),
        tips=_texts(data.get("tips", ())),
        unheard=_text(data.get("unheard")),
    )


def _question(data: Mapping[str, Any]) -> Question:
    if data["kind"] not in _KINDS:
        raise ValueError("unknown kind of question")
    return Question(
        kind=data["kind"],
        ref=_text(data.get("ref")),
        asked_at=_time(data["asked_at"]),
        expires_at=_time(data["expires_at"]),
        options=tuple(_option(option) for option in data.get("options", ())),
        text=_text(data.get("text")),
        attempt=int(data.get("attempt", 1)),
    )


def _option(data: Mapping[str, Any]) -> Option:
    return Option(
        label=str(data["label"]),
        area=str(data["area"]),
        latitude=_number(data.get("latitude")),
        longitude=_number(data.get("longitude")),
        radius_m=_number(data.get("radius_m")),
    )


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError("not a text")


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise TypeError("not a list of texts")
    return tuple(value for value in values if isinstance(value, str))


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value)
    raise TypeError("not a number")


def _time(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment
