"""Twilio's Messages resource: what is kept of a message, and what a request may ask."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal

from bot.channels.gsm import segments

Direction = Literal["inbound", "outbound-api"]
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_CREATE = frozenset({"To", "From", "Body", "StatusCallback", "ValidityPeriod"})
_LIST = frozenset({"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page"})
_LONGEST_BODY = 1600


class RestError(Exception):
    """An error answer of Twilio's API."""

    def __init__(self, status: int, code: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.words = words


@dataclass(slots=True)
class StoredMessage:
    """A message resource."""

    sid: str
    sender: str
    to: str
    body: str
    direction: Direction
    at: datetime
    status: str
    media: int = 0
    error_code: int | None = None

    def resource(self, account_sid: str) -> dict[str, Any]:
        """The resource as JSON, as the API shows it."""
        uri = f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}"
        dates = dict.fromkeys(
            ("date_created", "date_updated", "date_sent"), format_datetime(self.at)
        )
        return dates | {
            "sid": self.sid,
            "account_sid": account_sid,
            "messaging_service_sid": None,
            "from": self.sender,
            "to": self.to,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "num_segments": str(max(segments(self.body), 1)),
            "num_media": str(self.media),
            "error_code": self.error_code,
            "error_message": None,
            "price": None,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }


def check_create(form: Mapping[str, str], sender: str) -> None:
    """Raises RestError for what Twilio would not take."""
    _known(form, _CREATE)
    for name, code in (("To", 21604), ("From", 21603), ("Body", 21602)):
        if not form.get(name):
            raise RestError(400, code, f"A '{name}' is required.")
    if not _E164.fullmatch(form["To"]):
        raise RestError(400, 21211, "Invalid 'To' Phone Number")
    if form["From"] != sender:
        raise RestError(400, 21606, "The 'From' number is not a number of this account")
    if len(form["Body"]) > _LONGEST_BODY:
        raise RestError(400, 21617, "The message body exceeds the 1600 character limit")
    validity = form.get("ValidityPeriod", "36000")
    if not validity.isdigit() or not 1 <= int(validity) <= 36_000:
        raise RestError(400, 20001, "ValidityPeriod must be between 1 and 36000")
    if not form.get("StatusCallback", "http://").startswith(("http://", "https://")):
        raise RestError(400, 21609, "Invalid 'StatusCallback' URL")


def select(messages: Iterable[StoredMessage], query: Mapping[str, str]) -> list[StoredMessage]:
    """The messages that a list request asks for, newest first. Raises RestError."""
    _known(query, _LIST)
    tests: list[Callable[[StoredMessage], bool]] = []
    if "To" in query:
        tests.append(lambda m: m.to == query["To"])
    if "From" in query:
        tests.append(lambda m: m.sender == query["From"])
    if "DateSent>" in query:
        after = _date(query["DateSent>"])
        tests.append(lambda m: m.at >= after)
    if "DateSent<" in query:
        before = _date(query["DateSent<"])
        tests.append(lambda m: m.at <= before)
    if "DateSent" in query:
        day = _date(query["DateSent"]).date()
        tests.append(lambda m: m.at.date() == day)
    chosen = [m for m in messages if all(test(m) for test in tests)]
    return sorted(chosen, key=lambda m: m.at, reverse=True)


def page(found: list[dict[str, Any]], query: Mapping[str, str], path: str) -> dict[str, Any]:
    """One page of a list, with the way to the next."""
    size, number = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    if not 1 <= size <= 1000:
        raise RestError(400, 20001, "PageSize must be between 1 and 1000")
    more = len(found) > (number + 1) * size
    filters = "&".join(f"{k}={_quoted(v)}" for k, v in query.items() if k not in ("Page",))
    return {
        "messages": found[number * size : (number + 1) * size],
        "page": number,
        "page_size": size,
        "uri": path,
        "next_page_uri": f"{path}?{filters}&Page={number + 1}" if more else None,
    }


def _quoted(value: str) -> str:
    return value.replace("+", "%2B")


def _known(given: Mapping[str, str], names: frozenset[str]) -> None:
    unknown = given.keys() - names
    if unknown:
        raise RestError(400, 20001, f"Unknown parameter {min(unknown)}")


def _date(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise RestError(400, 20001, "Invalid date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
