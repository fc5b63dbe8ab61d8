"""The sender between a real store and both providers' emulators."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.clock import ShiftedClock
from bot.emulators.faults import Fault, blocked, dropped, flood, html_page, lost_reply, migrated
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from bot.message import Outbound, Priority
from bot.metrics import Metrics
from bot.outbox.post import post
from bot.outbox.sender import Sender
from storage.records import ContactView
from storage.store import Store

CHAT = 5_000_000_001
PHONE = "+15550101234"
KEY = b"k" * 32


@dataclass(slots=True)
class Post:
    """A sender with its store and both providers."""

    store: Store
    sender: Sender
    clock: ShiftedClock
    telegram: TelegramEmulator
    sms: TwilioEmulator
    twilio: TwilioChannel

    async def queue(self, text: str, *, channel: str = "telegram", **changes: object) -> None:
        """Queue a message to the one contact of the channel."""
        kind = str(changes.get("kind", "reply"))
        ttl = changes.get("ttl")
        message = Outbound(text, ttl=ttl if isinstance(ttl, timedelta) else None)
        contact = await self.contact(channel)
        async with self.store.begin() as work:
            await post(
                work,
                contact,
                message,
                key=str(changes.get("key", text)),
                priority=Priority[str(changes.get("priority", "REPLY"))],
                kind=kind,
                now=self.clock.now(),
            )

    async def contact(self, channel: str = "telegram") -> ContactView:
        """The contact of the channel."""
        address = str(CHAT) if channel == "telegram" else PHONE
        async with self.store.begin() as work:
            return await work.contacts.ensure(channel, address, self.clock.now())

    async def counts(self) -> dict[str, int]:
        """Outbox rows by state, those without any left out."""
        async with self.store.read() as work:
            return {state: n for state, n in (await work.outbox.counts()).items() if n}

    @property
    def texts(self) -> list[str]:
        """What reached the Telegram chat."""
        return [m.text for m in self.telegram.user(CHAT).messages]


@pytest.fixture
async def post_office(store: Store) -> AsyncIterator[Post]:
    clock = ShiftedClock(datetime(2026, 3, 10, 19, 30, tzinfo=UTC))
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramEmulator())
        sms = await stack.enter_async_context(TwilioEmulator(clock=clock.now))
        bot = TelegramChannel(
            telegram.token, key=KEY, api_url=telegram.url, rate=1000, chat_rate=1000, timeout=2
        )
        text = TwilioChannel(
            sms.account_sid, [sms.token], sms.number, key=KEY, api_url=sms.url, rate=1000
        )
        stack.push_async_callback(bot.close)
        stack.push_async_callback(text.close)
        sender = Sender(store, {"telegram": bot, "sms": text}, clock, Metrics())
        telegram.user(CHAT).start()
        yield Post(store, sender, clock, telegram, sms, text)


async def test_a_message_leaves_once(post_office: Post) -> None:
    await post_office.queue("hello")
    await post_office.queue("hello")
    assert await post_office.sender.step() == 1
    assert await post_office.sender.step() == 0
    assert post_office.texts == ["hello"]
    assert await post_office.counts() == {"sent": 1}


async def test_the_urgent_goes_first(post_office: Post) -> None:
    for name in ("TIP", "DIGEST", "REPLY", "EMERGENCY", "ALERT"):
        await post_office.queue(name, priority=name)
    await post_office.sender.step()
    assert post_office.texts == ["EMERGENCY", "REPLY", "ALERT", "DIGEST", "TIP"]


@pytest.mark.parametrize(
    ("fault", "then", "after"),
    [
        (flood(3), {"queued": 1}, {"sent": 1}),
        (dropped(), {"unknown": 1}, {"unknown": 1}),
        (lost_reply(), {"unknown": 1}, {"unknown": 1}),
        (html_page(502), {"unknown": 1}, {"unknown": 1}),
        (blocked(), {"dead": 1}, {"dead": 1}),
        (migrated(CHAT + 1), {"queued": 1}, {"sent": 1}),
    ],
)
async def test_every_end_of_a_send_is_told_apart(
    post_office: Post, fault: Fault, then: dict[str, int], after: dict[str, int]
) -> None:
    post_office.telegram.user(CHAT + 1).start()
    post_office.telegram.faults.add("sendMessage", fault)
    await post_office.queue("hello")
    await post_office.sender.step()
    assert await post_office.counts() == then
    post_office.clock.jump(post_office.clock.now() + timedelta(minutes=5))
    await post_office.sender.step()
    assert await post_office.counts() == after


async def test_an_emergency_line_is_repeated_when_nobody_knows(post_office: Post) -> None:
    post_office.telegram.faults.add("sendMessage", lost_reply())
    await post_office.queue("Call 112", priority="EMERGENCY", kind="emergency")
    await post_office.sender.step()
    post_office.clock.jump(post_office.clock.now() + timedelta(minutes=1))
    await post_office.sender.step()
    assert post_office.texts == ["Call 112", "Call 112"]
    assert await post_office.counts() == {"sent": 1}


async def test_the_moved_chat_gets_the_message(post_office: Post) -> None:
    post_office.telegram.user(CHAT + 1).start()
    post_office.telegram.faults.add("sendMessage", migrated(CHAT + 1))
    await post_office.queue("hello")
    await post_office.sender.step()
    await post_office.sender.step()
    assert [m.text for m in post_office.telegram.user(CHAT + 1).messages] == ["hello"]


async def test_who_blocked_us_gets_no_digest_any_more(post_office: Post) -> None:
    post_office.telegram.user(CHAT).block()
    await post_office.queue("hello")
    await post_office.sender.step()
    assert (await post_office.contact()).opted_out_at is not None


@pytest.mark.parametrize(
    ("kind", "state"), [("digest", "dead"), ("tip", "dead"), ("alert", "dead"), ("reply", "sent")]
)
async def test_stop_overtakes_what_nobody_asked_for(
    post_office: Post, kind: str, state: str
) -> None:
    contact = await post_office.contact()
    await post_office.queue("news", kind=kind)
    async with post_office.store.begin() as work:
        await work.contacts.opt_out(contact.id, post_office.clock.now())
    await post_office.sender.step()
    assert await post_office.counts() == {state: 1}


async def test_the_outdated_is_not_sent(post_office: Post) -> None:
    await post_office.queue("old news", ttl=timedelta(minutes=10))
    post_office.clock.jump(post_office.clock.now() + timedelta(minutes=11))
    await post_office.sender.step()
    assert await post_office.counts() == {"expired": 1}


async def test_sms_that_twilio_stopped_is_an_opt_out(post_office: Post) -> None:
    post_office.sms.phone(PHONE).write("STOP")
    await post_office.queue("hello", channel="sms")
    await post_office.sender.step()
    assert await post_office.counts() == {"dead": 1}
    assert (await post_office.contact("sms")).opted_out_at is not None


async def test_the_lone_sender_takes_over_what_a_dead_one_left(post_office: Post) -> None:
    store = post_office.store
    await post_office.queue("leased")
    await post_office.queue("leaving")
    await post_office.queue("Call 112", priority="EMERGENCY", kind="emergency")
    now = post_office.clock.now()
    async with store.begin() as work:
        for item in await work.outbox.claim(now, timedelta(hours=1), 10):
            if item.key != "leased":
                await work.outbox.sending([item.id], now + timedelta(hours=1))
    assert await post_office.sender.step() == 0
    async with store.begin() as work:
        assert await work.outbox.recover(post_office.clock.now()) == 3
    post_office.clock.jump(now + timedelta(seconds=9))
    await post_office.sender.step()
    assert post_office.texts == ["Call 112", "leased"]
    assert await post_office.counts() == {"sent": 2, "unknown": 1}


async def test_a_channel_that_is_not_set_up_keeps_its_messages(post_office: Post) -> None:
    async with post_office.store.begin() as work:
        pigeon = await work.contacts.ensure("pigeon", "loft 4", post_office.clock.now())
        await post(
            work, pigeon, Outbound("coo"), key="coo", priority=Priority.REPLY, kind="reply",
            now=post_office.clock.now(),
        )  # fmt: skip
    await post_office.sender.step()
    assert await post_office.counts() == {"queued": 1}
