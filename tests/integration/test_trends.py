"""/trends and /areas on a real store, SQLite and PostgreSQL."""

import re
from datetime import datetime, timedelta

import pytest

from bot.city import City
from bot.commands.terminal import answer
from bot.message import Outbound
from storage.records import NewReport, StaffView
from storage.store import Store
from tests.integration.seeded_history import (
    NOW,
    empty,
    file_history,
    otterhithe,
    report_at,
    seeded,
    seeded_keys,
    seeded_template,
)

__all__ = ["empty", "otterhithe", "seeded", "seeded_keys", "seeded_template"]

COORDINATOR = StaffView(id=1, contact_id=1, role="coordinator", team=None, areas=())
OFFICER = StaffView(id=2, contact_id=2, role="officer", team="town", areas=("old-town",))
PRESENT = datetime(2026, 11, 22, 7, 10)  # noqa: DTZ001


async def ask(
    store: Store, city: City, text: str, staff: StaffView = COORDINATOR, language: str = "en",
    now: datetime = NOW,
) -> Outbound:  # fmt: skip
    async with store.begin() as work:
        (message,) = await answer(work, city, staff, text, now, language)
    return message


def weekly(
    counts: list[int], area: str = "old-town", kind: str = "noise", first: int = 0
) -> list[NewReport]:
    """So many reports in the present week, the one before it, and so on."""
    return [
        report_at(PRESENT - timedelta(days=7 * week), area, kind, first + 1000 * week + n)
        for week, count in enumerate(counts)
        for n in range(count)
    ]


class TestTrends:
    async def test_number_period_range_sentence_weeks_and_chart(
        self, seeded: Store, otterhithe: City
    ) -> None:
        message = await ask(seeded, otterhithe, "trend old town vandalism 12w")
        assert message.title == "Damage or graffiti · Old Town"
        assert message.text.splitlines() == [
            "14 incidents in the 7 days to Sun 22 Nov 07:30.",
            "Much higher than usual: 9 of 10 weeks bring 0 to 5, going by the 26 weeks before.",
            "12 weeks, the newest last: 5 1 0 0 1 2 0 1 3 2 1 14. In all 30.",
            "This week mostly Fri–Sat 21–23h.",
            "Who could act first: the council.",
            "Incidents told by residents, not recorded offences.",
        ]
        assert message.image is not None
        assert message.image.startswith(b"\x89PNG")

    async def test_as_usual_is_an_answer(self, seeded: Store, otterhithe: City) -> None:
        text = (await ask(seeded, otterhithe, "/trends millbrook")).text
        assert "As usual: 9 of 10 weeks bring" in text

    async def test_too_early_is_an_answer(self, empty: Store, otterhithe: City) -> None:
        await file_history(empty, weekly([9, 1, 1]))
        text = (await ask(empty, otterhithe, "/trends old-town noise")).text
        assert "Too early to say what is usual: that takes 8 full weeks, we have 1." in text
        assert "2 weeks, the newest last: 1 9. In all 10." in text
        assert "higher" not in text

    async def test_nothing_counted_yet(self, empty: Store, otterhithe: City) -> None:
        message = await ask(empty, otterhithe, "/trends")
        assert "0 incidents" in message.text
        assert "Too early" in message.text
        assert message.image is not None

    async def test_shows_exactly_what_was_sent(self, store: Store, otterhithe: City) -> None:
        await file_history(store, weekly([7, 0, 2, 1]) + weekly([3], "millbrook", first=500))
        text = (await ask(store, otterhithe, "trend old-town 4w")).text
        assert "7 incidents in the 7 days" in text
        both = (await ask(store, otterhithe, "trend old-town millbrook")).text
        assert "10 incidents in the 7 days" in both
        areas = (await ask(store, otterhithe, "/areas noise")).text
        assert "Old Town: 7, " in areas
        assert "Millbrook: 3, " in areas

    @pytest.mark.parametrize(
        "question",
        ["trend old-town noise 8w", "8w noise old-town", "/TRENDS Old Town noise 8 weeks",
         "/trends@lamplighter_bot noise 8w old town", "tendencias old-town ruido 8 semanas"],
    )  # fmt: skip
    async def test_any_order_and_wording(
        self, seeded: Store, otterhithe: City, question: str
    ) -> None:
        expected = (await ask(seeded, otterhithe, "/trends old-town noise 8w", language="es")).text
        assert (await ask(seeded, otterhithe, question, language="es")).text == expected
        assert "Ruido" in str((await ask(seeded, otterhithe, question, language="es")).title)

    async def test_the_same_answer_later_for_a_past_hour(
        self, seeded: Store, otterhithe: City
    ) -> None:
        then = (await ask(seeded, otterhithe, "/trends old-town")).text
        later = NOW + timedelta(days=3)
        await file_history(
            seeded, [report_at(PRESENT + timedelta(days=2), "old-town", "noise", 90002)]
        )
        text = "/trends old-town 2026-11-22T07"
        again = (await ask(seeded, otterhithe, text, now=later)).text
        assert again.splitlines()[1:] == then.splitlines()[1:]
        assert again.split(" in ")[0] == then.split(" in ")[0]

    async def test_no_future(self, seeded: Store, otterhithe: City) -> None:
        asked = (await ask(seeded, otterhithe, "/trends old-town 2031-01-01")).text
        assert asked == (await ask(seeded, otterhithe, "/trends old-town")).text

    async def test_sources_never_mix(self, seeded: Store, otterhithe: City) -> None:
        before = (await ask(seeded, otterhithe, "/trends old-town theft")).text
        rows = [report_at(PRESENT, "old-town", "theft", 80000 + n, source="import:911")
                for n in range(40)]  # fmt: skip
        await file_history(seeded, rows)
        assert (await ask(seeded, otterhithe, "/trends old-town theft")).text == before
        imported = (await ask(seeded, otterhithe, "/trends old-town theft import:911")).text
        assert imported.startswith("40 incidents")

    async def test_no_per_cent_anywhere(self, seeded: Store, otterhithe: City) -> None:
        for question in ("/trends", "/areas", "/trends old-town vandalism 26w", "/digest town"):
            text = (await ask(seeded, otterhithe, question)).text
            assert "%" not in text
            assert not re.search(r"per ?cent", text)

    async def test_thanks_and_complaints_are_no_concerns(
        self, empty: Store, otterhithe: City
    ) -> None:
        rows = weekly([4], kind="praise") + [
            report_at(PRESENT, "old-town", "service_feedback", 500 + n) for n in range(3)
        ]
        await file_history(empty, rows)
        assert "0 incidents" in (await ask(empty, otterhithe, "/trends old-town")).text
        asked = (await ask(empty, otterhithe, "/trends old-town complaints")).text
        assert asked.startswith("3 incidents")
        refused = (await ask(empty, otterhithe, "/trends complaints", OFFICER)).text
        assert refused == "Complaints about the service go to whoever oversees it."


class TestWhoMayAsk:
    async def test_an_officer_gets_own_areas_by_default(
        self, seeded: Store, otterhithe: City
    ) -> None:
        mine = await ask(seeded, otterhithe, "/trends", OFFICER)
        assert mine.title == "All concerns · Old Town"

    @pytest.mark.parametrize(
        "question",
        ["/trends quayside", "/areas quayside noise", "trend old-town quayside", "/trends harbour"],
    )
    async def test_a_foreign_area_is_refused_plainly(
        self, seeded: Store, otterhithe: City, question: str
    ) -> None:
        message = await ask(seeded, otterhithe, question, OFFICER)
        assert message.text == "You can ask about your own areas: Old Town."
        assert message.image is None

    async def test_a_coordinator_of_some_areas(self, seeded: Store, otterhithe: City) -> None:
        some = StaffView(3, 3, "coordinator", None, ("quayside", "saltings"))
        everything = await ask(seeded, otterhithe, "/trends all", some)
        assert everything.title == "All concerns · 2 areas together"
        assert "own areas" in (await ask(seeded, otterhithe, "/trends millbrook", some)).text

    async def test_an_officer_without_areas(self, seeded: Store, otterhithe: City) -> None:
        nobody = StaffView(4, 4, "officer", None, ())
        for question in ("/trends", "/areas", "/open"):
            text = (await ask(seeded, otterhithe, question, nobody)).text
            assert text == "You have no areas yet. Ask your coordinator."

    async def test_an_officer_with_a_team_alone_has_the_teams_areas(
        self, seeded: Store, otterhithe: City
    ) -> None:
        member = StaffView(5, 5, "officer", "town", ())
        text = (await ask(seeded, otterhithe, "/areas", member)).text
        assert text.count("\n") == 4
        assert "Quayside" not in text


class TestAreas:
    async def test_the_unusual_first_then_the_busiest(
        self, seeded: Store, otterhithe: City
    ) -> None:
        message = await ask(seeded, otterhithe, "/areas vandalism")
        lines = message.text.splitlines()
        assert message.title == "Damage or graffiti: the 7 days to Sun 22 Nov 07:30"
        assert lines[0] == "Old Town: 14, usual 0–5: much higher than usual"
        assert len(lines) == len(otterhithe.areas)

    async def test_unknown_words(self, seeded: Store, otterhithe: City) -> None:
        assert (await ask(seeded, otterhithe, "/areas blorb")).text == (
            "I do not know “blorb”. /areas lists the areas."
        )
        near = (await ask(seeded, otterhithe, "/trends qazyde")).text
        assert near == "I do not know “qazyde”. Did you mean “quayside”?"
