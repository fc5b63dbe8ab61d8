"""The schema's versions: bring a database up, take it down, say where it stands."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage.database import connect, is_sqlite

_FOLDER = Path(__file__).parent / "migrations"
Step = Callable[[Config], None]
_LOCK = 0x6C616D70  # "lamp": two machines that migrate at once wait for each other


def newest() -> str:
    """The version that this code was written for."""
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    if head is None:
        raise LookupError("there are no migrations beside the code")
    return head


async def migrate(url: str, version: str = "head") -> None:
    """Bring the database to a version, the newest by default. Repeatable; all or nothing."""
    await _run(url, lambda config: command.upgrade(config, version))


async def downgrade(url: str, version: str = "base") -> None:
    """Take the database back to an earlier version; "base" drops every table of ours."""
    await _run(url, lambda config: command.downgrade(config, version))


async def schema_state(url: str) -> str:
    """Say "current", "empty", "behind" or "ahead" (made by newer code)."""
    engine = connect(url)
    try:
        async with engine.connect() as connection:
            version, tables = await connection.run_sync(_version)
    finally:
        await engine.dispose()
    if version is None:
        return "behind" if "inbound" in tables else "empty"
    known = {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
    if version == newest():
        return "current"
    return "behind" if version in known else "ahead"


def _version(connection: Connection) -> tuple[str | None, list[str]]:
    tables = inspect(connection).get_table_names()
    return MigrationContext.configure(connection).get_current_revision(), tables


async def _run(url: str, step: Step) -> None:
    engine = connect(url, foreign_keys=False)  # SQLite changes a table by making it anew
    try:
        async with engine.begin() as connection:
            if not is_sqlite(engine):
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(lambda sync: step(_config(sync)))
    finally:
        await engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
