"""Staff, digests that one of many makes, and a record that shows when it was touched."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage.records import StaffView
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import NOW, make_contact

HOUR = timedelta(hours=1)


async def join(store: Store, address: str, role: str, team: str, *areas: str) -> StaffView:
    contact = await make_contact(store, address)
    async with store.begin() as work:
        await work.staff.invite(f"code {address}", role, team, areas, NOW + HOUR, NOW)
        view = await work.staff.redeem(f"code {address}", contact, NOW)
        assert view is not None
        return view


async def test_a_code_makes_a_member_of_staff(store: Store) -> None:
    view = await join(store, "a", "officer", "north", "mill", "market")
    assert (view.role, view.team, view.areas) == ("officer", "north", ("mill", "market"))
    async with store.begin() as work:
        assert await work.staff.of_contact(view.contact_id) == view
        assert (await work.contacts.get(view.contact_id)).staff == view
        assert await work.staff.remove(view.id)
        assert not await work.staff.remove(view.id)
        assert await work.staff.of_contact(view.contact_id) is None


@pytest.mark.parametrize(
    ("code", "after"),
    [("wrong", timedelta(0)), ("CODE", timedelta(0)), ("", timedelta(0)), ("code", HOUR)],
    ids=["wrong", "other case", "empty", "too late"],
)
async def test_codes_that_do_not_work(store: Store, code: str, after: timedelta) -> None:
    contact = await make_contact(store)
    async with store.begin() as work:
        await work.staff.invite("code", "officer", None, (), NOW + HOUR, NOW)
        assert await work.staff.redeem(code, contact, NOW + after) is None
        assert await work.staff.members() == []


async def test_a_code_works_once_however_many_race(database_url: str, keys: Keyring) -> None:
    async with Store(database_url, keys) as store:
        contacts = [await make_contact(store, f"+1555{n}") for n in range(8)]
        async with store.begin() as work:
            await work.staff.invite("code", "officer", None, (), NOW + HOUR, NOW)

        async def redeem(contact: int) -> StaffView | None:
            async with store.begin() as work:
                return await work.staff.redeem("code", contact, NOW)

        views = await asyncio.gather(*map(redeem, contacts))
        assert len([view for view in views if view]) == 1


async def test_codes_do_not_lie_in_clear(store: Store) -> None:
    async with store.begin() as work:
        await work.staff.invite("LAMP-7421", "officer", None, (), NOW + HOUR, NOW)
        found = (await work.session.execute(text("SELECT * FROM invite"))).all()
        assert "7421" not in repr(found)


async def test_a_new_code_replaces_the_role(store: Store) -> None:
    first = await join(store, "a", "officer", "north", "mill")
    async with store.begin() as work:
        await work.staff.invite("next", "coordinator", None, (), NOW + HOUR, NOW)
        second = await work.staff.redeem("next", first.contact_id, NOW)
        assert second is not None
        assert (second.id, second.role, second.areas) == (first.id, "coordinator", ())


async def test_the_first_administrator_is_bootstrapped_once(store: Store) -> None:
    contact = await make_contact(store)
    async with store.begin() as work:
        assert await work.staff.bootstrap("one", NOW + HOUR, NOW)
        assert await work.staff.bootstrap("two", NOW + HOUR, NOW), "nobody has used the first"
        assert await work.staff.redeem("two", contact, NOW)
        assert not await work.staff.bootstrap("three", NOW + HOUR, NOW)


async def test_members_by_role_team_and_area(store: Store) -> None:
    for address, role, team, areas in (
        ("a", "officer", "north", ["mill"]),
        ("b", "officer", "south", ["market", "mill"]),
        ("c", "coordinator", "north", []),
    ):
        await join(store, address, role, team, *areas)
    async with store.begin() as work:
        everyone = await work.staff.members()
        a, b, c = (view.id for view in everyone)
        assert [v.id for v in await work.staff.members(role="officer")] == [a, b]
        assert [v.id for v in await work.staff.members(team="north")] == [a, c]
        assert [v.id for v in await work.staff.members("officer", "north")] == [a]


async def test_one_of_many_schedulers_makes_the_digest(database_url: str, keys: Keyring) -> None:
    async with Store(database_url, keys) as one, Store(database_url, keys) as two:

        async def start(store: Store) -> bool:
            async with store.begin() as work:
                return await work.digests.start("north", "2026-03-10T07", NOW)

        assert sorted(await asyncio.gather(*(start(s) for s in (one, two) * 4))) == (
            [False] * 7 + [True]
        )


async def test_a_digest_that_broke_off_is_made_by_the_next(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await start_and_break(store)
    async with store.begin() as work:
        assert await work.digests.last("north") is None
        assert await work.digests.start("north", "monday", NOW)
        assert await work.digests.start("north", "tuesday", NOW)
        assert await work.digests.start("south", "monday", NOW)
        assert await work.digests.last("north") == "tuesday"


async def start_and_break(store: Store) -> None:
    async with store.begin() as work:
        assert await work.digests.start("north", "monday", NOW)
        raise ZeroDivisionError


async def record(store: Store, *subjects: str) -> None:
    for subject in subjects:
        async with store.begin() as work:
            await work.audit.append("staff:1", "export", subject, NOW)


@pytest.mark.parametrize(
    ("tampering", "first_bad"),
    [
        (None, None),
        ("UPDATE audit SET actor = 'staff:2' WHERE seq = 2", 2),
        ("UPDATE audit SET hash = 'x' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("UPDATE audit SET seq = 9 WHERE seq = 3", 3),
    ],
)
async def test_a_touched_record_shows(
    store: Store, tampering: str | None, first_bad: int | None
) -> None:
    await record(store, "a", "b", "c")
    async with store.begin() as work:
        if tampering:
            await work.session.execute(text(tampering))
        assert await work.audit.verify() == first_bad


async def test_the_newest_lines_come_first(store: Store) -> None:
    await record(store, "a", "b", "c")
    async with store.begin() as work:
        await work.audit.append("staff:1", "export", "d", NOW)
        assert [entry.subject for entry in await work.audit.tail(3)] == ["d", "c", "b"]


async def test_racing_writers_make_one_chain(database_url: str, keys: Keyring) -> None:
    async with Store(database_url, keys) as one, Store(database_url, keys) as two:
        await asyncio.gather(*(record(s, *map(str, range(15))) for s in (one, two) * 3))
        async with one.begin() as work:
            assert await work.audit.verify() is None
            assert len(await work.audit.tail(1000)) == 90
