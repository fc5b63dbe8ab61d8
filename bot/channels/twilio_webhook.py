"""Twilio's webhooks: is it really Twilio, and what does the body say."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from multidict import MultiDict, MultiDictProxy
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from bot.channels.base import Envelope, Unreadable
from bot.channels.lengths import readable
from bot.message import Inbound

_MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"
_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_ONCE = ("MessageSid", "AccountSid", "From", "To", "Body", "MessageStatus", "SmsSid", "NumMedia")
_MESSAGE = ("MessageSid", "From", "To", "Body")
_STATUS = ("MessageSid", "MessageStatus")


class Status(NamedTuple):
    """A status callback: our outbox `key`, Twilio's message SID, its status, its error code."""

    key: str
    provider_id: str
    status: str
    error: str | None


def verify(
    url: str,
    raw: bytes,
    headers: Mapping[str, str],
    account_sid: str,
    tokens: Sequence[str],
) -> bool:
    """Whether `raw` was signed for `url` with one of the tokens, is about our account and is whole.

    The signature joins names and values without separators and has no time, so it proves neither
    freshness nor where a name ends: hence the checks of the fields, and MessageSid as unique key.
    """
    try:
        if not headers.get("Content-Type", _FORM).lower().startswith(_FORM):
            return False
        form = _form(raw)
        signature = headers[SIGNATURE_HEADER]
        algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER))
        signed = [RequestValidator(t).validate(url, form, signature, algorithm) for t in tokens]
        return any(signed) and form["AccountSid"] == account_sid and _whole(form)
    except Exception:  # noqa: BLE001  RequestValidator raises TypeError, ValueError and more
        return False


def envelope(raw: bytes, key: bytes) -> Envelope:
    """What can be told of a webhook's body, whatever it is."""
    try:
        form = _form(raw)
    except ValueError:
        return Envelope(_digest(key, raw), None, None)
    sid, sender, text = form.get("MessageSid", ""), form.get("From", ""), form.get("Body")
    return Envelope(
        sid if _SID.fullmatch(sid) else _digest(key, raw),
        sender if _E164.fullmatch(sender) else None,
        None if text is None else readable(text),
    )


def parse(raw: bytes, now: datetime) -> Inbound | None:
    """The SMS in a webhook's body; None from a sender that nobody can answer (a short code, a
    name, another network). Twilio's webhook tells no time: `now` stands in. Raises Unreadable."""
    try:
        form = _form(raw)
        sid, sender, body = (form[name] for name in ("MessageSid", "From", "Body"))
        sent_at = parsedate_to_datetime(form["DateSent"]) if "DateSent" in form else now
    except (ValueError, KeyError) as error:
        raise Unreadable(f"not an SMS: {type(error).__name__}") from None
    if not _SID.fullmatch(sid):
        raise Unreadable("not an SMS: a malformed MessageSid")
    if not _E164.fullmatch(sender):
        return None
    return Inbound(
        channel="sms",
        external_id=sid,
        address=sender,
        text=readable(body),
        sent_at=sent_at,
        attachment=form.get("NumMedia", "0") not in ("", "0"),
    )


def parse_status(raw: bytes, query: str) -> Status:
    """The status in a callback to a URL that ended in `?query`. Raises Unreadable."""
    try:
        form = _form(raw)
        key = dict(parse_qsl(query, strict_parsing=True))["key"]
        return Status(key, form["MessageSid"], form["MessageStatus"], form.get("ErrorCode") or None)
    except (ValueError, KeyError) as error:
        raise Unreadable(f"not a status: {type(error).__name__}") from None


@lru_cache(maxsize=8)
def _form(raw: bytes) -> MultiDictProxy[str]:
    """Fields of an urlencoded body, which is checked and read in turn. Raises ValueError for what
    is none."""
    pairs = parse_qsl(
        raw.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=_MOST_FIELDS,
    )
    form = MultiDict(pairs)
    if any(len(form.getall(name, ())) > 1 for name in _ONCE):
        raise ValueError("a field that stands once came twice")
    return MultiDictProxy(form)


def _whole(form: MultiDictProxy[str]) -> bool:
    if not _SID.fullmatch(form.get("MessageSid", "")):
        return False
    required = _STATUS if "MessageStatus" in form else _MESSAGE
    return all(name in form for name in required)


def _digest(key: bytes, raw: bytes) -> str:
    return "raw-" + hmac.new(key, raw, hashlib.sha256).hexdigest()
