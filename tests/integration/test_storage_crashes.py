"""kill -9 in the middle: nothing acknowledged is lost, nothing is filed or queued twice."""

import asyncio
import os
import random
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import NOW
from tests.integration.storage_victim import work_off

ROOT = Path(__file__).parents[2]
#: The long form: LAMPLIGHTER_KILLS=50 pytest tests/integration/test_storage_crashes.py
KILLS = int(os.environ.get("LAMPLIGHTER_KILLS", "2"))
MESSAGES = 100 * KILLS + 100


class Life:
    """One life of the victim: what it acknowledged before it was killed."""

    def __init__(self, url: str, keys: Path, numbers: list[int]) -> None:
        self._arguments = (url, str(keys), ",".join(map(str, numbers)))
        self.acknowledged: set[int] = set()

    async def run(self, seconds: float) -> None:
        """Start it, wait for its first words, kill it `seconds` later."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.integration.storage_victim", *self._arguments),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdout is not None
        first = await asyncio.wait_for(process.stdout.readline(), 30)
        reading = asyncio.create_task(process.stdout.read())
        await asyncio.sleep(seconds)
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL
        # A line that the kill cut short was never acknowledged.
        lines = (first + await reading).decode().split("\n")[:-1]
        self.acknowledged = set(map(int, lines))


async def numbers_of(store: Store, sql: str) -> list[object]:
    async with store.begin() as work:
        return list((await work.session.execute(text(sql))).scalars())


async def check(store: Store, acknowledged: set[int]) -> None:
    """Compare what was acknowledged with what the database says."""
    kept = await numbers_of(store, "SELECT external_id FROM inbound")
    assert {f"SM{n}" for n in acknowledged} <= set(kept), "an acknowledged message was lost"
    assert len(kept) == len(set(kept))
    refs = await numbers_of(store, "SELECT ref FROM report")
    assert sorted(map(str, refs)) == sorted(str(k).replace("SM", "N") for k in kept)
    replies = await numbers_of(store, "SELECT key FROM outbox")
    assert len(replies) == len(set(replies)) == len(kept)
    async with store.begin() as work:
        counted = await work.trends.hourly(None, NOW.date(), NOW.date() + timedelta(days=1))
        assert sum(c.reports for c in counted) == len(kept)
        assert await work.audit.verify() is None
        assert len(await work.audit.tail(MESSAGES * 2)) == len(kept)
        assert (await work.inbox.counts())["pending"] == 0


async def filed(url: str, keys: Path) -> bool:
    """Whether any victim came to work: on a busy machine all may die while they receive."""
    async with Store(url, Keyring.load(keys)) as store:
        return bool((await numbers_of(store, "SELECT count(*) FROM report"))[0])


@pytest.mark.parametrize("workers", [1, 2])
async def test_kill_nine_under_load(database_url: str, tmp_path: Path, workers: int) -> None:
    if workers == 2 and database_url.startswith("sqlite"):
        pytest.skip("on SQLite there is one worker process")
    path = tmp_path / "keys.json"
    keys = Keyring.create(path)
    async with Store(database_url, keys):
        pass
    chance = random.Random(workers)
    acknowledged: set[int] = set()
    lives_left = KILLS
    while lives_left > 0 or not await filed(database_url, path):
        lives_left -= 1
        # New messages first, then redeliveries, so that no life runs out of work before its kill.
        left = sorted(range(MESSAGES), key=lambda number: number in acknowledged)
        lives = [Life(database_url, path, left[n::workers]) for n in range(workers)]
        await asyncio.gather(*(life.run(0.02 + chance.random() * 0.25) for life in lives))
        for life in lives:
            acknowledged |= life.acknowledged
    assert len(acknowledged) > 0
    async with Store(database_url, keys) as store:
        await work_off(store, until_empty=True)
        await check(store, acknowledged)
