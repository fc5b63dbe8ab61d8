"""Telegram: private chats with a bot."""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.channels import telegram_updates
from bot.channels.base import Envelope, NotSent, Refused, SendError, Sent, Slot
from bot.channels.parts import send_all
from bot.channels.telegram_answers import ApiRequest, send_errors
from bot.channels.telegram_text import Part, parts
from bot.message import Inbound, Outbound

API_URL: Final = "https://api.telegram.org"
UPDATES: Final = ("message", "edited_message", "callback_query")
# Enough for Telegram's rate at 0.4 s a send; PTB's HTTP pool spends five times the CPU on a send
# when 64 are under way.
_UNDER_WAY = 12
_PATIENCE = 5.0
_CHAT_ID = re.compile(r"-?\d{1,19}")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TelegramChannel:
    """A Bot API account. `key` makes ids that hide chat ids; `rate` is messages a second overall.

    Opens no connection before the first call, so that the service starts while Telegram is down.
    """

    name = "telegram"

    def __init__(
        self,
        token: str,
        *,
        key: bytes,
        api_url: str = API_URL,
        rate: float = 30.0,
        chat_rate: float = 1.0,
        timeout: float = 10.0,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._bot_id = token.partition(":")[0]
        self._key = key
        self._overall, self._per_chat = 1 / rate, 1 / chat_rate
        self._clock = clock
        self._request = _request(timeout)
        self._sends = asyncio.Semaphore(_UNDER_WAY)
        base = api_url.rstrip("/") + "/bot"
        self._bot = Bot(
            token, base_url=base, request=self._request, get_updates_request=self._request
        )

    def envelope(self, raw: bytes) -> Envelope:
        """What can be told of an update, whatever it is. Never raises."""
        return telegram_updates.envelope(raw, self._bot_id, self._key)

    def parse(self, raw: bytes) -> Inbound | None:
        """The message in an update; None for what needs no answer. Raises Unreadable."""
        return telegram_updates.parse(raw, self._bot_id, self._key, self._clock())

    def slots(self, address: str) -> tuple[Slot, ...]:
        """Telegram's two budgets: the whole bot's, and the chat's."""
        chat = hmac.new(self._key, f"chat\x1f{address}".encode(), hashlib.sha256).hexdigest()
        return (
            Slot("telegram", self._overall),
            Slot(f"telegram:{chat[:32]}", self._per_chat),
        )

    async def send(self, address: str, message: Outbound, key: str) -> Sent:
        """Send once. Telegram has no place for our `key`, so it cannot be asked afterwards."""

        if not _CHAT_ID.fullmatch(address):
            raise Refused("not a chat id", gone=True)

        async def send_part(part: Part) -> str:
            return await self._send_part(int(address), part)

        async with self._turn():
            return await send_all(parts(message), send_part, self._per_chat)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One of the sends under way. Raises NotSent when the others take too long."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._sends.acquire()
        except TimeoutError:
            raise NotSent("too many sends under way") from None
        try:
            yield
        finally:
            self._sends.release()

    async def _send_part(self, chat_id: int, part: Part) -> str:
        with send_errors():
            if part.photo is not None:
                sent = await self._bot.send_photo(
                    chat_id,
                    part.photo,
                    caption=part.html or None,
                    parse_mode=ParseMode.HTML,
                    reply_markup=part.markup,
                    filename="lamplighter.png",
                )
            else:
                sent = await self._bot.send_message(
                    chat_id,
                    part.html,
                    parse_mode=ParseMode.HTML,
                    reply_markup=part.markup,
                    link_preview_options=_NO_PREVIEW,
                )
            return str(sent.message_id)

    async def seen(self, message: Inbound) -> None:
        """Stop the spinner on a pressed button. Telegram forgets a press after a while."""
        if message.receipt is None:
            return
        try:
            with send_errors():
                await self._bot.answer_callback_query(message.receipt)
        except SendError as error:
            _log.info("button press not confirmed", extra={"reason": error.reason})

    async def username(self) -> str:
        """The bot's name for deep links (https://t.me/NAME?start=CODE). Raises SendError."""
        with send_errors():
            return str((await self._bot.get_me()).username)

    async def set_commands(
        self, commands: Sequence[tuple[str, str]], language: str | None = None
    ) -> None:
        """Fill the bot's menu with (command, description). Raises SendError."""
        with send_errors():
            await self._bot.set_my_commands(list(commands), language_code=language)

    async def register_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to `url` with the secret in a header. Raises SendError."""
        with send_errors():
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES)

    async def close(self) -> None:
        """Release connections."""
        await self._request.shutdown()


def _request(timeout: float) -> ApiRequest:
    return ApiRequest(
        connection_pool_size=2 * _UNDER_WAY,
        connect_timeout=timeout,
        read_timeout=timeout,
        write_timeout=timeout,
        pool_timeout=timeout,
        media_write_timeout=3 * timeout,
    )


def secret_matches(given: str | None, secret: str) -> bool:
    """Whether a webhook's `X-Telegram-Bot-Api-Secret-Token` header is ours; in constant time."""
    theirs = (given or "").encode("utf-8", "surrogateescape")
    return hmac.compare_digest(theirs, secret.encode())
