"""Databases for the integration tests: the same test runs on SQLite and on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.schema import migrate
from storage.sealing import Keyring
from storage.store import Store
from tests.postgres import new_postgres_url, postgres, postgres_template, postgres_url

__all__ = ["new_postgres_url", "postgres", "postgres_template", "postgres_url"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty file to copy."""
    path = tmp_path_factory.mktemp("template") / "town.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite file."""
    shutil.copy(sqlite_template, tmp_path / "town.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'town.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database of either kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def keys() -> Keyring:
    """Fresh keys."""
    return Keyring.fresh()


@pytest.fixture
async def store(database_url: str, keys: Keyring) -> AsyncIterator[Store]:
    """An open store on either database."""
    async with Store(database_url, keys) as opened:
        yield opened


@pytest.fixture
def now() -> datetime:
    """A fixed moment: a Tuesday evening."""
    return datetime(2026, 3, 10, 19, 30, tzinfo=UTC)
