"""One worker process on PostgreSQL against two: messages a second drained, and the speed-up.

    python -m tests.bench.workers [--messages 3000]

The burst is kept first; then `lamplighter run --roles worker` drains it, once alone and once as
two processes. A process needs a core of its own to help: on two cores the client and PostgreSQL
share them with the workers.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from bot.city import demo_city_path, load_city
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from nlp.analyzer import Analyzer
from storage.schema import migrate
from storage.sealing import Keyring
from storage.store import Store
from tests.bench.drain import Town, pending
from tests.bench.intake import say
from tests.bench.places import a_postgres
from tests.bench.running import environment, free_port, lamplighter, running


async def rate(analyzer: Analyzer, messages: int, workers: int) -> float:
    """Messages a second drained by so many processes, counted from the first one done."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(a_postgres())
        keys = Keyring.create(folder / "keys.json")
        await migrate(url)
        telegram = await stack.enter_async_context(TelegramEmulator())
        sms = await stack.enter_async_context(TwilioEmulator())
        store = await stack.enter_async_context(Store(url, keys))
        town = Town(store, analyzer)
        await asyncio.gather(*(town.write(n, danger=n % 100 == 7) for n in range(messages)))
        for _ in range(workers):
            env = environment(folder, url, telegram, sms, free_port())
            command = lamplighter("run", "--roles", "worker")
            await stack.enter_async_context(running(*command, env=env, folder=folder))
        while (left := await pending(town)) > 0.9 * messages:
            await asyncio.sleep(0.05)
        begun = time.perf_counter()
        while await pending(town) > 0.05 * messages:
            await asyncio.sleep(0.05)
        town.worker.close()
        return (left - 0.05 * messages) / (time.perf_counter() - begun)


async def main(o: argparse.Namespace) -> None:
    """One, then two."""
    say(f"python -m tests.bench.workers {' '.join(sys.argv[1:])}")
    say(f"{o.messages} messages, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    city = load_city(demo_city_path())
    analyzer = Analyzer.load(city.path, city.languages)
    rates = {workers: await rate(analyzer, o.messages, workers) for workers in (1, 2)}
    for workers, found in rates.items():
        say(f"  {workers} worker process(es)  {found:6.0f}/s")
    say(f"  speed-up of the second  {rates[2] / rates[1]:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=3000)
    asyncio.run(main(parser.parse_args()))
