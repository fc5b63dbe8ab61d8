"""Twilio's Messages API on loopback, with phones to text from: for demo, rehearsals and tests."""

import asyncio
import base64
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.emulators.faults import Fault, Faults
from bot.emulators.pacing import Pace
from bot.emulators.twilio_exchange import Exchange
from bot.emulators.twilio_hooks import Hook, Hooks
from bot.emulators.twilio_messages import RestError, page, select
from bot.emulators.twilio_people import Phone

_BASE = "/2010-04-01/Accounts/{account}"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RestCall:
    """One request of the service: operation (create, list, fetch), path, parameters."""

    operation: str
    path: str
    parameters: Mapping[str, str]


class TwilioEmulator:
    """One account with one number. `limits` turns on 429 over `rate` creates a second."""

    def __init__(
        self,
        *,
        account_sid: str = "AC" + "5" * 32,
        token: str = "emulated-auth-token",  # noqa: S107  opens nothing
        number: str = "+15550100000",
        limits: bool = False,
        rate: int = 100,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.account_sid = account_sid
        self.token = token
        self.number = number
        self.limits = limits
        self.faults = Faults()
        self.calls: list[RestCall] = []
        """Every authorised request in order."""
        self._pace = Pace(rate, 1.0, time.monotonic)
        self._clock = clock

    async def __aenter__(self) -> Self:
        self._hooks = Hooks(self.token)
        self.exchange = Exchange(self.account_sid, self.number, self._hooks, self._clock)
        app = web.Application(client_max_size=1_000_000)
        app.router.add_post(f"{_BASE}/Messages.json", self._create)
        app.router.add_get(f"{_BASE}/Messages.json", self._list)
        app.router.add_get(f"{_BASE}/Messages/{{sid}}.json", self._fetch)
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
        trace: TracebackType | None,
    ) -> None:
        await self.exchange.close()
        await self._hooks.close()
        await self._runner.cleanup()

    def connect(self, base_url: str, public_url: str | None = None) -> None:
        """Call the webhooks of the service at `base_url`, signed for its `public_url`."""
        self._hooks.connect(base_url, public_url)

    def phone(self, number: str) -> Phone:
        """The phone with this number, made on first mention."""
        return self.exchange.phone(number)

    def redeliver(self) -> None:
        """Call the webhook once more for every SMS that came in, answered or not."""
        self.exchange.redeliver()

    @property
    def hooks(self) -> list[Hook]:
        """Every webhook and callback that was answered, with the answer's status."""
        return self._hooks.calls

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}

        def create() -> tuple[int, object]:
            if self.limits and self._pace.over():
                raise RestError(429, 20429, "Too Many Requests")
            return 201, self.exchange.create(form).resource(self.account_sid)

        return await self._answer(request, "create", form, create)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)

        def select_page() -> tuple[int, object]:
            found = select(self.exchange.stored.values(), query)
            resources = [message.resource(self.account_sid) for message in found]
            return 200, page(resources, query, request.path)

        return await self._answer(request, "list", query, select_page)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        def find() -> tuple[int, object]:
            message = self.exchange.stored.get(request.match_info["sid"])
            if message is None:
                raise RestError(404, 20404, "The requested resource was not found")
            return 200, message.resource(self.account_sid)

        return await self._answer(request, "fetch", {}, find)

    async def _answer(
        self,
        request: web.Request,
        operation: str,
        parameters: Mapping[str, str],
        act: Callable[[], tuple[int, object]],
    ) -> web.StreamResponse:
        if not self._authorised(request):
            return _refusal(401, 20003, "Authenticate")
        self.calls.append(RestCall(operation, request.path, parameters))
        fault = self.faults.next(operation)
        if fault and fault.kind in ("answer", "html", "dropped"):
            return _fail(request, fault)
        try:
            status, body = act()
        except RestError as error:
            return _refusal(error.status, error.code, error.words)
        if fault and fault.kind == "lost_reply":
            return _drop(request)
        if fault:
            await asyncio.sleep(fault.seconds)
        return web.json_response(body, status=status)

    def _authorised(self, request: web.Request) -> bool:
        pair = base64.b64encode(f"{self.account_sid}:{self.token}".encode()).decode()
        given = request.headers.get("Authorization", "")
        ours = request.match_info["account"] == self.account_sid
        return ours and hmac.compare_digest(given.encode(), f"Basic {pair}".encode())


def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind == "dropped":
        return _drop(request)
    if fault.kind == "html":
        page_text = f"<html><body><h1>{fault.words}</h1></body></html>"
        return web.Response(status=fault.status, text=page_text, content_type="text/html")
    return _refusal(fault.status, fault.code, fault.words)


def _refusal(status: int, code: int, words: str) -> web.Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": words, "more_info": more, "status": status}
    return web.json_response(body, status=status)


def _drop(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
