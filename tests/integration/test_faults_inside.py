"""What goes wrong within: a clock set back, an understanding that breaks or broods."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest

from bot.channels.telegram import TelegramChannel
from bot.emulators.telegram import TelegramEmulator
from bot.message import Outbound, Priority
from bot.metrics import Metrics
from bot.outbox.post import post
from bot.outbox.sender import Sender
from nlp.analysis import Analysis, Query
from storage.store import Store
from tests.integration.worker_house import NOW, House, Obedient

CHAT = 5_000_000_001


class Wall:
    """A clock on a wall, which somebody may set back."""

    def __init__(self) -> None:
        self._shift = NOW - datetime.now(NOW.tzinfo)

    def now(self) -> datetime:
        """What it shows."""
        return datetime.now(NOW.tzinfo) + self._shift

    def turn(self, by: timedelta) -> None:
        """Set it."""
        self._shift += by


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        emulator.user(CHAT).start()
        yield emulator


async def queue(store: Store, key: str, now: datetime) -> None:
    async with store.begin() as work:
        contact = await work.contacts.ensure("telegram", str(CHAT), now)
        await post(
            work, contact, Outbound(key), key=key, priority=Priority.REPLY, kind="reply", now=now
        )


@pytest.mark.parametrize("hours", [1, -1, 24, -24])
async def test_a_clock_that_is_set_holds_up_nothing_and_doubles_nothing(
    store: Store, telegram: TelegramEmulator, hours: int
) -> None:
    wall = Wall()
    bot = TelegramChannel(telegram.token, key=b"k" * 32, api_url=telegram.url, chat_rate=1000)
    senders = [Sender(store, {"telegram": bot}, wall, Metrics()) for _ in range(2)]
    await queue(store, "before", wall.now())
    await senders[0].step()
    await queue(store, "between", wall.now())
    wall.turn(timedelta(hours=hours))
    await queue(store, "after", wall.now())
    for sender in (*senders, *senders):
        await sender.step()
    assert [m.text for m in telegram.user(CHAT).messages] == ["before", "between", "after"]
    await bot.close()


class Broken(Obedient):
    """Cannot take many at once, as when memory runs out."""

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        """One analysis, or none."""
        if len(queries) > 1:
            raise MemoryError
        return super().analyze_many(queries)


class Brooding(Obedient):
    """Never comes to an end with one text."""

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        """Sleeps, as a pattern that runs away does."""
        if any("brood" in query.text for query in queries):
            time.sleep(3)
        return super().analyze_many(queries)


async def test_memory_that_is_too_small_for_a_batch_suffices_for_each(store: Store) -> None:
    house = House(store)
    house.analyzer = Broken(house.analyzer.danger)
    house.worker.close()
    house.worker = house.hire()
    for sender in range(8):
        await house.text("the lamp is out", sender)
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 8, "dead": 0}
    await house.close()


async def test_a_text_over_which_it_broods_holds_up_nobody_for_long(store: Store) -> None:
    house = House(store)
    house.analyzer = Brooding(house.analyzer.danger)
    house.worker.close()
    house.worker = house.hire()
    house.worker._reader.longest = 0.9
    for sender in range(6):
        await house.text("brood over this, my house is on fire" if sender == 2 else "lamp", sender)
    begun = time.monotonic()
    await house.worker.step()
    assert time.monotonic() - begun < 3
    assert await house.inbox() == {"pending": 1, "done": 5, "dead": 0}
    assert "emergency" in [item.kind for item in await house.outbox()]  # it did not wait
    await house.work_off()
    (letter,) = await house.letters()
    assert letter.reason == "Stuck"
    await house.close()
