"""`lamplighter run` as a process of its own, killed with SIGKILL while residents write."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from storage.sealing import Keyring
from storage.store import Store
from tests.acceptance.nursery import Life, Nursery
from tests.checker import Verdict, Wrote, judge
from tests.montgomery import build_county, needs_data, tell
from tests.rig import PUBLIC_URL, SECRET

pytestmark = pytest.mark.timeout(420)
#: The long form: LAMPLIGHTER_KILLS=60 pytest tests/acceptance/test_kill.py -k lose_nothing
KILLS = int(os.environ.get("LAMPLIGHTER_KILLS", "3"))
COMMAND = Path(sys.executable).with_name("lamplighter")


class House:
    """The service's process between two emulators; it can be killed and started again."""

    def __init__(self, folder: Path, telegram: TelegramEmulator, sms: TwilioEmulator) -> None:
        self.folder, self.telegram, self.sms = folder, telegram, sms
        self.city: Path | None = None
        self.nursery: Nursery | None = None
        self.port = free_port()
        self.process: asyncio.subprocess.Process | None = None
        self.child = 0
        self.url = f"sqlite+aiosqlite:///{folder / 'killed.sqlite'}"
        sms.connect(f"http://127.0.0.1:{self.port}", PUBLIC_URL)

    async def start(self) -> None:
        """Start, and wait until it is ready; from the nursery, if it has one, within a moment."""
        if self.nursery:
            roles = "web,worker,sender,scheduler"
            life = Life(self._environment(), str(self.folder / "commits"), roles)
            self.child = self.nursery.bear(life)
        else:
            self.process = await asyncio.create_subprocess_exec(
                COMMAND, "run", env=self._environment(), cwd=self.folder
            )
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            while not await ready(session, self.port):
                await asyncio.sleep(0.1)

    async def kill(self, number: int = signal.SIGKILL) -> int:
        """Send a signal and wait for the end; the exit status."""
        if self.nursery:
            child, self.child = self.child, 0
            return await self.nursery.bury(child, number)
        assert self.process
        self.process.send_signal(number)
        return await self.process.wait()

    def _environment(self) -> dict[str, str]:
        settings = {
            "DATABASE_URL": self.url,
            "KEYS_FILE": str(self.folder / "keys.json"),
            "PORT": str(self.port),
            "PUBLIC_URL": PUBLIC_URL,
            "TELEGRAM_TOKEN": self.telegram.token,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_URL": self.telegram.url,
            "TELEGRAM_RATE": "1000",
            "TWILIO_ACCOUNT_SID": self.sms.account_sid,
            "TWILIO_AUTH_TOKEN": self.sms.token,
            "TWILIO_FROM": self.sms.number,
            "TWILIO_API_URL": self.sms.url,
            "TWILIO_RATE": "1000",
            "LOG_LEVEL": "ERROR",
        }
        if self.city:
            settings["CITY"] = str(self.city)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LAMPLIGHTER_")}
        return clean | {f"LAMPLIGHTER_{name}": value for name, value in settings.items()}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ready(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramEmulator())
        sms = await stack.enter_async_context(TwilioEmulator())
        made = House(tmp_path, telegram, sms)
        yield made
        if made.child or (made.process and made.process.returncode is None):
            await made.kill()


async def wait_until_idle(store: Store) -> None:
    """Until nothing waits in either queue."""
    async with asyncio.timeout(120):
        while True:
            async with store.read() as work:
                inbound, outbound = await work.inbox.counts(), await work.outbox.counts()
            busy = sum(outbound.get(state, 0) for state in ("queued", "leased", "sending"))
            if not inbound.get("pending", 0) and not busy:
                return
            await asyncio.sleep(0.1)


async def replay(house: House, texts: list[str]) -> None:
    """Everybody writes at once, a little apart; the process dies in the middle, again and again."""
    chance = random.Random(11)
    parts = [texts[start::KILLS] for start in range(KILLS)]
    number = 0
    for part in parts:
        for text in part:
            number += 1
            write(house, number, text)
            await asyncio.sleep(0.004)
        await asyncio.sleep(chance.uniform(0.0, 0.5))
        await house.kill()
        await house.start()
        # The number's webhook is set to be called again after a failure (#rc=5&rp=all).
        house.sms.redeliver()


def write(house: House, number: int, text: str) -> None:
    if number % 2:
        house.sms.phone(f"+1555020{number:04d}").write(text)
    else:
        house.telegram.user(8_000_000 + number).write(text)


def people(count: int) -> list[Wrote]:
    """Who wrote the first `count` messages."""
    return [
        Wrote("sms", f"+1555020{n:04d}") if n % 2 else Wrote("telegram", str(8_000_000 + n))
        for n in range(1, count + 1)
    ]


async def check(house: House, count: int) -> Verdict:
    """Every message has one report and one answer; nothing is left over."""
    async with Store(house.url, Keyring.load(house.folder / "keys.json")) as store:
        await wait_until_idle(store)
        verdict = await judge(store, house.telegram, house.sms, people(count))
        async with store.read() as work:
            assert await work.inbox.counts() == {"pending": 0, "done": count, "dead": 0}
    assert (verdict.lost, verdict.doubled) == (0, 0), verdict.words
    return verdict


def received(house: House, count: int) -> list[list[object]]:
    return [
        list(house.sms.phone(f"+1555020{n:04d}").messages)
        if n % 2
        else list(house.telegram.user(8_000_000 + n).messages)
        for n in range(1, count + 1)
    ]


@pytest.mark.timeout(420 + 30 * KILLS)
async def test_kills_lose_nothing_and_file_nothing_twice(
    house: House, nursery: Nursery, capsys: pytest.CaptureFixture[str]
) -> None:
    house.nursery = nursery
    texts = [f"street light number {n} is out on Mill Lane in Millbrook" for n in range(20 * KILLS)]
    await house.start()
    await replay(house, texts)
    verdict = await check(house, len(texts))
    with capsys.disabled():
        print(f"\n{KILLS} kills, {len(texts)} messages on SQLite: {verdict}")


@needs_data
async def test_kills_during_the_countys_replay(house: House, tmp_path: Path) -> None:
    house.city = build_county(tmp_path)
    texts = [told.text for told in tell(150)]
    await house.start()
    await replay(house, texts)
    await check(house, len(texts))


async def test_sigterm_drains_and_ends_well(house: House) -> None:
    await house.start()
    for number in range(1, 31):
        write(house, number, "bins overflowing on High Street in Old Town")
    await asyncio.sleep(0.3)
    async with asyncio.timeout(12):
        assert await house.kill(signal.SIGTERM) == 0
    await house.start()
    house.sms.redeliver()
    await check(house, 30)
