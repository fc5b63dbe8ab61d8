"""Who is woken by an urgent report, and what the alert gives away."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.city import City, demo_city_path, load_city
from bot.inbox.alerts import ALERT_TTL, FLOOD, SPAN, alert_team
from bot.outbox.parcel import unpack
from storage.records import NewReport, Sendable
from storage.store import Store

NOW = datetime(2026, 10, 15, 14, 48, tzinfo=UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(demo_city_path())


async def hire(store: Store, role: str, team: str | None, number: int) -> int:
    """A member of staff; the contact's id."""
    async with store.begin() as work:
        contact = await work.contacts.ensure("telegram", f"50000{number}", NOW)
        await work.staff.invite(f"CODE{number}", role, team, (), NOW + timedelta(days=1), NOW)
        assert await work.staff.redeem(f"CODE{number}", contact.id, NOW)
    return contact.id


async def file(
    store: Store, area: str | None, category: str = "hazard", urgency: str = "U0"
) -> str:
    """An urgent report; its reference."""
    async with store.begin() as work:
        ref = await work.reports.new_ref()
        await work.reports.file(
            NewReport(
                ref=ref,
                contact_id=None,
                area=area,
                category=category,
                categories=((category, 0.9),),
                urgency=urgency,
                flags=(),
                source="sms",
                language="en",
                redacted_text="smoke from the flat above [name]'s shop",
                text="smoke from the flat above Ann's shop",
                occurred_at=NOW,
                received_at=NOW,
                local_day=date(2026, 10, 15),
                local_hour=14,
            )
        )
    return ref


async def alerts(store: Store) -> list[Sendable]:
    """What waits to be sent."""
    async with store.begin() as work:
        return await work.outbox.claim(NOW + timedelta(seconds=1), timedelta(seconds=5), 100)


async def alert(store: Store, city: City, ref: str) -> int:
    async with store.begin() as work:
        return await alert_team(work, city, ref, NOW)


async def test_the_areas_officers_are_woken_and_nobody_else(store: Store, city: City) -> None:
    officer = await hire(store, "officer", "harbour", 1)
    await hire(store, "officer", "town", 2)
    await hire(store, "coordinator", None, 3)
    assert await alert(store, city, await file(store, "eastbank")) == 1
    assert [item.contact_id for item in await alerts(store)] == [officer]


@pytest.mark.parametrize(
    ("area", "staff", "woken"),
    [
        (None, [("officer", "town"), ("coordinator", None)], "coordinator"),
        ("eastbank", [("officer", "town"), ("coordinator", None)], "coordinator"),
        ("eastbank", [("officer", "town"), ("administrator", None)], "administrator"),
        (None, [("administrator", None)], "administrator"),
    ],
)
async def test_somebody_hears_of_it_whatever_is_missing(
    store: Store, city: City, area: str | None, staff: list[tuple[str, str | None]], woken: str
) -> None:
    contacts = {role: await hire(store, role, team, n) for n, (role, team) in enumerate(staff)}
    assert await alert(store, city, await file(store, area)) == 1
    assert [item.contact_id for item in await alerts(store)] == [contacts[woken]]


async def test_nobody_is_woken_twice_by_one_report(store: Store, city: City) -> None:
    await hire(store, "officer", "harbour", 1)
    ref = await file(store, "eastbank")
    assert await alert(store, city, ref) == 1
    assert await alert(store, city, ref) == 0


async def test_a_place_given_later_wakes_the_team_that_it_belongs_to(
    store: Store, city: City
) -> None:
    coordinator = await hire(store, "coordinator", None, 1)
    officer = await hire(store, "officer", "harbour", 2)
    ref = await file(store, None)
    await alert(store, city, ref)
    async with store.begin() as work:
        await work.reports.place(ref, "eastbank")
    await alert(store, city, ref)
    assert {item.contact_id for item in await alerts(store)} == {coordinator, officer}


async def test_who_said_stop_is_left_in_peace(store: Store, city: City) -> None:
    contact = await hire(store, "officer", "harbour", 1)
    async with store.begin() as work:
        await work.contacts.opt_out(contact, NOW)
    assert await alert(store, city, await file(store, "eastbank")) == 0


async def test_when_all_officers_said_stop_the_coordinator_hears_of_it(
    store: Store, city: City
) -> None:
    officer = await hire(store, "officer", "harbour", 1)
    coordinator = await hire(store, "coordinator", None, 2)
    async with store.begin() as work:
        await work.contacts.opt_out(officer, NOW)
    assert await alert(store, city, await file(store, "eastbank")) == 1
    assert [item.contact_id for item in await alerts(store)] == [coordinator]


async def test_a_matter_that_gets_graver_is_news(store: Store, city: City) -> None:
    await hire(store, "officer", "harbour", 1)
    ref = await file(store, "eastbank", urgency="U1")
    assert await alert(store, city, ref) == 1
    async with store.begin() as work:
        await work.reports.add(ref, "he is back", "he is back", NOW, "U0", ("weapon",))
    assert await alert(store, city, ref) == 1


@pytest.mark.parametrize(
    ("category", "said"),
    [("hazard", "Fuego"), ("domestic_abuse", "delicado"), ("sexual_offence", "delicado")],
)
async def test_a_glance_at_the_screen_gives_nothing_away(
    store: Store, city: City, category: str, said: str
) -> None:
    await hire(store, "officer", "harbour", 1)
    ref = await file(store, "eastbank", category)
    await alert(store, city, ref)
    [item] = await alerts(store)
    message = unpack(item.body)
    assert message.title == f"Urgente: {ref}"  # the harbour team speaks Spanish
    assert said in message.text
    assert "smoke" not in message.text
    assert [button.data for button in message.buttons] == [f"/report {ref}", f"/take {ref}"]
    assert message.ttl == ALERT_TTL


async def test_an_unknown_report_wakes_nobody(store: Store, city: City) -> None:
    await hire(store, "officer", "harbour", 1)
    assert await alert(store, city, "Z9Z-99") == 0


async def test_in_a_flood_one_notice_stands_for_the_rest(store: Store, city: City) -> None:
    officer = await hire(store, "officer", "harbour", 1)
    told = [await alert(store, city, await file(store, "eastbank")) for _ in range(9)]
    assert told == [1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert await alert(store, city, await file(store, "eastbank", "burglary")) == 1
    after = await file(store, "eastbank")
    async with store.begin() as work:  # when the flood is over
        assert await alert_team(work, city, after, NOW + SPAN + timedelta(seconds=1)) == 1
    found = await alerts(store)
    assert {item.contact_id for item in found} == {officer}
    texts = [unpack(item.body).text for item in found]
    assert sum("/open" in text for text in texts) == 1
    own = {text for text in texts if "/report" in text}
    assert len(own) == FLOOD + 2  # the burglary, and the one after


async def test_a_flood_within_one_batch_is_one_too(store: Store, city: City) -> None:
    await hire(store, "officer", "harbour", 1)
    refs = [await file(store, "eastbank") for _ in range(9)]
    async with store.begin() as work:
        await work.gather([])
        for ref in refs:
            await alert_team(work, city, ref, NOW)
    assert len(await alerts(store)) == FLOOD + 1


#: The harbour team of the demo town reads 08:00-13:00 and 16:00-22:00; in summer its clocks show
#: UTC.
BREAK = datetime(2026, 10, 15, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "area", "leaves"),
    [
        (datetime(2026, 10, 15, 12, 0, tzinfo=UTC), "eastbank", None),
        (BREAK, "eastbank", datetime(2026, 10, 15, 16, 0, tzinfo=UTC)),
        (datetime(2026, 10, 15, 22, 0, tzinfo=UTC), "eastbank",
         datetime(2026, 10, 16, 8, 0, tzinfo=UTC)),
        (datetime(2026, 10, 16, 3, 0, tzinfo=UTC), "old-town",
         datetime(2026, 10, 16, 7, 0, tzinfo=UTC)),
        # Nobody has said when coordinators read: then the city's quiet hours are the night.
        (datetime(2026, 10, 15, 20, 0, tzinfo=UTC), None, None),
        (datetime(2026, 10, 15, 22, 0, tzinfo=UTC), None,
         datetime(2026, 10, 16, 8, 0, tzinfo=UTC)),
    ],
)  # fmt: skip
async def test_what_may_wait_leaves_when_somebody_reads(
    store: Store, city: City, now: datetime, area: str | None, leaves: datetime | None
) -> None:
    await hire(store, "officer", "harbour", 1)
    await hire(store, "officer", "town", 2)
    await hire(store, "coordinator", None, 3)
    ref = await file(store, area, "robbery", "U1")
    async with store.begin() as work:
        assert await alert_team(work, city, ref, now, pressing=False) == 1
    titled = "Urgent, for today: " if leaves else "Urgent: "
    if area == "eastbank":
        titled = titled.replace("Urgent", "Urgente").replace("for today", "para hoy")
    for moment in (now, leaves - timedelta(seconds=1)) if leaves else ():
        async with store.begin() as work:
            assert await work.outbox.claim(moment, timedelta(0), 9) == []
    async with store.begin() as work:
        (item,) = await work.outbox.claim(leaves or now, timedelta(0), 9)
    assert unpack(item.body).title == titled + ref


async def test_what_waits_expires_only_after_it_could_leave(store: Store, city: City) -> None:
    await hire(store, "officer", "harbour", 1)
    ref = await file(store, "eastbank", "robbery", "U1")
    night = datetime(2026, 10, 15, 23, 0, tzinfo=UTC)
    async with store.begin() as work:
        await alert_team(work, city, ref, night, pressing=False)
    morning = datetime(2026, 10, 16, 8, 0, tzinfo=UTC)
    async with store.begin() as work:
        assert len(await work.outbox.claim(morning + ALERT_TTL / 2, timedelta(0), 9)) == 1


async def test_what_waits_never_stands_before_what_presses(store: Store, city: City) -> None:
    await hire(store, "officer", "harbour", 1)
    refs = [await file(store, "eastbank", "violence", "U1") for _ in range(FLOOD + 2)]
    async with store.begin() as work:
        for ref in refs:
            await alert_team(work, city, ref, BREAK, pressing=False)
        assert await alert_team(work, city, refs[0], BREAK, pressing=True) == 1
    async with store.begin() as work:
        (item,) = await work.outbox.claim(BREAK, timedelta(0), 9)
    assert unpack(item.body).title == f"Urgente: {refs[0]}"


async def test_another_danger_in_the_same_report_wakes_once_more(store: Store, city: City) -> None:
    await hire(store, "officer", "harbour", 1)
    ref = await file(store, "eastbank", "hazard")
    async with store.begin() as work:
        told = [await alert_team(work, city, ref, NOW, about=a) for a in (None, "violence") * 2]
    assert told == [1, 1, 0, 0]
    first, second = await alerts(store)
    assert "Fuego" in unpack(first.body).text
    assert "Violencia" in unpack(second.body).text
    assert f"/report {ref}" in unpack(second.body).text
