"""Updates posted to a webhook, as the Bot API server posts them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.channels.base import Refused
from bot.channels.telegram import TelegramChannel, secret_matches
from bot.emulators.telegram import TelegramEmulator

SECRET = "a-secret_1"


@dataclass
class Service:
    """A webhook that answers as told and keeps what it took."""

    url: str = ""
    tries: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], web.Response] = field(
        default=lambda _: web.Response(text="ok")
    )
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        if not secret_matches(request.headers.get("X-Telegram-Bot-Api-Secret-Token"), SECRET):
            return web.Response(status=403)
        update = await request.json()
        self.tries.append(update)
        answer = self.answer(update)
        if answer.status < 300:
            self.taken.append(update)
            self.changed.set()
        return answer

    async def wait(self, count: int) -> list[str]:
        async with asyncio.timeout(10):
            while len(self.taken) < count:
                self.changed.clear()
                await self.changed.wait()
        return [update.get("message", {}).get("text", "") for update in self.taken]


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    made = Service()
    app = web.Application()
    app.router.add_post("/telegram", made.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    yield made
    await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(retry_base=0.01) as emulator:
        yield emulator


@pytest.fixture
async def channel(server: TelegramEmulator) -> AsyncIterator[TelegramChannel]:
    made = TelegramChannel(server.token, key=b"k", api_url=server.url)
    yield made
    await made.close()


async def test_posted_in_order_with_the_secret(
    server: TelegramEmulator, channel: TelegramChannel, service: Service
) -> None:
    ada = server.user(1)
    ada.write("before the webhook")
    await channel.register_webhook(service.url, SECRET)
    for n in range(20):
        ada.write(f"{n}")
    assert await service.wait(21) == ["before the webhook", *map(str, range(20))]
    for _ in range(100):
        await asyncio.sleep(0.01)  # the server has yet to read our last answer
        if not server.updates.pending:
            break
    assert server.updates.pending == 0


async def test_a_wrong_secret_is_kept_out_and_the_update_waits(
    server: TelegramEmulator, channel: TelegramChannel, service: Service
) -> None:
    await channel.register_webhook(service.url, "stale-secret")
    server.user(1).write("hello")
    await asyncio.sleep(0.1)
    assert not service.tries
    await channel.register_webhook(service.url, SECRET)
    assert await service.wait(1) == ["hello"]


async def test_a_failing_update_holds_up_only_its_own_chat(
    server: TelegramEmulator, channel: TelegramChannel, service: Service
) -> None:
    broken = True

    def answer(update: dict[str, Any]) -> web.Response:
        return web.Response(status=500 if broken and update["message"]["chat"]["id"] == 1 else 200)

    service.answer = answer
    await channel.register_webhook(service.url, SECRET)
    server.user(1).write("first")
    server.user(1).write("second")
    server.user(2).write("other")
    assert await service.wait(1) == ["other"]
    broken = False
    assert await service.wait(3) == ["other", "first", "second"]
    assert len({update["update_id"] for update in service.tries}) == 3


async def test_retry_after_is_honoured(
    server: TelegramEmulator, channel: TelegramChannel, service: Service
) -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    def answer(_: dict[str, Any]) -> web.Response:
        times.append(loop.time())
        return web.Response(status=200 if times[1:] else 429, headers={"Retry-After": "1"})

    service.answer = answer
    await channel.register_webhook(service.url, SECRET)
    server.user(1).write("hello")
    await service.wait(1)
    assert times[1] - times[0] >= 1.0


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://lamp.example/telegram", SECRET),
        ("ftp://lamp.example", SECRET),
        ("https://lamp.example/telegram", "no spaces"),
        ("https://lamp.example/telegram", "ü"),
        ("https://lamp.example/telegram", "x" * 257),
    ],
)
async def test_a_webhook_that_telegram_would_not_take(
    channel: TelegramChannel, url: str, secret: str
) -> None:
    with pytest.raises(Refused):
        await channel.register_webhook(url, secret)
