"""Messages a second to a reply at the provider, beside a trivial echo bot in the same run.

    python -m tests.bench.replies [--people 600] [--limits]

Every person writes once, all at once; counted is the time until each has an answer. The echo bot is
python-telegram-bot alone; we also analyse, store, file and queue on SQLite. `--limits` turns on
Telegram's own (30 a second) for us alone.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from storage.schema import migrate
from storage.sealing import Keyring
from tests.bench.drain import TEXTS
from tests.bench.intake import say
from tests.bench.running import environment, free_port, lamplighter, python, running

PATIENCE_S = 300.0


async def answered(telegram: TelegramEmulator, people: int) -> float:
    """Let everybody write, and wait until everybody has an answer; messages a second."""
    first = telegram.user(1)
    first.write("hello")
    await first.wait(1, timeout=60)
    begun = time.perf_counter()
    users = [telegram.user(number) for number in range(2, people + 2)]
    for number, user in enumerate(users):
        user.write(TEXTS[number % len(TEXTS)].format(n=number))
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(user.wait(1, timeout=PATIENCE_S) for user in users))
    return people / (time.perf_counter() - begun)


async def echo(mode: str, people: int) -> float:
    """The echo bot's rate."""
    async with TelegramEmulator() as telegram:
        words = (telegram.token, telegram.url, mode, str(free_port()))
        command = python("-m", "tests.bench.echo_bot", *words)
        async with running(*command, env=dict(os.environ), folder=Path.cwd()):
            return await answered(telegram, people)


async def ours(mode: str, people: int, *, limits: bool = False) -> float:
    """Our rate."""
    async with TelegramEmulator(limits=limits) as telegram, TwilioEmulator() as sms:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            Keyring.create(folder / "keys.json")
            url = f"sqlite+aiosqlite:///{folder / 'town.sqlite'}"
            await migrate(url)
            env = environment(folder, url, telegram, sms, free_port())
            env["LAMPLIGHTER_TELEGRAM_MODE"] = mode
            if limits:
                env["LAMPLIGHTER_TELEGRAM_RATE"] = "30"
            async with running(*lamplighter("run"), env=env, folder=folder):
                return await answered(telegram, people)


async def main(o: argparse.Namespace) -> None:
    """Both modes, both bots."""
    say(f"python -m tests.bench.replies {' '.join(sys.argv[1:])}")
    say(f"{o.people} people, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if o.limits:
        say(f"  with Telegram's limits  {await ours('polling', o.people, limits=True):6.1f}/s")
        return
    for mode in ("polling", "webhook"):
        theirs, own = await echo(mode, o.people), await ours(mode, o.people)
        say(f"  {mode:8} echo bot {theirs:6.0f}/s   lamplighter {own:6.0f}/s   {own / theirs:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--limits", action="store_true")
    asyncio.run(main(parser.parse_args()))
