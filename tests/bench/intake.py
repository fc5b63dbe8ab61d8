"""How many signed SMS webhooks a second become durable, beside the limits of the same run.

    python -m tests.bench.intake [--seconds 4] [--clients 64] [--postgres]

Everything runs in this one process on loopback, the client too, so that every figure is low by the
client's share; the ratio of the last column is what counts.
"""

import argparse
import asyncio
import itertools
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_webhook import verify
from bot.city import demo_city_path, load_city
from bot.clock import SystemClock
from bot.inbox.intake import Intake
from bot.metrics import Metrics
from bot.runtime.web import Web
from nlp.rules.danger import DangerRules
from storage.schema import migrate
from storage.sealing import Keyring
from storage.store import Store
from tests.bench.places import a_postgres

URL, TOKEN, ACCOUNT = "https://lamplighter.example", "t" * 32, "AC" + "1" * 32
FORM = "application/x-www-form-urlencoded"


def say(line: str) -> None:
    """One line of the report."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def signed(count: int) -> list[tuple[bytes, dict[str, str]]]:
    """Bodies and headers as Twilio sends them, each a message of its own."""
    validator, made = RequestValidator(TOKEN), []
    for number in range(count):
        form = {
            "MessageSid": f"SM{number:032x}", "AccountSid": ACCOUNT, "To": "+15550100000",
            "From": f"+1555{number % 5000:07}", "Body": f"light {number} out on Mill Lane",
            "NumMedia": "0",
        }  # fmt: skip
        signature = validator.compute_signature(URL + "/sms", form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": FORM}
        made.append((urlencode(form).encode(), headers))
    return made


async def serve(stack: AsyncExitStack, app: web.Application) -> str:
    """Start an application on a free port; its address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/sms"


async def load(
    url: str, requests: list[tuple[bytes, dict[str, str]]], o: argparse.Namespace
) -> float:
    """Post from many clients for some seconds; prints and returns requests a second."""
    waiting, times = iter(requests), []
    end = time.perf_counter() + o.seconds

    async def client(session: aiohttp.ClientSession) -> None:
        for body, headers in waiting:
            begun = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as response:
                assert response.status == 200, response.status
            times.append(time.perf_counter() - begun)
            if time.perf_counter() > end:
                return

    begun = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(client(session) for _ in range(o.clients)))
    rate = len(times) / (time.perf_counter() - begun)
    cuts = statistics.quantiles(times, n=100)
    say(f"    {rate:7.0f}/s   p50 {cuts[49] * 1e3:6.1f} ms   p99 {cuts[98] * 1e3:6.1f} ms")
    return rate


def bare() -> web.Application:
    """The limit of aiohttp: read and say yes."""

    async def handler(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post("/sms", handler)
    return app


def raw_group_commit(path: Path) -> tuple[web.Application, Callable[[], Coroutine[Any, Any, None]]]:
    """aiohttp, Twilio's validator, and bare sqlite3 with one commit for all that came together."""
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
        database.execute(line)
    database.execute("CREATE TABLE inbound (sid TEXT PRIMARY KEY, body BLOB)")
    waiting: list[tuple[str, bytes, asyncio.Future[None]]] = []
    arrived, numbers = asyncio.Event(), itertools.count()

    def write(group: list[tuple[str, bytes, asyncio.Future[None]]]) -> None:
        database.execute("BEGIN IMMEDIATE")
        rows = [(sid, body) for sid, body, _ in group]
        database.executemany("INSERT OR IGNORE INTO inbound VALUES (?, ?)", rows)
        database.execute("COMMIT")

    async def writer() -> None:
        while True:
            await arrived.wait()
            arrived.clear()
            group = waiting[:]
            waiting.clear()
            if group:
                await asyncio.to_thread(write, group)
                for _, _, future in group:
                    future.set_result(None)

    async def handler(request: web.Request) -> web.Response:
        body = await request.read()
        assert verify(URL + "/sms", body, request.headers, ACCOUNT, [TOKEN])
        future = asyncio.get_running_loop().create_future()
        waiting.append((str(next(numbers)), body, future))
        arrived.set()
        await future
        return web.Response()

    app = web.Application()
    app.router.add_post("/sms", handler)
    return app, writer


async def ours(stack: AsyncExitStack, database: str) -> web.Application:
    """The service's own edge and store."""
    await migrate(database)
    store = await stack.enter_async_context(Store(database, Keyring.fresh()))
    danger = DangerRules.load(load_city(demo_city_path()).languages)
    twilio = TwilioChannel(ACCOUNT, [TOKEN], "+15550100000", key=b"k" * 32, public_url=URL)
    intake = Intake(store, {"sms": twilio}, danger, SystemClock(), Metrics())

    async def nothing() -> None: ...

    async def ready() -> list[str]:
        return []

    return Web(intake, Metrics(), ready, nothing, twilio=twilio).app()


async def main(o: argparse.Namespace) -> None:
    """All in a row, in one run."""
    say(
        f"python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    say(f"python -m tests.bench.intake {' '.join(sys.argv[1:])}")
    requests = signed(int(2500 * o.seconds))
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        say("bare aiohttp")
        await load(await serve(stack, bare()), requests * 3, o)
        say("aiohttp + validator + raw sqlite3 group commit: the limit")
        app, writer = raw_group_commit(folder / "raw.sqlite")
        task = asyncio.create_task(writer())
        limit = await load(await serve(stack, app), requests, o)
        task.cancel()
        urls = {"SQLite": f"sqlite+aiosqlite:///{folder / 'town.sqlite'}"}
        if o.postgres:
            urls["PostgreSQL (fsync off)"] = stack.enter_context(a_postgres())
        for name, url in urls.items():
            say(f"lamplighter on {name}")
            rate = await load(await serve(stack, await ours(stack, url)), requests, o)
            say(f"    {rate / limit:.2f} of the limit")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--postgres", action="store_true")
    asyncio.run(main(parser.parse_args()))
