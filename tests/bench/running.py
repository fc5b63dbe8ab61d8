"""`lamplighter run` as a process of its own, for the benchmarks."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from tests.acceptance.test_kill import COMMAND, free_port
from tests.rig import SECRET


def environment(
    folder: Path, url: str, telegram: TelegramEmulator, sms: TwilioEmulator, port: int
) -> dict[str, str]:
    """Settings of a service between two emulators, with rates that hold nothing back."""
    settings = {
        "DATABASE_URL": url,
        "KEYS_FILE": str(folder / "keys.json"),
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_RATE": "1000",
        "TWILIO_ACCOUNT_SID": sms.account_sid,
        "TWILIO_AUTH_TOKEN": sms.token,
        "TWILIO_FROM": sms.number,
        "TWILIO_API_URL": sms.url,
        "TWILIO_RATE": "1000",
        "LOG_LEVEL": "ERROR",
    }
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LAMPLIGHTER_")}
    return clean | {f"LAMPLIGHTER_{name}": value for name, value in settings.items()}


@asynccontextmanager
async def running(
    *command: str, env: dict[str, str], folder: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that is asked to end (SIGTERM) with the context."""
    process = await asyncio.create_subprocess_exec(*command, env=env, cwd=folder)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def lamplighter(*words: str) -> tuple[str, ...]:
    """The command line of our own command."""
    return (str(COMMAND), *words)


def python(*words: str) -> tuple[str, ...]:
    """The command line of this Python."""
    return (sys.executable, *words)


def resident_mb(process: asyncio.subprocess.Process) -> float:
    """Memory that a process holds now, MB (Linux)."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


__all__ = ["environment", "free_port", "lamplighter", "python", "resident_mb", "running"]
