"""The service under a steady flow for half an hour: does its memory stay flat?

    python -m tests.bench.soak [--minutes 30] [--rate 20]

`lamplighter run` is a process of its own on SQLite, between the emulators; people write over
Telegram, one message in a hundred speaks of danger. Its memory is read every minute; the slope is
the least-squares line through the second half, when every cache is full.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from storage.schema import migrate
from storage.sealing import Keyring
from storage.store import Store
from tests.bench.drain import DANGER, TEXTS
from tests.bench.intake import say
from tests.bench.running import environment, free_port, lamplighter, resident_mb, running

PEOPLE = 2000


async def flow(telegram: TelegramEmulator, rate: float) -> None:
    """Somebody writes, `rate` times a second."""
    chance = random.Random(11)
    number = 0
    due = time.perf_counter()
    while True:
        number += 1
        words = DANGER if number % 100 == 7 else chance.choice(TEXTS)
        telegram.user(chance.randrange(1, PEOPLE)).write(words.format(n=number))
        telegram.calls.clear()
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))


async def main(o: argparse.Namespace) -> None:
    """Run, read the memory, tell."""
    say(f"python -m tests.bench.soak {' '.join(sys.argv[1:])}, {os.cpu_count()} cores")
    async with TelegramEmulator() as telegram, TwilioEmulator() as sms:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            keys = Keyring.create(folder / "keys.json")
            url = f"sqlite+aiosqlite:///{folder / 'town.sqlite'}"
            await migrate(url)
            env = environment(folder, url, telegram, sms, free_port())
            async with running(*lamplighter("run"), env=env, folder=folder) as process:
                writing = asyncio.create_task(flow(telegram, o.rate))
                read: list[float] = []
                for minute in range(1, o.minutes + 1):
                    await asyncio.sleep(60)
                    read.append(resident_mb(process))
                    say(f"  minute {minute:3}  {read[-1]:6.1f} MB")
                writing.cancel()
            async with Store(url, keys) as store, store.read() as work:
                say(f"  {await work.inbox.counts()}")
    half = read[len(read) // 2 :]
    slope = np.polyfit(np.arange(len(half)), half, 1)[0] if len(half) > 1 else float("nan")
    say(f"  slope of the second half {slope:+.2f} MB a minute")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--rate", type=float, default=20.0)
    asyncio.run(main(parser.parse_args()))
