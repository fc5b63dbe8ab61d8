"""Nicknames in both databases: uses, the one question, decisions, forgetting and age."""

from dataclasses import replace
from datetime import datetime, timedelta

from storage.nicknames import AGREED, ASKED, REFUSED, REMOVED, NicknamePlace
from storage.store import Store

COURT = NicknamePlace("old-town", 46.204, -27.399, 60.0, "Ball Court")
POINT = replace(COURT, name=None)


async def contact(store: Store, number: int, now: datetime) -> int:
    async with store.begin() as work:
        found = await work.contacts.ensure("telegram", str(number), now)
        return found.id


async def test_taught_names_count_at_once_and_can_be_taught_anew(
    store: Store, now: datetime
) -> None:
    async with store.begin() as work:
        number = await work.nicknames.teach("cage", "the cage", COURT, now)
        moved = replace(COURT, name="Corn Hall", area="quayside")
        assert await work.nicknames.teach("cage", "The Cage", moved, now) == number
    async with store.read() as work:
        [known] = await work.nicknames.agreed()
    assert (known.id, known.key, known.words, known.state) == (number, "cage", "The Cage", AGREED)
    assert known.place == moved


async def test_a_name_is_proposed_once(store: Store, now: datetime) -> None:
    async with store.begin() as work:
        proposed = await work.nicknames.propose("cage", "the cage", POINT, now)
        assert proposed is not None
        assert (proposed.state, proposed.place.name) == (ASKED, "the cage")
        assert await work.nicknames.propose("cage", "the cage", COURT, now) is None
        assert await work.nicknames.agreed() == ()


async def test_a_question_is_answered_once(store: Store, now: datetime) -> None:
    async with store.begin() as work:
        proposed = await work.nicknames.propose("cage", "the cage", COURT, now)
        assert proposed is not None
        assert await work.nicknames.decide(proposed.id, REFUSED, now)
        assert not await work.nicknames.decide(proposed.id, AGREED, now)
        assert not await work.nicknames.decide(99, AGREED, now)
        assert await work.nicknames.agreed() == ()


async def test_only_an_agreed_name_can_be_removed(store: Store, now: datetime) -> None:
    async with store.begin() as work:
        number = await work.nicknames.teach("cage", "the cage", COURT, now)
        assert await work.nicknames.decide(number, REMOVED, now, was=AGREED)
        assert not await work.nicknames.decide(number, REMOVED, now, was=AGREED)
        found = await work.nicknames.find("cage")
    assert found is not None
    assert found.state == REMOVED


async def test_one_use_a_contact_the_newest_first(store: Store, now: datetime) -> None:
    one, other = await contact(store, 1, now), await contact(store, 2, now)
    later = now + timedelta(hours=1)
    async with store.begin() as work:
        await work.nicknames.use("cage", one, POINT, now)
        await work.nicknames.use("cage", other, POINT, now + timedelta(minutes=1))
        await work.nicknames.use("cage", one, COURT, later)
        uses = await work.nicknames.uses("cage")
        assert [(use.contact_id, use.place) for use in uses] == [(one, COURT), (other, POINT)]
        assert await work.nicknames.uses("pit") == ()


async def test_forgetting_takes_the_uses_and_leaves_the_name(store: Store, now: datetime) -> None:
    one = await contact(store, 1, now)
    async with store.begin() as work:
        await work.nicknames.use("cage", one, COURT, now)
        await work.nicknames.teach("cage", "the cage", COURT, now)
        await work.contacts.forget(one, now)
    async with store.read() as work:
        assert await work.nicknames.uses("cage") == ()
        assert len(await work.nicknames.agreed()) == 1


async def test_uses_age_with_the_links_to_people(store: Store, now: datetime) -> None:
    one = await contact(store, 1, now)
    async with store.begin() as work:
        await work.nicknames.use("cage", one, COURT, now)
    await store.purge(now + timedelta(days=89), 30, 90, 365)
    async with store.read() as work:
        assert len(await work.nicknames.uses("cage")) == 1
    await store.purge(now + timedelta(days=91), 30, 90, 365)
    async with store.read() as work:
        assert await work.nicknames.uses("cage") == ()
