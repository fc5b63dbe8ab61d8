"""What the Bot API's methods do in the emulator."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from bot.emulators.telegram_html import MarkupError, plain
from bot.emulators.telegram_methods import ApiError, Files, bad, check_commands, keyboard
from bot.emulators.telegram_people import BotMessage, TelegramUser
from bot.emulators.telegram_updates import Updates

_TEXT, _CAPTION, _PICTURE = 4096, 1024, 10_000_000
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
Given = Mapping[str, Any]


class Actions:
    """One bot's side of the server: `me` is its account, `users` those who may be written to."""

    def __init__(
        self,
        me: Mapping[str, Any],
        users: Mapping[int, TelegramUser],
        updates: Updates,
        next_message: Callable[[], int],
        now: Callable[[], datetime],
    ) -> None:
        self._me, self._users, self._updates = me, users, updates
        self._next_message, self._now = next_message, now
        self.presses: set[str] = set()
        self.menus: dict[str, list[tuple[str, str]]] = {}
        self._methods: dict[str, Callable[[Given, Files], Awaitable[object]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "editMessageText": self._edit_message_text,
            "answerCallbackQuery": self._answer_callback_query,
            "setMyCommands": self._set_my_commands,
        }

    async def run(self, method: str, given: Given, files: Files) -> object:
        """The method's result. Raises ApiError."""
        return await self._methods[method](given, files)

    async def _get_me(self, given: Given, files: Files) -> object:
        return self._me

    async def _get_updates(self, given: Given, files: Files) -> object:
        self._updates.allow(given.get("allowed_updates"))
        return await self._updates.fetch(
            given.get("offset"), given.get("limit", 100), given.get("timeout", 0)
        )

    async def _set_webhook(self, given: Given, files: Files) -> object:
        secret = given.get("secret_token")
        if secret is not None and not _is_secret(secret):
            raise bad("secret token contains illegal characters")
        if given["url"] and not given["url"].startswith(("http://127.0.0.1", "https://")):
            raise bad("bad webhook: an HTTPS URL must be provided for webhook")
        self._updates.allow(given.get("allowed_updates"))
        drop = given.get("drop_pending_updates", False)
        await self._updates.set_webhook(given["url"], secret, drop_pending=drop)
        return True

    async def _delete_webhook(self, given: Given, files: Files) -> object:
        drop = given.get("drop_pending_updates", False)
        await self._updates.set_webhook("", None, drop_pending=drop)
        return True

    async def _send_message(self, given: Given, files: Files) -> object:
        text = _shown(given["text"], given, _TEXT, "message is too long")
        if not text:
            raise bad("message text is empty")
        return self._deliver(given, text, given["text"])

    async def _send_photo(self, given: Given, files: Files) -> object:
        photo, html = files["photo"], given.get("caption", "")
        if not photo.startswith(_SIGNATURES) or len(photo) > _PICTURE:
            raise bad("IMAGE_PROCESS_FAILED")
        caption = _shown(html, given, _CAPTION, "message caption is too long")
        return self._deliver(given, caption, html, photo)

    def _deliver(
        self, given: Given, text: str, html: str, photo: bytes | None = None
    ) -> dict[str, Any]:
        user = self._reachable(given["chat_id"])
        buttons, asks = keyboard(given["reply_markup"]) if "reply_markup" in given else ((), False)
        message = BotMessage(self._next_message(), text, html, self._now(), buttons, photo, asks)
        user.receive(message)
        return self._result(user, message)

    def _result(self, user: TelegramUser, message: BotMessage) -> dict[str, Any]:
        stamp = int(message.sent_at.timestamp())
        base: dict[str, Any] = {"message_id": message.message_id, "from": self._me, "date": stamp}
        base["chat"] = user.chat()
        if message.photo is None:
            return {**base, "text": message.text}
        size = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
        return {**base, "photo": [size], "caption": message.text}

    def _reachable(self, chat_id: int) -> TelegramUser:
        user = self._users.get(chat_id)
        if user is None:
            raise bad("chat not found")
        if user.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not user.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return user

    async def _edit_message_text(self, given: Given, files: Files) -> object:
        user = self._reachable(given["chat_id"])
        old = [m for m in user.messages if m.message_id == given["message_id"]]
        if not old:
            raise bad("message to edit not found")
        text = _shown(given["text"], given, _TEXT, "message is too long")
        buttons = keyboard(given["reply_markup"])[0] if "reply_markup" in given else ()
        if (text, buttons) == (old[0].text, old[0].buttons):
            raise bad("message is not modified")
        user.amend(old[0].message_id, text=text, html=given["text"], buttons=buttons)
        return self._result(user, old[0])

    async def _answer_callback_query(self, given: Given, files: Files) -> object:
        press = given["callback_query_id"]
        if press not in self.presses:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if _units(given.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.presses.discard(press)
        return True

    async def _set_my_commands(self, given: Given, files: Files) -> object:
        check_commands(given["commands"])
        menu = [(c["command"], c["description"]) for c in given["commands"]]
        self.menus[given.get("language_code", "")] = menu
        return True


def _shown(html: str, given: Given, limit: int, too_long: str) -> str:
    if "parse_mode" not in given:
        text = html.strip()
    else:
        try:
            text = plain(html)
        except MarkupError as error:
            raise bad(f"can't parse entities: {error}") from None
    if _units(text) > limit:
        raise bad(too_long)
    return text


def _units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_secret(secret: str) -> bool:
    allowed = secret.replace("-", "").replace("_", "")
    return 1 <= len(secret) <= 256 and secret.isascii() and (allowed.isalnum() or not allowed)
