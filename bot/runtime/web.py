"""The HTTP edge: verify, store, acknowledge. Nothing is understood here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.base import Unreadable
from bot.channels.telegram import secret_matches
from bot.channels.twilio import TwilioChannel
from bot.inbox.intake import Intake
from bot.metrics import Metrics
from bot.runtime.watch import Watch
from storage.errors import Outage

log = logging.getLogger(__name__)

#: Telegram's largest update and Twilio's largest form are far below.
MAX_BODY = 64 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Web:
    """The routes of the service. `probe` tells whether the service can do its work now."""

    def __init__(
        self,
        intake: Intake,
        metrics: Metrics,
        probe: Callable[[], Awaitable[list[str]]],
        refresh: Callable[[], Awaitable[None]],
        *,
        twilio: TwilioChannel | None = None,
        settle: Callable[[str, str, str], Awaitable[None]] | None = None,
        telegram_secret: str | None = None,
    ) -> None:
        self._intake, self._metrics = intake, metrics
        self._watch, self._settle = Watch(metrics, probe, refresh), settle
        self._twilio, self._telegram_secret = twilio, telegram_secret

    def app(self) -> web.Application:
        """The aiohttp application; only channels that are set up have a route."""
        app = web.Application(client_max_size=MAX_BODY, middlewares=[self._guard])
        self._watch.add_to(app)
        if self._telegram_secret:
            app.router.add_post("/telegram", self._telegram)
        if self._twilio:
            app.router.add_post("/sms", self._sms)
            app.router.add_post("/sms/status", self._status)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Any surprise is a 503: the provider tries again, and nothing counts as accepted."""
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status >= 400:
                self._refuse(request, str(error.status))
            raise
        except asyncio.CancelledError:
            raise
        except Outage as error:
            log.warning("the database is away: %s", error, extra={"route": request.path})
            return self._again_later(request)
        except Exception:
            log.exception("request failed", extra={"route": request.path})
            return self._again_later(request)

    async def _telegram(self, request: web.Request) -> web.Response:
        if not secret_matches(request.headers.get(SECRET_HEADER), self._telegram_secret or ""):
            raise web.HTTPForbidden(text="wrong secret")
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="application/json only")
        raw = await self._body(request)
        await self._intake.put("telegram", raw)
        return web.Response()

    async def _sms(self, request: web.Request) -> web.Response:
        raw = await self._signed(request)
        await self._intake.put("sms", raw)
        return web.Response(text=EMPTY_TWIML, content_type="text/xml")

    async def _status(self, request: web.Request) -> web.Response:
        raw = await self._signed(request)
        if self._twilio and self._settle:
            try:
                status = self._twilio.parse_status(raw, request.query_string)
            except Unreadable as error:
                raise web.HTTPBadRequest(text=str(error)) from None
            await self._settle(status.key, status.provider_id, status.status)
        return web.Response(text=EMPTY_TWIML, content_type="text/xml")

    async def _signed(self, request: web.Request) -> bytes:
        """The raw form, when it is one and Twilio signed it for our public address."""
        if self._twilio is None:
            raise web.HTTPNotFound
        if request.content_type != "application/x-www-form-urlencoded":
            raise web.HTTPUnsupportedMediaType(text="application/x-www-form-urlencoded only")
        raw = await self._body(request)
        if not self._twilio.verify(request.path_qs, raw, request.headers):
            raise web.HTTPForbidden(text="wrong signature, or not a whole message")
        return raw

    async def _body(self, request: web.Request) -> bytes:
        raw = await request.read()
        if not raw:
            raise web.HTTPBadRequest(text="empty body")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            raise web.HTTPBadRequest(text="not UTF-8") from None
        return raw

    def _again_later(self, request: web.Request) -> web.Response:
        self._refuse(request, "error")
        return web.Response(status=503, headers={"Retry-After": "5"}, text="try again")

    def _refuse(self, request: web.Request, reason: str) -> None:
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "unknown"
        self._metrics.refused.labels(route, reason).inc()
        log.warning("request refused", extra={"route": route, "reason": reason})
