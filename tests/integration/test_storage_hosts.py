"""Several database hosts: how they are written, and that the one that takes writes is found."""

import asyncio
import socket
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from storage.database import connect, database_url
from storage.errors import Outage
from storage.hosts import finder, several, spread
from storage.schema import migrate, schema_state
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import make_inbound
from tests.postgres import Pair, free_port


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://u:p@one:5432,two:5433/db", ("one:5432", "two:5433")),
        ("postgresql+asyncpg://u@one,two/db", ("one:5432", "two:5432")),
        ("postgresql://one,two,three:1/db?ssl=require", ("one:5432", "two:5432", "three:1")),
        ("postgresql+asyncpg://u@/db?host=one:1&host=two:2", ("one:1", "two:2")),
    ],
)
def test_both_ways_to_write_them(url: str, hosts: tuple[str, ...]) -> None:
    parsed = database_url(url)
    assert several(parsed)
    assert parsed.query["host"] == hosts
    assert parsed.database == "db"
    assert parsed.query.get("ssl") == ("require" if "ssl" in url else None)


@pytest.mark.parametrize("url", ["postgresql://u:p@one:5432/db", "sqlite:///a,b.sqlite"])
def test_one_is_left_as_it_is(url: str) -> None:
    assert spread(url) == url
    assert not several(database_url(url))


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    made = Pair()
    made.primary.start()
    asyncio.run(migrate(made.primary.url("postgres")))
    made.follow()
    yield made
    made.stop()


async def answering(url: str) -> int:
    """The port of the server behind a new connection."""
    engine = connect(url)
    async with engine.connect() as connection:
        port = (await connection.execute(text("SELECT inet_server_port()"))).scalar_one()
    await engine.dispose()
    return int(port)


def test_the_one_that_takes_writes_is_found_whatever_its_place(pair: Pair) -> None:
    primary, standby = pair.primary.port, pair.standby.port
    for ports in ((primary, standby), (standby, primary), (free_port(), standby, primary)):
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        url = f"postgresql://lamplighter@{hosts}/postgres"
        assert asyncio.run(answering(url)) == primary
        assert asyncio.run(schema_state(url)) == "current"


async def test_a_machine_that_answers_nothing_costs_seconds_not_the_service(pair: Pair) -> None:
    """A host that takes connections and is silent is what a switched-off machine looks like."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        both = {"host": ["127.0.0.1"] * 2, "port": [port, pair.primary.port], "timeout": 0.5}
        find = finder({**both, "user": "lamplighter", "database": "postgres"})
        for patience in (3.0, 0.4):  # the second time the one that answered is asked first
            async with asyncio.timeout(patience):
                await (await find()).close()


async def test_without_a_host_that_takes_writes_it_is_an_outage(pair: Pair) -> None:
    url = f"postgresql://lamplighter@127.0.0.1:{pair.standby.port},127.0.0.1:{free_port()}/postgres"
    store = Store(url, Keyring.fresh())
    with pytest.raises(Outage):
        await store.open()
    await store.close()


async def test_a_primary_made_a_standby_is_left(postgres_url: str) -> None:
    """Its connections still answer, but may not write: the next one is a new connection."""
    async with Store(postgres_url, Keyring.fresh()) as store:
        await store.put(make_inbound(external_id="SM1"))
        async with store.begin() as work:
            session = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
            await work.session.execute(text(session))
        with pytest.raises(Exception, match="read-only"):
            await store.put(make_inbound(external_id="SM2"))
        assert await store.put(make_inbound(external_id="SM2"))


class Cable:
    """A line to the database that somebody can cut without either end hearing of it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cut: set[asyncio.StreamWriter] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0.1)

    def cut(self) -> None:
        """From now on nothing passes on the lines that there are; new ones are whole."""
        self._cut |= self._writers

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, forth = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {back, forth}
        await asyncio.gather(self._carry(near, forth), self._carry(far, back))

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        try:
            while words := await source.read(65536):
                if to not in self._cut:
                    to.write(words)
                    await to.drain()
        except ConnectionError:
            return
        finally:
            to.close()


async def test_a_line_that_goes_silent_is_given_up(pair: Pair) -> None:
    cable = Cable(pair.primary.port)
    async with cable as port:
        url = f"postgresql://lamplighter@127.0.0.1:{port}/postgres"
        async with Store(url, Keyring.fresh(), longest=1.0) as store:
            await store.probe()
            cable.cut()
            async with asyncio.timeout(8):
                with pytest.raises(Outage):
                    await probe_on(store)
                await store.probe()


async def probe_on(store: Store) -> None:
    while True:
        await store.probe()
