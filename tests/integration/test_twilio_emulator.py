"""The emulated Messages API, its webhooks and its callbacks."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bot.channels.base import Unreadable
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_webhook import Status
from bot.emulators.twilio import TwilioEmulator
from bot.message import Outbound

PUBLIC = "https://lamp.example/base"
ADA = "+15551230001"


@dataclass
class Service:
    """Takes webhooks as ours does: verify, keep, answer."""

    channel: TwilioChannel
    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if not self.channel.verify(request.path_qs, raw, request.headers):
            return web.Response(status=403)
        if request.path.endswith("/status"):
            self.statuses.append(self.channel.parse_status(raw, request.query_string))
        else:
            self.bodies.append(raw)
        self.changed.set()
        return web.Response(status=self.status)

    async def wait(self, *, bodies: int = 0, statuses: int = 0) -> None:
        async with asyncio.timeout(10):
            while len(self.bodies) < bodies or len(self.statuses) < statuses:
                self.changed.clear()
                await self.changed.wait()

    def texts(self) -> list[str]:
        found = [self.channel.parse(body) for body in self.bodies]
        return [inbound.text for inbound in found if inbound]


@pytest.fixture
async def server() -> AsyncIterator[TwilioEmulator]:
    async with TwilioEmulator() as emulator:
        yield emulator


@pytest.fixture
async def service(server: TwilioEmulator) -> AsyncIterator[Service]:
    channel = TwilioChannel(
        server.account_sid,
        [server.token],
        server.number,
        key=b"k",
        public_url=PUBLIC,
        api_url=server.url,
    )
    made = Service(channel)
    app = web.Application()
    app.router.add_post("/sms", made.handle)
    app.router.add_post("/sms/status", made.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    server.connect(made.url, PUBLIC)
    yield made
    await channel.close()
    await runner.cleanup()


async def test_a_text_arrives_signed_and_in_order(server: TwilioEmulator, service: Service) -> None:
    texts = ["The lamp is out", "¿Dónde? 🔥", "", "a=1&b=2 +%"]
    sids = [server.phone(ADA).write(text) for text in texts]
    await service.wait(bodies=4)
    assert service.texts() == texts
    assert [service.channel.envelope(body).external_id for body in service.bodies] == sids


async def test_a_webhook_called_twice_says_the_same(
    server: TwilioEmulator, service: Service
) -> None:
    server.phone(ADA).write("once", copies=3)
    await service.wait(bodies=3)
    assert len({service.channel.envelope(body).external_id for body in service.bodies}) == 1


async def test_a_failed_webhook_is_not_repeated_but_listed(
    server: TwilioEmulator, service: Service
) -> None:
    service.status = 500
    server.phone(ADA).write("lost?")
    await service.wait(bodies=1)
    await asyncio.sleep(0.1)
    assert len(service.bodies) == 1
    assert [hook.status for hook in server.hooks] == [500]
    since = next(iter(server.exchange.stored.values())).at
    listed = [raw async for raw in service.channel.received(since)]
    assert [service.channel.envelope(raw).text for raw in listed] == ["lost?"]


async def test_a_stranger_s_signature_gets_403(server: TwilioEmulator, service: Service) -> None:
    server.connect(service.url, "https://other.example")
    server.phone(ADA).write("hello")
    await asyncio.sleep(0.1)
    assert [hook.status for hook in server.hooks] == [403]
    assert service.bodies == []


@pytest.mark.parametrize(
    "order",
    [("queued", "sent", "delivered"), ("delivered", "sent"), ("sent", "sent", "delivered"), ()],
)
async def test_callbacks_come_in_any_order(
    server: TwilioEmulator, service: Service, order: tuple[str, ...]
) -> None:
    server.exchange.callbacks = order
    sent = await service.channel.send(ADA, Outbound("Hello"), "reply:7")
    await service.wait(statuses=len(order))
    expected = [Status("reply:7", sent.provider_id, status, None) for status in order]
    assert service.statuses == expected


async def test_a_phone_out_of_reach(server: TwilioEmulator, service: Service) -> None:
    server.phone(ADA).reachable = False
    sent = await service.channel.send(ADA, Outbound("Hello"), "k")
    await service.wait(statuses=2)
    assert service.statuses[-1] == Status("k", sent.provider_id, "undelivered", "30003")
    assert server.phone(ADA).messages == []


@pytest.mark.parametrize(
    ("text", "opted_out", "answers"),
    [
        ("STOP", True, 1),
        (" stop \n", True, 1),
        ("End", True, 1),
        ("Please STOP", False, 0),
        ("stop.", False, 0),
        ("START", False, 0),
        ("HELP", False, 1),
        ("info", False, 1),
        ("help me", False, 0),
    ],
)
async def test_twilio_answers_single_words_and_tells_us_all_the_same(
    server: TwilioEmulator, service: Service, text: str, opted_out: bool, answers: int
) -> None:
    phone = server.phone(ADA)
    phone.write(text)
    await service.wait(bodies=1)
    assert service.texts() == [text]
    assert phone.opted_out is opted_out
    assert [message.automatic for message in phone.messages] == [True] * answers


def make_create(server: TwilioEmulator, **over: str) -> dict[str, str]:
    return {"To": ADA, "From": server.number, "Body": "Hello", **over}


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"To": "5551230001"}, 21211),
        ({"To": "+1"}, 21211),
        ({"From": "+15550109999"}, 21606),
        ({"Body": "x" * 1601}, 21617),
        ({"ValidityPeriod": "0"}, 20001),
        ({"ValidityPeriod": "36001"}, 20001),
        ({"ValidityPeriod": "soon"}, 20001),
        ({"StatusCallback": "lamp.example"}, 21609),
        ({"Bdoy": "x"}, 20001),
    ],
)
async def test_refusals(server: TwilioEmulator, over: dict[str, str], code: int) -> None:
    status, answer = await post(server, make_create(server, **over))
    assert (status, answer["code"]) == (400, code)
    assert server.phone(ADA).messages == []


async def post(
    server: TwilioEmulator, form: dict[str, str], token: str | None = None
) -> tuple[int, dict[str, Any]]:
    login = aiohttp.encode_basic_auth(server.account_sid, token or server.token)
    url = f"{server.url}/2010-04-01/Accounts/{server.account_sid}/Messages.json"
    async with (
        aiohttp.ClientSession(headers={"Authorization": login}) as session,
        session.post(url, data=form) as response,
    ):
        return response.status, await response.json()


async def test_a_wrong_token(server: TwilioEmulator) -> None:
    status, answer = await post(server, make_create(server), token="wrong")
    assert (status, answer["code"]) == (401, 20003)
    assert server.calls == []


async def test_too_many_requests_on_demand(server: TwilioEmulator) -> None:
    server.limits = True
    ends = [(await post(server, make_create(server)))[0] for _ in range(101)]
    assert ends.count(429) >= 1
    assert ends[:100].count(201) == 100


async def test_a_list_comes_in_pages(server: TwilioEmulator) -> None:
    sids = [server.phone(ADA).write(f"{n}") for n in range(7)]
    login = aiohttp.encode_basic_auth(server.account_sid, server.token)
    url = f"/2010-04-01/Accounts/{server.account_sid}/Messages.json?PageSize=3&To=%2B15550100000"
    found: list[str] = []
    async with aiohttp.ClientSession(headers={"Authorization": login}) as session:
        for size in (3, 3, 1):
            async with session.get(URL(server.url + url, encoded=True)) as response:
                page = await response.json()
            assert len(page["messages"]) == size
            found += [message["sid"] for message in page["messages"]]
            url = page["next_page_uri"] or ""
    assert url == ""
    assert sorted(found) == sorted(sids)


async def test_nothing_is_called_before_a_service_is_there(server: TwilioEmulator) -> None:
    server.phone(ADA).write("hello")
    await post(server, make_create(server, StatusCallback="https://lamp.example/sms/status?key=1"))
    await asyncio.sleep(0.05)
    assert server.hooks == []


async def test_a_status_needs_its_key(service: Service) -> None:
    with pytest.raises(Unreadable):
        service.channel.parse_status(b"MessageSid=SM1&MessageStatus=sent", "")
