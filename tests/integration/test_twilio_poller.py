"""Listing SMS: each comes once or more, none is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.base import SendError
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_poller import TwilioPoller
from bot.emulators import faults
from bot.emulators.faults import Fault
from bot.emulators.twilio import TwilioEmulator

ADA = "+15551230001"


@dataclass
class Time:
    """A clock that stands until it is moved."""

    moment: datetime = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, span: timedelta) -> None:
        self.moment += span


@dataclass
class Town:
    server: TwilioEmulator
    channel: TwilioChannel
    time: Time
    raws: list[bytes] = field(default_factory=list)
    failures: int = 0

    async def put(self, raw: bytes) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        self.raws.append(raw)

    def texts(self) -> list[str]:
        return [self.channel.envelope(raw).text or "" for raw in self.raws]

    def write(self, text: str) -> None:
        self.server.phone(ADA).write(text)

    def poller(self, interval: float = 0.01) -> TwilioPoller:
        return TwilioPoller(self.channel, self.put, interval=interval, clock=self.time.now)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    time = Time()
    async with TwilioEmulator(clock=time.now) as server:
        channel = TwilioChannel(
            server.account_sid, [server.token], server.number, key=b"k", api_url=server.url
        )
        yield Town(server, channel, time)
        await channel.close()


async def test_each_message_comes_once_and_in_order(town: Town) -> None:
    poller = town.poller()
    for n in range(5):
        town.write(f"{n}")
        town.time.pass_by(timedelta(seconds=20))
    await poller.look()
    town.write("5")
    await poller.look()
    await poller.look()
    assert town.texts() == ["0", "1", "2", "3", "4", "5"]


async def test_after_an_outage_the_last_day_is_caught_up(town: Town) -> None:
    town.write("too old")
    town.time.pass_by(timedelta(hours=2))
    town.write("in the outage")
    town.time.pass_by(timedelta(hours=23))
    await town.poller().look()
    assert town.texts() == ["in the outage"]


async def test_a_message_that_shows_late_is_found(town: Town) -> None:
    poller = town.poller()
    await poller.look()
    town.time.pass_by(timedelta(minutes=5))
    await poller.look()
    town.time.pass_by(timedelta(minutes=-4))
    town.write("late")
    town.time.pass_by(timedelta(minutes=4))
    await poller.look()
    assert town.texts() == ["late"]


async def test_what_could_not_be_stored_comes_again(town: Town) -> None:
    poller = town.poller()
    town.write("first")
    town.write("second")
    town.failures = 1
    with pytest.raises(OSError, match="disk full"):
        await poller.look()
    await poller.look()
    assert set(town.texts()) == {"first", "second"}  # a put that comes again is known as such


async def test_our_own_messages_are_not_taken_for_residents(town: Town) -> None:
    town.write("HELP")
    await town.poller().look()
    assert town.texts() == ["HELP"]


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (faults.refused(429, 20429), 1),
        (faults.refused(401, 20003), 1),
        (faults.html_page(502), 1),
        (faults.html_page(200), 1),
        # the client asks once more by itself when a GET's connection breaks
        (faults.dropped(), 2),
        (faults.lost_reply(), 2),
    ],
)
async def test_a_mishap_leaves_nothing_out(town: Town, fault: Fault, times: int) -> None:
    town.server.faults.add("list", fault, times)
    town.write("still there")
    poller = town.poller()
    with pytest.raises(SendError):
        await poller.look()
    town.time.pass_by(timedelta(hours=3))
    await poller.look()
    assert town.texts() == ["still there"]


async def test_it_runs_until_cancelled_through_mishaps(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    town.server.faults.add("list", faults.html_page(502), times=2)
    town.failures = 1
    town.write("hello")
    poller = town.poller()
    task = asyncio.create_task(poller.run())
    for _ in range(500):
        await asyncio.sleep(0.01)
        if town.raws and not poller.failures:
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert town.texts() == ["hello"]
    warnings = [record for record in caplog.records if record.name.startswith("bot")]
    assert len(warnings) == 3
    for secret in (ADA, town.server.token, "hello"):
        assert not any(secret in str(record.__dict__) for record in warnings)
