"""A running service between both providers' emulators, for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock, SystemClock
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from bot.runtime.roles import ALL_ROLES, Role
from bot.runtime.service import Service
from bot.settings import Settings, load_settings

PUBLIC_URL = "https://lamplighter.example"
SECRET = "webhook-secret_1"


@dataclass(slots=True)
class Rig:
    """The service with its two providers."""

    service: Service
    telegram: TelegramEmulator
    sms: TwilioEmulator

    @property
    def url(self) -> str:
        """Where the web role listens."""
        return f"http://127.0.0.1:{self.service.port}"

    async def settle(self, seconds: float = 20.0) -> None:
        """Wait until nothing waits in either queue."""
        quiet = 0
        async with asyncio.timeout(seconds):
            while quiet < 2:
                await asyncio.sleep(0.05)
                quiet = quiet + 1 if await self._idle() else 0

    async def _idle(self) -> bool:
        async with self.service.store.read() as work:
            inbound, outbound = await work.inbox.counts(), await work.outbox.counts()
        waiting = sum(outbound.get(state, 0) for state in ("queued", "leased", "sending"))
        return not inbound.get("pending", 0) and not waiting


def rig_settings(
    folder: Path, telegram: TelegramEmulator, sms: TwilioEmulator, **changes: object
) -> Settings:
    """Settings for a service between the emulators; `changes` replace any of them."""
    values: dict[str, object] = {
        "_env_file": None,
        "database_url": f"sqlite+aiosqlite:///{folder / 'rig.sqlite'}",
        "keys_file": folder / "keys.json",
        "port": 0,
        "public_url": PUBLIC_URL,
        "telegram_token": telegram.token,
        "telegram_webhook_secret": SECRET,
        "telegram_api_url": telegram.url,
        "telegram_rate": 1000.0,
        "twilio_account_sid": sms.account_sid,
        "twilio_auth_token": sms.token,
        "twilio_from": sms.number,
        "twilio_api_url": sms.url,
        "twilio_rate": 1000.0,
    }
    return load_settings(**(values | changes))


@asynccontextmanager
async def open_rig(
    folder: Path,
    *,
    clock: Clock | None = None,
    roles: frozenset[Role] = ALL_ROLES,
    **changes: object,
) -> AsyncIterator[Rig]:
    """Start the emulators and the service in `folder`; everything ends with the context."""
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramEmulator())
        sms = await stack.enter_async_context(TwilioEmulator())
        settings = rig_settings(folder, telegram, sms, **changes)
        service = Service(settings, clock or SystemClock(), roles, sweep_seconds=0.5)
        await stack.enter_async_context(service)
        sms.connect(f"http://127.0.0.1:{service.port}", PUBLIC_URL)
        yield Rig(service, telegram, sms)
