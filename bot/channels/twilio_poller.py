"""Fetching SMS by listing them: what a webhook missed, or everything where there is no webhook.

Twilio reports a failed webhook and never calls it again, so a service that was down for a minute
has lost that minute's messages unless it asks for them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.channels.base import SendError, Throttled
from bot.channels.twilio import TwilioChannel

_log = logging.getLogger(__name__)

# A message may show in the list a while after its date; what comes twice is known by its SID.
_OVERLAP = timedelta(minutes=10)
_CATCH_UP = timedelta(hours=24)
_LONGEST_WAIT = 60.0
_AT_ONCE = 250


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TwilioPoller:
    """Hands the raw body of every SMS to `put`, oldest first, each at least once.

    Looks every `interval` seconds: a few where it stands for the webhook, some hundred beside one.
    The first look reaches a day back; `put` must know duplicates.
    """

    def __init__(
        self,
        channel: TwilioChannel,
        put: Callable[[bytes], Awaitable[object]],
        *,
        interval: float = 300.0,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._channel = channel
        self._put = put
        self._interval = interval
        self._clock = clock
        self._since = clock() - _CATCH_UP
        self._known: set[str] = set()
        self.failures = 0
        """Failed rounds in a row; 0 while the list can be read and stored."""

    async def run(self) -> None:
        """Look until cancelled, through whatever the other side answers."""
        while True:
            try:
                await self.look()
                self.failures = 0
                await asyncio.sleep(self._interval)
            except Exception as error:  # noqa: BLE001  whatever fails, the next round may not
                await self._back_off(error)

    async def look(self) -> None:
        """One round. Raises SendError, or what `put` raises; then the next begins there again."""
        begun = self._clock()
        listed: dict[str, bytes] = {}
        async for raw in self._channel.received(self._since):
            listed[self._channel.envelope(raw).external_id] = raw
        await self._store([raw for sid, raw in listed.items() if sid not in self._known])
        self._known = set(listed)
        self._since = begun - _OVERLAP

    async def _store(self, raws: list[bytes]) -> None:
        """Many at once, so that they share a transaction; started in order."""
        for start in range(0, len(raws), _AT_ONCE):
            puts = (self._put(raw) for raw in raws[start : start + _AT_ONCE])
            done = await asyncio.gather(*puts, return_exceptions=True)
            for outcome in done:
                if isinstance(outcome, BaseException):
                    raise outcome

    async def _back_off(self, error: Exception) -> None:
        self.failures += 1
        asked = error.after if isinstance(error, Throttled) else 0.0
        wait = max(asked, min(self._interval, _LONGEST_WAIT))
        reason = error.reason if isinstance(error, SendError) else type(error).__name__
        extra = {"reason": reason, "wait": wait, "failures": self.failures}
        _log.warning("no SMS could be listed", extra=extra)
        await asyncio.sleep(wait)
