"""/open REF reason: a sender's own words, for the area's team, and never unseen."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.city import City, demo_city_path, load_city
from bot.commands.registry import CommandContext
from bot.commands.run import run_command
from bot.message import Outbound
from nlp.analysis import Analysis, Query
from storage.records import StaffView
from storage.store import Store
from tests.integration.storage_factories import NOW, make_contact, make_report
from tests.integration.worker_house import House, Obedient

OFFICER = StaffView(2, 2, "officer", "town", ("old-town", "millbrook"))
ELSEWHERE = StaffView(3, 3, "officer", "harbour", ("eastbank",))
LEAD = StaffView(4, 4, "coordinator", None, ())


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(demo_city_path())


async def file(store: Store, **over: object) -> None:
    values = {"area": "old-town", "category": "violence", "text": "Two men fight, call Ada"} | over
    async with store.begin() as work:
        await work.reports.file(make_report(redacted_text="Two men fight, call [name]", **values))


async def ask(
    store: Store, city: City, text: str, staff: StaffView = OFFICER, language: str = "en"
) -> Outbound:
    async with store.begin() as work:
        context = CommandContext(work, city, staff, language, NOW, lambda: "CODE")
        answers = await run_command(context, text)
    assert answers is not None
    return answers[0]


async def audit(store: Store) -> list[tuple[datetime, str, str, str]]:
    async with store.begin() as work:
        return [(e.at, e.actor, e.action, e.subject) for e in await work.audit.tail(9)]


async def test_words_for_a_reason_that_is_kept(store: Store, city: City) -> None:
    await file(store)
    async with store.begin() as work:
        await work.reports.add("K7Q-42", "he is [name]", "he is Bob", NOW, "U1")
    answer = await ask(store, city, "/open k7q-42 resident asked us to ring back")
    assert answer.text == (
        "Own words of K7Q-42, not masked. Your reason is kept: resident asked us to ring back\n"
        "“Two men fight, call Ada\nhe is Bob”"
    )
    assert answer.ttl
    assert await audit(store) == [
        (NOW, "staff:2", "open_text", "K7Q-42: resident asked us to ring back")
    ]


@pytest.mark.parametrize("text", ["/open K7Q-42", "/open K7Q-42 why", "open K7Q-42"])
async def test_without_a_reason_nothing_is_opened(store: Store, city: City, text: str) -> None:
    await file(store)
    answer = await ask(store, city, text)
    assert "say why: /open K7Q-42 reason" in answer.text
    assert "Ada" not in answer.text
    assert await audit(store) == []


async def test_the_redacted_text_needs_no_reason(store: Store, city: City) -> None:
    await file(store)
    answer = await ask(store, city, "/report K7Q-42")
    assert "call [name]" in answer.text
    assert "Ada" not in answer.text


async def test_another_areas_officer_finds_nothing(store: Store, city: City) -> None:
    await file(store)
    answer = await ask(store, city, "/open K7Q-42 a good reason", ELSEWHERE)
    assert answer.text == "I find no report K7Q-42 that is yours to read."
    assert await audit(store) == []


async def test_who_coordinates_opens_only_what_no_officer_answers_for(
    store: Store, city: City
) -> None:
    await file(store)
    contact = await make_contact(store)
    assert "Ada" in (await ask(store, city, "/open K7Q-42 a good reason", LEAD)).text
    async with store.begin() as work:
        await work.staff.invite("C", "officer", "town", (), NOW + timedelta(days=1), NOW)
        await work.staff.redeem("C", contact, NOW)
    refused = await ask(store, city, "/open K7Q-42 a good reason", LEAD)
    assert refused.text == "Only the area's team can open a sender's own words."
    await file(store, ref="A2B-33", category="service_feedback")
    assert "Ada" in (await ask(store, city, "/open A2B-33 a good reason", LEAD)).text
    hidden = await ask(store, city, "/open A2B-33 a good reason", OFFICER)
    assert hidden.text == "I find no report A2B-33 that is yours to read."


@pytest.mark.parametrize(("allowed", "opened"), [(None, False), (False, False), (True, True)])
async def test_an_intimate_matter_needs_its_senders_consent(
    store: Store, city: City, allowed: bool | None, opened: bool
) -> None:
    await file(store, category="domestic_abuse")
    if allowed is not None:
        async with store.begin() as work:
            await work.reports.set_contact_consent("K7Q-42", allowed)
    for staff in (OFFICER, LEAD):
        answer = await ask(store, city, "/open K7Q-42 a good reason", staff)
        assert ("Ada" in answer.text) is opened


async def test_after_their_time_the_words_are_gone_and_the_trial_is_kept(
    store: Store, city: City
) -> None:
    await file(store)
    await store.purge(NOW + timedelta(days=31), 30, 90, 365)
    answer = await ask(store, city, "/open K7Q-42 a good reason")
    assert answer.text == "The own words of K7Q-42 are deleted. What is kept: /report K7Q-42"
    assert [line[2] for line in await audit(store)] == ["open_text"]


async def test_a_reason_leaves_no_name_or_number_in_the_audit(store: Store, city: City) -> None:
    await file(store)
    await ask(store, city, "/open K7Q-42 he can be reached under 555 010 4477 " + "x" * 300)
    ((_, _, _, subject),) = await audit(store)
    assert "4477" not in subject
    assert len(subject) < 180


class Masking(Obedient):
    """Knows Ismay Thorn for a name, as no rule does."""

    def _one(self, query: Query) -> Analysis:
        return replace(super()._one(query), redacted=query.text.replace("Ismay  Thorn", "[name]"))


async def test_a_name_that_only_understanding_finds_stays_out_of_the_audit(store: Store) -> None:
    house = House(store)
    house.analyzer = Masking(house.analyzer.danger)
    house.worker = house.hire()
    await file(store)
    contact = await make_contact(store, "+15550100001")
    async with store.begin() as work:
        await work.staff.invite("C", "officer", "town", ("old-town",), NOW + timedelta(1), NOW)
        await work.staff.redeem("C", contact, NOW)
    await house.text("/open K7Q-42 ismay thorns, says Ismay  Thorn, block 555 010 4477")
    await house.work_off()
    ((_, _, action, subject),) = await audit(store)
    assert (action, subject) == ("open_text", "K7Q-42: ismay thorns, says [name], block [phone]")
    await house.close()


async def test_spanish(store: Store, city: City) -> None:
    await file(store)
    officer = replace(OFFICER, id=9)
    answer = await ask(store, city, "/open K7Q-42 para devolver la llamada", officer, "es")
    assert answer.text.startswith("Palabras de K7Q-42, sin ocultar nada.")
