"""What an answer of the Bot API, or the lack of one, means for the message we sent."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from telegram._utils.types import ODVInput
from telegram.error import TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.channels.base import Moved, NotSent, Refused, SendError, Throttled, Unknown

# No byte of the request had left, so sending again cannot double it.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_GONE = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid")


class Declined(TelegramError):
    """An answer other than 2xx, as it came: PTB's own errors lose its status."""

    def __init__(self, status: int, payload: bytes) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.payload = payload


class ApiRequest(HTTPXRequest):
    """PTB's client, telling an answer's status."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Raises Declined where the answer is not 2xx."""
        status, payload = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if not 200 <= status <= 299:
            raise Declined(status, payload)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's, which logs the payload first when it is no JSON."""
        try:
            answer: dict[str, Any] = json.loads(payload)
        except ValueError as error:
            raise TelegramError("no JSON") from error
        return answer


@contextmanager
def send_errors() -> Iterator[None]:
    """Turns whatever a call of PTB's Bot raises into a SendError."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  PTB raises TypeError and others on odd answers
        raise send_error(error) from None


def send_error(error: Exception) -> SendError:
    """The outcome of a send that raised. The reason never quotes the provider's words: they may
    hold a chat id."""
    if isinstance(error, Declined):
        return _declined(error.status, _fields(error.payload))
    if isinstance(error.__cause__, _BEFORE_SENDING):
        return NotSent(f"no connection: {type(error.__cause__).__name__}")
    return Unknown(f"no clear answer: {type(error.__cause__ or error).__name__}")


def _declined(status: int, answer: dict[str, Any]) -> SendError:
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if isinstance(moved := parameters.get("migrate_to_chat_id"), int):
        return Moved("chat migrated", str(moved))
    if status == 429:
        return Throttled("too many requests", _seconds(parameters.get("retry_after")))
    if status >= 500:
        return Unknown(f"server error {status}")
    if status in (401, 404, 409):
        return NotSent(f"the token was not accepted ({status})")
    words = str(answer.get("description", "")).lower()
    gone = status == 403 or any(sign in words for sign in _GONE)
    return Refused(f"refused ({status})", gone=gone)


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and value > 0:
        return float(value)
    return 1.0


def _fields(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
