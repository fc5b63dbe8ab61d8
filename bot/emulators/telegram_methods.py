"""The Bot API's methods that we use: their parameters, and what the server refuses.

Unknown methods and parameters are refused, though the real server overlooks the latter: a
misspelt one would pass unnoticed otherwise.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Files = Mapping[str, bytes]


class ApiError(Exception):
    """The server's "ok": false."""

    def __init__(
        self, status: int, words: str, parameters: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.parameters = dict(parameters or {})


def bad(words: str) -> ApiError:
    """A 400."""
    return ApiError(400, f"Bad Request: {words}")


def _integer(value: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", value):
        raise bad("wrong integer")
    return int(value)


def _truth(value: str) -> bool:
    if value.lower() not in {"true", "false", "1", "0"}:
        raise bad("wrong boolean")
    return value.lower() in {"true", "1"}


def _text(value: str) -> str:
    return value


def _parse_mode(value: str) -> str:
    if value != "HTML":
        raise bad("unsupported parse_mode")
    return value


def _json(value: str) -> Any:  # noqa: ANN401  whatever the bot sent
    try:
        return json.loads(value)
    except ValueError:
        raise bad("object expected as JSON") from None


def _object(value: str) -> dict[str, Any]:
    parsed = _json(value)
    if not isinstance(parsed, dict):
        raise bad("object expected")
    return parsed


def _array(value: str) -> list[Any]:
    parsed = _json(value)
    if not isinstance(parsed, list):
        raise bad("array expected")
    return parsed


@dataclass(frozen=True, slots=True)
class Method:
    """A method's parameters; those in `required` must be there, those in `files` come as files."""

    parameters: Mapping[str, Callable[[str], Any]]
    required: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


_SEND: Mapping[str, Callable[[str], Any]] = {
    "chat_id": _integer,
    "parse_mode": _parse_mode,
    "disable_notification": _truth,
    "protect_content": _truth,
    "reply_markup": _object,
}

METHODS: Mapping[str, Method] = {
    "getMe": Method({}),
    "getUpdates": Method(
        {"offset": _integer, "limit": _integer, "timeout": _integer, "allowed_updates": _array}
    ),
    "setWebhook": Method(
        {
            "url": _text,
            "secret_token": _text,
            "max_connections": _integer,
            "allowed_updates": _array,
            "drop_pending_updates": _truth,
        },
        frozenset({"url"}),
    ),
    "deleteWebhook": Method({"drop_pending_updates": _truth}),
    "sendMessage": Method(
        {**_SEND, "text": _text, "link_preview_options": _object}, frozenset({"chat_id", "text"})
    ),
    "sendPhoto": Method({**_SEND, "caption": _text}, frozenset({"chat_id"}), frozenset({"photo"})),
    "editMessageText": Method(
        {**_SEND, "message_id": _integer, "text": _text, "link_preview_options": _object},
        frozenset({"chat_id", "message_id", "text"}),
    ),
    "answerCallbackQuery": Method(
        {"callback_query_id": _text, "text": _text, "show_alert": _truth, "cache_time": _integer},
        frozenset({"callback_query_id"}),
    ),
    "setMyCommands": Method(
        {"commands": _array, "scope": _object, "language_code": _text}, frozenset({"commands"})
    ),
}


def read(method: str, given: Mapping[str, str], files: Files) -> dict[str, Any]:
    """The parameters with their types. Raises ApiError."""
    known = METHODS.get(method)
    if known is None:
        raise ApiError(404, "Not Found")
    for name in [*given, *files]:
        if name not in known.parameters and name not in known.files:
            raise bad(f"unknown parameter {name}")
    for name in sorted(known.required | known.files):
        if name not in given and name not in files:
            raise bad(f"parameter {name} is required")
    for name in known.files:
        if name not in files:
            raise bad(f"{name} must be uploaded")
    return {name: known.parameters[name](value) for name, value in given.items()}


def keyboard(markup: Mapping[str, Any]) -> tuple[tuple[tuple[str, str], ...], bool]:
    """(label, data) of an inline keyboard's buttons, and whether a position is asked for."""
    if "inline_keyboard" in markup:
        return tuple(_inline(b) for b in _rows(markup["inline_keyboard"])), False
    if "keyboard" in markup:
        buttons = _rows(markup["keyboard"])
        if not all(isinstance(b.get("text"), str) and b["text"] for b in buttons):
            raise bad("keyboard button text must be non-empty")
        return (), any(b.get("request_location") is True for b in buttons)
    if markup.keys() <= {"remove_keyboard", "selective"}:
        return (), False
    raise bad("unknown reply markup")


def _rows(rows: object) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("keyboard must be an array of arrays")
    buttons = [button for row in rows for button in row]
    if not buttons or not all(isinstance(button, dict) for button in buttons):
        raise bad("keyboard buttons must be objects")
    return buttons


def _inline(button: Mapping[str, Any]) -> tuple[str, str]:
    label, data = button.get("text"), button.get("callback_data")
    if not isinstance(label, str) or not label.strip():
        raise bad("inline button text must be non-empty")
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    return label, data


def check_commands(commands: list[Any]) -> None:
    """Raises ApiError unless the menu is one that the server takes."""
    if len(commands) > 100:
        raise bad("too many commands")
    for command in commands:
        if not isinstance(command, dict) or command.keys() != {"command", "description"}:
            raise bad("BOT_COMMAND_INVALID")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command["command"])):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command["description"])) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
