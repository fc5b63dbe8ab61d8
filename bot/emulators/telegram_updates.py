"""How updates reach the bot: fetched with an offset, or posted to its webhook."""

import asyncio
import itertools
from collections import deque
from collections.abc import Mapping
from typing import Any

from bot.emulators.telegram_methods import ApiError, bad
from bot.emulators.telegram_webhook import Update, Webhook

_TERMINATED = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
_WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Updates:
    """Pending updates of one bot, as its server holds them."""

    def __init__(self, retry_base: float = 2.0) -> None:
        self._numbers = itertools.count(700_000_001)
        self._pending: deque[Update] = deque()
        self._arrived = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None
        self._allowed: frozenset[str] | None = None
        self._retry_base = retry_base
        self._webhook: Webhook | None = None

    @property
    def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        return len(self._pending)

    def add(self, update: Mapping[str, Any]) -> None:
        """Queue an update under the next number; a kind that the bot did not ask for is dropped."""
        if self._allowed is not None and not self._allowed & update.keys():
            return
        numbered = {"update_id": next(self._numbers), **update}
        self._pending.append(numbered)
        self._arrived.set()
        if self._webhook:
            self._webhook.enqueue(numbered)

    def allow(self, kinds: list[str] | None) -> None:
        """Remember what the bot asked for; None leaves it as it was, [] is the default set."""
        if kinds is not None:
            self._allowed = frozenset(kinds) if kinds else None

    async def fetch(self, offset: int | None, limit: int, seconds: int) -> list[Update]:
        """getUpdates: an offset confirms every update below it; waits up to `seconds`."""
        if self._webhook:
            raise ApiError(409, _WEBHOOK_SET)
        if not 1 <= limit <= 100:
            raise bad("limit must be from 1 to 100")
        if self._poller and not self._poller.done():
            self._poller.set_exception(ApiError(409, _TERMINATED))
        self._confirm(offset)
        if not self._pending and seconds:
            await self._wait(min(seconds, 50))
        return list(itertools.islice(self._pending, limit))

    def _confirm(self, offset: int | None) -> None:
        if offset is not None and offset < 0 and self._pending:
            offset = self._pending[max(offset, -len(self._pending))]["update_id"]
        while offset and self._pending and self._pending[0]["update_id"] < offset:
            self._pending.popleft()
        if not self._pending:
            self._arrived.clear()

    async def _wait(self, seconds: float) -> None:
        """Until something arrives, time is up, or another poller takes over (which raises)."""
        self._poller = replaced = asyncio.get_running_loop().create_future()
        arrival = asyncio.ensure_future(self._arrived.wait())
        try:
            done, _ = await asyncio.wait(
                {replaced, arrival}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            arrival.cancel()
        if replaced in done:
            replaced.result()
        replaced.cancel()

    async def set_webhook(self, url: str, secret: str | None, *, drop_pending: bool) -> None:
        """Start posting to `url`, or stop where it is empty; what is pending goes there too."""
        await self.close()
        if drop_pending:
            self._pending.clear()
            self._arrived.clear()
        if url:
            self._webhook = Webhook(url, secret, self._pending.remove, self._retry_base)
            for update in self._pending:
                self._webhook.enqueue(update)

    async def close(self) -> None:
        """End deliveries and long polls."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(ApiError(409, _TERMINATED))
        if self._webhook:
            webhook, self._webhook = self._webhook, None
            await webhook.close()
