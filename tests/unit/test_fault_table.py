"""The table of faults names tests that exist, and every kind that was asked for."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROWS = re.findall(
    r"^\| (\d+) \| (.+?) \| `([\w/]+\.py)::(test_\w+)` \|$",
    (TESTS / "acceptance/README.md").read_text("utf-8"),
    re.M,
)
KINDS = (
    "kill -9 before and after", "at random", "primary", "middle of a digest", "429", "502", "HTML",
    "reset", "reply", "7 s", "two pollers", "20 times", "24 hours", "STOP", "two schedulers",
    "120 orders", "poison", "SIGTERM", "disk full", "locked", "clock", "daylight saving", "DNS",
    "blocked", "migrated", "keys rotated", "memory", "torn",
)  # fmt: skip


def test_the_rows_are_numbered_and_many() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 25


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_missing(kind: str) -> None:
    assert any(kind in fault for _, fault, *_ in ROWS)


@pytest.mark.parametrize(("file", "name"), [row[2:] for row in ROWS])
def test_every_named_test_exists(file: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (TESTS / file).read_text("utf-8"), re.M)
