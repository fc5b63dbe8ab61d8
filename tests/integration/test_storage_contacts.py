"""Contacts: pseudonymous, movable, forgettable; and what time takes away."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from storage.contacts import UnknownContact
from storage.store import Store
from tests.integration.storage_factories import (
    NOW,
    make_contact,
    make_inbound,
    make_outbound,
    make_report,
)

DAY = timedelta(days=1)


async def one(store: Store, sql: str) -> object:
    async with store.begin() as work:
        return (await work.session.execute(text(sql))).scalar()


async def send_all(store: Store) -> int:
    async with store.begin() as work:
        messages = await work.outbox.claim(NOW, DAY, 100)
        for message in messages:
            await work.outbox.sending([message.id], NOW + DAY)
            await work.outbox.sent({message.id: f"P{message.id}"}, NOW)
        return len(messages)


async def lived_in(store: Store) -> int:
    """A contact with a report, a conversation, a done message and a waiting digest."""
    await store.put(make_inbound())
    async with store.claim(1, NOW) as claim:
        contact = claim.messages[0].contact_id or 0
        async with claim.begin() as work:
            await work.reports.file(make_report(contact_id=contact))
            await work.conversations.save(contact, {"question": "where?"}, NOW)
            await work.outbox.put(make_outbound(key="digest", contact_id=contact, kind="digest"))
            await work.contacts.set_language(contact, "sw")
            await work.contacts.set_home_area(contact, "mill")
            await work.inbox.done(claim.messages[0].id)
    return contact


async def test_an_address_leads_to_one_contact(store: Store) -> None:
    first = await make_contact(store)
    assert await make_contact(store) == first
    assert await make_contact(store, channel="telegram") != first
    async with store.begin() as work:
        assert await work.contacts.address(first) == "+15550100"
        found = await work.contacts.by_address("sms", "+15550100")
        assert found is not None
        assert (found.id, found.channel, found.created_at) == (first, "sms", NOW)
        assert await work.contacts.by_address("sms", "+15550101") is None


async def test_language_and_home_area_are_kept(store: Store) -> None:
    contact = await make_contact(store)
    async with store.begin() as work:
        await work.contacts.set_language(contact, "es")
        await work.contacts.set_home_area(contact, "mill")
        view = await work.contacts.get(contact)
        assert (view.language, view.home_area) == ("es", "mill")


async def test_the_first_opt_out_stays_noted_until_an_opt_in(store: Store) -> None:
    contact = await make_contact(store)
    async with store.begin() as work:
        await work.contacts.opt_out(contact, NOW)
        await work.contacts.opt_out(contact, NOW + DAY)
        assert (await work.contacts.get(contact)).opted_out_at == NOW
        await work.contacts.opt_in(contact)
        assert (await work.contacts.get(contact)).opted_out_at is None


async def test_unknown_contacts_are_said_to_be_unknown(store: Store) -> None:
    async with store.begin() as work:
        with pytest.raises(UnknownContact):
            await work.contacts.get(404)
        with pytest.raises(UnknownContact):
            await work.contacts.address(404)


async def test_a_migrated_chat_keeps_its_contact(store: Store) -> None:
    contact = await make_contact(store, "77", "telegram")
    async with store.begin() as work:
        assert await work.contacts.move(contact, "-10077") == contact
        assert await work.contacts.address(contact) == "-10077"
    assert await make_contact(store, "-10077", "telegram") == contact


async def test_a_chat_that_migrated_onto_a_known_one_hands_over_its_sends(store: Store) -> None:
    old = await make_contact(store, "77", "telegram")
    new = await make_contact(store, "-10077", "telegram")
    async with store.begin() as work:
        await work.outbox.put(make_outbound(contact_id=old))
        assert await work.contacts.move(old, "-10077") == new
        assert [m.contact_id for m in await work.outbox.claim(NOW, DAY, 5)] == [new]


async def test_forgetting_leaves_nothing_that_leads_back(store: Store) -> None:
    contact = await lived_in(store)
    await store.put(make_inbound(external_id="FORGET"))
    async with store.claim(1, NOW) as claim, claim.begin() as work:
        assert await work.contacts.forget(contact, NOW) == 1
        await work.outbox.put(make_outbound(key="answer", contact_id=contact))
        await work.inbox.done(claim.messages[0].id)
    async with store.begin() as work:
        report = await work.reports.get("K7Q-42")
        assert report is not None
        assert report.contact_id is None
        assert await work.conversations.load(contact) == {}
        view = await work.contacts.get(contact)
        assert (view.language, view.home_area) == (None, None)
    assert await send_all(store) == 1, "the answer leaves, the digest does not"
    assert await one(store, "SELECT count(*) FROM contact") == 0
    assert await one(store, "SELECT count(*) FROM inbound WHERE contact_id IS NOT NULL") == 0
    assert await one(store, "SELECT count(*) FROM inbound WHERE sealed_body IS NOT NULL") == 0
    assert await one(store, "SELECT count(*) FROM outbox WHERE sealed_body IS NOT NULL") == 0
    assert await one(store, "SELECT count(*) FROM report WHERE sealed_text IS NOT NULL") == 0
    assert not await store.put(make_inbound()), "a late redelivery is still known"


async def test_what_was_added_later_is_forgotten_too_and_nobody_elses(store: Store) -> None:
    contact, other = await lived_in(store), await make_contact(store, "+15550199")
    async with store.begin() as work:
        await work.reports.file(make_report(ref="A2A-22", contact_id=other))
        for ref in ("K7Q-42", "A2A-22"):
            await work.reports.add(ref, "more", "more, says Ada", NOW, "U3")
    async with store.begin() as work:
        await work.contacts.forget(contact, NOW)
    assert await one(store, "SELECT count(*) FROM followup") == 2
    kept = (
        "SELECT ref FROM followup JOIN report ON report.id = report_id WHERE followup.sealed_text"
    )
    assert await one(store, f"{kept} IS NOT NULL") == "A2A-22"


async def test_a_message_that_waits_behind_forget_is_not_lost(store: Store) -> None:
    contact = await lived_in(store)
    await store.put(make_inbound(external_id="SM7", body=b"fire!"))
    async with store.begin() as work:
        await work.contacts.forget(contact, NOW)
    await store.purge(NOW, 30, 90, 365)
    async with store.claim(5, NOW) as claim:
        (message,) = claim.messages
        assert (message.body, message.contact_id) == (b"fire!", contact)
        async with claim.begin() as work:
            await work.reports.file(make_report(ref="A2A-22", contact_id=contact))
            await work.inbox.done(message.id)
    await store.purge(NOW, 30, 90, 365)
    async with store.begin() as work:
        assert [r.ref for r in await work.reports.of_contact(contact)] == ["A2A-22"]


async def test_an_opt_out_survives_forgetting_as_a_pseudonym_only(store: Store) -> None:
    contact = await lived_in(store)
    async with store.begin() as work:
        await work.contacts.opt_out(contact, NOW)
        await work.contacts.forget(contact, NOW)
    await store.purge(NOW, 30, 90, 365)
    async with store.begin() as work:
        view = await work.contacts.by_address("sms", "+15550100")
        assert view is not None
        assert view.opted_out_at == NOW
        with pytest.raises(UnknownContact):
            await work.contacts.address(view.id)
    await store.put(make_inbound(external_id="back"))
    async with store.begin() as work:
        assert await work.contacts.address(contact) == "+15550100"


async def test_staff_stay_reachable_when_forgotten(store: Store) -> None:
    contact = await lived_in(store)
    async with store.begin() as work:
        await work.staff.invite("code", "officer", "north", ("mill",), NOW + DAY, NOW)
        await work.staff.redeem("code", contact, NOW)
        await work.contacts.forget(contact, NOW)
    await store.purge(NOW + 900 * DAY, 30, 90, 365)
    async with store.begin() as work:
        assert await work.contacts.address(contact) == "+15550100"


@pytest.mark.parametrize(
    ("days", "bodies", "links", "contacts"),
    [(29, 2, 1, 1), (31, 0, 1, 1), (89, 0, 1, 1), (91, 0, 0, 1), (364, 0, 0, 1), (366, 0, 0, 0)],
)
async def test_time_takes_bodies_then_links_then_contacts(
    store: Store, days: int, bodies: int, links: int, contacts: int
) -> None:
    contact = await lived_in(store)
    await send_all(store)
    async with store.begin() as work:
        await work.reports.add("K7Q-42", "more", "more", NOW, "U3")
    await store.purge(NOW + days * DAY, 30, 90, 365)
    sealed = await one(
        store,
        "SELECT (SELECT count(*) FROM inbound WHERE sealed_body IS NOT NULL)"
        " + (SELECT count(*) FROM report WHERE sealed_text IS NOT NULL)",
    )
    linked = await one(store, "SELECT count(*) FROM report WHERE contact_id IS NOT NULL")
    pointed = await one(store, "SELECT count(*) FROM report WHERE sealed_point IS NOT NULL")
    known = await one(store, "SELECT count(*) FROM contact")
    assert (sealed, linked, pointed, known) == (bodies, links, links, contacts)
    async with store.begin() as work:
        assert (await work.conversations.load(contact) == {}) == (bodies == 0)


async def test_the_purge_never_takes_what_waits(store: Store) -> None:
    await store.put(make_inbound())
    contact = await make_contact(store)
    async with store.begin() as work:
        await work.outbox.put(make_outbound(contact_id=contact))
    await store.purge(NOW + 900 * DAY, 30, 90, 365)
    async with store.claim(5, NOW) as claim:
        assert claim.messages[0].body == make_inbound().body
    assert await send_all(store) == 1


async def test_later_words_keep_the_link_alive(store: Store) -> None:
    await lived_in(store)
    async with store.begin() as work:
        await work.reports.add("K7Q-42", "more", "more", NOW + 60 * DAY, "U3")
    await store.purge(NOW + 91 * DAY, 30, 90, 365)
    assert await one(store, "SELECT count(*) FROM report WHERE contact_id IS NOT NULL") == 1


async def test_a_conversation_is_sealed_and_comes_back(store: Store) -> None:
    contact = await make_contact(store)
    state: dict[str, object] = {"question": {"text": "my neighbour"}, "introduced": True}
    async with store.begin() as work:
        await work.conversations.save(contact, {"old": 1}, NOW)
        await work.conversations.save(contact, state, NOW)
    async with store.begin() as work:
        assert await work.conversations.load(contact) == state
    sealed = await one(store, "SELECT sealed_state FROM conversation")
    assert isinstance(sealed, bytes)
    assert b"neighbour" not in sealed
