"""Fetching updates where there is no public address: raw, and confirmed only once durable.

PTB's own polling confirms updates that lie in memory, and one that cannot be parsed stops it.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.channels.telegram import API_URL, UPDATES

_log = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0

Put = Callable[[bytes], Awaitable[object]]


class _NoUpdates(Exception):
    """The fetch failed; `after` seconds were asked for. The reason is safe to log."""

    def __init__(self, reason: str, after: float = 0.0, *, webhook: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.webhook = webhook


class TelegramPoller:
    """Hands every update's raw JSON to `put`, in order, and confirms them when all are put.

    An update whose `put` raised is fetched again with its batch, so `put` must know duplicates.
    """

    def __init__(
        self,
        token: str,
        put: Put,
        *,
        api_url: str = API_URL,
        long_poll: int = 50,
        first_wait: float = _FIRST_WAIT,
    ) -> None:
        self._base = f"{api_url.rstrip('/')}/bot{token}"
        self._put = put
        self._long_poll = long_poll
        self._first_wait = first_wait
        self._offset: int | None = None
        self.failures = 0
        """Failed rounds in a row; 0 while updates flow."""

    async def run(self) -> None:
        """Poll until cancelled, through whatever the other side answers."""
        timeout = aiohttp.ClientTimeout(total=self._long_poll + 15, connect=10)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            webhook = True  # one left over from a webhook deployment would answer every poll by 409
            while True:
                try:
                    if webhook:
                        await self._call(session, "deleteWebhook", {})
                        webhook = False
                    await self._round(session)
                    self.failures = 0
                except _NoUpdates as error:
                    webhook = webhook or error.webhook
                    await self._back_off(str(error), error.after)

    async def _round(self, session: aiohttp.ClientSession) -> None:
        query: dict[str, object] = {
            "timeout": self._long_poll,
            "limit": 100,
            "allowed_updates": list(UPDATES),
        }
        if self._offset is not None:
            query["offset"] = self._offset
        updates = await self._call(session, "getUpdates", query)
        if not isinstance(updates, list):
            raise _NoUpdates("no list of updates")
        numbers = [u["update_id"] for u in updates if _numbered(u)]
        if updates and not numbers:
            raise _NoUpdates("updates without numbers")
        await self._store(updates)
        if numbers:
            self._offset = max(numbers) + 1

    async def _store(self, updates: list[Any]) -> None:
        """All at once, so that they can share a transaction; started in order."""
        raws = [json.dumps(update, separators=(",", ":")).encode() for update in updates]
        done = await asyncio.gather(*map(self._put_one, raws), return_exceptions=True)
        for outcome in done:
            if isinstance(outcome, Exception):
                raise _NoUpdates(f"not stored: {type(outcome).__name__}") from outcome
            if isinstance(outcome, BaseException):
                raise outcome

    async def _put_one(self, raw: bytes) -> None:
        await self._put(raw)

    async def _call(
        self, session: aiohttp.ClientSession, method: str, query: dict[str, object]
    ) -> object:
        try:
            async with session.post(f"{self._base}/{method}", json=query) as response:
                status, body = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # the exception's own words hold the URL and so the token
            raise _NoUpdates(type(error).__name__) from None
        return _result(status, body)

    async def _back_off(self, reason: str, after: float) -> None:
        self.failures += 1
        doubled = self._first_wait * 2 ** min(self.failures - 1, 10)
        wait = max(after, min(doubled, _LONGEST_WAIT))
        extra = {"reason": reason, "wait": wait, "failures": self.failures}
        _log.warning("no updates from Telegram", extra=extra)
        await asyncio.sleep(wait)


def _numbered(update: object) -> bool:
    return isinstance(update, dict) and type(update.get("update_id")) is int


def _result(status: int, body: bytes) -> object:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise _NoUpdates(f"no JSON, status {status}") from None
    if not isinstance(answer, dict):
        raise _NoUpdates(f"no answer, status {status}")
    if status == 200 and answer.get("ok") is True:
        return answer.get("result")
    parameters = answer.get("parameters")
    after = parameters.get("retry_after") if isinstance(parameters, dict) else None
    webhook = status == 409 and "webhook" in str(answer.get("description"))
    seconds = float(after) if isinstance(after, int | float) else 0.0
    raise _NoUpdates(f"status {status}", seconds, webhook=webhook)
