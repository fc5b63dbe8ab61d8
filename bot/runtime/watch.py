"""What an operator and a load balancer look at, in every process."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.metrics import Metrics


class Watch:
    """/healthz, /readyz and /metrics. `probe` names what keeps the process from its work."""

    def __init__(
        self,
        metrics: Metrics,
        probe: Callable[[], Awaitable[list[str]]],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._metrics, self._probe, self._refresh = metrics, probe, refresh

    def app(self) -> web.Application:
        """An application of these pages alone, for a process that takes nothing in."""
        app = web.Application()
        self.add_to(app)
        return app

    def add_to(self, app: web.Application) -> None:
        """Add the pages' routes."""
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics_page)

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        missing = await self._probe()
        text = "\n".join(missing or ["ready"]) + "\n"
        return web.Response(status=503 if missing else 200, text=text)

    async def _metrics_page(self, _: web.Request) -> web.Response:
        await self._refresh()
        return web.Response(
            body=self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"}
        )
