"""Sending through Twilio's own client to the emulated Messages API."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from bot.channels.base import NotSent, Refused, SendError, Throttled, Unknown
from bot.channels.twilio import TwilioChannel
from bot.emulators import faults
from bot.emulators.faults import Fault
from bot.emulators.twilio import TwilioEmulator
from bot.emulators.twilio_hooks import sign
from bot.emulators.twilio_people import Phone
from bot.message import Button, Outbound

HELLO = Outbound("Hello")
PUBLIC = "https://lamp.example"


@dataclass
class Town:
    server: TwilioEmulator
    channel: TwilioChannel
    ada: Phone

    async def send(self, message: Outbound = HELLO, key: str = "key") -> str:
        return (await self.channel.send(self.ada.number, message, key)).provider_id

    async def fail(self, message: Outbound = HELLO) -> SendError:
        with pytest.raises(SendError) as caught:
            await self.send(message)
        return caught.value

    async def received(self) -> list[bytes]:
        since = datetime.now(UTC) - timedelta(hours=1)
        return [raw async for raw in self.channel.received(since)]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with TwilioEmulator() as server:
        channel = TwilioChannel(
            server.account_sid,
            [server.token],
            server.number,
            key=b"k",
            public_url=PUBLIC,
            api_url=server.url,
            rate=100,
            timeout=0.5,
        )
        yield Town(server, channel, server.phone("+15551230001"))
        await channel.close()


@pytest.mark.parametrize(
    ("message", "text", "segments"),
    [
        (Outbound("Hello"), "Hello", 1),
        (Outbound("text", title="Title"), "Title\ntext", 1),
        (Outbound("Don’t wait – call 911…"), "Don't wait - call 911...", 1),
        (Outbound("¿Dónde está?"), "¿Donde esta?", 1),
        (Outbound("حريق"), "حريق", 1),
        (Outbound("x" * 161), "x" * 161, 2),
        (Outbound("A or B?", buttons=(Button("Mill", "a"),), image=b"png"), "A or B?", 1),
        (Outbound("a=1&b=+2%20 <b>"), "a=1&b=+2%20 <b>", 1),
    ],
)
async def test_what_arrives(town: Town, message: Outbound, text: str, segments: int) -> None:
    sid = await town.send(message)
    (arrived,) = town.ada.messages
    assert (arrived.text, arrived.segments, arrived.sid) == (text, segments, sid)


@pytest.mark.parametrize(
    ("ttl", "validity"),
    [
        (None, "36000"),
        (timedelta(minutes=5), "300"),
        (timedelta(seconds=0.2), "1"),
        (timedelta(days=3), "36000"),
        (timedelta(seconds=-5), "1"),
    ],
)
async def test_how_long_carriers_may_try(town: Town, ttl: timedelta | None, validity: str) -> None:
    await town.send(Outbound("Hello", ttl=ttl))
    assert town.server.calls[-1].parameters["ValidityPeriod"] == validity


async def test_a_long_text_goes_in_parts(town: Town) -> None:
    text = "\n".join(f"line {n} of the digest" for n in range(100))
    first = await town.send(Outbound(text))
    assert town.ada.messages[0].sid == first
    assert "\n".join(m.text for m in town.ada.messages) == text
    assert len(town.ada.messages) == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (faults.refused(429, 20429), Throttled),
        (faults.html_page(429), Throttled),
        (faults.refused(400, 14107), Throttled),
        (faults.refused(400, 21611), Throttled),
        (faults.refused(400, 21610), Refused),
        (faults.refused(400, 21211), Refused),
        (faults.refused(400, 21614), Refused),
        (faults.refused(400, 21408), Refused),
        (faults.refused(400, 21617), Refused),
        (faults.refused(401, 20003), NotSent),
        (faults.refused(403, 20005), NotSent),
        (faults.refused(404, 20404), NotSent),
        (faults.refused(400, 21606), NotSent),
        (faults.refused(307, 0), NotSent),
        (faults.refused(500, 20500), Unknown),
        (faults.refused(503, 20503), Unknown),
        (faults.html_page(502), Unknown),
        (faults.html_page(200), Unknown),
        (faults.dropped(), Unknown),
        (faults.lost_reply(), Unknown),
        (faults.slow(2.0), Unknown),
    ],
)
async def test_how_a_send_can_end(town: Town, fault: Fault, expected: type[SendError]) -> None:
    town.server.faults.add("create", fault)
    error = await town.fail()
    assert type(error) is expected
    assert town.ada.number not in error.reason
    assert [call.operation for call in town.server.calls] == ["create"]  # never repeated here
    await town.send()


@pytest.mark.parametrize(
    ("code", "gone", "opted_out"),
    [
        (21610, False, True),
        (21211, True, False),
        (21614, True, False),
        (21612, True, False),
        (30005, True, False),
        (30006, True, False),
        (21408, False, False),
        (30007, False, False),
    ],
)
async def test_who_cannot_be_reached_any_more(
    town: Town, code: int, gone: bool, opted_out: bool
) -> None:
    town.server.faults.add("create", faults.refused(400, code))
    error = await town.fail()
    assert isinstance(error, Refused)
    assert (error.gone, error.opted_out) == (gone, opted_out)


async def test_after_stop_the_provider_refuses_until_start(town: Town) -> None:
    town.ada.write("Stop")
    error = await town.fail()
    assert isinstance(error, Refused)
    assert error.opted_out
    town.ada.write("START")
    await town.send()
    assert [m.automatic for m in town.ada.messages] == [True, True, False]


async def test_a_refused_connection_means_not_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        channel = TwilioChannel("AC1", ["t"], "+15550100000", key=b"k", api_url=url)
        with pytest.raises(NotSent):
            await channel.send("+15551230001", HELLO, "key")
        await channel.close()


async def test_a_wrong_token_is_no_reason_to_drop_a_message(town: Town) -> None:
    channel = TwilioChannel(
        town.server.account_sid, ["wrong"], town.server.number, key=b"k", api_url=town.server.url
    )
    with pytest.raises(NotSent):
        await channel.send(town.ada.number, HELLO, "key")
    await channel.close()
    await channel.close()


async def test_a_timeout_leaves_the_next_send_whole(town: Town) -> None:
    town.server.faults.add("create", faults.slow(1.0))
    assert isinstance(await town.fail(), Unknown)
    assert len({await town.send() for _ in range(5)}) == 5
    assert len(town.ada.messages) == 6


async def test_many_at_once(town: Town) -> None:
    phones = [town.server.phone(f"+1555123{n:04}") for n in range(50)]
    # Patience for a busy machine: fifty at once must not meet the short limit of the other tests.
    channel = TwilioChannel(
        town.server.account_sid,
        [town.server.token],
        town.server.number,
        key=b"k",
        api_url=town.server.url,
        timeout=30,
    )
    sends = [channel.send(phone.number, HELLO, "key") for phone in phones]
    assert len({sent.provider_id for sent in await asyncio.gather(*sends)}) == 50
    await channel.close()
    assert all(len(phone.messages) == 1 for phone in phones)


async def test_the_callback_carries_our_key(town: Town) -> None:
    await town.send(key="reply:7/ä &=")
    url = town.server.calls[-1].parameters["StatusCallback"]
    base, _, query = url.partition("?")
    assert base == f"{PUBLIC}/sms/status"
    body = urlencode({"MessageSid": "SM1", "MessageStatus": "sent"}).encode()
    assert town.channel.parse_status(body, query).key == "reply:7/ä &="


async def test_without_a_public_address_there_is_no_callback_and_no_webhook(town: Town) -> None:
    channel = TwilioChannel(
        town.server.account_sid,
        [town.server.token],
        town.server.number,
        key=b"k",
        api_url=town.server.url,
    )
    await channel.send(town.ada.number, HELLO, "key")
    assert "StatusCallback" not in town.server.calls[-1].parameters
    form = {"MessageSid": "SM" + "1" * 32, "AccountSid": town.server.account_sid}
    assert not channel.verify("/sms", urlencode(form).encode(), {})
    await channel.close()


async def test_what_webhooks_missed_is_listed_oldest_first(town: Town) -> None:
    sids = [town.ada.write(f"message {n} & ¿más?", media=n % 2) for n in range(120)]
    await town.send()
    raws = await town.received()
    assert [town.channel.envelope(raw).external_id for raw in raws] == sids
    inbound = [town.channel.parse(raw) for raw in raws]
    assert [i.text for i in inbound if i] == [f"message {n} & ¿más?" for n in range(120)]
    assert [i.attachment for i in inbound if i] == [n % 2 == 1 for n in range(120)]
    assert all(i and abs(datetime.now(UTC) - i.sent_at) < timedelta(minutes=1) for i in inbound)


async def test_listing_can_fail_like_sending(town: Town) -> None:
    town.server.faults.add("list", faults.html_page(502))
    with pytest.raises(Unknown):
        await town.received()
    town.server.faults.add("list", faults.slow(2.0))
    with pytest.raises(Unknown):
        await town.received()


async def test_verify_pins_the_public_address(town: Town) -> None:
    form = {
        "MessageSid": "SM" + "1" * 32,
        "AccountSid": town.server.account_sid,
        "From": town.ada.number,
        "To": town.server.number,
        "Body": "hi",
    }
    raw = urlencode(form).encode()
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for url, expected in ((f"{PUBLIC}/sms", True), ("https://evil.example/sms", False)):
        signed = headers | {"X-Twilio-Signature": sign(town.server.token, url, form)}
        assert town.channel.verify("/sms", raw, signed) is expected


async def test_one_budget_for_the_number(town: Town) -> None:
    (slot,) = town.channel.slots(town.ada.number)
    assert slot.key == f"sms:{town.server.number}"
    assert slot.interval == pytest.approx(0.01)
    assert town.channel.slots("+15559999999") == (slot,)


async def test_logs_are_free_of_number_token_and_text(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await town.send(Outbound("a secret text"))
    town.server.faults.add("create", faults.lost_reply())
    await town.fail(Outbound("a secret text"))
    for secret in (town.ada.number, town.ada.number[1:], town.server.token, "a secret text"):
        assert secret not in caplog.text
