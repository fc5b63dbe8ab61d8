"""`lamplighter keys rotate`: everything under a new key, however often it is broken off."""

import asyncio
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from storage.models import Conversation, Outbox
from storage.resealing import can_go_on, reseal, sealed_before
from storage.schema import migrate
from storage.sealing import Keyring, rotate
from storage.store import Store
from storage.work import Work
from tests.integration.storage_factories import (
    NOW,
    make_contact,
    make_inbound,
    make_outbound,
    make_report,
)

COMMAND = Path(sys.executable).with_name("lamplighter")
PLACES = 8  # contact, inbound, outbox, conversation, a report's point and text, follow-up, check


async def fill(store: Store, reports: int = 1) -> int:
    """One of everything that is sealed; the contact's id."""
    await store.put(make_inbound(address="+15550100"))
    contact = await make_contact(store, "+15550100")
    async with store.begin() as work:
        for number in range(reports):
            await work.reports.file(make_report(ref=f"K7Q-{number}", contact_id=contact))
        await work.outbox.put(make_outbound(contact_id=contact))
        await work.conversations.save(contact, {"last_ref": "K7Q-0"}, NOW)
    async with store.begin() as work:
        await work.reports.add("K7Q-0", "more", "more, says Ada", NOW, "U3")
    return contact


async def everything(work: Work, contact: int) -> list[object]:
    """What was sealed, opened."""
    (waiting,) = await work.outbox.claim(NOW, timedelta(0), 9)
    return [
        await work.contacts.address(contact),
        waiting.body,
        await work.conversations.load(contact),
        await work.reports.open_text("K7Q-0", "staff:1", "why", NOW),
    ]


EVERYTHING = [
    "+15550100",
    b"Thank you",
    {"last_ref": "K7Q-0"},
    "The lamp is out, call Ada\nmore, says Ada",
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Keyring.create(tmp_path / "keys.json")
    return tmp_path / "keys.json"


async def left(store: Store, keys: Keyring) -> int:
    async with store.read() as work:
        return await sealed_before(work.session, keys.newest)


async def test_everything_comes_under_the_new_key_and_still_opens(
    database_url: str, path: Path
) -> None:
    async with Store(database_url, Keyring.load(path)) as store:
        contact = await fill(store)
        assert await left(store, Keyring.load(path)) == 0
    keys = rotate(path)
    async with Store(database_url, keys) as store:
        assert await left(store, keys) == PLACES
        assert sum([step async for step in reseal(store, keys)]) == PLACES
        assert await left(store, keys) == 0
        async with store.begin() as work:
            assert await everything(work, contact) == EVERYTHING
        async with store.claim(9, NOW) as claim:
            assert [message.body for message in claim.messages] == [b"the lamp on Mill Lane is out"]
        assert [step async for step in reseal(store, keys)] == []
    without_the_old = Keyring.load(path)
    without_the_old._seals.pop(1)
    async with Store(database_url, without_the_old) as store, store.begin() as work:
        assert await everything(work, contact) == EVERYTHING


async def test_broken_off_it_goes_on_where_it_stopped(database_url: str, path: Path) -> None:
    async with Store(database_url, Keyring.load(path)) as store:
        await fill(store, reports=450)
    keys = rotate(path)
    total = PLACES + 2 * 449
    async with Store(database_url, keys) as store:
        steps = reseal(store, keys)
        done = [await anext(steps) for _ in range(5)]
        await steps.aclose()
        assert await left(store, keys) == total - sum(done) > 0
    async with Store(database_url, Keyring.load(path)) as store:
        assert sum([step async for step in reseal(store, keys)]) == total - sum(done)
        assert await left(store, keys) == 0


async def test_a_running_service_goes_on_meanwhile(database_url: str, path: Path) -> None:
    async with Store(database_url, Keyring.load(path)) as running:
        contact = await fill(running)
        keys = rotate(path)
        async with Store(database_url, keys) as store:
            await running.put(make_inbound(external_id="SM2"))
            assert [step async for step in reseal(store, keys)]
        async with running.begin() as work:
            assert await everything(work, contact) == EVERYTHING


async def test_what_does_not_open_is_left_and_counted(database_url: str, path: Path) -> None:
    async with Store(database_url, Keyring.load(path)) as store:
        await fill(store)
    keys = rotate(path)
    async with Store(database_url, keys) as store:
        # As another deployment's row would look after a careless restore.
        foreign = Keyring.fresh().seal(b"{}", "conversation:1")
        async with store.begin() as work:
            await work.session.execute(update(Conversation).values(sealed_state=foreign))
        async with store.read() as work:
            assert await can_go_on(work.session, keys)
        assert sum([step async for step in reseal(store, keys)]) == PLACES - 1
        assert await left(store, keys) == 1
        async with store.read() as work:
            assert not await can_go_on(work.session, keys), "another key may be made"


async def test_a_process_without_the_new_key_leaves_what_it_cannot_open(
    database_url: str, path: Path
) -> None:
    """Its machine was forgotten: nothing dies there, and it sends and reads what it can."""
    elsewhere = path.with_name("elsewhere.json")
    shutil.copy(path, elsewhere)
    new, old = rotate(path), Keyring.load(elsewhere)
    async with Store(database_url, old) as forgotten, Store(database_url, new) as ours:
        other = await make_contact(forgotten, "+15550101")
        contact = await make_contact(ours, "+15550100")
        for store, sid, address in ((ours, "SM1", "+15550100"), (forgotten, "SM2", "+15550100"),
                                    (forgotten, "SM3", "+15550101")):  # fmt: skip
            await store.put(make_inbound(external_id=sid, address=address))
            async with store.begin() as work:
                to = contact if address.endswith("0") else other
                await work.outbox.put(make_outbound(key=sid, contact_id=to, body=sid.encode()))
        # The contact's second message waits for its first, which another process will read.
        assert await taken(forgotten) == (1, [b"SM3"])
        assert await taken(ours) == (3, [b"SM1", b"SM2"])


async def taken(store: Store) -> tuple[int, list[bytes]]:
    """How many inbound messages are claimed, and what is leased to be sent."""
    async with store.claim(9, NOW) as claim:
        assert all(message.body for message in claim.messages)
        count = len(claim.messages)
    async with store.begin() as work:
        return count, [one.body for one in await work.outbox.claim(NOW, timedelta(1), 9)]


async def test_a_broken_send_keeps_nobody_from_asking_for_others(
    database_url: str, path: Path
) -> None:
    async with Store(database_url, Keyring.load(path)) as store:
        contact = await make_contact(store)
        async with store.begin() as work:
            for key in ("1", "2"):
                await work.outbox.put(make_outbound(key=key, contact_id=contact))
        async with store.begin() as work:
            for message in await work.outbox.claim(NOW, timedelta(1), 9):
                await work.outbox.unknown(message.id, "nobody told")
            await work.session.execute(
                update(Outbox).where(col(Outbox.key) == "1").values(key="moved")
            )
        async with store.read() as work:
            assert [send.key for send in await work.outbox.uncertain("sms", NOW, 9)] == ["2"]


async def test_a_send_that_is_broken_dies_alone(database_url: str, path: Path) -> None:
    async with Store(database_url, Keyring.load(path)) as store:
        contacts = [await make_contact(store, f"+1555010{n}") for n in range(3)]
        async with store.begin() as work:
            for number in contacts:
                await work.outbox.put(make_outbound(key=f"{number}", contact_id=number))
        moved = update(Outbox).where(col(Outbox.key) == f"{contacts[0]}")
        async with store.begin() as work:
            await work.session.execute(moved.values(key="moved"))
        assert (await taken(store))[1] == [b"Thank you"] * 2
        async with store.read() as work:
            assert (await work.outbox.counts())["dead"] == 1


def run(house: Path, *words: str, url: str | None = None) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LAMPLIGHTER_")}
    own = {
        "LAMPLIGHTER_DATABASE_URL": url or f"sqlite+aiosqlite:///{house / 'town.sqlite'}",
        "LAMPLIGHTER_KEYS_FILE": str(house / "keys.json"),
    }
    return subprocess.run(
        [COMMAND, *words], capture_output=True, text=True, cwd=house, env=clean | own,
        timeout=60, check=False,
    )  # fmt: skip


def test_the_command(tmp_path: Path, path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'town.sqlite'}"

    async def begin() -> None:
        await migrate(url)
        async with Store(url, Keyring.load(path)) as store:
            await fill(store)

    asyncio.run(begin())
    done = run(tmp_path, "keys", "rotate")
    assert done.returncode == 0, done.stderr
    assert f"key 2 is in {path}: copy that file" in done.stderr
    assert "everything is under key 2" in done.stderr
    assert path.stat().st_mode & 0o777 == 0o600

    # Broken off right after the key was made: the next call makes no third one.
    rotate(path)
    unfinished = run(tmp_path, "doctor").stdout
    assert f"MEND  keys: {PLACES} values are under an older key: lamplighter keys rot" in unfinished
    again = run(tmp_path, "keys", "rotate")
    assert "is in" not in again.stderr
    assert "everything is under key 3" in again.stderr
    assert "older key" not in run(tmp_path, "doctor").stdout

    async def look() -> tuple[str, str]:
        async with Store(url, Keyring.load(path)) as store, store.begin() as work:
            (line,) = await work.audit.tail(9)
            return line.actor, line.subject

    assert asyncio.run(look()) == ("shell", "seal:2")


def test_on_postgresql_the_key_waits_for_the_second_call(postgres_url: str, path: Path) -> None:
    async def sealed_with() -> int:
        """What a process that starts now seals with; another one without the new key goes on."""
        async with Store(postgres_url, Keyring.load(path)) as store:
            await make_contact(store, "+15550100")
            return store._keys.newest

    assert asyncio.run(sealed_with()) == 1
    first = run(path.parent, "keys", "rotate", url=postgres_url)
    assert first.returncode == 0, first.stderr
    assert "Put it on every machine" in first.stderr
    assert "is under key" not in first.stderr
    assert asyncio.run(sealed_with()) == 1
    copy = path.with_name("copy.json")
    copy.write_bytes(path.read_bytes())
    assert "MEND  keys: key 2 waits" in run(path.parent, "doctor", url=postgres_url).stdout

    second = run(path.parent, "keys", "rotate", url=postgres_url)
    assert second.returncode == 0, second.stderr
    assert "everything is under key 2" in second.stderr
    assert asyncio.run(sealed_with()) == 2
    # Also for a machine whose copy was made before: it has met the new key since.
    path.write_bytes(copy.read_bytes())
    assert asyncio.run(sealed_with()) == 2
    assert "MEND  keys" not in run(path.parent, "doctor", url=postgres_url).stdout
    assert "key 3 is in" in run(path.parent, "keys", "rotate", url=postgres_url).stderr


def test_a_value_that_never_opens_ends_no_change_of_keys(tmp_path: Path, path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'town.sqlite'}"

    async def begin() -> None:
        await migrate(url)
        async with Store(url, Keyring.load(path)) as store:
            await fill(store)
            broken = Keyring.load(path).seal(b"{}", "conversation:77")
            async with store.begin() as work:
                await work.session.execute(update(Conversation).values(sealed_state=broken))

    asyncio.run(begin())
    for number in (2, 3):
        done = run(tmp_path, "keys", "rotate")
        assert done.returncode == 0, done.stderr
        assert f"key {number} is in {path}" in done.stderr
        assert "1 values open under no key of the file, and stay as they are" in done.stderr
        assert f"all else is under key {number}" in done.stderr
        assert "MEND  keys" not in run(tmp_path, "doctor").stdout


def test_without_a_keys_file_nothing_is_made(tmp_path: Path) -> None:
    done = run(tmp_path, "keys", "rotate")
    assert done.returncode == 1
    assert "There is no keys file" in done.stderr
    assert list(tmp_path.iterdir()) == []
