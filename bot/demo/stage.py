"""Sets the stage: the real service between both providers' emulators, on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import ShiftedClock
from bot.demo.history import seed
from bot.demo.people import Cast
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from bot.inbox.desk import new_code
from bot.runtime.service import Service
from bot.settings import Settings, load_settings

#: A Thursday; both teams' digests are due on the Friday morning.
PUBLIC_URL = "https://lamplighter.example"
_SOON = timedelta(minutes=10)
DAY = datetime(2026, 10, 15, 7, 45, tzinfo=UTC)


@dataclass(slots=True)
class Stage:
    """A running service with its people, its clock and a folder for pictures."""

    service: Service
    cast: Cast
    clock: ShiftedClock
    folder: Path
    history: int

    async def settle(self, limit: float = 10.0) -> None:
        """Wait until nothing waits in either queue (at most `limit` seconds)."""
        quiet = 0
        async with asyncio.timeout(limit):
            while quiet < 2:
                await asyncio.sleep(0.03)
                quiet = quiet + 1 if await self._idle() else 0

    async def code(self) -> str:
        """The first administrator's one-time code, as `lamplighter staff bootstrap` makes it."""
        code, now = new_code(), self.clock.now()
        async with self.service.store.begin() as work:
            await work.staff.invite(code, "administrator", None, (), now + timedelta(days=1), now)
        return code

    async def _idle(self) -> bool:
        async with self.service.store.read() as work:
            inbound = await work.inbox.counts()
            outbound = await work.outbox.counts()
            # What is held until a team reads again would be waited for in vain.
            soon = await work.outbox.oldest_pending(self.clock.now() + _SOON)
        waiting = inbound.get("pending", 0) or soon
        return not waiting and not any(outbound.get(state, 0) for state in ("leased", "sending"))


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """Both emulators, a temporary database with its history, and the service in all roles."""
    clock = ShiftedClock(DAY)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramEmulator(clock=clock.now))
        sms = await stack.enter_async_context(TwilioEmulator(clock=clock.now))
        service = Service(_settings(folder, telegram, sms), clock, sweep_seconds=0.5)
        await stack.enter_async_context(service)
        sms.connect(f"http://127.0.0.1:{service.port}", PUBLIC_URL)
        history = await seed(service.store, service.city, clock.now())
        yield Stage(service, Cast(telegram, sms), clock, folder, history)


def _settings(folder: Path, telegram: TelegramEmulator, sms: TwilioEmulator) -> Settings:
    return load_settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{folder / 'demo.sqlite'}",
        city=None,
        keys_file=folder / "demo-keys.json",
        host="127.0.0.1",
        port=0,
        public_url=PUBLIC_URL,
        telegram_token=telegram.token,
        telegram_mode="polling",
        telegram_api_url=telegram.url,
        twilio_account_sid=sms.account_sid,
        twilio_auth_token=sms.token,
        twilio_from=sms.number,
        twilio_api_url=sms.url,
        twilio_rate=50.0,
    )
