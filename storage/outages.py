"""Telling an outage of the database from a mistake in what it was asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import exc

from storage.errors import Outage, ReadOnly

#: The driver's word, in an error's text, that a reading transaction was written in.
_READ_ONLY = ("readonly database", "read-only transaction")
_OURS = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)
#: Classes of SQLSTATE that say the same: not supported, data, integrity, syntax or access.
_OUR_STATES = ("0A", "22", "23", "42")
#: What a connection that cannot be made raises; the last where no host takes writes.
_DRIVERS_OWN = (
    exc.TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError,
)  # fmt: skip


def is_outage(error: BaseException) -> bool:
    """Whether the same would succeed once the database is back."""
    if isinstance(error, exc.DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if error.connection_invalidated or state is None:
            return error.connection_invalidated or not isinstance(error, _OURS)
        return not str(state).startswith(_OUR_STATES)
    # A connection that cannot be made raises the driver's own errors, or the network's.
    return isinstance(error, (*_DRIVERS_OWN, OSError))


@asynccontextmanager
async def told_apart(*, reading: bool) -> AsyncIterator[None]:
    """Raise Outage instead of the driver's many errors; others pass as they are.

    In a reading view a change raises ReadOnly; elsewhere a database that lets nobody write (a
    standby, a disk mounted anew) is one that is away.
    """
    try:
        yield
    except exc.DBAPIError as error:
        if reading and any(words in str(error.orig) for words in _READ_ONLY):
            raise ReadOnly(str(error.orig)) from error
        if is_outage(error):
            # The first line alone: what follows it may quote a row.
            raise Outage(str(error.orig).partition("\n")[0] or type(error.orig).__name__) from error
        raise
    except (*_DRIVERS_OWN, exc.PendingRollbackError, TimeoutError) as error:
        raise Outage(type(error).__name__) from error
