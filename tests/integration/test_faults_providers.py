"""Providers that fail, stay silent or send everything at once: nothing lost, nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_poller import TelegramPoller
from bot.city import demo_city_path, load_city
from bot.clock import ShiftedClock, SystemClock
from bot.emulators.faults import Fault, dropped, flood, html_page, lost_reply, migrated, slow
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from bot.message import Outbound, Priority
from bot.metrics import Metrics
from bot.outbox.post import post
from bot.outbox.sender import Sender
from bot.runtime.schedule import Schedule
from bot.runtime.service import Service
from storage.sealing import Keyring
from storage.store import Store
from tests.checker import Wrote, judge
from tests.integration.test_sender import CHAT, PHONE, Post, post_office
from tests.rig import PUBLIC_URL, Rig, open_rig, rig_settings

__all__ = ["post_office"]
LAMP = "street light is out on Mill Lane in Millbrook"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path) as made:
        yield made


async def verdict(rig: Rig, *people: Wrote) -> tuple[int, int, int]:
    found = await judge(rig.service.store, rig.telegram, rig.sms, people)
    return found.lost, found.doubled, found.unknown


@pytest.mark.parametrize(
    ("fault", "unknown"),
    [
        (flood(1), 0), (html_page(502), 1), (html_page(200), 1), (lost_reply(), 1),
        (dropped(), 1), (slow(7.0), 0), (Fault("answer", 500), 1),
    ],
    ids=["429", "502", "html", "lost reply", "reset", "7 s", "500"],
)  # fmt: skip
async def test_a_telegram_that_fails_once(rig: Rig, fault: Fault, unknown: int) -> None:
    rig.telegram.faults.add("sendMessage", fault)
    rig.telegram.user(5_000_001).write(LAMP)
    await rig.settle(30)
    # What nobody knows of counts as unknown also where it did arrive.
    assert await verdict(rig, Wrote("telegram", "5000001")) == (0, 0, unknown)


async def test_seven_seconds_of_silence_hold_up_nobody_else(rig: Rig) -> None:
    rig.sms.faults.add("create", slow(7.0))
    rig.sms.phone("+15550100001").write(LAMP)
    await rig.sms.phone("+15550100001").wait()
    begun = asyncio.get_running_loop().time()
    rig.sms.phone("+15550100002").write("my house is on fire please come")
    await rig.sms.phone("+15550100002").wait()
    assert asyncio.get_running_loop().time() - begun < 5
    await rig.settle(30)
    people = [Wrote("sms", "+15550100001"), Wrote("sms", "+15550100002")]
    assert await verdict(rig, *people) == (0, 0, 0)


async def test_two_pollers_over_one_store(rig: Rig) -> None:
    """Two web processes that both poll: Telegram tells one or the other that it is too many."""
    store = rig.service._channels.pollers["telegram"]._put
    other = TelegramPoller(rig.telegram.token, store, api_url=rig.telegram.url, first_wait=0.05)
    running = asyncio.create_task(other.run())
    for number in range(1, 31):
        rig.telegram.user(5_000_000 + number).write(LAMP)
        await asyncio.sleep(0.05)
    await rig.settle(60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    people = [Wrote("telegram", str(5_000_000 + number)) for number in range(1, 31)]
    assert await verdict(rig, *people) == (0, 0, 0)


async def test_the_same_updates_twenty_times_and_out_of_order(rig: Rig) -> None:
    for number in range(1, 6):
        rig.sms.phone(f"+1555010000{number}").write(LAMP, copies=10)
    for _ in range(10):
        rig.sms.redeliver()
    await rig.settle(60)
    people = [Wrote("sms", f"+1555010000{number}") for number in range(1, 6)]
    assert await verdict(rig, *people) == (0, 0, 0)


async def test_a_day_of_outage_is_caught_up_once(tmp_path: Path) -> None:
    """200 people write through both channels while the service is down for a day."""
    began = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
    clock = ShiftedClock(began)
    async with (
        TelegramEmulator(clock=clock.now) as telegram,
        TwilioEmulator(clock=clock.now) as sms,
    ):
        people = []
        for number in range(100):
            sms.phone(f"+1555020{number:04}").write(LAMP)
            telegram.user(5_000_000 + number).write(LAMP)
            people += [
                Wrote("sms", f"+1555020{number:04}"),
                Wrote("telegram", str(5_000_000 + number)),
            ]
        clock.jump(began + timedelta(hours=23, minutes=50))
        async with Service(rig_settings(tmp_path, telegram, sms), clock) as service:
            sms.connect(f"http://127.0.0.1:{service.port}", PUBLIC_URL)
            rig = Rig(service, telegram, sms)
            async with asyncio.timeout(60):
                while (await counted(service.store))["done"] < 200:
                    await asyncio.sleep(0.1)
            sms.redeliver()
            await rig.settle(60)
            assert await verdict(rig, *people) == (0, 0, 0)


async def counted(store: Store) -> dict[str, int]:
    async with store.read() as work:
        return await work.inbox.counts()


async def test_an_api_host_that_does_not_resolve_loses_nothing(store: Store, keys: Keyring) -> None:
    clock = SystemClock()
    bot = TelegramChannel("1:t", key=b"k" * 32, api_url="http://no-such-host.invalid", timeout=5)
    async with store.begin() as work:
        contact = await work.contacts.ensure("telegram", "5000001", clock.now())
        await post(
            work, contact, Outbound("hello"), key="hello", priority=Priority.REPLY, kind="reply",
            now=clock.now(),
        )  # fmt: skip
    await Sender(store, {"telegram": bot}, clock, Metrics()).step()
    async with store.read() as work:
        assert (await work.outbox.counts())["queued"] == 1
    await bot.close()


async def test_all_orders_of_five_callbacks_end_alike(store: Store) -> None:
    words = ("queued", "sending", "sent", "delivered", "read")
    clock = SystemClock()
    for number, order in enumerate(permutations(words)):
        async with store.begin() as work:
            contact = await work.contacts.ensure("sms", PHONE, clock.now())
            await post(
                work, contact, Outbound("x"), key=f"k{number}", priority=Priority.REPLY,
                kind="reply", now=clock.now(),
            )  # fmt: skip
            for word in order:
                await work.outbox.settle(f"k{number}", f"SM{number}", word, clock.now())
                await work.outbox.settle(f"k{number}", f"SM{number}", word, clock.now())
    async with store.read() as work:
        assert (await work.outbox.counts())["sent"] == 120


class Office:
    """A schedule and a sender of the demo town, whose officer gets a digest."""

    def __init__(self, office: Post) -> None:
        self.post = office
        city = load_city(demo_city_path())
        self.schedule = Schedule(office.store, city, office.clock)

    async def hire(self) -> int:
        """The officer's contact."""
        now = self.post.clock.now()
        self.post.telegram.user(CHAT).start()
        contact = await self.post.contact()
        async with self.post.store.begin() as work:
            until = now + timedelta(days=1)
            await work.staff.invite("CODE", "officer", "town", (), until, now)
            assert await work.staff.redeem("CODE", contact.id, now)
        return contact.id


async def test_stop_overtakes_a_digest_in_flight(post_office: Post) -> None:
    """Queued, leased, waiting for its slot: up to the very call it can be stopped."""
    office = Office(post_office)
    officer = await office.hire()
    await office.schedule.sweep()
    now = post_office.clock.now()
    async with post_office.store.begin() as work:
        (digest,) = await work.outbox.claim(now, timedelta(seconds=3), 9)  # a sender has it in hand
        await work.contacts.opt_out(officer, now)
        await work.outbox.cancel_for(officer, kinds=("alert", "digest", "tip"))
    assert not await post_office.sender._one(digest)
    assert post_office.texts == []
    assert await post_office.counts() == {"cancelled": 1}


async def test_a_digest_whose_sending_has_begun_ends_and_is_the_last(post_office: Post) -> None:
    office = Office(post_office)
    officer = await office.hire()
    await office.schedule.sweep()
    post_office.telegram.faults.add("sendMessage", slow(1.0))
    sending = asyncio.create_task(post_office.sender.step())
    await asyncio.sleep(0.5)
    async with post_office.store.begin() as work:
        await work.contacts.opt_out(officer, post_office.clock.now())
        await work.outbox.cancel_for(officer, kinds=("alert", "digest", "tip"))
    await sending
    assert (await post_office.counts())["sent"] == 1
    post_office.clock.jump(post_office.clock.now() + timedelta(days=7))
    await office.schedule.sweep()
    assert await post_office.sender.step() == 0


async def test_a_chat_that_migrates_mid_digest_gets_it_once(post_office: Post) -> None:
    office = Office(post_office)
    await office.hire()
    post_office.telegram.user(CHAT + 1).start()
    post_office.telegram.faults.add("sendMessage", migrated(CHAT + 1))
    await office.schedule.sweep()
    await post_office.sender.step()
    await post_office.sender.step()
    new_home = post_office.telegram.user(CHAT + 1).messages
    assert len(new_home) == 1
    assert post_office.texts == []


@pytest.mark.parametrize(
    "words", ["Forbidden: bot was blocked by the user", "Forbidden: user is deactivated"]
)
async def test_who_is_gone_is_written_to_no_more(post_office: Post, words: str) -> None:
    office = Office(post_office)
    await office.hire()
    post_office.telegram.faults.add("sendMessage", Fault("answer", 403, words))
    await office.schedule.sweep()
    await post_office.sender.step()
    assert await post_office.counts() == {"dead": 1}
    post_office.clock.jump(post_office.clock.now() + timedelta(days=7))
    await office.schedule.sweep()
    assert await post_office.counts() == {"dead": 1}


async def test_a_button_pressed_too_late_is_acted_on_all_the_same(rig: Rig) -> None:
    """Telegram forgets a press after a while; its confirmation is refused, its meaning stays."""
    user = rig.telegram.user(5_000_001)
    user.write("the street lights are all out in Mill Lane")
    await user.wait()
    late = Fault("answer", 400, "Bad Request: query is too old and response timeout expired")
    rig.telegram.faults.add("answerCallbackQuery", late)
    user.press(next(label for label, _ in user.messages[-1].buttons if "Millbrook" in label))
    await user.wait(2)
    await rig.settle()
    assert await verdict(rig, Wrote("telegram", "5000001", messages=2)) == (0, 0, 0)
