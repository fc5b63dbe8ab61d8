"""The worker on both databases: nothing lost, nothing twice, and a poisoned message alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.message import Priority
from bot.outbox.parcel import unpack
from storage.records import Claimed
from storage.sealing import Keyring
from storage.store import Store
from storage.work import Work
from tests.integration.worker_house import POISON, FaultyDesk, House

DANGER = "my house is on fire please come"


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    made = House(store)
    yield made
    await made.close()


async def test_a_batch_is_filed_and_answered(house: House) -> None:
    for sender in range(1, 11):
        await house.text(f"lamp {sender} is out", sender)
    assert await house.worker.step() == 10
    assert house.analyzer.batches == [10]
    assert await house.inbox() == {"pending": 0, "done": 10, "dead": 0}
    assert [await house.reports(n) for n in range(1, 11)] == [
        [f"lamp {n} is out"] for n in range(1, 11)
    ]
    sends = await house.outbox()
    assert len({item.contact_id for item in sends}) == len(sends) == 10
    assert len({unpack(item.body).text for item in sends}) > 5  # each with its own reference


async def test_one_contacts_messages_of_a_batch_know_of_each_other(house: House) -> None:
    await house.text("the lamp is out")
    await house.text("STOP")
    await house.text("START")
    await house.text("FORGET")
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 4, "dead": 0}
    async with house.store.read() as work:
        contact = await work.contacts.by_address("sms", "+15550100001")
        counts = await work.trends.hourly(
            None, house.clock.now().date(), house.clock.now().date() + timedelta(days=1)
        )
    assert contact
    assert contact.opted_out_at is None
    assert sum(hour.reports for hour in counts) == 1


@pytest.mark.parametrize(
    ("channel", "body", "reason"),
    [
        ("sms", "MessageSid=SM1&From=%2B15550100001&Body=hi", "malformed MessageSid"),
        ("sms", "no form at all", "not an SMS"),
        ("telegram", "[]", "not an update"),
        ("telegram", '{"update_id": 1, "message": {"chat": 5}}', "not an update"),
        ("pigeon", "coo", "KeyError"),
    ],
)
async def test_an_unreadable_body_is_dead_at_once_and_says_why(
    house: House, channel: str, body: str, reason: str
) -> None:
    if channel == "pigeon":
        house.channels["pigeon"] = house.channels["sms"]
    await house.raw(channel, body.encode())
    house.channels.pop("pigeon", None)
    await house.text("the lamp is out", 2)
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 1, "dead": 1}
    (letter,) = await house.letters()
    assert reason in letter.reason
    assert letter.attempts == (3 if channel == "pigeon" else 1)
    assert "coo" not in letter.reason


async def test_danger_in_an_unreadable_body_still_gets_the_emergency_line(house: House) -> None:
    await house.text(DANGER, MessageSid="SM-not-a-sid")
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 0, "dead": 1}
    (line,) = await house.outbox()
    assert line.priority == Priority.EMERGENCY
    assert line.address == "+15550100001"
    assert house.city.emergency.general in unpack(line.body).text


async def test_a_poisoned_text_dies_alone(house: House) -> None:
    for sender in range(1, 6):
        await house.text(POISON if sender == 3 else "the lamp is out", sender)
    assert await house.worker.step() == 5
    assert await house.inbox() == {"pending": 1, "done": 4, "dead": 0}
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 4, "dead": 1}
    (letter,) = await house.letters()
    assert (letter.attempts, letter.reason, letter.kept) == (3, "Broken", True)
    assert [len(await house.reports(sender)) for sender in range(1, 6)] == [1, 1, 0, 1, 1]


@pytest.mark.parametrize("fault", [POISON, FaultyDesk.trips])
async def test_later_messages_of_a_contact_wait_and_then_go_on_in_order(
    house: House, fault: str
) -> None:
    for words in ("first", fault, "third", "fourth"):
        await house.text(words)
    assert await house.worker.step() == 4
    assert house.desk.handled[-1:] == ["first"]
    assert await house.inbox() == {"pending": 3, "done": 1, "dead": 0}
    await house.work_off()
    assert [words for words in house.desk.handled if words != "first"] == ["third", "fourth"]
    assert await house.inbox() == {"pending": 0, "done": 3, "dead": 1}


@pytest.mark.parametrize("fault", [POISON, FaultyDesk.trips])
async def test_danger_in_a_failing_message_is_answered_once_and_first(
    house: House, fault: str
) -> None:
    await house.text(f"{DANGER} {fault}")
    await house.worker.step()
    assert await house.inbox() == {"pending": 1, "done": 0, "dead": 0}
    await house.work_off()
    lines = await house.outbox()
    assert [line.kind for line in lines] == ["emergency"]


async def test_a_failing_desk_leaves_nothing_half_done(house: House) -> None:
    await house.text(f"the lamp is out {FaultyDesk.trips}", 1)
    await house.text("the lamp is out", 2)
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 1, "dead": 1}
    assert await house.reports(1) == []
    assert len(await house.outbox()) == 1
    async with house.store.read() as work:
        assert (await work.audit.verify()) is None


async def test_what_was_done_elsewhere_is_left_alone(house: House) -> None:
    await house.text("the lamp is out", 1)
    await house.text("the lamp is out", 2)
    loop = asyncio.get_running_loop()

    async def steal() -> None:
        async with house.store.begin() as work:
            await work.inbox.failed(1, "taken elsewhere", dead=True)

    house.analyzer.before = lambda: asyncio.run_coroutine_threadsafe(steal(), loop).result(10)
    assert await house.worker.step() == 2
    assert await house.inbox() == {"pending": 0, "done": 1, "dead": 1}
    assert await house.reports(1) == []
    assert len(await house.outbox()) == 1


async def test_a_dead_letter_can_be_tried_again(house: House) -> None:
    await house.text(FaultyDesk.trips)
    await house.work_off()
    (letter,) = await house.letters()
    house.desk.trips = "nothing any more"
    async with house.store.begin() as work:
        assert await work.inbox.retry(letter.id) == 1
        assert await work.inbox.retry(letter.id) == 0
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 1, "dead": 0}
    assert len(await house.reports()) == 1


class Writes(FaultyDesk):
    """Tries to write while a command is being answered."""

    store: Store

    async def look(self, view: Work, row: Claimed, *rest: object) -> None:
        async with asyncio.timeout(5), self.store.begin() as work:
            await work.contacts.ensure("sms", "+15550109999", self._clock.now())
        return await super().look(view, row, *rest)  # type: ignore[arg-type,return-value]


async def test_a_command_holds_up_nobody_who_writes(house: House) -> None:
    async with house.store.begin() as work:
        contact = await work.contacts.ensure("sms", "+15550100001", house.clock.now())
        until = house.clock.now() + timedelta(days=1)
        await work.staff.invite("CODE", "coordinator", None, (), until, house.clock.now())
        assert await work.staff.redeem("CODE", contact.id, house.clock.now())
    desk = Writes(house.city, house.analyzer.danger, house.clock)
    desk.handled, desk.store = [], house.store
    house.desk = desk
    house.worker.close()
    house.worker = house.hire()
    await house.text("/trends")
    await house.text("/invite officer all town")  # this one writes
    await house.work_off()
    assert await house.inbox() == {"pending": 0, "done": 2, "dead": 0}
    assert len(await house.outbox()) >= 2
    assert "/trends" not in desk.handled
    async with house.store.read() as work:
        assert [line.action for line in await work.audit.tail(9)] == ["invite"]


async def test_two_workers_on_postgresql_keep_each_contacts_order(
    postgres_url: str, keys: Keyring
) -> None:
    async with Store(postgres_url, keys) as one, Store(postgres_url, keys) as two:
        houses = [House(one), House(two)]
        handled: list[str] = []
        for house in houses:
            house.desk.handled = handled
        for number in range(160):
            sender = number % 80 + 100
            await houses[0].text(f"{sender} says {number:03}", sender)
        await asyncio.gather(*(house.work_off() for house in houses))
        for sender in range(100, 180):
            mine = [words for words in handled if words.startswith(f"{sender} ")]
            assert mine == sorted(mine)
            assert len(mine) == 2
        assert await houses[0].inbox() == {"pending": 0, "done": 160, "dead": 0}
        assert all(house.analyzer.batches for house in houses)
        for house in houses:
            await house.close()
