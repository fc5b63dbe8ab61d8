"""A PostgreSQL with standbys: of several hosts the one that takes writes is found again."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.engine import URL

_log = logging.getLogger(__name__)

#: Seconds for one host. The driver's own limit spans all hosts, so that with the first machine
#: switched off, which answers nothing at all, the second one would never be asked.
PATIENCE = 3.0
_SEVERAL = re.compile(r"([^:]+://(?:[^@/]*@)?)([^/?@]*,[^/?@]*)(/[^?]*)?(?:\?(.*))?")
_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def spread(url: str) -> str:
    """`//user@one:5432,two/name`, as libpq writes it, in the form that SQLAlchemy reads."""
    found = _SEVERAL.fullmatch(url)
    if not found:
        return url
    head, hosts, path, query = found.groups(default="")
    named = [f"host={host if ':' in host else host + ':5432'}" for host in hosts.split(",")]
    return f"{head}{path}?{'&'.join([*named, *filter(None, [query])])}"


def several(url: URL) -> bool:
    """Whether the address names more than one host."""
    return isinstance(url.query.get("host"), tuple)


def finder(options: Mapping[str, Any]) -> Callable[[], Awaitable[Any]]:
    """Opens connections to whichever of the hosts takes writes; the last one that did goes first.

    `options` are asyncpg's, with lists under `host` and `port`.
    """
    rest: dict[str, Any] = {"target_session_attrs": "read-write", "timeout": PATIENCE} | dict(
        options
    )
    hosts = list(zip(rest.pop("host"), rest.pop("port"), strict=True))

    async def find() -> Any:  # noqa: ANN401 - asyncpg has no types
        failure: Exception = OSError("no host was named")
        for host, port in tuple(hosts):
            try:
                connection = await asyncpg.connect(host=host, port=port, **rest)
            except _AWAY as error:
                failure = error
                continue
            if (host, port) != hosts[0]:
                _log.warning("another database host took over")
                hosts.sort(key=lambda known: known != (host, port))
            return connection
        raise failure

    return find
