"""Staff name a larger area or one of its parts in every question."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.city import City
from bot.commands.registry import CommandContext
from bot.commands.run import run_command
from bot.message import Outbound
from storage.records import NewReport, StaffView
from storage.store import Store
from tests.integration.seeded_history import (
    NOW,
    empty,
    file_history,
    otterhithe,
    report_at,
)

__all__ = ["empty", "otterhithe"]

LEAD = StaffView(id=4, contact_id=4, role="coordinator", team=None, areas=())
WARDEN = StaffView(id=5, contact_id=5, role="officer", team="town", areas=("old-town", "ropewalk"))
PARTS = ("old-town", "ropewalk")


@pytest.fixture
def city(otterhithe: City) -> City:
    """Millbrook holds Old Town and Ropewalk, and nothing else is its own."""
    areas = {
        code: replace(area, within="millbrook") if code in PARTS else area
        for code, area in otterhithe.areas.items()
    }
    return replace(otterhithe, areas=areas)


def history() -> list[NewReport]:
    """Five lamps in the last days: two in each part, one known no closer than Millbrook."""
    areas = ["old-town", "old-town", "ropewalk", "ropewalk", "millbrook"]
    day = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001
    return [
        report_at(day - timedelta(hours=i), area, "lighting", i) for i, area in enumerate(areas)
    ]


async def ask(store: Store, city: City, text: str, staff: StaffView = LEAD) -> Outbound:
    async with store.begin() as work:
        context = CommandContext(work, city, staff, "en", NOW, lambda: "CODE")
        answers = await run_command(context, text)
    assert answers is not None
    return answers[0]


def number(message: Outbound) -> int:
    return int(message.text.split()[0])


async def test_a_larger_area_counts_its_parts(empty: Store, city: City) -> None:
    await file_history(empty, history())
    whole = await ask(empty, city, "/trends millbrook")
    parts = [number(await ask(empty, city, f"/trends {area}")) for area in PARTS]
    alone = replace(city, areas={c: replace(a, within=None) for c, a in city.areas.items()})
    own = number(await ask(empty, alone, "/trends millbrook"))
    assert (number(whole), own, parts) == (5, 1, [2, 2])
    assert whole.title is not None
    assert "Millbrook" in whole.title


async def test_who_has_all_parts_may_name_the_larger_area(empty: Store, city: City) -> None:
    await file_history(empty, history())
    whole = await ask(empty, city, "/trends millbrook", WARDEN)
    parts = [number(await ask(empty, city, f"/trends {area}", WARDEN)) for area in PARTS]
    assert (number(whole), parts) == (4, [2, 2])
    refused = await ask(empty, city, "/trends castle-hill", WARDEN)
    assert "your own areas" in refused.text


async def test_a_digest_of_a_larger_area_or_of_a_part(empty: Store, city: City) -> None:
    await file_history(empty, history())
    for words, name in (("millbrook", "Millbrook"), ("old-town", "Old Town")):
        digest = await ask(empty, city, f"/digest {words}")
        assert digest.title is not None
        assert digest.title.startswith(name)


async def test_a_larger_area_without_reports_of_its_own_is_no_line(
    empty: Store, city: City
) -> None:
    lines = (await ask(empty, city, "/areas")).text.splitlines()
    assert not any(line.startswith("Millbrook") for line in lines)
    assert any(line.startswith("Old Town") for line in lines)
