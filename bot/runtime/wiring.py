"""Opens what the settings name: the store with its keys, and the channels with their sessions."""

import asyncio
import itertools
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.channels.base import Channel, SendError
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_poller import TelegramPoller
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_poller import TwilioPoller
from bot.clock import Clock
from bot.inbox.intake import Intake
from bot.settings import Settings, SettingsError
from storage.errors import StorageError
from storage.schema import migrate, schema_state
from storage.sealing import Keyring
from storage.store import Store

log = logging.getLogger(__name__)

#: Seconds between two looks at Twilio's list of messages, by the way they reach us.
LISTING = {"webhook": 300.0, "polling": 4.0}


@dataclass(slots=True)
class Channels:
    """The channels that are set up, and what fetches for them."""

    clock: Clock
    telegram: TelegramChannel | None = None
    twilio: TwilioChannel | None = None
    named: dict[str, Channel] = field(default_factory=dict)
    pollers: dict[str, TelegramPoller | TwilioPoller] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start_fetching(
        self, intake: Intake, settings: Settings, menu: list[tuple[str, str]]
    ) -> None:
        """Begin to fetch what comes by no webhook, and tell Telegram about us."""
        if self.telegram and settings.telegram_token:
            if settings.telegram_mode == "polling":
                token = settings.telegram_token.get_secret_value()
                put = partial(intake.put, "telegram")
                updates = TelegramPoller(token, put, api_url=settings.telegram_api_url)
                self.pollers["telegram"] = updates
                self._go(updates.run())
            self._go(self._introduce(self.telegram, settings, menu))
        if self.twilio:
            # Beside a webhook this finds what Twilio could not deliver: it never tries again.
            seconds = LISTING[settings.twilio_mode]
            put = partial(intake.put, "sms")
            listing = TwilioPoller(self.twilio, put, interval=seconds, clock=self.clock.now)
            self.pollers["sms"] = listing
            self._go(listing.run())

    async def _introduce(
        self, telegram: TelegramChannel, settings: Settings, menu: list[tuple[str, str]]
    ) -> None:
        """The webhook's address and the bot's menu; neither may keep the service from starting."""
        for wait in itertools.chain((1, 5, 15), itertools.repeat(60)):
            try:
                if settings.telegram_mode == "webhook":
                    secret = settings.telegram_webhook_secret
                    url = f"{(settings.public_url or '').rstrip('/')}/telegram"
                    words = secret.get_secret_value() if secret else ""
                    await telegram.register_webhook(url, words)
                await telegram.set_commands(menu)
            except SendError as error:
                log.warning("Telegram does not know us yet: %s", error.reason)
                await asyncio.sleep(wait)
            else:
                return

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def stop_fetching(self) -> None:
        """Fetch no more; what was fetched is stored."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Release all sessions."""
        for channel in self.named.values():
            await channel.close()


async def wait_for_store(settings: Settings) -> None:
    """Return when a shared database answers with our schema: processes start in any order.

    Raises SettingsError when it was made by newer code, which waiting cannot mend.
    """
    said = ""
    while not settings.embedded:
        try:
            state = await schema_state(settings.database_url)
        except Exception as error:  # noqa: BLE001 - not there yet, whatever the driver calls it
            state = f"unknown ({type(error).__name__})"
        if state == "current":
            return
        if state == "ahead":
            raise SettingsError("the database was made by newer code: update this machine")
        if state != said:
            log.warning("waiting for the database: its schema is %s", state)
        said = state
        await asyncio.sleep(0.5)


async def open_store(settings: Settings, keys: Keyring) -> Store:
    """The database at the newest schema.

    An embedded database is made and migrated here; a shared one only by `lamplighter migrate`.
    """
    url = settings.database_url
    if settings.embedded:
        await migrate(url)
    elif (state := await schema_state(url)) != "current":
        raise SettingsError(f"the database's schema is {state}: run lamplighter migrate")
    store = Store(url, keys)
    try:
        await store.open()
    except BaseException:
        await store.close()
        raise
    return store


async def await_store(settings: Settings, keys: Keyring) -> Store:
    """The same for a service: a shared database that goes away meanwhile is waited for."""
    while True:
        await wait_for_store(settings)
        try:
            return await open_store(settings, keys)
        except (SettingsError, StorageError):
            raise
        except Exception as error:
            if settings.embedded:
                raise
            why = type(error).__name__
            log.warning("the database went away while we opened it", extra={"error": why})
            await asyncio.sleep(0.5)


def open_keys(settings: Settings, *, make: bool | None = None) -> Keyring:
    """The keys. A new deployment (`make`; every embedded one) gets its own, with a clear word."""
    path = settings.keys_file
    if path.exists() or not (settings.embedded if make is None else make):
        return Keyring.load(path)
    log.warning(
        "new keys were made: without them nothing stored can be read. "
        "Copy the file to a safe place off this machine",
        extra={"keys_file": str(path)},
    )
    return Keyring.create(path)


def channel_key(keys: Keyring, name: str) -> bytes:
    """A key of a channel's own, for ids that must not show an address."""
    return keys.pseudonym("channel-key", name).encode()


def open_channels(settings: Settings, keys: Keyring, clock: Clock) -> Channels:
    """The channels that have credentials; none connects before its first call."""
    channels = Channels(clock)
    if settings.telegram_token:
        channels.telegram = TelegramChannel(
            settings.telegram_token.get_secret_value(),
            key=channel_key(keys, "telegram"),
            api_url=settings.telegram_api_url,
            rate=settings.telegram_rate,
            clock=clock.now,
        )
        channels.named["telegram"] = channels.telegram
    if settings.twilio_account_sid and settings.twilio_auth_token and settings.twilio_from:
        channels.twilio = TwilioChannel(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value().split(","),
            settings.twilio_from,
            key=channel_key(keys, "sms"),
            public_url=settings.public_url,
            api_url=settings.twilio_api_url,
            rate=settings.twilio_rate,
            clock=clock.now,
        )
        channels.named["sms"] = channels.twilio
    return channels
