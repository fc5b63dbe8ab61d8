"""Opening the database: one engine over SQLite (WAL, every commit on disk) or PostgreSQL."""

from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import models, nickname_models, report_models, staff_models
from storage.columns import Table
from storage.errors import StorageError
from storage.hosts import finder, several, spread

METADATA = Table.metadata
"""All tables; the imports of this module fill it."""

MODELS = (models, report_models, staff_models, nickname_models)

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 15000",
)
# An error's words name the statement, never its values: those are residents' words.
_SHARED: dict[str, Any] = {"pool_size": 8, "max_overflow": 24, "hide_parameters": True}
_CONNECTING = 5.0
_READ_ONLY = "25006"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


class DatabaseError(StorageError):
    """The database cannot be used as it is; the message says what to do."""


def database_url(url: str) -> URL:
    """The URL with our drivers filled in. Raises DatabaseError for any other database."""
    parsed = make_url(spread(url))
    name = parsed.get_backend_name()
    if name not in _DRIVERS:
        raise DatabaseError(f"Only sqlite and postgresql are supported, not {name}.")
    if name == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise DatabaseError("SQLite needs a file: a database in memory would lose every message.")
    return parsed.set(drivername=_DRIVERS[name])


def connect(
    url: str, *, foreign_keys: bool = True, reading: bool = False, longest: float | None = None
) -> AsyncEngine:
    """An engine. Nothing is opened before its first use. `reading` makes the database refuse every
    change, so that a view for questions can be trusted to hold no lock. A statement over `longest`
    seconds fails on PostgreSQL: a machine that was switched off never says that it is gone.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_async_engine(parsed, **_SHARED)
        _prepare_sqlite(engine, foreign_keys=foreign_keys, reading=reading)
        return engine
    options: dict[str, Any] = {
        "execution_options": {"postgresql_readonly": True} if reading else {}
    }
    if several(parsed):
        _, given = parsed.get_dialect()().create_connect_args(parsed)
        options["async_creator"] = finder({**given, "command_timeout": longest})
    else:
        options["connect_args"] = {"command_timeout": longest, "timeout": _CONNECTING}
    engine = create_async_engine(parsed, pool_pre_ping=True, **options, **_SHARED)
    event.listen(
        engine.sync_engine, "handle_error", _let_go if not reading else _let_go_of_the_silent
    )
    return engine


def is_sqlite(engine: AsyncEngine) -> bool:
    """Whether the embedded database is in use."""
    return engine.dialect.name == "sqlite"


def _let_go(context: ExceptionContext) -> None:
    # A primary that was made a standby still answers: without this its connections would stay.
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True
    _let_go_of_the_silent(context)


def _let_go_of_the_silent(context: ExceptionContext) -> None:
    # Who did not answer in time would not answer to ROLLBACK either.
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


def _prepare_sqlite(engine: AsyncEngine, *, foreign_keys: bool, reading: bool) -> None:
    only = f"PRAGMA query_only = {int(reading)}"

    def on_connect(connection: DBAPIConnection, _record: object) -> None:
        # The driver's own transaction handling begins late and never IMMEDIATE: we say BEGIN.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, f"PRAGMA foreign_keys = {int(foreign_keys)}", only):
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
