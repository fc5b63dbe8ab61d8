"""kill -9 just before and just after every kind of commit, on both databases.

Each case is two lives: the first is killed at its commit, the second goes on and ends. Then what
the emulators saw must agree with what the database says, to the last message.
"""

import asyncio
import json
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from storage.schema import migrate
from storage.sealing import Keyring
from storage.store import Store
from tests.acceptance.nursery import Life, Nursery
from tests.acceptance.test_kill import House
from tests.checker import Verdict, Wrote, judge

#: Every kind of transaction that the service commits, by one of its writes.
POINTS = {
    "a message is taken in": "insert inbound",
    "its effects and its end": "update inbound error,state",
    "it is set aside": "update inbound attempts,error,state",
    "sends are leased": "update outbox attempts,leased_until,state",
    "a slot is reserved": "update send_budget next_at",
    "a send is marked as leaving": "update outbox leased_until,state",
    "a text message is paid for": "insert spend",
    "the provider's yes is noted": "update outbox error,provider_id,state,status_at",
    "a callback is applied": "update outbox status,status_at",
    "an opt-out": "update contact opted_out_at",
    "a digest is made": "insert digest_run",
}
#: What else is written: at a start, and by a sender that lives and looks for what is overdue.
HOUSEKEEPING = {
    "insert key_check", "insert send_budget", "update outbox leased_until",
    "update outbox error,state", "update outbox state",
    # a callback that overtakes the provider's yes
    "update outbox provider_id", "update outbox error,state,status,status_at",
}  # fmt: skip
PEOPLE = (
    Wrote("sms", "+15550200001"),
    Wrote("telegram", "8000002"),
    Wrote("sms", "+15550200003"),
    Wrote("telegram", "8000004", concerns=0),
    Wrote("sms", "+15550200005", concerns=0),
)
WORDS = (
    "street light is out on Mill Lane in Millbrook",
    "bins overflowing on High Street in Old Town",
    "my house is on fire at Mill Lane in Millbrook please come",
    "STOP",
    "hello",
)
OFFICER = 8_100_001


@dataclass
class Town(House):
    """Two lives of the service between two emulators."""

    folder: Path
    nursery: Nursery
    telegram: TelegramEmulator
    sms: TwilioEmulator
    url: str
    lives: int = field(default=0)

    def __post_init__(self) -> None:
        url, nursery = self.url, self.nursery
        super().__init__(self.folder, self.telegram, self.sms)
        self.url, self.nursery = url, nursery

    def bear(self, dies: str = "", *, after: bool = False, digest: bool = False) -> int:
        """A new life."""
        self.lives += 1
        roles = "web,worker,sender" + (",scheduler" if digest else "")
        notes = str(self.folder / f"commits_{self.lives}")
        return self.nursery.bear(Life(self._environment(), notes, roles, dies, after))

    def commits(self) -> list[list[str]]:
        """What the newest life's commits wrote, in order."""
        lines = (self.folder / f"commits_{self.lives}").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def write(self) -> None:
        """Everybody writes once; one body cannot be read."""
        for person, words in zip(PEOPLE, WORDS, strict=True):
            if person.channel == "sms":
                self.sms.phone(person.address).write(words)
            else:
                self.telegram.user(int(person.address)).write(words)
        broken = {"message": {"message_id": 1, "chat": 5, "text": "nobody can read this"}}
        self.telegram.updates.add(broken)

    async def hire(self, store: Store) -> None:
        """An officer who gets a digest."""
        now = datetime.now(UTC)
        self.telegram.user(OFFICER).start()
        async with store.begin() as work:
            contact = await work.contacts.ensure("telegram", str(OFFICER), now)
            until = now + timedelta(hours=1)
            await work.staff.invite("CODE", "officer", "town", (), until, now)
            assert await work.staff.redeem("CODE", contact.id, now)

    async def until_idle(self, store: Store, *, digest: bool) -> None:
        """Until all is worked on and nothing waits to be sent."""
        async with asyncio.timeout(40):
            while not await self._idle(store, digest=digest):
                await asyncio.sleep(0.1)

    async def _idle(self, store: Store, *, digest: bool) -> bool:
        async with store.read() as work:
            inbound, outbound = await work.inbox.counts(), await work.outbox.counts()
            made = await work.digests.last("town") is not None
        waiting = sum(outbound[state] for state in ("queued", "leased", "sending"))
        all_in = inbound["done"] + inbound["dead"] >= len(PEOPLE) + 1 + digest
        return all_in and not inbound["pending"] and not waiting and (made or not digest)


@pytest.fixture(scope="module")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    Keyring.create(path)
    return path


@pytest.fixture(scope="module")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "town.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> list[str]:
    """Two fresh databases."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_postgres_url")
        return [make(), make()]
    files = [tmp_path / f"town_{number}.sqlite" for number in range(2)]
    for file in files:
        shutil.copy(sqlite_template, file)
    return [f"sqlite+aiosqlite:///{file}" for file in files]


@pytest.fixture
async def towns(
    tmp_path: Path, nursery: Nursery, keys_file: Path, urls: list[str]
) -> AsyncIterator[list[Town]]:
    async with AsyncExitStack() as stack:
        made: list[Town] = []
        for url in urls:
            folder = tmp_path / str(len(made))
            folder.mkdir()
            shutil.copy(keys_file, folder / "keys.json")
            telegram = await stack.enter_async_context(TelegramEmulator())
            sms = await stack.enter_async_context(TwilioEmulator())
            made.append(Town(folder, nursery, telegram, sms, url))
        yield made


async def two_lives(town: Town, dies: str, *, after: bool, digest: bool) -> Verdict:
    """Killed once, then left to end; what became of everybody's messages."""
    async with Store(town.url, Keyring.load(town.folder / "keys.json")) as store:
        if digest:
            await town.hire(store)
        first = town.bear(dies, after=after, digest=digest)
        town.write()
        assert await town.nursery.bury(first) == -signal.SIGKILL
        second = town.bear(digest=digest)
        await town.until_idle(store, digest=digest)
        assert await town.nursery.bury(second, signal.SIGTERM) == 0
        officers = [Wrote("telegram", str(OFFICER), concerns=0)] if digest else []
        return await judge(store, town.telegram, town.sms, [*PEOPLE, *officers])


@pytest.mark.parametrize("point", POINTS)
async def test_killed_before_and_after_a_commit_nothing_is_lost_and_nothing_doubled(
    towns: list[Town], point: str
) -> None:
    digest = point == "a digest is made"
    lives = [
        two_lives(town, POINTS[point], after=after, digest=digest)
        for town, after in zip(towns, (False, True), strict=True)
    ]
    for verdict in await asyncio.gather(*lives):
        assert (verdict.lost, verdict.doubled) == (0, 0), verdict.words
        assert verdict.unknown <= len(PEOPLE), verdict.words


async def test_every_commit_of_a_whole_life_is_one_of_the_points(towns: list[Town]) -> None:
    town = towns[0]
    async with Store(town.url, Keyring.load(town.folder / "keys.json")) as store:
        await town.hire(store)
        only = town.bear(digest=True)
        town.write()
        await town.until_idle(store, digest=True)
        assert await town.nursery.bury(only, signal.SIGTERM) == 0
        verdict = await judge(store, town.telegram, town.sms, PEOPLE)
    assert (verdict.lost, verdict.doubled, verdict.unknown) == (0, 0, 0), verdict.words
    commits = [set(writes) for writes in town.commits()]
    odd = [writes for writes in commits if not writes & set(POINTS.values())]
    assert all(writes <= HOUSEKEEPING for writes in odd), odd
    assert set.union(*commits) >= set(POINTS.values())
