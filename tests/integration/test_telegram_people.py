"""What people do in the emulator is what the channel reads."""

import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.telegram import TelegramChannel
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.telegram_people import TelegramUser
from bot.message import Button, Inbound, Outbound

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@dataclass
class Town:
    server: TelegramEmulator
    channel: TelegramChannel

    async def raws(self) -> list[bytes]:
        updates = await self.server.updates.fetch(None, 100, 0)
        return [json.dumps(update).encode() for update in updates]

    async def read(self) -> list[Inbound | None]:
        return [self.channel.parse(raw) for raw in await self.raws()]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with TelegramEmulator(clock=lambda: NOON) as server:
        channel = TelegramChannel(
            server.token,
            key=b"k",
            api_url=server.url,
            clock=lambda: NOON + timedelta(minutes=1),
        )
        yield Town(server, channel)
        await channel.close()


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda u: u.write("The lamp is out"), {"text": "The lamp is out"}),
        (lambda u: u.write("¿Dónde? 🔥 <b>"), {"text": "¿Dónde? 🔥 <b>"}),
        (lambda u: u.write("/trends mill 8"), {"text": "/trends mill 8", "started": False}),
        (lambda u: u.start(), {"text": "", "started": True}),
        (lambda u: u.start("CODE-1"), {"text": "CODE-1", "started": True}),
        (lambda u: u.share(51.5, -0.12), {"pin": (51.5, -0.12), "text": ""}),
        (lambda u: u.share(51.5, -0.12, live=True), {"pin": (51.5, -0.12), "edited": False}),
        (lambda u: u.picture(), {"attachment": True, "text": ""}),
        (lambda u: u.picture("look"), {"attachment": True, "text": "look"}),
    ],
)
async def test_acts(
    town: Town, act: Callable[[TelegramUser], object], expected: dict[str, Any]
) -> None:
    act(town.server.user(7, "Bo", "es"))
    (inbound,) = await town.read()
    assert inbound is not None
    assert {name: getattr(inbound, name) for name in expected} == expected
    assert (inbound.address, inbound.sent_at, inbound.language_hint) == ("7", NOON, "es")


async def test_an_edit_is_another_message_that_amends(town: Town) -> None:
    user = town.server.user(7)
    number = user.write("Mill Street")
    user.edit(number, "Mill Road")
    first, second = await town.read()
    assert first is not None
    assert second is not None
    assert (first.edited, second.edited) == (False, True)
    assert second.text == "Mill Road"
    assert first.external_id != second.external_id


async def test_a_press_names_the_button_s_data(town: Town) -> None:
    user = town.server.user(7)
    user.start()
    await town.channel.send("7", Outbound("?", buttons=(Button("Mill", "a"),)), "key")
    await town.channel.send("7", Outbound("?", buttons=(Button("Mill", "b"),)), "key")
    presses = [user.press("Mill"), user.press("a")]
    _, newest, older = await town.read()
    assert newest is not None
    assert older is not None
    assert (newest.button, older.button) == ("b", "a")
    assert [newest.receipt, older.receipt] == presses
    assert newest.sent_at == NOON + timedelta(minutes=1)
    assert newest.external_id != older.external_id


async def test_redelivered_under_a_new_number_it_is_still_the_same(town: Town) -> None:
    town.server.user(7).write("once")
    (raw,) = await town.raws()
    again = json.dumps({**json.loads(raw), "update_id": 1}, indent=1).encode()
    assert town.channel.envelope(raw) == town.channel.envelope(again)


async def test_the_same_words_in_two_chats_are_two_messages(town: Town) -> None:
    for person in (7, 8):
        town.server.user(person).write("help")
        town.server.user(person).write("help")
    ids = {town.channel.envelope(raw).external_id for raw in await town.raws()}
    assert len(ids) == 4


async def test_an_emulator_started_again_makes_other_messages() -> None:
    before = int(time.time())
    async with TelegramEmulator() as server:
        assert server.user(7).write("a") >= before


async def test_waiting_for_an_answer(town: Town) -> None:
    user = town.server.user(7)
    user.start()
    with pytest.raises(TimeoutError):
        await user.wait(timeout=0.01)
    await town.channel.send("7", Outbound("Hello"), "key")
    assert [message.text for message in await user.wait()] == ["Hello"]
    assert (await user.wait())[0].sent_at == NOON


async def test_who_blocked_and_writes_again_can_be_answered(town: Town) -> None:
    user = town.server.user(7)
    user.start()
    user.block()
    user.write("back again")
    await town.channel.send("7", Outbound("Hello"), "key")
    assert [message.text for message in user.messages] == ["Hello"]
