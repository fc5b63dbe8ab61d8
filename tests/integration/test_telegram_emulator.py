"""The emulated Bot API refuses what the real one refuses."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.telegram_html import MarkupError, plain

CHAT = "5"
MENU = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


class Bot:
    """A bot that sends whatever it is told."""

    def __init__(self, server: TelegramEmulator, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session

    async def call(
        self, method: str, token: str | None = None, **parameters: Any
    ) -> tuple[int, dict[str, Any]]:
        url = f"{self.server.url}/bot{token or self.server.token}/{method}"
        data = {
            k: v if isinstance(v, str | bytes) else json.dumps(v) for k, v in parameters.items()
        }
        async with self.session.post(url, data=data) as response:
            return response.status, await response.json()

    async def words(self, method: str, **parameters: Any) -> str:
        status, answer = await self.call(method, **parameters)
        assert answer["ok"] is (status == 200)
        return str(answer.get("description", "ok"))

    async def photo(self, **fields: Any) -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData()
        for name, value in fields.items():
            if isinstance(value, bytes):
                form.add_field(name, value, filename="p.png", content_type="image/png")
            else:
                form.add_field(name, str(value))
        url = f"{self.server.url}/bot{self.server.token}/sendPhoto"
        async with self.session.post(url, data=form) as response:
            return response.status, await response.json()


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with TelegramEmulator() as server, aiohttp.ClientSession() as session:
        server.user(5).start()
        yield Bot(server, session)


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("getMee", {}, "Not Found"),
        ("sendMessage", {}, "parameter chat_id is required"),
        ("sendMessage", {"chat_id": CHAT}, "parameter text is required"),
        ("sendMessage", {"chat_id": "x", "text": "a"}, "wrong integer"),
        ("sendMessage", {"chat_id": "6", "text": "a"}, "chat not found"),
        ("sendMessage", {"chat_id": CHAT, "text": "  \n"}, "message text is empty"),
        ("sendMessage", {"chat_id": CHAT, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": CHAT, "text": "🔥" * 2049}, "message is too long"),
        ("sendMessage", {"chat_id": CHAT, "text": "a", "txet": "b"}, "unknown parameter txet"),
        ("sendMessage", {"chat_id": CHAT, "text": "a", "parse_mode": "Markdown"}, "parse_mode"),
        ("sendMessage", {"chat_id": CHAT, "text": "<b>a", "parse_mode": "HTML"}, "end tag"),
        ("sendMessage", {"chat_id": CHAT, "text": "a", "reply_markup": "{"}, "JSON"),
        ("sendMessage", {"chat_id": CHAT, "text": "a", "reply_markup": []}, "object expected"),
        ("sendMessage", {"chat_id": CHAT, "text": "a", "reply_markup": {"x": 1}}, "markup"),
        ("sendMessage", {"chat_id": CHAT, "text": "a", "disable_notification": "maybe"}, "boolean"),
        ("sendPhoto", {"chat_id": CHAT, "photo": "file_id"}, "photo"),
        ("getUpdates", {"limit": "0"}, "limit"),
        ("getUpdates", {"allowed_updates": {}}, "array expected"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("editMessageText", {"chat_id": CHAT, "message_id": "9", "text": "a"}, "not found"),
        ("setMyCommands", {"commands": [{"command": "UP", "description": "x"}]}, "INVALID"),
        ("setMyCommands", {"commands": [{"command": "up", "description": ""}]}, "INVALID"),
        ("setMyCommands", {"commands": [{"command": "u" * 33, "description": "x"}]}, "INVALID"),
        ("setMyCommands", {"commands": ["up"]}, "INVALID"),
        ("setWebhook", {}, "parameter url is required"),
    ],
)
async def test_refusals(bot: Bot, method: str, parameters: dict[str, Any], words: str) -> None:
    assert words in await bot.words(method, **parameters)
    assert bot.server.user(5).messages == []


@pytest.mark.parametrize(
    "button",
    [
        {"text": "A"},
        {"text": "", "callback_data": "a"},
        {"text": "A", "callback_data": ""},
        {"text": "A", "callback_data": "x" * 65},
        {"text": "A", "callback_data": "é" * 33},
        {"text": "A", "callback_data": 5},
        "A",
    ],
)
async def test_buttons_that_are_refused(bot: Bot, button: object) -> None:
    markup = {"inline_keyboard": [[button]]}
    assert await bot.words("sendMessage", chat_id=CHAT, text="?", reply_markup=markup) != "ok"


@pytest.mark.parametrize("data", ["a", "x" * 64, "é" * 32])
async def test_buttons_that_are_taken(bot: Bot, data: str) -> None:
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": data}]]}
    assert await bot.words("sendMessage", chat_id=CHAT, text="?", reply_markup=markup) == "ok"


async def test_limits_count_what_is_left_after_the_markup(bot: Bot) -> None:
    text = "<b>" + "&amp;" * 4096 + "</b>"
    assert await bot.words("sendMessage", chat_id=CHAT, text=text, parse_mode="HTML") == "ok"
    assert bot.server.user(5).messages[0].text == "&" * 4096


async def test_pictures(bot: Bot) -> None:
    png = b"\x89PNG\r\n\x1a\nrest"
    assert (await bot.photo(chat_id=5, photo=b"GIF89a"))[0] == 400
    assert (await bot.photo(chat_id=5, photo=png, caption="x" * 1025))[0] == 400
    status, answer = await bot.photo(chat_id=5, photo=png, caption="x" * 1024)
    assert (status, len(answer["result"]["caption"])) == (200, 1024)


@pytest.mark.parametrize(("token", "status"), [("700100200:other", 401), ("nonsense", 401)])
async def test_a_wrong_token(bot: Bot, token: str, status: int) -> None:
    assert (await bot.call("getMe", token=token))[0] == status


async def test_the_account(bot: Bot) -> None:
    status, answer = await bot.call("getMe")
    assert status == 200
    assert answer["result"]["is_bot"] is True
    assert answer["result"]["id"] == 700100200


async def test_a_stranger_cannot_be_written_to(bot: Bot) -> None:
    bot.server.user(77)
    assert "initiate" in await bot.words("sendMessage", chat_id="77", text="hi")


async def test_editing(bot: Bot) -> None:
    _, sent = await bot.call("sendMessage", chat_id=CHAT, text="old", reply_markup=MENU)
    number = sent["result"]["message_id"]
    edit = {"chat_id": CHAT, "message_id": number, "text": "new"}
    assert await bot.words("editMessageText", **edit) == "ok"
    assert "not modified" in await bot.words("editMessageText", **edit)
    (message,) = bot.server.user(5).messages
    assert (message.text, message.buttons) == ("new", ())


async def test_a_press_is_confirmed_once(bot: Bot) -> None:
    await bot.call("sendMessage", chat_id=CHAT, text="?", reply_markup=MENU)
    press = bot.server.user(5).press("A")
    assert "MESSAGE_TOO_LONG" in await bot.words(
        "answerCallbackQuery", callback_query_id=press, text="x" * 201
    )
    assert await bot.words("answerCallbackQuery", callback_query_id=press) == "ok"
    assert "too old" in await bot.words("answerCallbackQuery", callback_query_id=press)
    with pytest.raises(LookupError):
        bot.server.user(5).press("B")


async def updates(bot: Bot, **parameters: Any) -> list[str]:
    status, answer = await bot.call("getUpdates", **parameters)
    assert status == 200
    return [update["message"]["text"] for update in answer["result"]]


async def test_an_offset_confirms_what_lies_below_it(bot: Bot) -> None:
    for text in "abc":
        bot.server.user(5).write(text)
    _, answer = await bot.call("getUpdates", limit=2)
    first, second = (update["update_id"] for update in answer["result"])
    assert second == first + 1
    assert await updates(bot) == ["/start", "a", "b", "c"]
    assert await updates(bot, offset=second) == ["a", "b", "c"]
    assert await updates(bot) == ["a", "b", "c"]
    assert await updates(bot, offset=-1) == ["c"]
    assert await updates(bot, offset=second + 50) == []
    assert await updates(bot, offset=-1) == []


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        (" trimmed \n", "trimmed"),
        ("<b>a</b><i>b</i><u>c</u><s>d</s><code>e</code>", "abcde"),
        ("<B>case</b>", "case"),
        ('<a href="https://example.org">link</a>', "link"),
        ("<blockquote><b>nested</b></blockquote>", "nested"),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "'),
        ("&#39;&#x41;", "'A"),
        ("AT&T & &copy; &", "AT&T & &copy; &"),
        ("1 > 0", "1 > 0"),
    ],
)
def test_markup_that_is_read(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    "html",
    ["<b>", "</b>", "<b></i>", "<b><i></b></i>", "<p>x</p>", "a < b", "<", "<3", "<b", "<script>"],
)
def test_markup_that_is_refused(html: str) -> None:
    with pytest.raises(MarkupError):
        plain(html)
