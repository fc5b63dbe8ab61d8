"""What an operator sees: readiness that tells the truth, and figures also without a database."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from bot.runtime.roles import Role
from bot.runtime.service import Service
from storage.schema import migrate
from storage.sealing import Keyring
from tests.postgres import Server, make_folder
from tests.rig import Rig, open_rig, rig_settings

FIGURES = (
    "lamplighter_queue_depth", "lamplighter_queue_age_seconds", "lamplighter_answer_seconds",
    "lamplighter_wait_seconds", "lamplighter_reply_seconds", "lamplighter_sends_total",
    "lamplighter_dead_letters", "lamplighter_digest_lag_seconds", "lamplighter_sms_segments",
    "lamplighter_analysis_seconds", "lamplighter_fetch_failures", "lamplighter_database_up",
)  # fmt: skip


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path) as made:
        yield made


async def look(url: str, page: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url + page) as response:
        return response.status, await response.text()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.05)


async def test_every_figure_is_there_after_one_message(rig: Rig) -> None:
    phone = rig.sms.phone("+15550107777")
    phone.write("my house is on fire please come")
    await phone.wait()
    await rig.settle()
    status, text = await look(rig.url, "/metrics")
    assert status == 200
    assert [name for name in FIGURES if f"\n{name}" not in text] == []
    assert 'lamplighter_answer_seconds_count{priority="emergency"} 1.0' in text
    assert 'lamplighter_sms_segments{period="month"}' in text
    assert "lamplighter_database_up 1.0" in text


async def test_a_database_that_keeps_nothing_is_not_ready(rig: Rig, tmp_path: Path) -> None:
    assert (await look(rig.url, "/readyz"))[0] == 200
    file = tmp_path / "rig.sqlite"
    writer = sqlite3.connect(file, isolation_level=None, timeout=30, check_same_thread=False)
    await asyncio.to_thread(writer.execute, "BEGIN IMMEDIATE")  # questions are answered still
    try:
        status, text = await look(rig.url, "/readyz")
        assert (status, text) == (503, "the database keeps nothing (TimeoutError)\n")
        assert (await look(rig.url, "/healthz"))[0] == 200
        phone = rig.sms.phone("+15550107778")
        phone.write("street light is out on Mill Lane in Millbrook")
        await asyncio.sleep(1.0)
        assert rig.sms.hooks == []  # nobody was told that it is kept
    finally:
        writer.execute("ROLLBACK")
        writer.close()
    await phone.wait(1, 20)
    async with asyncio.timeout(20):
        while (await look(rig.url, "/readyz"))[0] != 200:
            await asyncio.sleep(0.2)
    assert {hook.status for hook in rig.sms.hooks} == {200}


async def test_a_role_that_ended_is_told(rig: Rig) -> None:
    (*_, role) = rig.service._tasks
    role.cancel()
    await asyncio.gather(role, return_exceptions=True)
    status, text = await look(rig.url, "/readyz")
    assert status == 503
    assert "a role has ended" in text


async def test_figures_are_told_without_a_database(tmp_path: Path) -> None:
    folder = make_folder()
    server = Server(folder)
    server.create()
    await asyncio.to_thread(server.start)
    await migrate(server.url("postgres"))
    Keyring.create(tmp_path / "keys.json")
    url = server.url("postgres")
    try:
        web = frozenset({Role.WEB})
        async with open_rig(tmp_path, roles=web, database_url=url) as rig:
            assert "lamplighter_database_up 1.0" in (await look(rig.url, "/metrics"))[1]
            await asyncio.to_thread(server.stop)
            status, text = await look(rig.url, "/metrics")
            assert (status, "lamplighter_database_up 0.0" in text) == (200, True)
            assert (await look(rig.url, "/readyz"))[0] == 503
            rig.sms.phone("+15550107779").write("street light is out on Mill Lane")
            await until(lambda: [hook.status for hook in rig.sms.hooks] == [503])
            await asyncio.to_thread(server.start)
            assert (await look(rig.url, "/readyz"))[0] == 200
            rig.sms.redeliver()  # the provider tries again
            await until(lambda: [hook.status for hook in rig.sms.hooks] == [503, 200])
            async with rig.service.store.read() as work:
                assert (await work.inbox.counts())["pending"] == 1
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def test_a_process_without_the_web_role_can_be_watched(tmp_path: Path) -> None:
    async with TelegramEmulator() as telegram, TwilioEmulator() as sms:
        settings = rig_settings(tmp_path, telegram, sms, watch_port=0)
        async with Service(settings, SystemClock(), frozenset({Role.SENDER})) as service:
            url = f"http://127.0.0.1:{service.port}"
            assert await look(url, "/readyz") == (200, "ready\n")
            assert (await look(url, "/sms"))[0] == 404
        settings = rig_settings(tmp_path, telegram, sms)
        async with Service(settings, SystemClock(), frozenset({Role.SENDER})) as service:
            assert service.port == 0
