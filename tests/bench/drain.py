"""A burst is kept and worked off: messages a second, emergencies' wait, the loop's lag.

    python -m tests.bench.drain [--messages 5000] [--postgres]

The worker works from the first message on; one message in a hundred speaks of danger. Counted is
what is analysed, stored and its reply queued, from the first arrival to the last effect; the waits
are from arrival to the queued reply. Sending is another process's work and is left out.
Emergencies also arrive during the draining, one every 0.2 s, and are counted apart.
"""

import argparse
import asyncio
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlencode

from bot.channels.twilio import TwilioChannel
from bot.city import demo_city_path, load_city
from bot.clock import SystemClock
from bot.inbox.desk import Desk
from bot.inbox.intake import Intake
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from nlp.analyzer import Analyzer
from nlp.rules.danger import DangerRules
from storage.schema import migrate
from storage.sealing import Keyring
from storage.store import Store
from tests.bench.intake import say
from tests.bench.places import a_postgres

TEXTS = (
    "street light number {n} is out on Mill Lane",
    "bins overflowing on High Street since {n} days",
    "loud party next door again, {n} nights now, Station Road",
    "{n} cars racing down Harbour Road every night",
    "someone broke my car window near the Old Mill, number {n}",
    "a big dog without a lead scares the children at Castle Park, {n} times",
)
DANGER = "fire in my kitchen at {n} Mill Lane, please help"


class Town:
    """A worker over a store, and residents who write."""

    def __init__(self, store: Store, analyzer: Analyzer) -> None:
        self.store, self.clock, self.metrics = store, SystemClock(), Metrics()
        city = load_city(demo_city_path())
        danger = DangerRules.load(city.languages)
        channels = {"sms": TwilioChannel("AC1", ["t"], "+15550100000", key=b"k" * 32)}
        self.intake = Intake(store, channels, danger, self.clock, self.metrics)
        desk = Desk(city, danger, self.clock)
        self.worker = Worker(store, channels, analyzer, desk, self.clock, self.metrics)
        self._chance = random.Random(7)

    async def write(self, number: int, *, danger: bool) -> None:
        """One resident in five writes twice."""
        words = (DANGER if danger else self._chance.choice(TEXTS)).format(n=number)
        form = {
            "MessageSid": f"SM{number:032x}", "AccountSid": "AC1", "To": "+15550100000",
            "From": f"+1555{number * 4 // 5:07}", "Body": words, "NumMedia": "0",
        }  # fmt: skip
        await self.intake.put("sms", urlencode(form).encode())

    def quantile(self, priority: str, share: float) -> float:
        """The wait below which so many lie, seconds: the histogram's upper bound."""
        found = [
            sample
            for metric in self.metrics.registry.collect()
            for sample in metric.samples
            if sample.name == "lamplighter_wait_seconds_bucket"
            and sample.labels["priority"] == priority
        ]
        if not found:
            return float("nan")
        most = found[-1].value
        return next(float(s.labels["le"]) for s in found if s.value >= share * most)


async def lag(lags: list[float]) -> None:
    """How late the loop wakes who asked for 5 ms."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(time.perf_counter() - begun - 0.005)


async def trickle(town: Town, first: int) -> None:
    """An emergency every 0.2 s."""
    number = first
    while True:
        await asyncio.sleep(0.2)
        number += 1
        await town.write(number, danger=True)


async def burst(town: Town, messages: int) -> None:
    """As fast as it is kept."""
    begun = time.perf_counter()
    for start in range(0, messages, 200):
        numbers = range(start, min(messages, start + 200))
        await asyncio.gather(*(town.write(n, danger=n % 100 == 7) for n in numbers))
    say(f"  kept       {messages / (time.perf_counter() - begun):7.0f}/s while the worker works")


async def drain(town: Town, messages: int) -> None:
    """Let a burst come, and work it off from its first message on."""
    lags: list[float] = []
    stopping = asyncio.Event()
    side = [asyncio.create_task(lag(lags)), asyncio.create_task(trickle(town, 10 * messages))]
    before, begun = time.process_time(), time.perf_counter()
    working = asyncio.create_task(town.worker.run(stopping))
    await burst(town, messages)
    while await pending(town) > 2:
        await asyncio.sleep(max(0.1, messages / 50_000))
    took = time.perf_counter() - begun
    busy = time.process_time() - before
    for task in side:
        task.cancel()
    stopping.set()
    await working
    report(town, messages, took, busy, lags)


async def pending(town: Town) -> int:
    async with town.store.read() as work:
        return (await work.inbox.counts())["pending"]


def report(town: Town, messages: int, took: float, busy: float, lags: list[float]) -> None:
    """What came of it."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"  drained    {messages / took:7.0f}/s   {busy / messages * 1e3:.1f} ms CPU a message")
    say(f"  emergency  p50 <= {town.quantile('emergency', 0.5)} s, p99 <= "
        f"{town.quantile('emergency', 0.99)} s from arrival to the queued line")  # fmt: skip
    say(f"  loop lag   p99 {statistics.quantiles(lags, n=100)[98] * 1e3:.1f} ms")
    say(f"  memory     {memory:.0f} MB at most")


async def main(o: argparse.Namespace) -> None:
    """SQLite, and PostgreSQL where asked for."""
    say(
        f"python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    say(f"python -m tests.bench.drain {' '.join(sys.argv[1:])}")
    city = load_city(demo_city_path())
    analyzer = Analyzer.load(city.path, city.languages)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = {"SQLite": f"sqlite+aiosqlite:///{folder / 'town.sqlite'}"}
        if o.postgres:
            urls["PostgreSQL (fsync off)"] = stack.enter_context(a_postgres())
        for name, url in urls.items():
            say(f"{name}, {o.messages} messages")
            await migrate(url)
            async with Store(url, Keyring.fresh()) as store:
                town = Town(store, analyzer)
                await drain(town, o.messages)
                town.worker.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=5000)
    parser.add_argument("--postgres", action="store_true")
    asyncio.run(main(parser.parse_args()))
