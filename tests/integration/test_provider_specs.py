"""Every request that the channels send, held against the providers' published specifications."""

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.base import SendError
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_poller import TelegramPoller
from bot.channels.twilio import TwilioChannel
from bot.emulators.telegram import Call, TelegramEmulator
from bot.emulators.twilio import RestCall, TwilioEmulator
from bot.message import Button, Inbound, Outbound

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
SHAPES = [
    Outbound("Hello"),
    Outbound("1 < 2 & “3” – ¿más? 🔥", title="R&D"),
    Outbound("Where?", buttons=(Button("Mill Street", "area:mill"), Button("Quay", "x" * 64))),
    Outbound("Where?", share_location=True, share_label="📍 Enviar"),
    Outbound("a week", title="Digest", image=PNG),
    Outbound("a week", image=PNG, buttons=(Button("Ok", "ok"),)),
    Outbound("line of a digest\n" * 120, title="Digest", image=PNG),
    Outbound("line of a digest\n" * 300, ttl=timedelta(minutes=5)),
    Outbound("soon over", ttl=timedelta(seconds=0.1)),
    Outbound("for days", ttl=timedelta(days=30)),
]


def load(name: str) -> Any:
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"the providers' specifications are not here ({name})")
    return json.loads(path.read_text(encoding="utf-8"))


class BotApi:
    """The Bot API as data: names, types and what is required."""

    PLAIN: Mapping[str, type | tuple[type, ...]] = {
        "String": str,
        "Integer": int,
        "Boolean": bool,
        "True": bool,
        "Float": (int, float),
    }

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.methods = spec["methods"]
        self.types = spec["types"]

    def faults_of(self, call: Call) -> list[str]:
        """What the specification does not allow in a request."""
        if call.method not in self.methods:
            return [f"no method {call.method}"]
        fields = {field["name"]: field for field in self.methods[call.method].get("fields", [])}
        given = {**call.parameters, **dict.fromkeys(call.files)}
        found = [f"{call.method}: unknown {name}" for name in given if name not in fields]
        for name, field in fields.items():
            if name not in given:
                found += [f"{call.method}: {name} is missing"] if field["required"] else []
            elif name in call.files:
                found += [] if "InputFile" in field["types"] else [f"{name} is no file"]
            elif not any(self.fits_text(given[name] or "", kind) for kind in field["types"]):
                found.append(f"{call.method}: {name} is no {field['types']}")
        return found

    def fits_text(self, value: str, kind: str) -> bool:
        """A parameter arrives as text, and what is no string as JSON."""
        if kind == "String":
            return True
        try:
            return self.fits(json.loads(value), kind)
        except ValueError:
            return False

    def fits(self, value: object, kind: str) -> bool:
        """Whether a JSON value is of a type."""
        if kind.startswith("Array of "):
            inner = kind.removeprefix("Array of ")
            return isinstance(value, list) and all(self.fits(each, inner) for each in value)
        if kind in self.PLAIN:
            boolean = isinstance(value, bool)
            return isinstance(value, self.PLAIN[kind]) and boolean is (kind in ("Boolean", "True"))
        spec = self.types[kind]
        if "subtypes" in spec:
            return any(self.fits(value, each) for each in spec["subtypes"])
        return isinstance(value, dict) and self.fits_fields(value, spec["fields"])

    def fits_fields(self, value: Mapping[str, object], fields: list[Any]) -> bool:
        known = {field["name"]: field for field in fields}
        required = {name for name, field in known.items() if field["required"]}
        return required <= value.keys() <= known.keys() and all(
            any(self.fits(each, kind) for kind in known[name]["types"])
            for name, each in value.items()
        )


@pytest.fixture(scope="module")
def bot_api() -> BotApi:
    return BotApi(load("telegram_api.min.json"))


@pytest.fixture(scope="module")
def twilio_api() -> Any:
    return load("twilio_api_v2010.json")


@pytest.mark.parametrize(
    "call",
    [
        Call("sendMesage", {}, ()),
        Call("sendMessage", {"chat_id": "1"}, ()),
        Call("sendMessage", {"chat_id": "1", "text": "a", "txet": "b"}, ()),
        Call("sendMessage", {"chat_id": "1", "text": "a", "reply_markup": '{"rows": []}'}, ()),
        Call("sendMessage", {"chat_id": "1", "text": "a", "disable_notification": "1"}, ()),
        Call("sendMessage", {"chat_id": "1"}, ("text",)),
        Call("setMyCommands", {"commands": '[{"command": "up"}]'}, ()),
        Call("getUpdates", {"offset": "soon"}, ()),
    ],
)
def test_the_check_itself_finds_faults(bot_api: BotApi, call: Call) -> None:
    assert bot_api.faults_of(call)


async def telegram_traffic() -> tuple[TelegramEmulator, list[Inbound | None]]:
    """Everything that the channel does, once."""
    read: list[Inbound | None] = []
    async with TelegramEmulator() as server:
        channel = TelegramChannel(server.token, key=b"k", api_url=server.url, chat_rate=1000)

        async def put(raw: bytes) -> None:
            read.append(channel.parse(raw))

        poller = TelegramPoller(server.token, put, api_url=server.url, long_poll=1)
        polling = asyncio.create_task(poller.run())
        ada = server.user(8_123_456_789)
        ada.start("CODE")
        for shape in SHAPES:
            await channel.send(str(ada.id), shape, "key")
        ada.press("Mill Street")
        ada.write("one more, to send an offset")
        async with asyncio.timeout(10):
            while len(read) < 3:
                await asyncio.sleep(0.01)
        await asyncio.gather(*(channel.seen(inbound) for inbound in read if inbound))
        await channel.username()
        await channel.set_commands([("help", "How this works")])
        await channel.set_commands([("help", "Cómo funciona")], language="es")
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await channel.register_webhook("https://lamp.example/telegram", "secret")
        await channel.close()
    return server, read


async def test_every_telegram_request_is_as_published(bot_api: BotApi) -> None:
    server, read = await telegram_traffic()
    assert [inbound.button for inbound in read if inbound] == [None, "area:mill", None]
    assert {call.method for call in server.calls} == {
        "deleteWebhook",
        "getUpdates",
        "sendMessage",
        "sendPhoto",
        "answerCallbackQuery",
        "getMe",
        "setMyCommands",
        "setWebhook",
    }
    assert any("offset" in call.parameters for call in server.calls)
    assert [fault for call in server.calls for fault in bot_api.faults_of(call)] == []


async def test_the_emulator_s_updates_are_as_published(bot_api: BotApi) -> None:
    async with TelegramEmulator() as server:
        channel = TelegramChannel(server.token, key=b"k", api_url=server.url)
        ada = server.user(5, language=None)
        number = ada.start("CODE")
        ada.share(51.5, -0.12, live=True)
        ada.picture("look")
        ada.edit(number, "changed")
        await channel.send("5", Outbound("?", buttons=(Button("A", "a"),)), "key")
        ada.press("A")
        updates = await server.updates.fetch(None, 100, 0)
        await channel.close()
    assert len(updates) == 5
    assert [u for u in updates if not bot_api.fits(u, "Update")] == []


def twilio_faults(api: Any, call: RestCall) -> list[str]:
    """What the specification does not allow in a request."""
    path = re.sub(r"/AC[0-9a-f]{32}/", "/{AccountSid}/", call.path)
    operation = api["paths"].get(path, {}).get({"create": "post"}.get(call.operation, "get"))
    if operation is None:
        return [f"no {call.operation} at {path}"]
    if call.operation == "create":
        form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        known, required = form["properties"], form.get("required", [])
    else:
        known = {p["name"]: p["schema"] for p in operation["parameters"] if p["in"] == "query"}
        required = []
    found = [f"unknown {name}" for name in call.parameters if name not in known]
    found += [f"{name} is missing" for name in required if name not in call.parameters]
    given = {name: value for name, value in call.parameters.items() if name in known}
    return found + [f"{n} does not fit" for n, v in given.items() if not fits(v, known[n])]


def fits(value: str, schema: Mapping[str, Any]) -> bool:
    """Whether a text is of the schema's type and format."""
    if schema.get("type") == "integer":
        within = re.fullmatch(r"\d+", value) is not None
        return within and schema.get("minimum", 0) <= int(value) <= schema.get("maximum", 1e9)
    if schema.get("format") == "phone-number":
        return re.fullmatch(r"\+[1-9]\d{6,14}", value) is not None
    if schema.get("format") == "uri":
        return re.fullmatch(r"https?://[A-Za-z0-9.-]+(/\S*)?", value) is not None
    if schema.get("format") == "date-time":
        return datetime.fromisoformat(value).year > 2000
    return re.fullmatch(schema.get("pattern", ".*"), value, re.DOTALL) is not None


async def test_every_twilio_request_is_as_published(twilio_api: Any) -> None:
    async with TwilioEmulator() as server:
        channel = TwilioChannel(
            server.account_sid,
            [server.token],
            server.number,
            key=b"k",
            public_url="https://lamp.example",
            api_url=server.url,
            rate=1000,
        )
        for number, shape in enumerate(SHAPES):
            await channel.send("+15551230001", shape, f"reply:{number}/ä &=")
        server.phone("+15551230001").write("hello")
        since = datetime.now(UTC) - timedelta(minutes=5)
        assert len([raw async for raw in channel.received(since)]) == 1
        await channel.close()
    assert {call.operation for call in server.calls} == {"create", "list"}
    assert [fault for call in server.calls for fault in twilio_faults(twilio_api, call)] == []
    bodies = [call.parameters["Body"] for call in server.calls if call.operation == "create"]
    assert all(1 <= len(body) <= 1600 for body in bodies)


@pytest.mark.parametrize(
    "call",
    [
        RestCall("create", "/2010-04-01/Accounts/AC/Messages.json", {}),
        RestCall("create", f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json", {"Body": "x"}),
        RestCall("create", f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json", {"To": "12"}),
        RestCall(
            "create",
            f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json",
            {"To": "+15551230001", "ValidityPeriod": "1.5"},
        ),
        RestCall("list", f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json", {"PageSize": "1001"}),
        RestCall("list", f"/2010-04-01/Accounts/AC{'0' * 32}/Messages.json", {"Sent": "x"}),
    ],
)
def test_the_twilio_check_finds_faults(twilio_api: Any, call: RestCall) -> None:
    assert twilio_faults(twilio_api, call)


async def test_the_emulator_s_resources_are_as_published(twilio_api: Any) -> None:
    schemas = twilio_api["components"]["schemas"]
    known = schemas["api.v2010.account.message"]["properties"]
    async with TwilioEmulator() as server:
        server.phone("+15551230001").write("hello", media=1)
        server.phone("+15551230001").write("STOP")
        channel = TwilioChannel(
            server.account_sid, [server.token], server.number, key=b"k", api_url=server.url
        )
        await channel.send("+15551230002", Outbound("hi"), "key")
        with pytest.raises(SendError):
            await channel.send("+15551230001", Outbound("hi"), "key")
        await channel.close()
        resources = [m.resource(server.account_sid) for m in server.exchange.stored.values()]
    assert len(resources) == 4
    for resource in resources:
        assert resource.keys() == known.keys()
        assert re.fullmatch(known["sid"]["pattern"], resource["sid"])
        assert resource["status"] in schemas["message_enum_status"]["enum"]
        assert resource["direction"] in schemas["message_enum_direction"]["enum"]
