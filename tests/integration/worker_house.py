"""A worker with a real store, a real desk, and an analyzer that does as it is told."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.city import City, demo_city_path, load_city
from bot.clock import ShiftedClock
from bot.inbox.desk import Desk
from bot.inbox.intake import Intake
from bot.inbox.worker import Worker
from bot.message import Inbound
from bot.metrics import Metrics
from nlp.analysis import Analysis, Intent, Location, Query, Urgency
from nlp.rules.danger import DangerRules
from storage.inbox import DeadLetter
from storage.records import Claimed, Sendable
from storage.store import Store
from storage.work import Work

NOW = datetime(2026, 3, 10, 19, 30, tzinfo=UTC)
POISON = "poison"
FIELDS = {"AccountSid": "AC1", "To": "+15550100000", "NumMedia": "0"}


class Broken(Exception):
    """What a defect raises."""


@dataclass(slots=True)
class Obedient:
    """Understands every text as a broken lamp on Mill Lane, but raises for a poisoned one."""

    danger: DangerRules
    batches: list[int] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        """One analysis a query."""
        self.batches.append(len(queries))
        self.before()
        return [self._one(query) for query in queries]

    def _one(self, query: Query) -> Analysis:
        if POISON in query.text:
            raise Broken(query.text)
        return Analysis(
            language="en",
            intent=Intent.REPORT,
            category="lighting",
            categories=(("lighting", 0.9),),
            urgency=Urgency.U3,
            flags=(),
            file=True,
            behaviour_missing=False,
            danger=self.danger.check(query.text),
            places=(),
            location=Location(area="old-town", latitude=38.53, longitude=-28.62, radius_m=50.0),
            redacted=query.text,
        )


class FaultyDesk(Desk):
    """Fails for texts with `trips`, and tells what it handled, in order."""

    trips = "trips the desk"
    handled: list[str]

    async def handle(self, work: Work, row: Claimed, message: Inbound, analysis: Analysis) -> None:
        await super().handle(work, row, message, analysis)
        if self.trips in message.text:
            raise Broken
        self.handled.append(message.text)


class House:
    """Put messages in, work, and look at what came of it."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.metrics = store, ShiftedClock(NOW), Metrics()
        self.city: City = load_city(demo_city_path())
        danger = DangerRules.load(self.city.languages)
        key = b"k" * 32
        self.channels: dict[str, Channel] = {
            "sms": TwilioChannel("AC1", ["t"], "+15550100000", key=key),
            "telegram": TelegramChannel("1:t", key=key),
        }
        self.intake = Intake(store, self.channels, danger, self.clock, self.metrics)
        self.analyzer = Obedient(danger)
        self.desk = FaultyDesk(self.city, danger, self.clock)
        self.desk.handled = []
        self.worker = self.hire()
        self._number = 0

    def hire(self) -> Worker:
        """Another worker over the same store."""
        return Worker(self.store, self.channels, self.analyzer, self.desk, self.clock, self.metrics)

    async def text(self, words: str, sender: int = 1, **changes: str) -> None:
        """An SMS of one of the senders comes in."""
        self._number += 1
        form = FIELDS | {"MessageSid": f"SM{self._number:032x}", "From": f"+1555010{sender:04}"}
        await self.raw("sms", urlencode(form | {"Body": words} | changes).encode())

    async def raw(self, channel: str, body: bytes) -> None:
        """Any body comes in."""
        await self.intake.put(channel, body)

    async def work_off(self) -> None:
        """Work until nothing waits."""
        while await self.worker.step():
            pass

    async def inbox(self) -> dict[str, int]:
        """Inbound messages by state."""
        async with self.store.read() as work:
            return await work.inbox.counts()

    async def letters(self) -> list[DeadLetter]:
        """Dead letters, oldest first."""
        async with self.store.read() as work:
            return (await work.inbox.dead(50))[::-1]

    async def reports(self, sender: int = 1) -> list[str]:
        """The texts of a sender's reports, oldest first."""
        async with self.store.read() as work:
            contact = await work.contacts.by_address("sms", f"+1555010{sender:04}")
            assert contact
            found = await work.reports.of_contact(contact.id, 100)
        return [report.redacted_text for report in found[::-1]]

    async def outbox(self) -> list[Sendable]:
        """Everything that waits to be sent, taken out by the look."""
        found: list[Sendable] = []
        async with self.store.begin() as work:
            while batch := await work.outbox.claim(self.clock.now(), NOW - NOW, 100):
                found += batch
                for item in batch:
                    await work.outbox.dead(item.id, "looked at")
        return found

    async def close(self) -> None:
        """Release threads and sessions."""
        self.worker.close()
        for channel in self.channels.values():
            with suppress(Exception):
                await channel.close()
