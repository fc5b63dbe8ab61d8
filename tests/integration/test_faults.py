"""The database goes away, the disk is full, the clock jumps: all goes on by itself."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.channels.telegram import TelegramChannel
from bot.clock import ShiftedClock, SystemClock
from bot.emulators.faults import slow
from bot.emulators.telegram import TelegramEmulator
from bot.message import Outbound, Priority
from bot.metrics import Metrics
from bot.outbox.post import post
from bot.outbox.sender import Sender
from storage.errors import Outage, ReadOnly
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.worker_house import NOW, FaultyDesk, House
from tests.postgres import Server, own_server

KEY = b"k" * 32


server = pytest.fixture(scope="module")(own_server)


async def until_idle(house: House, messages: int) -> None:
    async with asyncio.timeout(40):
        while True:
            try:
                if (await house.inbox())["done"] == messages:
                    return
            except Outage:
                pass
            await asyncio.sleep(0.1)


async def test_the_database_restarts_and_the_worker_goes_on(server: Server) -> None:
    async with Store(server.url("postgres"), Keyring.fresh()) as store:
        house = House(store)
        for sender in range(20):
            await house.text("the lamp is out", sender)
        stopping = asyncio.Event()
        house.analyzer.before = server.stop  # in the middle of the first batch
        running = asyncio.create_task(house.worker.run(stopping))
        async with asyncio.timeout(20):
            while not house.analyzer.batches:
                await asyncio.sleep(0.05)
        house.analyzer.before = lambda: None
        await asyncio.sleep(1.0)
        with pytest.raises((Outage, OSError)):
            await house.text("the lamp is out", 21)  # nothing is accepted that cannot be kept
        await asyncio.to_thread(server.start)
        await house.text("the lamp is out", 22)
        await until_idle(house, 21)
        stopping.set()
        await running
        assert await house.inbox() == {"pending": 0, "done": 21, "dead": 0}
        assert [len(await house.reports(n)) for n in (*range(20), 22)] == [1] * 21
        assert len(await house.outbox()) == 21
        await house.close()


class Away(FaultyDesk):
    """Works for a database that goes away in the middle of everything."""

    async def handle(self, *_: object) -> None:
        raise Outage


async def test_an_outage_counts_as_nobodys_failure(store: Store) -> None:
    house = House(store)
    await house.text("my house is on fire please come")
    present = house.desk
    house.desk = Away(house.city, house.analyzer.danger, house.clock)
    house.worker.close()
    house.worker = house.hire()
    for _ in range(5):
        with pytest.raises(Outage):
            await house.worker.step()
    async with store.claim(1, house.clock.now()) as claim:
        assert [row.attempts for row in claim.messages] == [0]
    house.desk = present
    house.worker.close()
    house.worker = house.hire()
    await house.work_off()
    assert [item.kind for item in await house.outbox()] == ["emergency"]
    await house.close()


async def test_a_view_refuses_to_write(store: Store) -> None:
    with pytest.raises(ReadOnly):
        async with store.read() as work:
            await work.contacts.ensure("sms", "+15550100", NOW)
    async with store.read() as work:
        assert await work.contacts.by_address("sms", "+15550100") is None
    async with store.begin() as work:  # and leaves nothing behind that would hinder a writer
        assert await work.contacts.ensure("sms", "+15550100", NOW)


async def test_a_full_disk_refuses_and_recovers(sqlite_url: str, keys: Keyring) -> None:
    async with Store(sqlite_url, keys) as store:
        house = House(store)
        await house.text("the lamp is out", 1)
        async with store.begin() as work:
            await work.session.execute(text("PRAGMA max_page_count = 1"))
        # Every connection of the pool that wrote has the limit: so does the next one.
        refused = 0
        for sender in range(2, 40):
            try:
                await house.text("the lamp is out " * 90, sender)
            except Exception as error:  # noqa: BLE001
                refused += "full" in str(error)
        assert refused > 0
        async with store.begin() as work:
            await work.session.execute(text("PRAGMA max_page_count = 1000000"))
        await house.text("the lamp is out", 50)
        await house.work_off()
        counts = await house.inbox()
        assert counts == {"pending": 0, "done": 40 - refused, "dead": 0}
        await house.close()


class Senders:
    """Several senders over one store, and the chats that they write to."""

    def __init__(
        self, store: Store, telegram: TelegramEmulator, count: int, rate: float = 1000.0
    ) -> None:
        self.store, self.telegram, self.clock = store, telegram, SystemClock()
        self.bots = [
            TelegramChannel(
                telegram.token,
                key=KEY,
                api_url=telegram.url,
                rate=rate,
                chat_rate=rate if rate > 30 else rate / 30,
                timeout=20,
            )
            for _ in range(count)
        ]
        self.senders = [
            Sender(store, {"telegram": bot}, self.clock, Metrics()) for bot in self.bots
        ]
        self.stopping = asyncio.Event()

    async def queue(self, chat: int, key: str, priority: Priority = Priority.REPLY) -> None:
        """One message to a chat."""
        self.telegram.user(chat).start()
        now = self.clock.now()
        kind = "emergency" if priority == Priority.EMERGENCY else "reply"
        async with self.store.begin() as work:
            contact = await work.contacts.ensure("telegram", str(chat), now)
            await post(work, contact, Outbound(key), key=key, priority=priority, kind=kind, now=now)

    async def run(self, messages: int, seconds: float = 40) -> None:
        """Send until so many have left."""
        running = [asyncio.create_task(s.run(self.stopping)) for s in self.senders]
        async with asyncio.timeout(seconds):
            while await self.sent() < messages:
                await asyncio.sleep(0.05)
        self.stopping.set()
        await asyncio.gather(*running)

    async def sent(self) -> int:
        """How many have left."""
        async with self.store.read() as work:
            return (await work.outbox.counts())["sent"]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(limits=True) as emulator:
        yield emulator


async def test_ten_senders_together_keep_telegrams_pace(
    postgres_url: str, keys: Keyring, telegram: TelegramEmulator
) -> None:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store(postgres_url, keys))
        senders = Senders(store, telegram, 10, rate=29.0)
        for bot in senders.bots:
            stack.push_async_callback(bot.close)
        for number in range(90):
            await senders.queue(5_000_000 + number, f"once {number}")
        for number in range(3):
            await senders.queue(5_000_000, f"again {number}")
        await senders.run(93)
        got = Counter(m.text for n in range(90) for m in telegram.user(5_000_000 + n).messages)
        assert got == dict.fromkeys(got, 1)
        assert len(got) == 93
        texts = [m.text for m in telegram.user(5_000_000).messages]
        assert texts == ["once 0", "again 0", "again 1", "again 2"]


async def test_an_emergency_does_not_wait_for_a_slow_provider(
    store: Store, telegram: TelegramEmulator
) -> None:
    senders = Senders(store, telegram, 1)
    telegram.faults.add("sendMessage", slow(6))
    await senders.queue(5_000_001, "slow")
    running = asyncio.create_task(senders.senders[0].run(senders.stopping))
    await asyncio.sleep(0.7)
    begun = asyncio.get_running_loop().time()
    await senders.queue(5_000_002, "Call 112", Priority.EMERGENCY)
    await telegram.user(5_000_002).wait(1, 5)
    assert asyncio.get_running_loop().time() - begun < 3
    async with asyncio.timeout(20):
        while await senders.sent() < 2:  # the slow one kept its lease meanwhile
            await asyncio.sleep(0.05)
    senders.stopping.set()
    await running
    assert [m.text for m in telegram.user(5_000_001).messages] == ["slow"]
    await senders.bots[0].close()


async def test_a_jump_of_the_clock_does_not_send_again(
    store: Store, telegram: TelegramEmulator
) -> None:
    senders = Senders(store, telegram, 1)
    clock = ShiftedClock(NOW)
    senders.clock = clock  # type: ignore[assignment]
    senders.senders = [Sender(store, {"telegram": senders.bots[0]}, clock, Metrics())]
    telegram.faults.add("sendMessage", slow(3))
    await senders.queue(5_000_001, "Call 112", Priority.EMERGENCY)
    running = asyncio.create_task(senders.run(1))
    await asyncio.sleep(1)
    clock.jump(clock.now() + timedelta(hours=1))
    await running
    await asyncio.sleep(0.3)
    assert [m.text for m in telegram.user(5_000_001).messages] == ["Call 112"]
    await senders.bots[0].close()
