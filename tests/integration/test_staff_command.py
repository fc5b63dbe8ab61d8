"""/staff: who is a member, who may become one, and how somebody stops being one."""

from datetime import timedelta

import pytest

from bot.city import City, demo_city_path, load_city
from bot.commands.registry import CommandContext
from bot.commands.run import run_command
from bot.inbox.alerts import alert_team
from bot.inbox.joining import join
from bot.message import Outbound
from bot.outbox.parcel import pack, unpack
from storage.records import StaffView
from storage.store import Store
from tests.integration.storage_factories import (
    NOW,
    make_contact,
    make_outbound,
    make_report,
)

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(demo_city_path())


async def hire(
    store: Store,
    address: str,
    role: str,
    team: str | None = None,
    areas: tuple[str, ...] = (),
    label: str | None = None,
) -> StaffView:
    contact = await make_contact(store, address, "telegram")
    async with store.begin() as work:
        await work.staff.invite(f"CODE {address}", role, team, areas, NOW + DAY, NOW, label)
        member = await work.staff.redeem(f"CODE {address}", contact, NOW)
    assert member
    return member


async def ask(
    store: Store, city: City, member: StaffView, text: str, language: str = "en"
) -> Outbound:
    async with store.begin() as work:
        context = CommandContext(work, city, member, language, NOW, lambda: "NEWCODE12345")
        answers = await run_command(context, text)
    assert answers is not None
    (answer,) = answers
    return answer


async def told(store: Store, contact_id: int) -> list[tuple[str, str]]:
    """Kind and text of what waits to be sent to somebody."""
    async with store.begin() as work:
        waiting = await work.outbox.claim(NOW + timedelta(seconds=1), timedelta(0), 100)
    return [(w.kind, unpack(w.body).text) for w in waiting if w.contact_id == contact_id]


async def audit(store: Store) -> list[tuple[str, str, str]]:
    async with store.begin() as work:
        return [(line.actor, line.action, line.subject) for line in await work.audit.tail(20)]


async def test_the_list_names_everybody_and_no_address(store: Store, city: City) -> None:
    boss = await hire(store, "+15550001", "administrator")
    ruiz = await hire(store, "+15550002", "officer", "harbour", ("eastbank", "quayside"), "A. Ruiz")
    lead = await hire(store, "+15550003", "coordinator", None, ("old-town",), "Lena")
    answer = await ask(store, city, boss, "/staff")
    assert answer.text.splitlines()[:3] == [
        f"{boss.id} (no name), administrator, all areas, since 10 Mar 2026",
        f"{ruiz.id} A. Ruiz, liaison officer, Harbour liaison team, Eastbank, Quayside, "
        "since 10 Mar 2026",
        f"{lead.id} Lena, coordinator, Old Town, since 10 Mar 2026",
    ]
    assert "1555" not in answer.text
    assert "Invitations" not in answer.text


async def test_a_team_of_many_areas_is_not_spelt_out(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator")
    await hire(store, "2", "officer", "town", city.teams[0].areas)
    text = (await ask(store, city, boss, "/staff")).text
    assert "Castle Hill, Millbrook, Station Fields, 5 areas in all, since" in text


async def test_spanish(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator", label="Ana")
    text = (await ask(store, city, boss, "/staff", "es")).text
    assert f"{boss.id} Ana, administración, todas las zonas, desde el 10 mar 2026" in text


async def test_open_invitations_are_listed_and_taken_back(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator")
    given = await ask(store, city, boss, "/invite officer old-town as Ana  Ruiz")
    assert "NEWCODE12345" in given.text
    listed = (await ask(store, city, boss, "/staff")).text
    (line,) = [line for line in listed.splitlines() if "Ana Ruiz" in line and "until" in line]
    handle = line.split()[0]
    assert "NEWCODE" not in listed
    assert line == (
        f"{handle} Ana Ruiz, liaison officer, Town liaison team, Old Town, until Tue 17 Mar 18:30"
    )
    back = await ask(store, city, boss, f"/staff revoke {handle.lower()}")
    assert back.text == f"Taken back: {line}"
    contact = await make_contact(store, "9")
    async with store.begin() as work:
        assert await work.staff.redeem("NEWCODE12345", contact, NOW) is None
    assert (await audit(store))[0] == (
        f"staff:{boss.id}", "revoke invitation", f"{handle} officer"
    )  # fmt: skip
    again = await ask(store, city, boss, f"/staff revoke {handle}")
    assert again.text == f"I know no open invitation {handle}. /staff lists them."


@pytest.mark.parametrize("handle", ["", "A", "%", "______", "ZZZZZZ", "3f9a1c" * 9])
async def test_what_names_no_invitation_revokes_none(store: Store, city: City, handle: str) -> None:
    boss = await hire(store, "1", "administrator")
    await ask(store, city, boss, "/invite coordinator all")
    await ask(store, city, boss, f"/staff revoke {handle}")
    async with store.begin() as work:
        assert len(await work.staff.open_invites(NOW)) == 1


async def test_used_and_old_invitations_are_not_open(store: Store, city: City) -> None:
    await hire(store, "1", "officer", "town", ("old-town",))
    async with store.begin() as work:
        await work.staff.invite("OLD", "officer", "town", (), NOW + DAY, NOW, "Late")
        assert [one.label for one in await work.staff.open_invites(NOW)] == ["Late"]
        assert await work.staff.open_invites(NOW + DAY) == []


async def test_a_new_code_keeps_the_name_and_counts_from_then(store: Store) -> None:
    first = await hire(store, "1", "officer", "town", ("old-town",), "Ana")
    async with store.begin() as work:
        await work.staff.invite("NEXT", "coordinator", None, (), NOW + DAY, NOW)
        second = await work.staff.redeem("NEXT", first.contact_id, NOW + timedelta(hours=2))
    assert second
    assert (second.label, second.since) == ("Ana", NOW + timedelta(hours=2))


async def test_naming(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator")
    ruiz = await hire(store, "2", "officer", "harbour", ("eastbank",))
    answer = await ask(store, city, boss, f"/staff name {ruiz.id} Agente   Ruiz")
    assert answer.text == f"{ruiz.id} is now called Agente Ruiz."
    assert f"{ruiz.id} Agente Ruiz, liaison" in (await ask(store, city, boss, "/staff")).text


async def test_removing_asks_first_and_then_ends_everything(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator")
    ruiz = await hire(store, "2", "officer", "harbour", ("eastbank",), "Ruiz")
    async with store.begin() as work:
        await work.reports.file(make_report(area="eastbank", category="hazard", urgency="U0"))
    async with store.begin() as work:
        assert await alert_team(work, city, "K7Q-42", NOW) == 1

    asked = await ask(store, city, boss, f"/staff remove {ruiz.id}")
    assert asked.text.startswith(f"Remove {ruiz.id} Ruiz, liaison officer")
    assert asked.buttons[0].data == f"/staff remove {ruiz.id} yes"
    async with store.begin() as work:
        assert await work.staff.get(ruiz.id) == ruiz

    done = await ask(store, city, boss, asked.buttons[0].data)
    assert done.text.startswith(f"Removed: {ruiz.id} Ruiz")
    waiting = await told(store, ruiz.contact_id)
    assert [kind for kind, _ in waiting] == ["reply"], "the alert that waited is cancelled"
    assert waiting[0][1].startswith("Su puesto aquí ha terminado"), "in the team's language"
    async with store.begin() as work:
        assert (await work.contacts.get(ruiz.contact_id)).staff is None
        await work.reports.file(make_report(ref="A2B-33", area="eastbank", urgency="U0"))
    async with store.begin() as work:
        await alert_team(work, city, "A2B-33", NOW)
    assert [kind for kind, _ in await told(store, ruiz.contact_id)] == ["reply"], "no alert"
    assert (await audit(store))[0] == (
        f"staff:{boss.id}", "remove staff", f"staff:{ruiz.id} officer harbour"
    )  # fmt: skip


async def test_what_waits_for_a_phone_that_may_be_lost_is_not_sent(
    store: Store, city: City
) -> None:
    boss = await hire(store, "1", "administrator")
    ruiz = await hire(store, "2", "officer", "harbour", ("eastbank",), "Ruiz")
    async with store.begin() as work:
        for kind in ("reply", "digest", "emergency"):
            body = pack(Outbound(f"own words, {kind}"))
            message = make_outbound(key=kind, kind=kind, contact_id=ruiz.contact_id, body=body)
            await work.outbox.put(message)
    answer = await ask(store, city, boss, f"/staff remove {ruiz.id} yes")
    assert answer.text.endswith("They are told.")
    sent = [text for _, text in await told(store, ruiz.contact_id)]
    assert len(sent) == 2
    assert sent[0] == "own words, emergency", "danger is theirs as it is everybody's"
    assert sent[1].startswith("Su puesto")


async def test_who_said_stop_is_not_written_to(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator")
    ruiz = await hire(store, "2", "officer", "harbour", ("eastbank",), "Ruiz")
    async with store.begin() as work:
        await work.contacts.opt_out(ruiz.contact_id, NOW)
    answer = await ask(store, city, boss, f"/staff remove {ruiz.id} yes")
    assert answer.text.endswith("They said STOP and are not told.")
    assert await told(store, ruiz.contact_id) == []
    async with store.begin() as work:
        assert await work.staff.get(ruiz.id) is None


async def test_the_last_administrator_stays(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator")
    other = await hire(store, "2", "administrator")
    own = await ask(store, city, boss, f"/staff remove {boss.id} yes")
    assert own.text == "To give up your own role send /leave"
    await ask(store, city, boss, f"/staff remove {other.id} yes")
    # Who was removed a moment ago may still have a message on its way.
    refused = await ask(store, city, other, f"/staff remove {boss.id} yes")
    assert f"lamplighter staff remove {boss.id}" in refused.text
    async with store.begin() as work:
        assert [m.id for m in await work.staff.members(role="administrator")] == [boss.id]


@pytest.mark.parametrize("number", ["99", "x", "-1", "1e3", "²"])
async def test_nobody_of_that_number(store: Store, city: City, number: str) -> None:
    boss = await hire(store, "1", "administrator")
    answer = await ask(store, city, boss, f"/staff remove {number} yes")
    assert answer.text == f"I know no member {number}. /staff lists them."


@pytest.mark.parametrize("text", ["/staff remove", "/staff fire 3", "/staff name 3", "/staff 3"])
async def test_what_is_not_understood_is_explained(store: Store, city: City, text: str) -> None:
    boss = await hire(store, "1", "administrator")
    assert (await ask(store, city, boss, text)).text.startswith("Write /staff, /staff name 3")


@pytest.mark.parametrize("role", ["officer", "coordinator"])
async def test_it_is_for_administrators(store: Store, city: City, role: str) -> None:
    member = await hire(store, "1", role, "town", ("old-town",))
    answer = await ask(store, city, member, "/staff")
    assert answer.text == "/staff is for administrators. /help lists what you can ask."


async def test_the_only_administrator_cannot_join_as_less(store: Store, city: City) -> None:
    boss = await hire(store, "1", "administrator")
    async with store.begin() as work:
        await work.staff.invite("FOR-A-COLLEAGUE", "officer", "town", (), NOW + DAY, NOW)
        contact = await work.contacts.get(boss.contact_id)
        words = await join(work, city, contact, "FOR-A-COLLEAGUE", NOW)
    assert words.startswith("You are the only administrator")
    async with store.begin() as work:
        assert (await work.contacts.get(boss.contact_id)).staff == boss
        assert len(await work.staff.open_invites(NOW)) == 1, "the code is still good"
    assert await audit(store) == []
    await hire(store, "2", "administrator")
    async with store.begin() as work:
        words = await join(work, city, contact, "FOR-A-COLLEAGUE", NOW)
        assert words.startswith("You are now set up as officer")
        assert await join(work, city, contact, "FOR-A-COLLEAGUE", NOW) == (
            "This code is not valid any more. Ask for a new one."
        )
    assert (await audit(store))[0] == (f"staff:{boss.id}", "join", "officer town all")
