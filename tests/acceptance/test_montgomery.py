"""A real county: 150 messages through both providers, and what staff see of them."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from math import cos, hypot, radians
from pathlib import Path

import pytest

from storage.records import ReportView
from tests.montgomery import Told, build_county, needs_data, tell, write_teams
from tests.rig import Rig, open_rig

pytestmark = [needs_data, pytest.mark.timeout(420)]
COUNT = 150


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return tell(COUNT)


@pytest.fixture(scope="module")
def busiest(told: list[Told]) -> str:
    return Counter(t.township for t in told).most_common(1)[0][0]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory, busiest: str) -> Path:
    folder = build_county(tmp_path_factory.mktemp("county"))
    write_teams(folder, busiest)
    return folder


@pytest.fixture
async def rig(tmp_path: Path, pack: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path, city=pack) as running:
        yield running


def metres(told: Told, report: ReportView) -> float:
    """Distance from the truth to what is stored in clear (equirectangular, good to 0.1 % here)."""
    assert report.latitude is not None
    assert report.longitude is not None
    east = (report.longitude - told.longitude) * cos(radians(told.latitude))
    return hypot(east, report.latitude - told.latitude) * 111_195


async def send_all(rig: Rig, told: list[Told]) -> dict[int, Told]:
    """Every message from a resident of its own, by turns on Telegram and by SMS."""
    for number, message in enumerate(told):
        if number % 2:
            rig.sms.phone(f"+1555010{number:04d}").write(message.text)
        else:
            rig.telegram.user(6_000_000 + number, "Resident").write(message.text)
    await rig.settle(120)
    async with rig.service.store.read() as work:
        contacts = {}
        for number, message in enumerate(told):
            name, address = (
                ("sms", f"+1555010{number:04d}")
                if number % 2
                else ("telegram", str(6_000_000 + number))
            )
            contact = await work.contacts.by_address(name, address)
            assert contact is not None
            contacts[contact.id] = message
    return contacts


async def join(rig: Rig, team: str, role: str) -> int:
    """Make a Telegram user staff; the user's id."""
    now = rig.service.clock.now()
    code = f"CODE{team.upper()}{role.upper()}"
    async with rig.service.store.begin() as work:
        await work.staff.invite(code, role, team, (), now + timedelta(hours=1), now)
    user = rig.telegram.user(7_000_001, "Officer")
    user.start(code)
    await user.wait(1)
    return user.id


async def test_every_message_is_stored_once_placed_right_and_told_to_staff(
    rig: Rig, told: list[Told], busiest: str
) -> None:
    contacts = await send_all(rig, told)
    clock = rig.service.clock
    async with rig.service.store.read() as work:
        since = clock.now() - timedelta(hours=1)
        reports = await work.reports.search(None, since, clock.now(), limit=1000)
    assert Counter(r.contact_id for r in reports) == dict.fromkeys(contacts, 1)

    placed = [r for r in reports if r.latitude is not None]
    errors = sorted(metres(contacts[r.contact_id or 0], r) for r in placed)
    near = sum(error <= 250 for error in errors)
    assert near >= 0.9 * COUNT, f"{near} of {COUNT} within 250 m, {len(placed)} placed"
    assert errors[-1] <= 5000

    mine = [r for r in reports if r.area == busiest]
    assert Counter(t.township for t in told)[busiest] == len(mine)
    officer = rig.telegram.user(await join(rig, "town", "officer"))
    before = len(officer.messages)
    officer.write(f"/trends {busiest}")
    answer = (await officer.wait(before + 1))[-1]
    assert answer.photo
    # Incidents first; where several reports tell of one, their number stands beside it.
    assert shown(answer.text) == len(mine)
    officer.write("/digest")
    digest = (await officer.wait(before + 2))[-1]
    assert shown(digest.text) == len(mine)


def shown(text: str) -> int:
    """The number of reports that an answer tells: the whole where parts are told too."""
    found = re.findall(r"(\d+) incidents?(?: \((\d+) reports\))?", text)
    assert found, text
    return max(int(reports or incidents) for incidents, reports in found)
