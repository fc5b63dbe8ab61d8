"""Sending through PTB's own client to the emulated Bot API."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.channels.base import Moved, NotSent, Refused, SendError, Throttled, Unknown
from bot.channels.telegram import TelegramChannel, secret_matches
from bot.emulators import faults
from bot.emulators.faults import Fault
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.telegram_people import TelegramUser
from bot.message import Button, Inbound, Outbound

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 100
HELLO = Outbound("Hello")


@dataclass
class Town:
    server: TelegramEmulator
    channel: TelegramChannel
    ada: TelegramUser

    async def send(self, message: Outbound = HELLO) -> str:
        return (await self.channel.send(str(self.ada.id), message, "key")).provider_id

    async def fail(self, message: Outbound = HELLO) -> SendError:
        with pytest.raises(SendError) as caught:
            await self.send(message)
        return caught.value


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with TelegramEmulator() as server:
        channel = TelegramChannel(
            server.token, key=b"k", api_url=server.url, chat_rate=100, timeout=0.5
        )
        ada = server.user(8_123_456_789, "Ada")
        ada.start()
        yield Town(server, channel, ada)
        await channel.close()


async def test_a_title_stands_in_bold_and_nothing_else_is_markup(town: Town) -> None:
    sent = await town.send(Outbound("1 < 2 & <b>x</b>", title="R&D"))
    message = town.ada.messages[0]
    assert message.html.startswith("<b>R&amp;D</b>\n")
    assert message.text == "R&D\n1 < 2 & <b>x</b>"
    assert sent == str(message.message_id)


async def test_buttons_can_be_pressed_and_the_press_is_confirmed(town: Town) -> None:
    await town.send(Outbound("Where?", buttons=(Button("Mill", "a"), Button("Quay", "b"))))
    assert town.ada.messages[0].buttons == (("Mill", "a"), ("Quay", "b"))
    receipt = town.ada.press("Quay")
    press = Inbound("telegram", "x", "1", "", town.ada.messages[0].sent_at, receipt=receipt)
    await town.channel.seen(press)
    assert town.server.calls[-1].method == "answerCallbackQuery"
    await town.channel.seen(press)  # forgotten by the server now; nobody is bothered with that


async def test_seen_is_silent_when_all_is_down(town: Town) -> None:
    town.server.faults.add("answerCallbackQuery", faults.html_page(200), times=1)
    town.server.faults.add("answerCallbackQuery", faults.dropped(), times=1)
    press = Inbound("telegram", "x", "1", "", datetime.now(UTC), receipt="9")
    await town.channel.seen(press)
    await town.channel.seen(press)
    assert [c.method for c in town.server.calls].count("answerCallbackQuery") == 2


async def test_a_picture_has_its_caption(town: Town) -> None:
    await town.send(Outbound("a week", title="Digest", image=PNG, buttons=(Button("Ok", "ok"),)))
    (message,) = town.ada.messages
    assert (message.photo, message.text) == (PNG, "Digest\na week")
    assert message.buttons == (("Ok", "ok"),)


async def test_a_long_text_follows_its_picture(town: Town) -> None:
    text = "\n".join(f"line {n} of the digest" for n in range(300))
    first = await town.send(Outbound(text, title="Digest", image=PNG))
    photo, *rest = town.ada.messages
    assert (photo.photo, photo.text, len(rest)) == (PNG, "", 2)
    assert first == str(photo.message_id)
    assert "\n".join(m.text for m in rest) == f"Digest\n{text}"


async def test_a_position_is_asked_for(town: Town) -> None:
    await town.send(Outbound("Where?", share_location=True))
    assert town.ada.messages[0].asks_location


async def test_previews_are_off(town: Town) -> None:
    await town.send(Outbound("see https://example.org"))
    options = town.server.calls[-1].parameters["link_preview_options"]
    assert options == '{"is_disabled": true}'


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (faults.flood(7), Throttled),
        (faults.blocked(), Refused),
        (faults.refused(403, 0, "Forbidden: user is deactivated"), Refused),
        (faults.refused(400, 0, "Bad Request: chat not found"), Refused),
        (faults.refused(400, 0, "Bad Request: BUTTON_DATA_INVALID"), Refused),
        (faults.refused(413, 0, "Request Entity Too Large"), Refused),
        (faults.migrated(-1_001_234), Moved),
        (faults.refused(401, 0, "Unauthorized"), NotSent),
        (faults.refused(404, 0, "Not Found"), NotSent),
        (faults.refused(409, 0, "Conflict"), NotSent),
        (faults.refused(500, 0), Unknown),
        (faults.refused(504, 0), Unknown),
        (faults.html_page(502), Unknown),
        (faults.html_page(429), Throttled),
        (faults.html_page(403), Refused),
        (faults.html_page(200), Unknown),
        (faults.lost_reply(), Unknown),
        (faults.dropped(), Unknown),
        (faults.slow(2.0), Unknown),
    ],
)
async def test_how_a_send_can_end(town: Town, fault: Fault, expected: type[SendError]) -> None:
    town.server.faults.add("sendMessage", fault)
    error = await town.fail()
    assert type(error) is expected
    assert str(town.ada.id) not in error.reason
    town.server.faults.clear()
    await town.send()


async def test_flood_control_says_how_long(town: Town) -> None:
    town.server.faults.add("sendMessage", faults.flood(7))
    error = await town.fail()
    assert isinstance(error, Throttled)
    assert error.after == 7.0


async def test_a_moved_chat_tells_its_new_address(town: Town) -> None:
    town.server.faults.add("sendMessage", faults.migrated(-1_001_234))
    error = await town.fail()
    assert isinstance(error, Moved)
    assert error.address == "-1001234"


async def test_a_lost_reply_means_that_the_message_may_be_there(town: Town) -> None:
    town.server.faults.add("sendMessage", faults.lost_reply())
    assert isinstance(await town.fail(), Unknown)
    assert [m.text for m in town.ada.messages] == ["Hello"]


@pytest.mark.parametrize("address", ["999", "-5", "not a chat", "", "8 1"])
async def test_nobody_lives_there(town: Town, address: str) -> None:
    with pytest.raises(Refused) as caught:
        await town.channel.send(address, HELLO, "key")
    assert caught.value.gone


async def test_who_blocked_the_bot_is_gone(town: Town) -> None:
    town.ada.block()
    error = await town.fail()
    assert isinstance(error, Refused)
    assert error.gone


async def test_a_fault_of_our_own_text_leaves_the_contact_there(town: Town) -> None:
    error = await town.fail(Outbound("?", buttons=(Button("Too long", "x" * 65),)))
    assert isinstance(error, Refused)
    assert not error.gone


async def test_a_refused_connection_means_not_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        channel = TelegramChannel("1:token", key=b"k", api_url=url)
        with pytest.raises(NotSent):
            await channel.send("5", HELLO, "key")
        await channel.close()


async def test_a_half_sent_message_is_not_begun_anew(town: Town) -> None:
    town.server.faults.add("sendMessage", faults.refused(400, 0))
    error = await town.fail(Outbound("x" * 2000, image=PNG))
    assert isinstance(error, Unknown)
    assert "part 2 of 2" in error.reason
    assert len(town.ada.messages) == 1


async def test_a_later_part_waits_out_flood_control(town: Town) -> None:
    town.server.faults.add("sendMessage", faults.flood(1))
    await town.send(Outbound("x" * 2000, image=PNG))
    assert [len(m.text) for m in town.ada.messages] == [0, 2000]


async def test_too_long_a_wait_leaves_the_rest_out(town: Town) -> None:
    town.server.faults.add("sendMessage", faults.flood(3600))
    assert isinstance(await town.fail(Outbound("x" * 2000, image=PNG)), Unknown)


async def test_the_server_s_own_limits_throttle(town: Town) -> None:
    town.server.limits = True
    await town.send()
    error = await town.fail()
    assert isinstance(error, Throttled)
    assert error.after == 1.0


async def test_thirty_a_second_overall(town: Town) -> None:
    people = [town.server.user(n) for n in range(100, 140)]
    for person in people:
        person.start()
    town.server.limits = True
    sends = [town.channel.send(str(person.id), HELLO, "key") for person in people]
    ends = await asyncio.gather(*sends, return_exceptions=True)
    assert sum(isinstance(end, Throttled) for end in ends) >= 10
    assert sum(len(person.messages) for person in people) == 30


async def test_a_burst_waits_its_turn(town: Town) -> None:
    people = [town.server.user(n) for n in range(100, 200)]
    for person in people:
        person.start()
    sends = [town.channel.send(str(person.id), HELLO, "key") for person in people]
    assert len(await asyncio.gather(*sends)) == 100
    assert all(len(person.messages) == 1 for person in people)


async def test_who_waits_too_long_for_a_turn_was_certainly_not_sent(town: Town) -> None:
    channel = TelegramChannel(town.server.token, key=b"k", api_url=town.server.url, timeout=20)
    town.server.faults.add("sendMessage", faults.slow(6.0), times=12)
    sends = [channel.send(str(town.ada.id), HELLO, "key") for _ in range(14)]
    ends = await asyncio.gather(*sends, return_exceptions=True)
    assert [type(end) for end in ends].count(NotSent) == 2
    assert len(town.ada.messages) == 12
    await channel.close()


async def test_the_menu_and_the_name(town: Town) -> None:
    await town.channel.set_commands([("help", "How this works")])
    await town.channel.set_commands([("help", "Cómo funciona")], language="es")
    assert town.server.menus == {
        "": [("help", "How this works")],
        "es": [("help", "Cómo funciona")],
    }
    assert await town.channel.username() == "lamplighter_emulated_bot"
    with pytest.raises(Refused):
        await town.channel.set_commands([("Not a command!", "x")])


async def test_a_wrong_token_is_no_reason_to_drop_a_message(town: Town) -> None:
    channel = TelegramChannel("1:wrong", key=b"k", api_url=town.server.url)
    with pytest.raises(NotSent):
        await channel.send(str(town.ada.id), HELLO, "key")
    with pytest.raises(NotSent):
        await channel.username()
    await channel.close()


async def test_budgets_hide_the_chat(town: Town) -> None:
    overall, chat = town.channel.slots("8123456789")
    other = town.channel.slots("8123456780")[1]
    assert overall.key == "telegram"
    assert overall.interval == pytest.approx(1 / 30)
    assert chat.interval == pytest.approx(0.01)
    assert chat.key != other.key
    assert "8123456789" not in chat.key


async def test_logs_are_free_of_chat_token_and_text(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("bot", "telegram"):
        caplog.set_level(logging.INFO, name)
    for fault in (faults.html_page(200), faults.html_page(502), faults.lost_reply()):
        town.server.faults.add("sendMessage", fault)
        await town.fail(Outbound("a secret text"))
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("bot", "telegram"))]
    for secret in (str(town.ada.id), town.server.token, "a secret text"):
        assert not any(secret in line for line in ours)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("s3cret_-", True),
        (None, False),
        ("", False),
        ("s3cret_", False),
        ("s3cret_-x", False),
        ("S3CRET_-", False),
        (" s3cret_-", False),
        ("s3cret_-\x00", False),
        ("ünïcode", False),
        ("\udcff", False),
    ],
)
def test_the_webhook_secret(given: str | None, expected: bool) -> None:
    assert secret_matches(given, "s3cret_-") is expected
