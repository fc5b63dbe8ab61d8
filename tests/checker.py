"""Compares what the emulators saw with what the database says.

Three counts: *lost* is a message that was taken in and came to nothing, or an answer that the
provider is said to have and has not; *doubled* is a concern filed twice or an answer that arrived
twice; *unknown* are the sends of whose fate nobody was told, which are neither.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from bot.outbox.parcel import unpack
from storage.store import Store
from storage.work import Work


@dataclass(frozen=True, slots=True)
class Wrote:
    """One person's messages: how many, and how many of them are concerns to be filed."""

    channel: str
    address: str
    messages: int = 1
    concerns: int = 1


@dataclass(slots=True)
class Verdict:
    """The three counts, and words for each."""

    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    words: list[str] = field(default_factory=list)

    def add(self, count: str, many: int, words: str) -> None:
        """Count `many` of one kind; nothing where it is not positive."""
        if many > 0:
            setattr(self, count, getattr(self, count) + many)
            self.words.append(f"{count} {many}: {words}")

    def __str__(self) -> str:
        return f"lost {self.lost}, doubled {self.doubled}, of unknown fate {self.unknown}"


async def judge(
    store: Store, telegram: TelegramEmulator, sms: TwilioEmulator, people: Sequence[Wrote]
) -> Verdict:
    """The three counts for these people; call it when nothing waits in either queue."""
    verdict = Verdict()
    async with store.read() as work:
        for person in people:
            contact = await work.contacts.by_address(person.channel, person.address)
            if contact is None:
                verdict.add("lost", person.messages, "never stored")
                continue
            await _taken_in(work, verdict, contact.id, person)
            await _answered(work, verdict, contact.id, arrivals(telegram, sms, person))
        await _counted(work, verdict)
    return verdict


def arrivals(telegram: TelegramEmulator, sms: TwilioEmulator, person: Wrote) -> list[str]:
    """The texts that reached a person from us, Twilio's own answers left out."""
    if person.channel == "sms":
        return [m.text for m in sms.phone(person.address).messages if not m.automatic]
    return [m.text for m in telegram.user(int(person.address)).messages]


async def _taken_in(work: Work, verdict: Verdict, contact: int, person: Wrote) -> None:
    rows = await _rows(work, "SELECT id, state FROM inbound WHERE contact_id = :who", who=contact)
    worked = [row["id"] for row in rows if row["state"] in ("done", "dead")]
    verdict.add("lost", person.messages - len(worked), f"{len(worked)} worked on of {person}")
    verdict.add("doubled", len(worked) - person.messages, "one message stored twice")
    filed = len(await work.reports.of_contact(contact, 1000))
    verdict.add("lost", person.concerns - filed, f"{filed} filed of {person}")
    verdict.add("doubled", filed - person.concerns, f"{filed} filed of {person}")
    for number in worked:
        sends = "SELECT key FROM outbox WHERE contact_id = :who AND key LIKE :mine"
        answers = await _rows(work, sends, who=contact, mine=f"in:{number}:%")
        verdict.add("lost", int(not answers), "worked on, and no answer was queued")


async def _answered(work: Work, verdict: Verdict, contact: int, texts: Sequence[str]) -> None:
    """Sends and arrivals are matched by their first lines, which hold a reference."""
    query = "SELECT key, kind, state, sealed_body FROM outbox WHERE contact_id = :who"
    sends = await _rows(work, query, who=contact)
    groups: dict[str, list[Mapping[str, object]]] = {}
    for row in sends:
        groups.setdefault(_first_line(work, row), []).append(row)
    for line, rows in groups.items():
        states = Counter(str(row["state"]) for row in rows)
        arrived = sum(line in text for text in texts)
        verdict.add("lost", states["sent"] - arrived, f"said to be sent, not there: {states}")
        verdict.add("unknown", states["unknown"], "nobody was told what became of it")
        extra = arrived - states["sent"] - states["unknown"]
        urgent = any(row["kind"] == "emergency" for row in rows)
        verdict.add("unknown" if urgent else "doubled", extra, f"arrived {arrived} times: {states}")


async def _counted(work: Work, verdict: Verdict) -> None:
    """The hours' counts tell as many reports as there are; the audit's chain is whole."""
    filed = (await _rows(work, "SELECT count(*) AS n FROM report"))[0]["n"]
    counted = (await _rows(work, "SELECT sum(reports) AS n FROM hourly_count"))[0]["n"] or 0
    verdict.add("lost", int(str(filed)) - int(str(counted)), "filed and not counted")
    verdict.add("doubled", int(str(counted)) - int(str(filed)), "counted and not filed")
    broken = await work.audit.verify()
    verdict.add("lost", int(broken is not None), "the audit's chain is broken")


def _first_line(work: Work, row: Mapping[str, object]) -> str:
    sealed = row["sealed_body"]
    assert isinstance(sealed, bytes)
    return unpack(work.keys.open(sealed, f"outbox:{row['key']}")).text.splitlines()[0]


async def _rows(work: Work, query: str, **values: object) -> list[Mapping[str, object]]:
    return [dict(row) for row in (await work.session.execute(text(query), values)).mappings()]
