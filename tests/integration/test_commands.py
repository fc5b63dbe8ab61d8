"""Staff commands on a real store: roles, areas, audit, one-time codes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.city import City
from bot.commands.registry import CommandContext
from bot.commands.run import run_command
from bot.commands.terminal import answer
from bot.message import Outbound
from storage.records import NewReport, ReportView, StaffView
from storage.store import Store
from tests.integration.seeded_history import NOW, empty, file_history, otterhithe, report_at

__all__ = ["empty", "otterhithe"]

OFFICER = StaffView(
    id=2, contact_id=2, role="officer", team="town", areas=("old-town", "millbrook")
)
LOCAL_LEAD = StaffView(id=3, contact_id=3, role="coordinator", team=None, areas=("old-town",))
COORDINATOR = StaffView(id=4, contact_id=4, role="coordinator", team=None, areas=())
ADMINISTRATOR = StaffView(id=5, contact_id=5, role="administrator", team=None, areas=())


def codes() -> Callable[[], str]:
    made: Iterator[str] = iter(f"CODE{number}" for number in range(9))
    return lambda: next(made)


async def send(
    store: Store, city: City, text: str, staff: StaffView = OFFICER, language: str = "en",
    now: datetime = NOW,
) -> list[Outbound] | None:  # fmt: skip
    async with store.begin() as work:
        context = CommandContext(work, city, staff, language, now, codes())
        return await run_command(context, text)


async def say(store: Store, city: City, text: str, staff: StaffView = OFFICER, **more: Any) -> str:
    answers = await send(store, city, text, staff, **more)
    assert answers is not None
    (message,) = answers
    return message.text


def filed(ref: str = "K7Q-42", **over: Any) -> NewReport:
    values: dict[str, Any] = {
        "ref": ref, "urgency": "U1", "status": "open", "redacted_text": "Two men fight",
        "area": "old-town", "category": "violence", "place_text": "Market Cross",
        "minutes": 40, "joinable": True,
    }  # fmt: skip
    values |= over
    area, category, minutes = (values.pop(key) for key in ("area", "category", "minutes"))
    local = datetime(2026, 11, 22, 7, 30) - timedelta(minutes=minutes)  # noqa: DTZ001
    return report_at(local, area, category, 0, **values)


async def stored(store: Store, ref: str = "K7Q-42") -> ReportView:
    async with store.begin() as work:
        report = await work.reports.get(ref)
    assert report is not None
    return report


async def audit(store: Store) -> list[tuple[str, str, str]]:
    async with store.begin() as work:
        assert await work.audit.verify() is None
        return [(line.actor, line.action, line.subject) for line in await work.audit.tail(20)]


class TestWhatIsACommand:
    @pytest.mark.parametrize(
        "text",
        [
            "areas near the canal are dark",
            "Report: the lamp on Mill Lane is out",
            "report noise",
            "take my word for it",
            "trends are bad here, they fight every night",
            "open window at the school, someone climbs in",
            "digest this: my bins were burnt",
            "report",
            "hello",
            "",
            "   ",
            "/start CODE1",
            "/stop",
            "/STATUS K7Q-42",
            "/forget",
            "help",
            "stop",
        ],
    )
    async def test_a_residents_words_are_left_to_the_conversation(
        self, empty: Store, otterhithe: City, text: str
    ) -> None:
        assert await send(empty, otterhithe, text) is None

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("/whoami", "You are a liaison officer."),
            ("/WHOAMI", "You are a liaison officer."),
            ("  /whoami@lamplighter_bot  ", "You are a liaison officer."),
            ("areas", "Old Town: 0"),
            ("Trend old-town", "0 incidents"),
            ("open", "No urgent report is waiting."),
            ("take ZZZ-99", "I find no report ZZZ-99"),
            ("/tendencias old-town", "0 incidents"),
        ],
    )
    async def test_commands(self, empty: Store, otterhithe: City, text: str, first: str) -> None:
        assert (await say(empty, otterhithe, text)).startswith(first)

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("/trnds", "I do not know /trnds. Did you mean /trends? /help lists all."),
            ("/xyzzy", "I do not know /xyzzy. /help lists all commands."),
            ("/invite officer", "/invite is for coordinators. /help lists what you can ask."),
            ("/" + "a" * 500, f"I do not know /{'a' * 20}. /help lists all commands."),
        ],
    )
    async def test_an_unknown_one_gets_a_short_hint(
        self, empty: Store, otterhithe: City, text: str, hint: str
    ) -> None:
        assert await say(empty, otterhithe, text) == hint

    async def test_at_the_terminal_everything_is_a_question(
        self, empty: Store, otterhithe: City
    ) -> None:
        for text, start in (
            ("old-town noise 8w", "0 incidents"),
            ("areas blorb", "I do not know “blorb”"),
            ("whoami", "You are a coordinator."),
            ("", "Danger to life"),
            ("/start", "I do not know /start"),
        ):
            async with empty.begin() as work:
                (message,) = await answer(work, otterhithe, COORDINATOR, text, NOW)
            assert message.text.startswith(start), text


class TestHelp:
    async def test_the_emergency_number_comes_first(self, empty: Store, otterhithe: City) -> None:
        text = await say(empty, otterhithe, "/help")
        assert text.splitlines()[0] == "Danger to life: call 112."
        assert "/trends [area] [category] [weeks]: how many" in text
        assert "/invite" not in text
        assert "/invite" in await say(empty, otterhithe, "/help", COORDINATOR)

    async def test_one_command(self, empty: Store, otterhithe: City) -> None:
        text = await say(empty, otterhithe, "/help take")
        assert text.splitlines()[1:] == ["/take REF: say that you look after a report"]

    async def test_in_spanish(self, empty: Store, otterhithe: City) -> None:
        text = await say(empty, otterhithe, "/help", language="es")
        assert "cuántos, y si es lo habitual" in text


class TestReport:
    async def test_what_staff_see(self, empty: Store, otterhithe: City) -> None:
        await file_history(empty, [filed()])
        answers = await send(empty, otterhithe, "/report k7q-42")
        assert answers is not None
        (message,) = answers
        assert message.title == "K7Q-42"
        assert message.text.splitlines() == [
            "Violence, threats or weapons. Urgent.",
            "Old Town, around Market Cross",
            "Received Sun 22 Nov 06:50: nobody has taken it.",
            "“Two men fight”",
            "Its sender was not asked whether we may write again.",
            "Take it: /take K7Q-42",
        ]
        assert [button.data for button in message.buttons] == ["/take K7Q-42"]

    async def test_later_words_are_shown(self, empty: Store, otterhithe: City) -> None:
        await file_history(empty, [filed()])
        async with empty.begin() as work:
            await work.reports.add("K7Q-42", "They left", "They left, Ada", NOW, "U3")
        text = await say(empty, otterhithe, "report K7Q-42")
        assert "Added Sun 22 Nov 07:30: “They left”" in text
        assert "Ada" not in text

    @pytest.mark.parametrize(
        ("over", "staff", "readable"),
        [
            ({"area": "quayside"}, OFFICER, False),
            ({"area": None}, OFFICER, False),
            ({"area": None}, COORDINATOR, True),
            ({"area": "quayside"}, LOCAL_LEAD, False),
            ({"area": "quayside"}, ADMINISTRATOR, True),
            ({"category": "domestic_abuse"}, OFFICER, False),
            ({"category": "domestic_abuse"}, LOCAL_LEAD, True),
            ({"category": "domestic_abuse", "urgency": "U0"}, OFFICER, True),
            ({"category": "hate_incident"}, OFFICER, True),
            ({"category": "hate_incident", "area": "quayside"}, LOCAL_LEAD, False),
            ({"category": "service_feedback"}, OFFICER, False),
            ({"category": "service_feedback"}, COORDINATOR, True),
        ],
    )
    async def test_who_may_read(
        self, empty: Store, otterhithe: City, over: dict[str, Any], staff: StaffView, readable: bool
    ) -> None:
        await file_history(empty, [filed(**over)])
        for command in ("/report K7Q-42", "/take K7Q-42", "/correct K7Q-42 noise"):
            text = await say(empty, otterhithe, command, staff)
            refused = text == "I find no report K7Q-42 that is yours to read."
            assert refused is not readable, command
        assert (await stored(empty)).status == ("taken" if readable else "open")

    async def test_one_that_does_not_exist_sounds_the_same(
        self, empty: Store, otterhithe: City
    ) -> None:
        text = await say(empty, otterhithe, "/report ABC-12")
        assert text == "I find no report ABC-12 that is yours to read."

    async def test_a_sensitive_one_shows_the_area_alone_and_is_audited(
        self, empty: Store, otterhithe: City
    ) -> None:
        await file_history(empty, [filed(category="hate_incident"), filed("B2C-33", minutes=9)])
        text = await say(empty, otterhithe, "/report K7Q-42")
        assert "Market Cross" not in text
        assert "Old Town\n" in text
        await say(empty, otterhithe, "/report B2C-33")
        assert await audit(empty) == [("staff:2", "read report", "K7Q-42")]

    async def test_without_a_reference(self, empty: Store, otterhithe: City) -> None:
        expected = "Which report? For example: /report K7Q-42"
        assert await say(empty, otterhithe, "/report") == expected
        assert (await say(empty, otterhithe, "/take")).endswith("/take K7Q-42")
        assert (await say(empty, otterhithe, "/correct")).endswith("/correct K7Q-42 noise")
        assert "do not know /nonsense" in await say(empty, otterhithe, "/help nonsense")


class TestTake:
    async def test_taken_once(self, empty: Store, otterhithe: City) -> None:
        await file_history(empty, [filed()])
        assert await say(empty, otterhithe, "/take K7Q-42") == "K7Q-42 is yours. Thank you."
        assert await say(empty, otterhithe, "/take K7Q-42") == "K7Q-42 is already taken."
        assert await audit(empty) == [("staff:2", "take report", "K7Q-42")]
        assert "Take it" not in await say(empty, otterhithe, "/report K7Q-42")

    async def test_a_disputed_one_can_be_taken(self, empty: Store, otterhithe: City) -> None:
        await file_history(empty, [filed(status="disputed")])
        assert "yours" in await say(empty, otterhithe, "take K7Q-42")


class TestOpen:
    async def test_gravest_and_oldest_first(self, empty: Store, otterhithe: City) -> None:
        waiting = [
            filed("A2A-22"), filed("B2B-22", minutes=300), filed("C2C-22", urgency="U0", minutes=2),
            filed("D2D-22", urgency="U3"), filed("E2E-22", status="taken"),
            filed("F2F-22", area="quayside"), filed("G2G-22", category="stalking"),
        ]  # fmt: skip
        await file_history(empty, waiting)
        text = await say(empty, otterhithe, "/open")
        assert [line[:6] for line in text.splitlines()[:-1]] == ["C2C-22", "B2B-22", "A2A-22"]
        assert "B2B-22 Violence, threats or weapons, Old Town, 5 h ago" in text

    async def test_reports_without_a_place_go_to_coordinators(
        self, empty: Store, otterhithe: City
    ) -> None:
        await file_history(empty, [filed(area=None)])
        assert "waiting" in await say(empty, otterhithe, "/open")
        assert "place not known yet" in await say(empty, otterhithe, "/open", COORDINATOR)

    async def test_what_the_team_may_not_know_waits_for_coordinators(
        self, empty: Store, otterhithe: City
    ) -> None:
        await file_history(empty, [filed(category="domestic_abuse")])
        assert "K7Q-42" not in await say(empty, otterhithe, "/open")
        text = await say(empty, otterhithe, "/open", COORDINATOR)
        assert "K7Q-42 a sensitive matter, Old Town" in text

    async def test_a_flood_is_cut(self, empty: Store, otterhithe: City) -> None:
        await file_history(empty, [filed(f"F{n:02d}-22", minutes=n) for n in range(25)])
        text = await say(empty, otterhithe, "/open")
        assert len(text.splitlines()) == 12
        assert "And 15 more, newer ones." in text


class TestCorrect:
    async def test_counts_move_and_it_is_audited(self, empty: Store, otterhithe: City) -> None:
        await file_history(empty, [filed()])
        text = await say(empty, otterhithe, "/correct K7Q-42 noise")
        assert text == "K7Q-42 is now: Noise."
        assert "1 incident " in await say(empty, otterhithe, "/trends old-town noise")
        assert "0 incidents" in await say(empty, otterhithe, "/trends old-town violence")
        assert await audit(empty) == [("staff:2", "correct violence to noise", "K7Q-42")]

    async def test_a_sensitive_category_drops_the_precise_place(
        self, empty: Store, otterhithe: City
    ) -> None:
        await file_history(empty, [filed()])
        await say(empty, otterhithe, "/correct K7Q-42 hate")
        report = await stored(empty)
        assert (report.category, report.area) == ("hate_incident", "old-town")
        assert (report.latitude, report.longitude, report.place_text) == (None, None, None)

    async def test_officers_cannot_move_it_to_the_oversight(
        self, empty: Store, otterhithe: City
    ) -> None:
        await file_history(empty, [filed()])
        text = await say(empty, otterhithe, "/correct K7Q-42 complaints")
        assert text == "Complaints about the service go to whoever oversees it."
        assert (await stored(empty)).category == "violence"

    @pytest.mark.parametrize("words", ["", "old-town", "blorb"])
    async def test_without_a_category(self, empty: Store, otterhithe: City, words: str) -> None:
        await file_history(empty, [filed()])
        await say(empty, otterhithe, f"/correct K7Q-42 {words}")
        assert (await stored(empty)).category == "violence"


class TestInvite:
    async def test_a_code_that_works_once(self, empty: Store, otterhithe: City) -> None:
        text = await say(empty, otterhithe, "/invite officer old-town castle hill", COORDINATOR)
        assert text.splitlines()[:2] == [
            "Code: CODE0",
            "For a liaison officer: Old Town, Castle Hill. It works once, until Sun 29 Nov 07:30.",
        ]
        assert "/start CODE0" in text
        async with empty.begin() as work:
            contact = await work.contacts.ensure("telegram", "4711", NOW)
            member = await work.staff.redeem("CODE0", contact.id, NOW)
            assert member is not None
            assert (member.role, member.team) == ("officer", "town")
            assert member.areas == ("old-town", "castle-hill")
            assert await work.staff.redeem("CODE0", contact.id, NOW) is None

    async def test_it_is_audited_without_the_code(self, empty: Store, otterhithe: City) -> None:
        await say(empty, otterhithe, "/invite officer harbour", COORDINATOR)
        (line,) = await audit(empty)
        assert line[:2] == ("staff:4", "invite")
        assert line[2].startswith("officer harbour quayside")
        assert "CODE" not in str(line)

    async def test_it_expires(self, empty: Store, otterhithe: City) -> None:
        await say(empty, otterhithe, "/invite officer old-town", COORDINATOR)
        late = NOW + timedelta(days=8)
        async with empty.begin() as work:
            contact = await work.contacts.ensure("telegram", "4711", late)
            assert await work.staff.redeem("CODE0", contact.id, late) is None

    @pytest.mark.parametrize(
        ("text", "staff", "reply"),
        [
            ("/invite", COORDINATOR, "Which role?"),
            ("/invite old-town", COORDINATOR, "Which role?"),
            ("/invite officer", COORDINATOR, "Which areas?"),
            ("/invite officer blorb", COORDINATOR, "I do not know “blorb”."),
            ("/invite officer quayside", LOCAL_LEAD, "You can ask about your own areas: Old Town."),
            ("/invite coordinator all", COORDINATOR, "Only an administrator can"),
            ("/invite administrator", COORDINATOR, "Only an administrator can"),
            ("/invite officer old-town", OFFICER, "/invite is for coordinators."),
        ],
    )
    async def test_refused(
        self, empty: Store, otterhithe: City, text: str, staff: StaffView, reply: str
    ) -> None:
        assert (await say(empty, otterhithe, text, staff)).startswith(reply)
        async with empty.begin() as work:
            contact = await work.contacts.ensure("sms", "+15550100", NOW)
            assert await work.staff.redeem("CODE0", contact.id, NOW) is None

    async def test_an_administrator_invites_coordinators(
        self, empty: Store, otterhithe: City
    ) -> None:
        text = await say(empty, otterhithe, "/invite coordinator all", ADMINISTRATOR)
        assert "For a coordinator: all areas." in text


class TestMembers:
    async def test_whoami(self, empty: Store, otterhithe: City) -> None:
        assert await say(empty, otterhithe, "/whoami") == (
            "You are a liaison officer. Team: Town liaison team. Areas: Old Town, Millbrook."
        )
        assert await say(empty, otterhithe, "/whoami", COORDINATOR) == (
            "You are a coordinator. Team: –. Areas: all areas."
        )

    async def test_leaving_asks_first(self, empty: Store, otterhithe: City) -> None:
        async with empty.begin() as work:
            contact = await work.contacts.ensure("telegram", "4711", NOW)
            await work.staff.invite("X", "officer", "town", ("old-town",), NOW + timedelta(1), NOW)
            member = await work.staff.redeem("X", contact.id, NOW)
        assert member is not None
        assert "Sure? Send /leave yes" in await say(empty, otterhithe, "/leave", member)
        async with empty.begin() as work:
            assert await work.staff.of_contact(contact.id) == member
        assert "no longer" in await say(empty, otterhithe, "/leave yes", member)
        async with empty.begin() as work:
            assert await work.staff.of_contact(contact.id) is None

    async def test_the_only_administrator_stays(self, empty: Store, otterhithe: City) -> None:
        async with empty.begin() as work:
            members = []
            for code in ("X", "Y"):
                contact = await work.contacts.ensure("telegram", f"471{code}", NOW)
                await work.staff.invite(code, "administrator", None, (), NOW + timedelta(1), NOW)
                members.append(await work.staff.redeem(code, contact.id, NOW))
        first, second = members
        assert first is not None
        assert second is not None
        assert "no longer" in await say(empty, otterhithe, "/leave yes", first)
        assert "the only administrator" in await say(empty, otterhithe, "/leave yes", second)
        async with empty.begin() as work:
            assert await work.staff.members(role="administrator") == [second]

    async def test_the_teams_digest(self, empty: Store, otterhithe: City) -> None:
        answers = await send(empty, otterhithe, "/digest")
        assert answers is not None
        assert str(answers[0].title).startswith("Town liaison team · ")

    async def test_a_foreign_teams_digest(self, empty: Store, otterhithe: City) -> None:
        text = await say(empty, otterhithe, "/digest harbour")
        assert text == "You can ask for the digests of your own areas."

    async def test_a_coordinator_names_the_team(self, empty: Store, otterhithe: City) -> None:
        assert await say(empty, otterhithe, "/digest", COORDINATOR) == (
            "Which team? /digest and one of: town, harbour"
        )
        answers = await send(empty, otterhithe, "/digest harbour", COORDINATOR)
        assert answers is not None
        assert "puerto" in str(answers[0].title)

    async def test_a_lead_of_one_area_gets_that_area_of_the_digest(
        self, empty: Store, otterhithe: City
    ) -> None:
        await file_history(empty, [filed(), filed("B2C-33", area="millbrook")])
        lead = replace(LOCAL_LEAD, areas=("old-town",))
        text = await say(empty, otterhithe, "/digest town", lead)
        assert "K7Q-42" in text
        assert "B2C-33" not in text
