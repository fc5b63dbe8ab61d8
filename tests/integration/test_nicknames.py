"""Residents teach the town a name: told by two of them, agreed to by a coordinator, then known."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import ShiftedClock
from storage.nicknames import AGREED, REFUSED, NicknamePlace
from storage.records import ReportView
from tests.rig import Rig, open_rig

LEAD, OFFICER = 5_000_000_021, 5_000_000_022
RESIDENTS = (5_000_000_031, 5_000_000_032, 5_000_000_033)
MESSAGE = "kids smashing bottles behind the cage again"
COURT = (46.2040, -27.3990)
FAR = (46.2000, -27.4050)
BESIDE = (46.2042, -27.3988)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    clock = ShiftedClock(datetime(2026, 10, 15, 10, 0, tzinfo=UTC))
    async with open_rig(tmp_path, clock=clock) as running:
        await hire(running, LEAD, "coordinator", "ABCDEFGHJKLM")
        yield running


async def hire(rig: Rig, user: int, role: str, code: str) -> None:
    now = rig.service.clock.now()
    async with rig.service.store.begin() as work:
        await work.staff.invite(code, role, "town", (), now + timedelta(days=1), now)
    await write(rig, f"/start {code}", user)


async def write(rig: Rig, text: str, user: int) -> list[str]:
    """Write on Telegram; the new answers."""
    person = rig.telegram.user(user, "Somebody")
    before = len(person.messages)
    person.write(text)
    await rig.settle()
    return [message.text for message in person.messages[before:]]


async def report_and_pin(rig: Rig, user: int, pin: tuple[float, float], text: str = MESSAGE) -> str:
    """Report something with an unknown place, and answer the question for it with a pin."""
    asked = await write(rig, text, user)
    assert "Where is it?" in asked[-1]
    person = rig.telegram.user(user)
    before = len(person.messages)
    person.share(*pin)
    await rig.settle()
    return "\n".join(message.text for message in person.messages[before:])


def told(rig: Rig) -> list[str]:
    """What the coordinator was asked about nicknames."""
    return [m.text for m in rig.telegram.user(LEAD).messages if "/nickname yes" in m.text]


async def reports(rig: Rig) -> list[ReportView]:
    now = rig.service.clock.now() + timedelta(days=1)
    async with rig.service.store.read() as work:
        return await work.reports.search(None, now - timedelta(days=3), now)


async def audit(rig: Rig) -> list[tuple[str, str]]:
    async with rig.service.store.begin() as work:
        assert await work.audit.verify() is None
        return [(line.action, line.subject) for line in await work.audit.tail(10)]


async def test_two_residents_and_a_coordinator_teach_a_name(rig: Rig) -> None:
    await report_and_pin(rig, RESIDENTS[0], COURT)
    assert told(rig) == []  # one resident's word alone is nothing
    await report_and_pin(rig, RESIDENTS[0], COURT, "dumped sofa behind the cage")
    assert told(rig) == []  # nor twice the same one's
    await report_and_pin(rig, RESIDENTS[1], BESIDE, "dumping near the Cage, it stinks")
    [question] = told(rig)
    assert "Two residents" in question
    assert "the Cage" in question
    lead = rig.telegram.user(LEAD)
    lead.press("Yes")
    await rig.settle()
    assert "From now on" in lead.messages[-1].text
    answers = await write(rig, "broken glass at the cage", RESIDENTS[2])
    assert "Where is it?" not in answers[-1]
    newest = max(await reports(rig), key=lambda report: report.received_at)
    assert newest.area is not None
    assert newest.place_text == "the Cage"
    assert ("agree to nickname", "nickname:1") in await audit(rig)


async def test_the_question_is_asked_once_whatever_the_answer(rig: Rig) -> None:
    await report_and_pin(rig, RESIDENTS[0], COURT)
    await report_and_pin(rig, RESIDENTS[1], COURT)
    assert len(told(rig)) == 1
    assert "stays unknown" in (await write(rig, "/nickname no 1", LEAD))[-1]
    assert "answered already" in (await write(rig, "/nickname yes 1", LEAD))[-1]
    await report_and_pin(rig, RESIDENTS[2], COURT)
    assert len(told(rig)) == 1
    async with rig.service.store.read() as work:
        known = await work.nicknames.get(1)
    assert known is not None
    assert known.state == REFUSED


async def test_two_who_mean_different_places_teach_nothing(rig: Rig) -> None:
    await report_and_pin(rig, RESIDENTS[0], COURT)
    await report_and_pin(rig, RESIDENTS[1], FAR)
    assert told(rig) == []


async def test_a_pin_is_kept_coarsened_and_dropped_with_the_contact(rig: Rig) -> None:
    await report_and_pin(rig, RESIDENTS[0], COURT)
    async with rig.service.store.read() as work:
        [use] = await work.nicknames.uses("cage")
    assert (use.place.latitude, use.place.longitude) != COURT
    assert use.place.radius_m >= 150
    async with rig.service.store.begin() as work:
        await work.contacts.forget(use.contact_id, rig.service.clock.now())
    async with rig.service.store.read() as work:
        assert await work.nicknames.uses("cage") == ()


async def test_sensitive_matters_teach_nothing(rig: Rig) -> None:
    await write(rig, "my husband hits me when we are at the cage", RESIDENTS[0])
    rig.telegram.user(RESIDENTS[0]).share(*COURT)
    await rig.settle()
    async with rig.service.store.read() as work:
        assert await work.nicknames.uses("cage") == ()


async def test_staff_teach_list_and_remove(rig: Rig) -> None:
    assert "No nicknames yet" in (await write(rig, "/nickname", LEAD))[-1]
    [done] = await write(rig, "/nickname the cage = Town Hall", LEAD)
    assert "From now on “the cage” means Town Hall" in done
    assert (await write(rig, "/nickname", LEAD))[-1].startswith("the cage = Town Hall")
    await write(rig, MESSAGE, RESIDENTS[0])
    [report] = await reports(rig)
    assert report.place_text == "Town Hall"
    assert "Done." in (await write(rig, "/nickname remove The Cage", LEAD))[-1]
    asked = await write(rig, MESSAGE, RESIDENTS[1])
    assert "Where is it?" in asked[-1]
    assert [line[0] for line in await audit(rig)][:2] == ["remove nickname", "teach nickname"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/nickname bins = Town Hall", "cannot be a nickname"),
        ("/nickname 07700900123 = Town Hall", "cannot be a nickname"),
        ("/nickname the cage = Xanadu Gardens", "do not find"),
        ("/nickname the cage", "Write /nickname"),
        ("/nickname remove the cage", "I know no nickname"),
        ("/nickname yes 7", "answered already"),
    ],
)
async def test_what_cannot_be_taught(rig: Rig, words: str, said: str) -> None:
    assert said in (await write(rig, words, LEAD))[-1]


async def test_officers_do_not_name_places(rig: Rig) -> None:
    await hire(rig, OFFICER, "officer", "NBCDEFGHJKLM")
    assert "for coordinators" in (await write(rig, "/nickname the cage = Town Hall", OFFICER))[-1]


async def test_a_name_survives_a_restart(tmp_path: Path) -> None:
    clock = ShiftedClock(datetime(2026, 10, 15, 10, 0, tzinfo=UTC))
    place = NicknamePlace("old-town", *COURT, 60.0, "Ball Court")
    async with open_rig(tmp_path, clock=clock) as first, first.service.store.begin() as work:
        await work.nicknames.teach("cage", "the cage", place, clock.now())
    async with open_rig(tmp_path, clock=clock) as second:
        async with second.service.store.read() as work:
            assert [n.state for n in await work.nicknames.agreed()] == [AGREED]
        await write(second, MESSAGE, RESIDENTS[0])
        assert [r.place_text for r in await reports(second)] == ["Ball Court"]
