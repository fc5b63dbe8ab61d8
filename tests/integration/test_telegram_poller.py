"""Fetching raw updates: durable before confirmed, through every mishap."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.telegram_poller import TelegramPoller
from bot.emulators import faults
from bot.emulators.faults import Fault
from bot.emulators.telegram import TelegramEmulator


class Inbox:
    """Keeps raw updates; fails as often as told."""

    def __init__(self) -> None:
        self.raws: list[bytes] = []
        self.failures = 0
        self.changed = asyncio.Event()

    async def put(self, raw: bytes) -> None:
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        self.raws.append(raw)
        self.changed.set()

    def texts(self) -> list[str]:
        return [json.loads(raw).get("message", {}).get("text", "") for raw in self.raws]

    async def wait(self, count: int) -> list[str]:
        await self.wait_raw(count)
        return self.texts()

    async def wait_raw(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.raws) < count:
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def polling(server: TelegramEmulator, inbox: Inbox) -> AsyncIterator[TelegramPoller]:
    poller = TelegramPoller(
        server.token, inbox.put, api_url=server.url, long_poll=2, first_wait=0.01
    )
    task = asyncio.create_task(poller.run())
    yield poller
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def server() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator


async def settled(server: TelegramEmulator) -> None:
    """Until the bot has confirmed everything."""
    for _ in range(500):
        if not server.updates.pending:
            return
        await asyncio.sleep(0.01)
    pytest.fail("updates stay unconfirmed")


async def test_updates_come_in_order_and_are_confirmed(server: TelegramEmulator) -> None:
    ada, inbox = server.user(1), Inbox()
    for n in range(250):
        ada.write(f"message {n}")
    async with polling(server, inbox):
        assert await inbox.wait(250) == [f"message {n}" for n in range(250)]
        ada.write("one more")
        assert (await inbox.wait(251))[-1] == "one more"
        await settled(server)


async def test_nothing_is_confirmed_before_it_is_stored(server: TelegramEmulator) -> None:
    ada, inbox = server.user(1), Inbox()
    inbox.failures = 3
    ada.write("first")
    ada.write("second")
    async with polling(server, inbox):
        await inbox.wait(2)
        await settled(server)
    assert {"first", "second"} <= set(inbox.texts())


async def test_killed_between_storing_and_confirming_it_comes_again(
    server: TelegramEmulator,
) -> None:
    server.user(1).write("once")
    before, after = Inbox(), Inbox()
    stored = asyncio.Event()

    async def stuck(raw: bytes) -> None:
        before.raws.append(raw)
        stored.set()
        await asyncio.sleep(60)

    poller = TelegramPoller(server.token, stuck, api_url=server.url)
    task = asyncio.create_task(poller.run())
    await stored.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with polling(server, after):
        await after.wait(1)
    assert before.raws == after.raws


async def test_an_update_that_nobody_can_parse_stops_nobody(server: TelegramEmulator) -> None:
    poison: list[dict[str, Any]] = [
        {"message": 5},
        {"message": {"chat": "\ud800"}},
        {"message": {"text": "half \ud83d pair", "date": 10**30}},
        {"callback_query": []},
        {"message": None},
    ]
    ada, inbox = server.user(1), Inbox()
    for update in poison:
        server.updates.add(update)
        ada.write("fine")
    async with polling(server, inbox):
        await inbox.wait_raw(10)
        await settled(server)
    assert sum(b'"fine"' in raw for raw in inbox.raws) == 5
    for raw in inbox.raws:
        raw.decode("ascii")


@pytest.mark.parametrize(
    "fault",
    [
        faults.flood(1),
        faults.html_page(502),
        faults.html_page(200),
        faults.dropped(),
        faults.lost_reply(),
        faults.refused(500, 0),
        faults.refused(401, 0, "Unauthorized"),
        faults.refused(409, 0, "Conflict: terminated by other getUpdates request"),
        faults.refused(409, 0, "Conflict: can't use getUpdates method while webhook is active"),
    ],
)
@pytest.mark.parametrize("method", ["getUpdates", "deleteWebhook"])
async def test_a_mishap_is_survived(server: TelegramEmulator, fault: Fault, method: str) -> None:
    server.faults.add(method, fault, times=2)
    inbox = Inbox()
    server.user(1).write("still there")
    async with polling(server, inbox) as poller:
        assert await inbox.wait(1) == ["still there"]
        await settled(server)
        assert poller.failures == 0


async def test_a_webhook_left_over_is_deleted(server: TelegramEmulator) -> None:
    await server.updates.set_webhook("http://127.0.0.1:9/none", "s", drop_pending=False)
    inbox = Inbox()
    server.user(1).write("after the webhook")
    async with polling(server, inbox):
        assert await inbox.wait(1) == ["after the webhook"]
    assert server.calls[0].method == "deleteWebhook"


async def test_a_webhook_set_by_another_is_deleted_again(server: TelegramEmulator) -> None:
    inbox = Inbox()
    async with polling(server, inbox):
        server.user(1).write("one")
        await inbox.wait(1)
        await server.updates.set_webhook("http://127.0.0.1:9/none", "s", drop_pending=False)
        server.user(1).write("two")
        assert await inbox.wait(2) == ["one", "two"]


async def test_two_pollers_take_turns_and_lose_nothing(server: TelegramEmulator) -> None:
    one, two = Inbox(), Inbox()
    async with polling(server, one), polling(server, two):
        for n in range(20):
            server.user(1).write(f"{n}")
            await asyncio.sleep(0.01)
        await asyncio.wait_for(settled(server), 10)
    assert {*one.texts(), *two.texts()} == {f"{n}" for n in range(20)}


async def test_only_kinds_that_we_read_are_asked_for(server: TelegramEmulator) -> None:
    inbox = Inbox()
    async with polling(server, inbox):
        server.user(1).write("hi")
        await inbox.wait(1)
        server.updates.add({"poll": {"id": "1"}})
        server.user(1).write("ho")
        assert await inbox.wait(2) == ["hi", "ho"]


async def test_the_token_is_never_logged(
    server: TelegramEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    server.faults.add("getUpdates", faults.dropped())
    server.faults.add("getUpdates", faults.html_page(404))
    inbox = Inbox()
    server.user(1).write("hi")
    async with polling(server, inbox):
        await inbox.wait(1)
    ours = [record for record in caplog.records if record.name.startswith("bot")]
    assert len(ours) == 2
    assert not any(server.token in str(record.__dict__) for record in ours)
