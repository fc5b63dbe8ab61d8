"""Databases that restart, refuse, lose connections or lie damaged: all goes on by itself."""

import asyncio
import resource
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.city import City, demo_city_path, load_city
from bot.clock import ShiftedClock
from bot.runtime.schedule import Schedule
from storage.errors import Outage
from storage.resealing import reseal, sealed_before
from storage.schema import migrate
from storage.sealing import Keyring, rotate, use_latest
from storage.store import Store
from tests.integration.storage_factories import make_inbound
from tests.integration.test_faults import until_idle
from tests.integration.worker_house import House
from tests.postgres import Server, own_server

THURSDAY = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)


server = pytest.fixture(own_server)


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(demo_city_path())


class Interrupted(Schedule):
    """Has the database crash when a digest is drawn and about to be queued."""

    server: Server

    async def _post(self, *given: object) -> None:
        await super()._post(*given)  # type: ignore[arg-type]
        await asyncio.to_thread(self.server.stop)


async def test_the_database_crashes_in_the_middle_of_a_digest(server: Server, city: City) -> None:
    async with Store(server.url("postgres"), Keyring.fresh()) as store:
        clock = ShiftedClock(THURSDAY)
        async with store.begin() as work:
            contact = await work.contacts.ensure("telegram", "5000001", clock.now())
            until = clock.now() + timedelta(days=1)
            await work.staff.invite("CODE", "officer", "town", (), until, clock.now())
            assert await work.staff.redeem("CODE", contact.id, clock.now())
        broken = Interrupted(store, city, clock)
        broken.server = server
        assert not await broken.fire(city.teams[0])
        await asyncio.to_thread(server.start)
        async with store.read() as work:
            assert await work.digests.last("town") is None
            assert sum((await work.outbox.counts()).values()) == 0
        whole = Schedule(store, city, clock)
        made = await asyncio.gather(*(whole.fire(city.teams[0]) for _ in range(3)))
        assert sorted(made) == [False, False, True]
        async with store.read() as work:
            assert (await work.outbox.counts())["queued"] == 1


async def test_connections_that_break_off_again_and_again(server: Server) -> None:
    """Every tenth of a second every connection is ended by the database."""
    async with Store(server.url("postgres"), Keyring.fresh()) as store:
        house = House(store)
        stopping = asyncio.Event()
        running = asyncio.create_task(house.worker.run(stopping))
        kill = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
        kept = 0
        for sender in range(60):
            if sender % 6 == 0 and sender < 40:
                await server._execute(kill + " AND backend_type = 'client backend'")
            try:
                await house.text("the lamp is out", sender)
            except Exception:  # noqa: BLE001 - the provider is told, and tries again
                await house.text("the lamp is out", sender)
            kept += 1
            await asyncio.sleep(0.02)
        await until_idle(house, kept)
        stopping.set()
        await running
        assert [len(await house.reports(n)) for n in range(60)] == [1] * 60
        assert len(await house.outbox()) == 60
        await house.close()


async def test_a_locked_database_is_waited_for(sqlite_url: str, keys: Keyring) -> None:
    path = sqlite_url.removeprefix("sqlite+aiosqlite:///")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    async with Store(sqlite_url, keys) as store:
        house = House(store)
        other.execute("BEGIN IMMEDIATE")
        putting = asyncio.create_task(house.text("the lamp is out"))
        await asyncio.sleep(0.5)
        assert not putting.done()  # not refused, and not said to be kept
        other.execute("ROLLBACK")
        await putting
        await house.work_off()
        assert await house.inbox() == {"pending": 0, "done": 1, "dead": 0}
        await house.close()
    other.close()


async def test_a_disk_that_lets_nobody_write_is_an_outage_until_it_does(
    sqlite_url: str, keys: Keyring
) -> None:
    async with Store(sqlite_url, keys) as store:
        await store.put(make_inbound(external_id="SM1"))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
        try:
            with pytest.raises(Outage):
                await store.probe()
            with pytest.raises(Exception, match=r"disk|full"):
                await store.put(make_inbound(external_id="SM2"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await store.probe()
        assert await store.put(make_inbound(external_id="SM2"))
        assert not await store.put(make_inbound(external_id="SM1"))


@pytest.mark.parametrize("damage", [b"", b"\xff" * 5000])
async def test_a_torn_log_keeps_what_was_acknowledged(
    sqlite_url: str, keys: Keyring, tmp_path: Path, damage: bytes
) -> None:
    """A power cut in the middle of a write leaves half a frame at the log's end, or rubbish."""
    path = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    copy = tmp_path / "after.db"
    async with Store(sqlite_url, keys) as store:
        for number in range(20):
            await store.put(make_inbound(external_id=f"SM{number}"))
        shutil.copy(path, copy)  # as the disk was when the power went
        log = path.with_name(path.name + "-wal").read_bytes()
        half = log + log[-3000:] if not damage else log + damage
        copy.with_name(copy.name + "-wal").write_bytes(half)
    async with Store(f"sqlite+aiosqlite:///{copy}", keys) as store, store.read() as work:
        assert (await work.inbox.counts())["pending"] == 20


async def test_keys_are_rotated_under_load(database_url: str, tmp_path: Path) -> None:
    """Two machines with a file each, both working at every step, and nothing dies on either."""
    path, copy = tmp_path / "keys.json", tmp_path / "copy.json"
    Keyring.create(path)
    shutil.copy(path, copy)
    async with Store(database_url, Keyring.load(copy)) as elsewhere:
        old = House(elsewhere)
        await busy(old, 0)
        rotate(path, later=True)  # the file is not copied yet, and a process starts just now
        async with Store(database_url, Keyring.load(path)) as here:
            new = House(here)
            await busy(new, 100)
            await busy(old, 200)
            shutil.copy(path, copy)
            keys = use_latest(path)
            assert await sealed_anew(here, keys) > 0
            for number in (300, 400):
                for house in (new, old):
                    await busy(house, number)
                    number += 50
            assert (await new.inbox()) == {"pending": 0, "done": 35, "dead": 0}
            # Taken out by the one that had the old file in memory all the time.
            assert {item.attempts for item in await old.outbox()} == {1}
            # What was sealed by one that had not met the new key yet; by now both have.
            await busy(old, 500)
            await sealed_anew(here, keys)
            await busy(new, 600)
            async with here.read() as work:
                assert await sealed_before(work.session, 2) == 0
            await new.close()
        await old.close()


async def sealed_anew(store: Store, keys: Keyring) -> int:
    """As `lamplighter keys rotate` does it; how many values."""
    return sum([step async for step in reseal(store, keys)])


async def busy(house: House, number: int) -> None:
    """Five residents write, and are answered."""
    house._number = number
    for sender in range(5):
        await house.text("the lamp is out again", sender)
    await house.work_off()


async def test_the_schema_is_brought_up_while_services_wait(tmp_path: Path) -> None:
    """A store over a schema that is not there yet says so and changes nothing."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    store = Store(url, Keyring.fresh())
    with pytest.raises(Exception, match="migrate"):
        await store.open()
    await asyncio.gather(migrate(url), migrate(url), return_exceptions=True)
    await migrate(url)
    await store.open()
    assert await store.put(make_inbound())
    await store.close()


async def test_a_lost_wake_up_line_only_costs_a_moment(server: Server) -> None:
    async with (
        Store(server.url("postgres"), Keyring.fresh()) as store,
        store.read() as work,
    ):
        kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        await asyncio.sleep(0.5)
        assert (await work.session.execute(text(kill))).all()
        await store.put(make_inbound())
        async with asyncio.timeout(2):
            await store.wait("inbound", 1.0)
        async with store.claim(8, THURSDAY) as claim:
            assert len(claim.messages) == 1
