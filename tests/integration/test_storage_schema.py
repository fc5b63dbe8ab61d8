"""The schema: up, down, and equal to the models, on both databases."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from storage.database import METADATA, DatabaseError, connect, database_url
from storage.schema import downgrade, migrate, newest, schema_state
from storage.sealing import Keyring, KeyringError
from storage.store import Store
from tests.postgres import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    name = f"empty_{abs(hash(request.node.name)) % 10**9}"
    server.execute(f"CREATE DATABASE {name}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def tables(url: str) -> set[str]:
    engine = connect(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await engine.dispose()
    return found


async def test_up_and_down_and_up_again(empty_url: str) -> None:
    assert await schema_state(empty_url) == "empty"
    await migrate(empty_url)
    assert await schema_state(empty_url) == "current"
    assert set(METADATA.tables) <= await tables(empty_url)
    await migrate(empty_url)
    assert await schema_state(empty_url) == "current"
    await downgrade(empty_url)
    assert await schema_state(empty_url) == "empty"
    assert await tables(empty_url) <= {"alembic_version"}
    await migrate(empty_url)
    assert await schema_state(empty_url) == "current"


async def test_the_migrated_schema_is_the_models(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    engine = connect(database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_newer_database_is_told_from_an_older_one(database_url: str) -> None:
    engine = connect(database_url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")
    await engine.dispose()
    assert await schema_state(database_url) == "ahead"
    assert newest() != "later"


async def test_a_database_without_its_version_is_behind(database_url: str) -> None:
    engine = connect(database_url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM alembic_version")
    await engine.dispose()
    assert await schema_state(database_url) == "behind"


async def test_two_machines_may_migrate_at_once(empty_url: str) -> None:
    await asyncio.gather(migrate(empty_url), migrate(empty_url), migrate(empty_url))
    assert await schema_state(empty_url) == "current"


async def test_an_unmigrated_database_says_what_to_do(empty_url: str, keys: Keyring) -> None:
    store = Store(empty_url, keys)
    with pytest.raises(DatabaseError, match="lamplighter migrate"):
        await store.open()
    await store.close()


async def test_foreign_keys_are_refused_at_the_start(database_url: str, keys: Keyring) -> None:
    async with Store(database_url, keys):
        pass
    async with Store(database_url, keys):
        pass
    stranger = Store(database_url, Keyring.fresh())
    with pytest.raises(KeyringError, match="not the one this database was made with"):
        await stranger.open()
    await stranger.close()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
async def test_sqlite_keeps_what_it_acknowledges(
    sqlite_url: str, pragma: str, value: object
) -> None:
    engine = connect(sqlite_url)
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar() == value
    await engine.dispose()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("sqlite://", "file"),
        ("sqlite:///:memory:", "file"),
        ("mysql://root@localhost/town", "mysql"),
    ],
)
def test_a_database_that_cannot_serve_is_refused(url: str, word: str) -> None:
    with pytest.raises(DatabaseError, match=word):
        database_url(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///town.db", "sqlite+aiosqlite"),
        ("postgresql://a@b/c", "postgresql+asyncpg"),
        ("postgresql+asyncpg://a@b/c", "postgresql+asyncpg"),
    ],
)
def test_our_drivers_are_filled_in(url: str, driver: str) -> None:
    assert database_url(url).drivername == driver
