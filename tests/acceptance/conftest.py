"""What whole processes need: databases of either kind, and a nursery for processes to kill."""

from collections.abc import Iterator

import pytest

from tests.acceptance.nursery import Nursery
from tests.postgres import new_postgres_url, postgres, postgres_template

__all__ = ["new_postgres_url", "postgres", "postgres_template"]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Makes processes of the service within a moment."""
    made = Nursery()
    yield made
    made.close()
