"""Text messages of unknown fate: settled by Twilio's list, sent again only if they never left."""

import asyncio
from datetime import timedelta

import pytest

from bot.channels.base import SendError
from bot.emulators.faults import Fault, dropped, html_page, lost_reply
from bot.metrics import Metrics
from bot.outbox.settling import Settler
from tests.integration.test_sender import PHONE, Post, post_office

__all__ = ["post_office"]


def settler(post: Post, interval: float = 30.0) -> Settler:
    return Settler(post.store, post.twilio, post.clock, Metrics(), interval)


@pytest.fixture
def settling(post_office: Post) -> Settler:
    return settler(post_office)


async def lose(post: Post, fault: Fault, *texts: str) -> None:
    """Send, with a provider that does not tell what became of it."""
    for text in texts:
        post.sms.faults.add("create", fault)
        await post.queue(text, channel="sms")
        await post.sender.step()


def later(post: Post, **span: int) -> None:
    post.clock.jump(post.clock.now() + timedelta(**span))


def arrived(post: Post) -> list[str]:
    return [m.text for m in post.sms.phone(PHONE).messages]


@pytest.mark.parametrize("fault", [lost_reply(), dropped(), html_page(502)])
async def test_every_text_arrives_once_whatever_the_provider_said(
    post_office: Post, settling: Settler, fault: Fault
) -> None:
    await lose(post_office, fault, "hello")
    assert await post_office.counts() == {"unknown": 1}
    assert await settling.look() == 0  # a callback may come
    later(post_office, minutes=1)
    assert await settling.look() == (fault == lost_reply())
    later(post_office, minutes=3)
    await settling.look()
    await post_office.sender.step()
    await settling.look()
    assert arrived(post_office) == ["hello"]
    assert await post_office.counts() == {"sent": 1}


async def test_the_same_words_sent_twice_are_told_apart(
    post_office: Post, settling: Settler
) -> None:
    for key in ("first", "second"):
        await post_office.queue("where is it?", key=key, channel="sms")
        await post_office.sender.step()
    post_office.sms.faults.add("create", dropped())
    await post_office.queue("where is it?", key="third", channel="sms")
    await post_office.sender.step()
    later(post_office, minutes=4)
    assert await settling.look() == 1  # neither of the two that arrived is the third
    await post_office.sender.step()
    assert arrived(post_office) == ["where is it?"] * 3


async def test_what_failed_at_the_carrier_is_dead(post_office: Post, settling: Settler) -> None:
    await lose(post_office, lost_reply(), "hello")
    for message in post_office.sms.exchange.stored.values():
        message.status = "undelivered"
    later(post_office, minutes=1)
    assert await settling.look() == 1
    assert await post_office.counts() == {"dead": 1}


async def test_two_settlers_queue_a_message_once(post_office: Post, settling: Settler) -> None:
    await lose(post_office, dropped(), "hello")
    later(post_office, minutes=4)
    async with post_office.store.read() as work:
        (send,) = await work.outbox.uncertain("sms", post_office.clock.now() - timedelta(1), 9)
    assert await settling.look() == 1
    now = post_office.clock.now()
    async with post_office.store.begin() as work:  # the other one had looked before
        assert await work.outbox.claim(now, timedelta(seconds=3), 9)
        assert not await work.outbox.never_left(send, now)
        assert await work.outbox.sending([send.id], now)
        assert await work.outbox.unknown(send.id, "again")
        assert not await work.outbox.never_left(send, now)


async def test_yesterdays_are_left_as_they_are(post_office: Post, settling: Settler) -> None:
    await lose(post_office, dropped(), "hello")
    later(post_office, hours=25)
    assert await settling.look() == 0
    assert await post_office.counts() == {"unknown": 1}


async def test_it_runs_through_a_provider_that_fails(post_office: Post) -> None:
    await lose(post_office, lost_reply(), "hello")
    later(post_office, minutes=1)
    post_office.sms.faults.add("list", html_page(502), times=2)
    with pytest.raises(SendError):
        await settler(post_office).look()
    stopping = asyncio.Event()
    running = asyncio.create_task(settler(post_office, 0.05).run(stopping))
    async with asyncio.timeout(20):
        while await post_office.counts() != {"sent": 1}:
            await asyncio.sleep(0.05)
    stopping.set()
    await running
