"""Databases for the benchmarks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from tests.postgres import Server, make_folder


@contextmanager
def a_postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database with the tests' settings (fsync off)."""
    folder = make_folder()
    server = Server(folder)
    server.create()
    server.start()
    try:
        yield server.url("postgres")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
