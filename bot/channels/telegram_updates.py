"""Telegram updates as they arrive: raw bytes to an envelope, and to a message.

Bytes are stored before anyone understands them, so nothing here may trust their shape: PTB's
`de_json` raises for four in ten updates with one wrong field, and lets wrong types through.
"""

import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, Chat, Location, Message, Update

from bot.channels.base import Envelope, Unreadable
from bot.channels.lengths import readable
from bot.message import Inbound

_START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<payload>.*))?", re.DOTALL | re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ATTACHMENTS = (
    "photo",
    "voice",
    "audio",
    "video",
    "video_note",
    "document",
    "animation",
    "sticker",
    "contact",
    "poll",
    "dice",
    "story",
)


def envelope(raw: bytes, bot_id: str, key: bytes) -> Envelope:
    """What can be told of an update, whatever it is."""
    update = _object(raw)
    message = _part(update, "message") or _part(update, "edited_message")
    query = _part(update, "callback_query")
    if query and isinstance(query.get("id"), str):
        address = _private(_part(_part(query, "message"), "chat"))
        return Envelope(_digest(key, bot_id, "callback", query["id"]), address, "")
    chat = _part(message, "chat")
    numbers = (chat.get("id"), message.get("message_id"), message.get("edit_date", 0))
    if all(isinstance(number, int) for number in numbers):
        identity = _digest(key, bot_id, "message", *map(str, numbers))
    else:
        identity = _digest(key, bot_id, "raw", _canonical(raw, update))
    address = _private(chat)
    return Envelope(identity, address, _words(message) if address else None)


def parse(raw: bytes, bot_id: str, key: bytes, now: datetime) -> Inbound | None:
    """The message in an update; None where there is nothing to answer.

    `now` dates a button press, which Telegram does not date. Raises Unreadable.
    """
    try:
        update = Update.de_json(json.loads(raw), None)
        external_id = envelope(raw, bot_id, key).external_id
        if update.callback_query:
            return _press(update.callback_query, external_id, now)
        message = update.message or update.edited_message
        edited = update.edited_message is not None
        return _message(message, external_id, edited=edited) if message else None
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001  de_json raises what a wrong type happens to cause
        raise Unreadable(f"not an update: {type(error).__name__}") from None


def _message(message: Message, external_id: str, *, edited: bool) -> Inbound | None:
    if not _is_private(message.chat):
        return None
    pin = _pin(message.location or (message.venue.location if message.venue else None))
    if edited and pin:
        return None  # a live location moving: we keep where it began, never a track
    text = _text(message.text if message.text is not None else message.caption)
    attachment = any(getattr(message, kind) for kind in _ATTACHMENTS)
    if not (text or pin or attachment):
        return None  # service messages: pinned, joined, a changed picture
    start = _START.fullmatch(text)
    return Inbound(
        channel="telegram",
        external_id=external_id,
        address=str(_number(message.chat.id)),
        text=(start["payload"] or "").strip() if start else text,
        sent_at=_moment(message.edit_date or message.date),
        pin=pin,
        edited=edited,
        attachment=attachment,
        started=start is not None,
        language_hint=_language(message.from_user and message.from_user.language_code),
    )


def _press(query: CallbackQuery, external_id: str, now: datetime) -> Inbound | None:
    if query.message is None or not _is_private(query.message.chat):
        return None
    if not isinstance(query.data, str) or not query.data or not isinstance(query.id, str):
        raise Unreadable("a button press without data")
    return Inbound(
        channel="telegram",
        external_id=external_id,
        address=str(_number(query.message.chat.id)),
        text="",
        sent_at=now,
        button=readable(query.data),
        language_hint=_language(query.from_user.language_code),
        receipt=readable(query.id),
    )


def _is_private(chat: Chat) -> bool:
    """A resident writes in a private chat; in groups anyone could read our answer."""
    return chat.type == Chat.PRIVATE


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("a text that is no text")
    return readable(value)


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise Unreadable("a message without a date")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable("a chat id that is no number")
    return value


def _pin(location: Location | None) -> tuple[float, float] | None:
    if location is None:
        return None
    pin = (location.latitude, location.longitude)
    for value, limit in zip(pin, (90.0, 180.0), strict=True):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or abs(value) > limit:
            raise Unreadable("a position off the globe")
    return float(pin[0]), float(pin[1])


def _language(code: object) -> str | None:
    return code if isinstance(code, str) and _LANGUAGE.fullmatch(code) else None


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return update if isinstance(update, dict) else {}


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _private(chat: Mapping[str, Any]) -> str | None:
    chat_id = chat.get("id")
    if chat.get("type") != Chat.PRIVATE or not isinstance(chat_id, int) or chat_id is True:
        return None
    return str(chat_id)


def _words(message: Mapping[str, Any]) -> str | None:
    for name in ("text", "caption"):
        if isinstance(message.get(name), str):
            return readable(message[name])
    return None


def _canonical(raw: bytes, update: Mapping[str, Any]) -> str:
    """One form for an update that came by webhook and one that was fetched."""
    try:
        return json.dumps(update, sort_keys=True) if update else raw.hex()
    except RecursionError:
        return raw.hex()


def _digest(key: bytes, *parts: str) -> str:
    """Keyed, because ten digits of a chat id could be counted through otherwise."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(key, text, hashlib.sha256).hexdigest()
