"""Claims: by urgency, in order for each contact, never two workers on one contact."""

import asyncio
import random
from collections import defaultdict
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from storage.claiming import Claim
from storage.errors import Outage
from storage.inbox import NotPending
from storage.records import Claimed
from storage.sealing import Keyring
from storage.store import Store
from storage.work import Work
from tests.integration.storage_factories import NOW, make_contact, make_inbound, make_report


async def fill(store: Store, *messages: tuple[str, int]) -> None:
    for number, (address, priority) in enumerate(messages):
        await store.put(
            make_inbound(
                external_id=f"SM{number}",
                address=address,
                priority=priority,
                body=f"{address}:{number}".encode(),
            )
        )


def bodies(messages: tuple[Claimed, ...]) -> list[str]:
    return [message.body.decode() for message in messages]


async def break_while_filing(claim: Claim, message: Claimed) -> None:
    async with claim.begin(message) as work:
        await work.reports.file(make_report(ref="A2A-22"))
        await work.audit.append("worker", "file", "A2A-22", NOW)
        await work.inbox.done(message.id)
        raise ZeroDivisionError


async def file_and_finish(claim: Claim, message: Claimed) -> None:
    async with claim.begin() as work:
        await work.reports.file(make_report())
        await work.inbox.done(message.id)


async def die_in_a_claim(store: Store) -> None:
    async with store.claim(10, NOW) as claim:
        async with claim.begin() as work:
            await work.inbox.done(claim.messages[0].id)
        raise ConnectionError


@pytest.mark.parametrize(
    ("messages", "limit", "expected"),
    [
        ([("a", 1), ("b", 1), ("c", 1)], 10, ["a:0", "b:1", "c:2"]),
        ([("a", 1), ("b", 0), ("c", 1)], 10, ["b:1", "a:0", "c:2"]),
        ([("a", 1), ("b", 1), ("a", 0)], 10, ["a:0", "a:2", "b:1"]),
        ([("a", 1), ("b", 1), ("a", 1)], 10, ["a:0", "a:2", "b:1"]),
        ([("a", 1), ("b", 1), ("c", 0)], 1, ["c:2"]),
        ([("a", 1), ("a", 1), ("a", 0), ("b", 0)], 2, ["a:0", "a:1"]),
        ([("a", 2), ("b", 1), ("c", 0)], 2, ["c:2", "b:1"]),
        ([], 10, []),
    ],
    ids=[
        "age",
        "priority",
        "the best priority of a contact counts",
        "a contact's messages together",
        "limit takes the most urgent",
        "limit keeps a contact's order",
        "three priorities",
        "nothing",
    ],
)
async def test_the_order_of_work(
    store: Store, messages: list[tuple[str, int]], limit: int, expected: list[str]
) -> None:
    await fill(store, *messages)
    async with store.claim(limit, NOW) as claim:
        assert bodies(claim.messages) == expected


async def test_done_messages_do_not_come_again(store: Store) -> None:
    await fill(store, ("a", 1), ("b", 1))
    async with store.claim(1, NOW) as claim, claim.begin(*claim.messages) as work:
        await work.inbox.done(claim.messages[0].id)
    async with store.claim(10, NOW) as claim:
        assert bodies(claim.messages) == ["b:1"]


async def test_what_a_message_does_is_all_or_nothing(store: Store) -> None:
    await fill(store, ("a", 1), ("b", 1))
    async with store.claim(10, NOW) as claim:
        first, second = claim.messages
        with pytest.raises(ZeroDivisionError):
            await break_while_filing(claim, first)
        async with claim.begin(second) as work:
            await work.reports.file(make_report(ref="C2C-22"))
            await work.inbox.done(second.id)
        async with claim.begin(first) as work:
            await work.inbox.failed(first.id, "ZeroDivisionError", dead=False)
    async with store.begin() as work:
        assert await work.reports.get("A2A-22") is None
        assert await work.reports.get("C2C-22") is not None
        counted = await work.trends.hourly(None, NOW.date(), NOW.date().replace(day=11))
        assert [(c.incidents, c.reports) for c in counted] == [(1, 1)]
        assert await work.audit.tail(5) == []
    async with store.claim(10, NOW) as claim:
        assert [(m.body.decode(), m.attempts) for m in claim.messages] == [("a:0", 1)]


async def test_done_twice_is_refused(store: Store) -> None:
    await fill(store, ("a", 1))
    async with store.claim(10, NOW) as claim:
        message = claim.messages[0]
        async with claim.begin() as work:
            await work.inbox.done(message.id)
        with pytest.raises(NotPending):
            await file_and_finish(claim, message)
        with pytest.raises(NotPending):
            async with claim.begin(message):
                pass
    async with store.begin() as work:
        assert await work.reports.get("K7Q-42") is None


async def test_dead_letters_are_listed_and_can_be_retried(store: Store) -> None:
    await fill(store, ("a", 1))
    async with store.claim(10, NOW) as claim, claim.begin() as work:
        await work.inbox.failed(claim.messages[0].id, "Unreadable\0: no text", dead=True)
    async with store.claim(10, NOW) as claim:
        assert claim.messages == ()
    async with store.begin() as work:
        (letter,) = await work.inbox.dead(10)
        assert (letter.reason, letter.attempts) == ("Unreadable: no text", 1)
        assert await work.inbox.oldest_pending() is None
        assert (await work.inbox.counts())["dead"] == 1
        assert await work.inbox.retry(letter.id)
        assert not await work.inbox.retry(letter.id)
        assert await work.inbox.oldest_pending() == NOW
    async with store.claim(10, NOW) as claim:
        assert bodies(claim.messages) == ["a:0"]


async def test_a_second_claim_leaves_the_first_ones_contacts_alone(store: Store) -> None:
    await fill(store, ("a", 1), ("b", 1), ("a", 1), ("c", 1))
    async with store.claim(2, NOW) as first:
        assert bodies(first.messages) == ["a:0", "a:2"]
        async with store.claim(10, NOW) as second:
            assert "a:0" not in bodies(second.messages)
            assert "a:2" not in bodies(second.messages)
    async with store.claim(10, NOW) as claim:
        assert bodies(claim.messages) == ["a:0", "a:2", "b:1", "c:3"]


async def test_strangers_are_not_claimed_twice(store: Store) -> None:
    for number in range(4):
        await store.put(make_inbound(external_id=f"X{number}", address=None))
    async with store.claim(2, NOW) as first, store.claim(10, NOW) as second:
        mine, theirs = ({m.id for m in claim.messages} for claim in (first, second))
        assert len(mine) == 2
        assert len(theirs) == 2
        assert not mine & theirs


async def test_a_body_that_does_not_open_reads_as_empty(store: Store, keys: Keyring) -> None:
    await fill(store, ("a", 1))
    async with store.begin() as work:
        await work.session.execute(text("UPDATE inbound SET external_id = 'moved'"))
    async with store.claim(10, NOW) as claim:
        assert claim.messages[0].body == b""


class Workers:
    """Workers who note what they see of each other."""

    def __init__(self) -> None:
        self.holders: dict[int, str] = {}
        self.order: dict[int, list[int]] = defaultdict(list)

    async def work_off(self, name: str, store: Store) -> None:
        luck = random.Random(name)
        while await waiting(store):
            async with store.claim(8, NOW) as claim:
                contacts = {message.contact_id or 0 for message in claim.messages}
                for contact in contacts:
                    assert self.holders.setdefault(contact, name) == name
                await self._batch(name, claim, luck)
                for contact in contacts:
                    del self.holders[contact]

    async def _batch(self, name: str, claim: Claim, luck: random.Random) -> None:
        failed: set[int | None] = set()
        for message in claim.messages:
            await asyncio.sleep(luck.random() * 0.002)
            if message.contact_id in failed:
                continue
            async with claim.begin(message) as work:
                if luck.random() < 0.1:
                    await work.inbox.failed(message.id, "bad luck", dead=False)
                    failed.add(message.contact_id)
                else:
                    await self._file(name, work, message)

    async def _file(self, name: str, work: Work, message: Claimed) -> None:
        number = int(message.body)
        report = make_report(
            ref=f"N{number}",
            contact_id=message.contact_id,
            local_hour=number % 24,
            category=f"kind{number % 5}",
        )
        await work.reports.file(report)
        await work.audit.append(name, "file", str(number), NOW)
        await work.inbox.done(message.id)
        self.order[message.contact_id or 0].append(number)


async def waiting(store: Store) -> bool:
    async with store.read() as work:
        return (await work.inbox.counts())["pending"] > 0


async def test_workers_on_postgresql_share_no_contact_and_keep_the_order(
    postgres_url: str, keys: Keyring
) -> None:
    """Six workers in their own stores race over 40 contacts with 10 messages each."""
    chance = random.Random(7)
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(Store(postgres_url, keys)) for _ in range(6)]
        for number in range(160):
            message = make_inbound(
                external_id=f"SM{number}",
                address=f"+1555{number % 40:04}",
                priority=chance.choice((0, 1, 1, 1)),
                body=str(number).encode(),
            )
            await stores[0].put(message)
        workers = Workers()
        named = enumerate(stores)
        await asyncio.gather(*(workers.work_off(f"worker {n}", store) for n, store in named))
        assert sum(map(len, workers.order.values())) == 160
        assert all(numbers == sorted(numbers) for numbers in workers.order.values())
        async with stores[0].begin() as work:
            counted = await work.trends.hourly(None, NOW.date(), NOW.date().replace(day=11))
            assert sum(c.reports for c in counted) == 160
            assert await work.audit.verify() is None
            assert len(await work.audit.tail(1000)) == 160


async def test_a_worker_that_dies_on_postgresql_frees_its_contacts(
    postgres_url: str, keys: Keyring
) -> None:
    async with Store(postgres_url, keys) as store:
        await fill(store, ("a", 1))
        with pytest.raises(ConnectionError):
            await die_in_a_claim(store)
        async with store.claim(10, NOW) as claim:
            assert bodies(claim.messages) == ["a:0"]


async def test_a_claimed_contact_can_be_read_and_written_to_meanwhile(store: Store) -> None:
    await fill(store, ("a", 1))
    async with store.claim(10, NOW) as claim:
        contact_id = claim.messages[0].contact_id
        assert contact_id == await make_contact(store, "a")


async def test_a_database_that_goes_away_is_nobodys_fault(postgres_url: str, keys: Keyring) -> None:
    """Also for the message that is tried next on the same, broken connection."""
    async with Store(postgres_url, keys) as store:
        for number in range(2):
            await store.put(make_inbound(external_id=f"SM{number}", address=f"+1555{number:04}"))
        with pytest.raises(Outage):
            await lose_the_database(store)
        async with store.claim(8, NOW) as claim:
            assert [message.attempts for message in claim.messages] == [0, 0]


async def lose_the_database(store: Store) -> None:
    async with store.claim(8, NOW) as claim:
        one, two = claim.messages
        for message, sql in ((one, "SELECT pg_terminate_backend(pg_backend_pid())"), (two, None)):
            with pytest.raises(Outage):
                await done(claim, message, sql)


async def done(claim: Claim, message: Claimed, sql: str | None) -> None:
    async with claim.begin(message) as work:
        if sql:
            await work.session.execute(text(sql))
        await work.inbox.done(message.id)
