"""Telegram's Bot API on loopback, with people to talk as: for the demo, rehearsals and tests.

It refuses what the real server refuses, so that a bot that works here works there.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.emulators.faults import Fault, Faults
from bot.emulators.pacing import Pace
from bot.emulators.telegram_actions import Actions
from bot.emulators.telegram_methods import ApiError, read
from bot.emulators.telegram_people import Account, TelegramUser
from bot.emulators.telegram_updates import Updates

_PACED = frozenset({"sendMessage", "sendPhoto", "editMessageText"})


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came: parameters as text, and the names of files."""

    method: str
    parameters: Mapping[str, str]
    files: tuple[str, ...]


class TelegramEmulator:
    """The server of one bot. `limits` turns on 30 messages a second, and 1 a second per chat.

    `clock` dates messages; `retry_base` is the webhook's second retry delay in seconds.
    """

    def __init__(
        self,
        token: str = "700100200:AAEmulatedTokenForLoopbackOnly12345",  # noqa: S107  opens nothing
        *,
        limits: bool = False,
        clock: Callable[[], datetime] = _utc_now,
        retry_base: float = 2.0,
    ) -> None:
        self.token = token
        self.limits = limits
        self.faults = Faults()
        self.calls: list[Call] = []
        """Every request in order."""
        self.users: dict[int, TelegramUser] = {}
        self._clock = clock
        # a service that outlives an emulator must never meet the same message id again
        self._numbers = itertools.count(int(time.time()))
        self._presses = itertools.count(4_000_000_001)
        self._overall = Pace(30, 1.0, time.monotonic)
        self._per_chat = Pace(1, 1.0, time.monotonic)
        self._retry_base = retry_base

    async def __aenter__(self) -> Self:
        self.updates = Updates(self._retry_base)
        self._actions = Actions(
            _account(self.token), self.users, self.updates, self._next, self._clock
        )
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.updates.close()
        await self._runner.cleanup()

    def user(self, user_id: int, name: str = "Ada", language: str | None = "en") -> TelegramUser:
        """The person with this id, made on first mention."""
        if user_id not in self.users:
            account = Account(self.updates.add, self._clock, self._next, self._press)
            self.users[user_id] = TelegramUser(account, user_id, name, language)
        return self.users[user_id]

    @property
    def unconfirmed(self) -> frozenset[str]:
        """Button presses that the bot has not confirmed: their buttons still spin."""
        return frozenset(self._actions.presses)

    @property
    def menus(self) -> Mapping[str, list[tuple[str, str]]]:
        """Command menus by language code; "" is every other language's."""
        return self._actions.menus

    def _next(self) -> int:
        return next(self._numbers)

    def _press(self) -> str:
        press = str(next(self._presses))
        self._actions.presses.add(press)
        return press

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            if request.match_info["token"] != self.token:
                raise ApiError(401, "Unauthorized")
            method = request.match_info["method"]
            given, files = await _parameters(request)
            self.calls.append(Call(method, given, tuple(files)))
            parameters = read(method, given, files)
            fault = self.faults.next(method)
            if fault and fault.kind in ("answer", "html", "dropped"):
                return _fail(request, fault)
            self._keep_pace(method, parameters)
            result = await self._actions.run(method, parameters, files)
        except ApiError as error:
            return _refusal(error.status, error.words, error.parameters)
        if fault and fault.kind == "lost_reply":
            return _drop(request)
        if fault:
            await asyncio.sleep(fault.seconds)
        return web.json_response({"ok": True, "result": result})

    def _keep_pace(self, method: str, parameters: Mapping[str, Any]) -> None:
        if not self.limits or method not in _PACED:
            return
        wait = self._per_chat.over(parameters["chat_id"]) or self._overall.over()
        if wait:
            words = f"Too Many Requests: retry after {wait}"
            raise ApiError(429, words, {"retry_after": wait})


def _account(token: str) -> dict[str, Any]:
    return {
        "id": int(token.partition(":")[0]),
        "is_bot": True,
        "first_name": "Lamplighter",
        "username": "lamplighter_emulated_bot",
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


async def _parameters(request: web.Request) -> tuple[dict[str, str], dict[str, bytes]]:
    """Parameters of the URL and of the body, in any of the four ways that the server takes."""
    given: dict[str, str] = dict(request.query)
    files: dict[str, bytes] = {}
    if request.content_type == "application/json":
        body = await request.json()
        given |= {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
        return given, files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
        else:
            given[name] = str(value)
    return given, files


def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind == "dropped":
        return _drop(request)
    if fault.kind == "html":
        page = f"<html><body><h1>{fault.words}</h1></body></html>"
        return web.Response(status=fault.status, text=page, content_type="text/html")
    return _refusal(fault.status, fault.words, fault.parameters)


def _refusal(status: int, words: str, parameters: Mapping[str, int]) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": words}
    if parameters:
        body["parameters"] = dict(parameters)
    return web.json_response(body, status=status)


def _drop(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
