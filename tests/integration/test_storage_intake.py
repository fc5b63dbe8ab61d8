"""Intake: durable on return, once each, many in one commit."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from storage.database import connect
from storage.errors import Outage
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import NOW, make_inbound


@asynccontextmanager
async def rows(url: str, sql: str) -> AsyncIterator[list[tuple[object, ...]]]:
    engine = connect(url)
    async with engine.connect() as connection:
        yield [tuple(row) for row in await connection.execute(text(sql))]
    await engine.dispose()


async def pending(store: Store) -> int:
    async with store.read() as work:
        return (await work.inbox.counts())["pending"]


async def test_what_was_put_is_there_for_another_reader(store: Store, database_url: str) -> None:
    assert await store.put(make_inbound())
    async with rows(database_url, "SELECT channel, external_id, state FROM inbound") as found:
        assert found == [("sms", "SM1", "pending")]


async def test_a_redelivery_is_a_duplicate(store: Store) -> None:
    assert await store.put(make_inbound())
    assert not await store.put(make_inbound(body=b"again"))
    assert await store.put(make_inbound(channel="telegram"))
    assert await pending(store) == 2


async def test_the_same_message_twenty_times_at_once_is_kept_once(store: Store) -> None:
    results = await asyncio.gather(*(store.put(make_inbound()) for _ in range(20)))
    assert sorted(results) == [False] * 19 + [True]
    assert await pending(store) == 1


async def test_arrivals_that_wait_share_a_transaction(store: Store) -> None:
    messages = [make_inbound(external_id=f"SM{n}", address=f"+1555{n % 40}") for n in range(300)]
    before = store.groups
    assert all(await asyncio.gather(*map(store.put, messages)))
    assert store.groups - before <= 3
    assert await pending(store) == 300


async def test_a_contact_is_made_once_however_many_messages(
    store: Store, database_url: str
) -> None:
    await asyncio.gather(*(store.put(make_inbound(external_id=f"A{n}")) for n in range(50)))
    await store.put(make_inbound(external_id="B"))
    async with rows(database_url, "SELECT count(*) FROM contact") as found:
        assert found == [(1,)]


async def test_a_message_without_an_address_is_kept_too(store: Store) -> None:
    assert await store.put(make_inbound(address=None))
    async with store.claim(10, NOW) as claim:
        assert [m.contact_id for m in claim.messages] == [None]
        assert claim.messages[0].body == make_inbound().body


async def test_neither_address_nor_body_lies_in_clear(store: Store, database_url: str) -> None:
    await store.put(make_inbound(address="+15550199", body=b"my neighbour shouts"))
    for table in ("contact", "inbound"):
        async with rows(database_url, f"SELECT * FROM {table}") as found:  # noqa: S608
            shown = repr(found)
            assert "5550199" not in shown
            assert "neighbour" not in shown


async def test_an_address_that_cannot_be_encoded_fails_alone(store: Store) -> None:
    results = await asyncio.gather(
        store.put(make_inbound(external_id="bad", address="\ud800")),
        store.put(make_inbound(external_id="good")),
        return_exceptions=True,
    )
    assert isinstance(results[0], UnicodeEncodeError)
    assert results[1] is True


async def test_one_row_that_the_database_refuses_does_not_stop_the_others(
    postgres_url: str, keys: Keyring
) -> None:
    async with Store(postgres_url, keys) as store:
        names = ["a", "nul\0byte", "b", "c"]
        puts = (store.put(make_inbound(external_id=name)) for name in names)
        results = await asyncio.gather(*puts, return_exceptions=True)
        assert [r for r in results if r is True] == [True] * 3
        assert isinstance(results[1], DBAPIError)


async def test_a_commit_that_fails_is_told_to_every_waiter(sqlite_url: str, keys: Keyring) -> None:
    path = make_url(sqlite_url).database or ""
    async with Store(sqlite_url, keys) as store:
        with sqlite3.connect(path) as other:
            other.execute("ALTER TABLE inbound RENAME TO hidden")
        puts = (store.put(make_inbound(external_id=f"S{n}")) for n in range(10))
        results = await asyncio.gather(*puts, return_exceptions=True)
        assert all(isinstance(result, Outage) for result in results)
        with sqlite3.connect(path) as other:
            other.execute("ALTER TABLE hidden RENAME TO inbound")
        other.close()
        assert await store.put(make_inbound()), "the intake goes on by itself"
        assert await pending(store) == 1


async def test_a_caller_who_gives_up_takes_nobody_along(store: Store) -> None:
    puts = [asyncio.create_task(store.put(make_inbound(external_id=f"S{n}"))) for n in range(8)]
    await asyncio.sleep(0)
    puts[3].cancel()
    results = await asyncio.gather(*puts, return_exceptions=True)
    assert isinstance(results[3], asyncio.CancelledError)
    assert [r for n, r in enumerate(results) if n != 3] == [True] * 7


async def test_closing_writes_what_still_waits(database_url: str, keys: Keyring) -> None:
    store = Store(database_url, keys)
    await store.open()
    puts = [asyncio.create_task(store.put(make_inbound(external_id=f"S{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*puts) == [True] * 20


async def test_a_put_wakes_the_worker(store: Store) -> None:
    await store.wait("inbound", 0.01)
    waiter = asyncio.create_task(store.wait("inbound", 20))
    await asyncio.sleep(0)
    await store.put(make_inbound())
    await asyncio.wait_for(waiter, 5)


async def test_a_wake_up_before_the_wait_is_not_missed(store: Store) -> None:
    await store.put(make_inbound())
    await asyncio.wait_for(store.wait("inbound", 20), 5)


async def test_without_work_the_wait_ends_in_time(sqlite_url: str, keys: Keyring) -> None:
    started = asyncio.get_running_loop().time()
    async with Store(sqlite_url, keys) as store:
        await store.wait("outbound", 0.05)
    assert 0.04 <= asyncio.get_running_loop().time() - started < 2


async def test_another_process_is_woken_on_postgresql(postgres_url: str, keys: Keyring) -> None:
    async with Store(postgres_url, keys) as web, Store(postgres_url, keys) as worker:
        await asyncio.sleep(0.3)  # the listener has to be there
        await worker.wait("inbound", 0.01)
        waiter = asyncio.create_task(worker.wait("inbound", 20))
        await asyncio.sleep(0)
        await web.put(make_inbound())
        await asyncio.wait_for(waiter, 5)


async def test_reads_do_not_wait_for_the_writer(sqlite_url: str, keys: Keyring) -> None:
    async with Store(sqlite_url, keys) as store, store.begin() as work:
        await work.contacts.ensure("sms", "+1555", NOW)
        assert await asyncio.wait_for(pending(store), 2) == 0


@pytest.mark.parametrize("address", ["+15550100", None])
async def test_a_message_is_kept_while_its_contact_is_being_worked_on(
    store: Store, address: str | None
) -> None:
    await store.put(make_inbound(address=address))
    async with store.claim(10, NOW) as claim:
        assert len(claim.messages) == 1
        again = make_inbound(external_id="SM2", address=address)
        assert await asyncio.wait_for(store.put(again), 5)


def test_the_file_is_where_the_url_says(sqlite_url: str) -> None:
    assert Path(make_url(sqlite_url).database or "").is_file()
