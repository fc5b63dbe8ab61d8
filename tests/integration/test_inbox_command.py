"""`lamplighter inbox` on a real database: what went wrong, never what was said."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.schema import migrate
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import NOW, make_inbound

COMMAND = Path(sys.executable).with_name("lamplighter")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder with a database in which two of three messages are dead."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'town.sqlite'}"

    async def fill() -> None:
        await migrate(url)
        async with Store(url, Keyring.create(tmp_path / "keys.json")) as store:
            for number in (1, 2, 3):
                body = b"my secret worry"
                await store.put(make_inbound(external_id=f"SM{number}", body=body))
            async with store.begin() as work:
                await work.inbox.failed(1, "not an SMS", dead=True)
                await work.inbox.failed(2, "Broken", dead=True)

    asyncio.run(fill())
    return tmp_path


def run(town: Path, *words: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LAMPLIGHTER_")}
    own = {
        "LAMPLIGHTER_DATABASE_URL": f"sqlite+aiosqlite:///{town / 'town.sqlite'}",
        "LAMPLIGHTER_KEYS_FILE": str(town / "keys.json"),
    }
    return subprocess.run(
        [COMMAND, "inbox", *words],
        cwd=town, env=clean | own, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_dead_letters_are_listed_without_their_content(town: Path) -> None:
    done = run(town)
    when = f"{NOW:%Y-%m-%d %H:%M}Z"
    assert done.stdout.splitlines() == [f"2\t{when}\tsms\tBroken", f"1\t{when}\tsms\tnot an SMS"]
    assert "secret" not in done.stdout + done.stderr
    assert "5550100" not in done.stdout + done.stderr


def test_they_can_be_tried_again(town: Path) -> None:
    assert run(town, "retry", "2").returncode == 0
    assert len(run(town).stdout.splitlines()) == 1
    again = run(town, "retry", "2")
    assert again.returncode == 1
    assert "no dead letter" in again.stderr
    assert "1 will be tried again" in run(town, "retry", "--all").stderr
    done = run(town)
    assert done.stdout == ""
    assert "no dead letters" in done.stderr


@pytest.mark.parametrize("words", [("retry",), ("retry", "1", "--all"), ("retry", "x")])
def test_wrong_use_is_told(town: Path, words: tuple[str, ...]) -> None:
    assert run(town, *words).returncode == 2
