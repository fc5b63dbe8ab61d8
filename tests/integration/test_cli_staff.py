"""`lamplighter staff` at the terminal: list, remove, revoke."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.outbox.parcel import unpack
from storage.ledger import AuditEntry
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import make_contact

NOW = datetime.now(UTC)
Run = Callable[..., Result]


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A deployment of its own, and the command line in it."""
    Keyring.create(tmp_path / "keys.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAMPLIGHTER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LAMPLIGHTER_KEYS_FILE", str(tmp_path / "keys.json"))
    return lambda *words: CliRunner().invoke(app, ["staff", *words])


async def _join(url: str, keys: Path, role: str) -> int:
    async with Store(url, Keyring.load(keys)) as store:
        contact = await make_contact(store, role)
        async with store.begin() as work:
            await work.staff.invite(role, role, None, (), NOW + timedelta(days=1), NOW, "Lena")
            member = await work.staff.redeem(role, contact, NOW)
    assert member
    return member.id


async def _after(url: str, keys: Path) -> tuple[list[AuditEntry], list[str], int]:
    async with Store(url, Keyring.load(keys)) as store, store.begin() as work:
        later = datetime.now(UTC) + timedelta(seconds=5)
        waiting = await work.outbox.claim(later, timedelta(0), 9)
        members = await work.staff.members()
        return await work.audit.tail(9), [unpack(w.body).text for w in waiting], len(members)


def test_an_empty_house_says_how_to_begin(house: Run) -> None:
    assert house("list").stdout == "nobody yet: lamplighter staff bootstrap\n"


def test_an_invitation_is_listed_by_name_and_revoked(
    house: Run, sqlite_url: str, tmp_path: Path
) -> None:
    wanted = ("--role", "officer", "--areas", "old-town", "--team", "town", "--name", "Ana Ruiz")
    code = house("invite", *wanted).stdout.strip()
    lines = house("list").stdout.splitlines()
    assert lines[:3] == ["nobody yet: lamplighter staff bootstrap", "", "not used yet:"]
    handle = lines[3].split()[0]
    assert lines[3].startswith(
        f"{handle} Ana Ruiz, liaison officer, Town liaison team, Old Town, until"
    )
    assert code not in "\n".join(lines)
    assert house("revoke", handle).exit_code == 0
    assert "Ana" not in house("list").stdout
    assert isinstance(house("revoke", handle).exception, ValueError)
    entries, _, _ = asyncio.run(_after(sqlite_url, tmp_path / "keys.json"))
    assert [(e.actor, e.action, e.subject) for e in entries] == [
        ("shell", "revoke invitation", f"{handle} officer"),
        ("shell", "invite", "officer town old-town"),
    ]


def test_removing_tells_them_and_the_last_administrator_is_warned_of(
    house: Run, sqlite_url: str, tmp_path: Path
) -> None:
    number = asyncio.run(_join(sqlite_url, tmp_path / "keys.json", "administrator"))
    done = house("remove", str(number))
    assert done.exit_code == 0
    assert "nobody administers now: lamplighter staff bootstrap" in done.stderr
    entries, told, members = asyncio.run(_after(sqlite_url, tmp_path / "keys.json"))
    assert members == 0
    assert told == [
        "Your role here has ended: you get no more digests or alerts. "
        "You can still write to us as a resident."
    ]
    assert (entries[0].actor, entries[0].action) == ("shell", "remove staff")
    assert "lamplighter staff list" in str(house("remove", str(number)).exception)
