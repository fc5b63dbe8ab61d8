"""The whole loop in one process: residents, officers and a coordinator between both providers."""

import asyncio
import io
import logging
import re
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import logs
from bot.clock import ShiftedClock
from storage.records import ReportView
from tests.rig import Rig, open_rig

RESIDENT = 5_000_000_011
OFFICER = 5_000_000_012
PHONE = "+15550104321"
REF = re.compile(r"\b[A-Z][0-9][A-Z]-[0-9]{2}\b")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    clock = ShiftedClock(datetime(2026, 10, 15, 10, 0, tzinfo=UTC))
    async with open_rig(tmp_path, clock=clock) as running:
        yield running


async def write(rig: Rig, text: str, user: int = RESIDENT) -> list[str]:
    """Write on Telegram; the new answers."""
    person = rig.telegram.user(user, "Somebody")
    before = len(person.messages)
    person.write(text)
    await rig.settle()
    return [message.text for message in person.messages[before:]]


async def text(rig: Rig, words: str) -> list[str]:
    """Write by SMS; the new answers."""
    phone = rig.sms.phone(PHONE)
    before = len(phone.messages)
    phone.write(words)
    await rig.settle()
    return [message.text for message in phone.messages[before:]]


async def hire(rig: Rig, role: str = "officer", team: str | None = "town") -> None:
    """Make OFFICER staff with a one-time code."""
    now = rig.service.clock.now()
    async with rig.service.store.begin() as work:
        await work.staff.invite("ABCDEFGHJKLM", role, team, (), now + timedelta(days=1), now)
    answers = await write(rig, "/start ABCDEFGHJKLM", OFFICER)
    assert any(role in answer for answer in answers)


async def reports(rig: Rig) -> list[ReportView]:
    now = rig.service.clock.now() + timedelta(days=1)
    async with rig.service.store.read() as work:
        return await work.reports.search(None, now - timedelta(days=3), now)


async def test_a_rich_message_needs_one_turn(rig: Rig) -> None:
    answers = await text(rig, "street light out on Beacon Road in Castle Hill")
    assert len(answers) == 1
    assert REF.search(answers[0])
    assert "Beacon Road" in answers[0]
    [report] = await reports(rig)
    assert (report.category, report.area, report.source) == ("lighting", "castle-hill", "sms")
    assert report.latitude is not None


async def test_danger_is_answered_with_the_number_first_and_wakes_the_team(rig: Rig) -> None:
    await hire(rig)
    before = len(rig.telegram.user(OFFICER).messages)
    answers = await write(rig, "a man is stabbing someone outside the Town Hall please hurry")
    assert "112" in answers[0].splitlines()[0]
    alerts = [m.text for m in rig.telegram.user(OFFICER).messages[before:]]
    [report] = await reports(rig)
    assert any(report.ref in alert for alert in alerts)
    assert not any("stabbing" in alert for alert in alerts)


async def test_an_officer_takes_a_report_by_pressing_a_button(rig: Rig) -> None:
    await hire(rig)
    await write(rig, "a man is stabbing someone outside the Town Hall please hurry")
    [report] = await reports(rig)
    officer = rig.telegram.user(OFFICER)
    press = officer.press(f"/take {report.ref}")
    assert press in rig.telegram.unconfirmed
    await rig.settle()
    assert report.ref in officer.messages[-1].text
    async with asyncio.timeout(5):
        while rig.telegram.unconfirmed:
            await asyncio.sleep(0.05)
    [taken] = await reports(rig)
    assert taken.status == "taken"


async def test_domestic_abuse_is_not_told_to_the_team_without_consent(rig: Rig) -> None:
    await hire(rig)
    officer = rig.telegram.user(OFFICER)
    before = len(officer.messages)
    answers = await text(rig, "my husband takes my wages and checks my phone every night, Old Town")
    shown = " ".join(answers).lower()
    for word in ("husband", "domestic", "abuse", "wages"):
        assert word not in shown
    [report] = await reports(rig)
    assert report.category == "domestic_abuse"
    assert report.latitude is None
    assert len(officer.messages) == before


async def test_no_place_leads_to_one_question(rig: Rig) -> None:
    answers = await write(rig, "the street lights are all out in Mill Lane")
    assert len(answers) == 1
    person = rig.telegram.user(RESIDENT)
    labels = [label for label, _ in person.messages[-1].buttons]
    assert any("Millbrook" in label for label in labels)
    person.press(next(label for label in labels if "Millbrook" in label))
    await rig.settle()
    [report] = await reports(rig)
    assert report.area == "millbrook"


async def test_a_position_counts_as_the_place(rig: Rig) -> None:
    await write(rig, "somebody dumped a fridge and rubble here")
    rig.telegram.user(RESIDENT).share(46.19227, -27.38034)
    await rig.settle()
    [report] = await reports(rig)
    assert report.area == "ropewalk"


async def test_stop_is_for_good_and_start_comes_back(rig: Rig) -> None:
    assert len(await write(rig, "please stop texting me")) == 1
    async with rig.service.store.read() as work:
        contact = await work.contacts.by_address("telegram", str(RESIDENT))
    assert contact
    assert contact.opted_out_at
    assert await reports(rig) == []
    await write(rig, "START")
    async with rig.service.store.read() as work:
        again = await work.contacts.get(contact.id)
    assert again.opted_out_at is None


async def test_forget_drops_the_link(rig: Rig) -> None:
    await write(rig, "bins overflowing on High Street in Old Town")
    await write(rig, "FORGET")
    await write(rig, "FORGET")
    [report] = await reports(rig)
    assert report.contact_id is None


@pytest.mark.parametrize("said", ["/trend", "/frobnicate", "/INVITE", "/report XXX"])
async def test_staff_get_a_short_hint(rig: Rig, said: str) -> None:
    await hire(rig)
    answers = await write(rig, said, OFFICER)
    assert len(answers) == 1
    assert len(answers[0]) < 700


async def test_residents_have_no_staff_commands(rig: Rig) -> None:
    for said in ("/trends old-town", "/areas", "/invite officer all town", "/report A1B-23"):
        answers = await write(rig, said)
        assert not any("incidents" in answer or "code" in answer for answer in answers)


async def test_a_code_is_good_once(rig: Rig) -> None:
    await hire(rig)
    assert not any("officer" in a for a in await write(rig, "/start ABCDEFGHJKLM"))


async def test_one_bad_update_stops_nobody(rig: Rig) -> None:
    person = rig.telegram.user(RESIDENT)
    rig.telegram.updates.add({"message": {"message_id": "x", "chat": {"id": RESIDENT}}})
    person.write("bins overflowing on High Street in Old Town")
    await rig.settle()
    assert len(await reports(rig)) == 1
    async with rig.service.store.read() as work:
        assert (await work.inbox.counts())["dead"] == 1


async def test_the_same_text_delivered_twenty_times_is_one_report(rig: Rig) -> None:
    phone = rig.sms.phone(PHONE)
    phone.write("bins overflowing on High Street in Old Town", copies=20)
    await rig.settle()
    assert len(await reports(rig)) == 1
    assert len(phone.messages) == 1


def database_bytes(folder: Path) -> bytes:
    """Everything that lies on disk of the database."""
    return b"".join(path.read_bytes() for path in folder.glob("rig.sqlite*"))


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service logs, at its most talkative."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.set_up("DEBUG", "json")
    out = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)


async def test_nothing_of_a_resident_shows_in_logs_or_in_the_database_file(
    log: io.StringIO, rig: Rig, tmp_path: Path
) -> None:
    await hire(rig)
    await text(rig, "my name is Oluwaseun and a lamp is out on Beacon Road in Castle Hill")
    await write(rig, "bins overflow on High Street in Old Town")
    lines, stored = log.getvalue(), database_bytes(tmp_path)
    assert "digest queued" in lines
    for secret in (PHONE, PHONE[1:], str(RESIDENT), rig.telegram.token, "Beacon Road"):
        assert secret not in lines
    for secret in (PHONE, PHONE[1:], str(RESIDENT), rig.telegram.token, "Oluwaseun"):
        assert secret.encode() not in stored


async def test_telegram_may_call_us_instead(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    async with open_rig(
        tmp_path, telegram_mode="webhook", port=port, public_url=f"http://127.0.0.1:{port}"
    ) as rig:
        person = rig.telegram.user(RESIDENT, "Somebody")
        async with asyncio.timeout(20):
            while not any(call.method == "setWebhook" for call in rig.telegram.calls):
                await asyncio.sleep(0.05)
        person.write("bins overflowing on High Street in Old Town")
        await person.wait(1)
        assert REF.search(person.messages[-1].text)
        assert not any(call.method == "getUpdates" for call in rig.telegram.calls)
