"""Posting updates to a bot's webhook as the Bot API server does.

Source: WebhookActor.cpp of tdlib/telegram-bot-api: a queue a chat, the first retry at once and
later ones ever slower, any 2xx is a yes, Retry-After is honoured up to an hour.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

Update = dict[str, Any]


class Webhook:
    """Delivers updates to `url`, in order within a chat, until taken.

    `taken` hears of each delivered update; `retry_base` is the second retry's delay in seconds.
    """

    def __init__(
        self,
        url: str,
        secret: str | None,
        taken: Callable[[Update], None],
        retry_base: float = 2.0,
    ) -> None:
        self._url = url
        self._headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        self._taken = taken
        self._retry_base = retry_base
        self._queues: dict[str, asyncio.Queue[Update]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))

    def enqueue(self, update: Update) -> None:
        """One queue a chat (or a pressing user): a failing update holds up only its own."""
        name = _queue_name(update)
        if name not in self._queues:
            self._queues[name] = asyncio.Queue()
            self._tasks.append(asyncio.ensure_future(self._deliver(self._queues[name])))
        self._queues[name].put_nowait(update)

    async def close(self) -> None:
        """End every delivery under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    async def _deliver(self, queue: asyncio.Queue[Update]) -> None:
        while True:
            update = await queue.get()
            for attempt in itertools.count():
                asked = await self._post(update)
                if asked is None:
                    break
                backoff = 0.0 if attempt == 0 else self._retry_base * 2 ** min(attempt - 1, 5)
                await asyncio.sleep(max(asked, backoff))
            self._taken(update)

    async def _post(self, update: Update) -> float | None:
        """None when the bot took it, else the seconds that it asked to wait."""
        try:
            async with self._session.post(
                self._url, json=update, headers=self._headers
            ) as response:
                if response.ok:
                    return None
                after = response.headers.get("Retry-After", "")
                return float(min(int(after), 3600)) if after.isdigit() else 0.0
        except (aiohttp.ClientError, TimeoutError):
            return 0.0


def _queue_name(update: Mapping[str, Any]) -> str:
    if "callback_query" in update:
        return f"press:{_inner(update['callback_query'], 'from')}"
    message = update.get("message") or update.get("edited_message")
    return f"chat:{_inner(message, 'chat')}"


def _inner(part: object, name: str) -> object:
    """The id inside, of whatever shape a test made the update."""
    inner = part.get(name) if isinstance(part, dict) else None
    return inner.get("id") if isinstance(inner, dict) else None
