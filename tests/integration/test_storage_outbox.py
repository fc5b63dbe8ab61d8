"""The outbox: once each, by priority, leased, and honest about what nobody knows."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from storage.records import Sendable
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import NOW, make_contact, make_outbound

LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=5)


async def put(store: Store, **over: object) -> bool:
    contact_id = over.pop("contact_id", None) or await make_contact(store)
    async with store.begin() as work:
        return await work.outbox.put(make_outbound(contact_id=contact_id, **over))


async def lease(store: Store, now: datetime = NOW, limit: int = 10) -> list[Sendable]:
    async with store.begin() as work:
        await work.outbox.end_overdue(now)
        return await work.outbox.claim(now, LEASE, limit)


async def counts(store: Store) -> dict[str, int]:
    async with store.begin() as work:
        return {state: n for state, n in (await work.outbox.counts()).items() if n}


async def sent(store: Store, provider_id: str = "SM9", **over: object) -> Sendable:
    await put(store, **over)
    (message,) = await lease(store)
    async with store.begin() as work:
        assert await work.outbox.sending([message.id], NOW + LEASE)
        await work.outbox.sent({message.id: provider_id}, NOW)
    return message


async def test_a_message_goes_the_way_from_queue_to_sent(store: Store) -> None:
    await put(store, body=b"Thank you")
    (message,) = await lease(store)
    assert (message.address, message.body, message.attempts) == ("+15550100", b"Thank you", 1)
    assert "5550100" not in repr(message)
    assert await counts(store) == {"leased": 1}
    assert await lease(store) == []
    async with store.begin() as work:
        assert await work.outbox.sending([message.id], NOW + LEASE)
        await work.outbox.sent({message.id: "SM9"}, NOW)
    assert await counts(store) == {"sent": 1}
    assert await lease(store, NOW + timedelta(days=1)) == []


async def test_the_same_key_is_queued_once(store: Store) -> None:
    assert await put(store)
    assert not await put(store, body=b"another text")
    assert len(await lease(store)) == 1


async def test_priority_comes_before_age(store: Store) -> None:
    for key, priority in (("tip", 4), ("reply", 1), ("digest", 3), ("emergency", 0), ("late", 1)):
        contact = await make_contact(store, f"+1555{key}")
        await put(store, key=key, priority=priority, contact_id=contact)
    assert [m.key for m in await lease(store, limit=3)] == ["emergency", "reply", "late"]
    assert [m.key for m in await lease(store)] == ["digest", "tip"]


async def test_not_before_and_expiry_are_kept(store: Store) -> None:
    await put(store, key="tomorrow", not_before=LATER, created_at=NOW)
    await put(store, key="old", expires_at=NOW)
    await put(store, key="now", expires_at=LATER)
    assert [m.key for m in await lease(store)] == ["now"]
    assert await counts(store) == {"leased": 1, "expired": 1, "queued": 1}
    async with store.begin() as work:
        assert await work.outbox.oldest_pending(NOW) is None
        assert await work.outbox.oldest_pending(LATER) == LATER


async def test_a_failed_send_comes_again_at_its_time(store: Store) -> None:
    await put(store)
    (message,) = await lease(store)
    async with store.begin() as work:
        await work.outbox.sending([message.id], NOW + LEASE)
        assert await work.outbox.again(message.id, LATER, "429")
    assert await lease(store) == []
    assert [m.attempts for m in await lease(store, LATER)] == [2]


@pytest.mark.parametrize(
    ("kind", "was_sending", "state", "again"),
    [
        ("reply", False, "leased", 1),
        ("reply", True, "unknown", 0),
        ("digest", True, "unknown", 0),
        ("emergency", True, "leased", 1),
        ("emergency", False, "leased", 1),
    ],
)
async def test_what_a_dead_sender_left_behind(
    store: Store, kind: str, was_sending: bool, state: str, again: int
) -> None:
    await put(store, kind=kind)
    (message,) = await lease(store)
    if was_sending:
        async with store.begin() as work:
            await work.outbox.sending([message.id], NOW + LEASE)
    assert await lease(store, NOW + LEASE - timedelta(seconds=1)) == []
    assert len(await lease(store, NOW + LEASE)) == again
    assert await counts(store) == {state: 1}


async def test_an_expired_lease_of_an_outdated_message_ends_it(store: Store) -> None:
    await put(store, expires_at=NOW + timedelta(seconds=10))
    await lease(store)
    assert await lease(store, NOW + LEASE) == []
    assert await counts(store) == {"expired": 1}


async def test_cancelling_spares_what_is_being_sent(store: Store) -> None:
    contact = await make_contact(store)
    for key, kind in (("a", "digest"), ("b", "tip"), ("c", "reply"), ("d", "tip")):
        await put(store, key=key, kind=kind, priority=ord(key))
    first, second = await lease(store, limit=2)
    async with store.begin() as work:
        assert await work.outbox.sending([first.id], NOW + LEASE)
        assert await work.outbox.cancel_for(contact, ("tip", "digest")) == 2
    assert await counts(store) == {"sending": 1, "queued": 1, "cancelled": 2}
    async with store.begin() as work:
        assert not await work.outbox.sending([second.id], NOW + LEASE)
        assert await work.outbox.cancel_for(contact) == 1


async def test_a_sender_learns_of_an_opt_out(store: Store) -> None:
    contact = await make_contact(store)
    await put(store, key="a")
    await put(store, key="b")
    (first,) = await lease(store, limit=1)
    assert not first.opted_out
    async with store.begin() as work:
        await work.outbox.sent({first.id: None}, NOW)
        await work.contacts.opt_out(contact, NOW)
    assert [m.opted_out for m in await lease(store)] == [True]


async def test_racing_senders_never_share_a_message(store: Store) -> None:
    for number in range(60):
        contact = await make_contact(store, f"+1555{number:04}")
        await put(store, key=f"k{number}", contact_id=contact)
    batches = await asyncio.gather(*(lease(store, limit=7) for _ in range(12)))
    keys = [message.key for batch in batches for message in batch]
    assert len(keys) == len(set(keys))
    assert set(keys) | {m.key for m in await lease(store, limit=60)} == {f"k{n}" for n in range(60)}


RANKED = ("accepted", "queued", "sending", "sent", "delivered")


async def test_statuses_never_go_backwards_in_any_order(store: Store) -> None:
    """All 120 orders of the five callbacks of one message end as delivered."""
    contact = await make_contact(store)
    for number, order in enumerate(permutations(RANKED)):
        message = await sent(store, f"SM{number}", key=f"k{number}", contact_id=contact)
        async with store.begin() as work:
            applied = [await work.outbox.status(f"SM{number}", word, LATER) for word in order]
            peaks = [RANKS_SO_FAR(order[:n]) < RANKED.index(w) for n, w in enumerate(order)]
            assert applied == peaks
            assert not await work.outbox.status(f"SM{number}", "delivered", LATER)
            assert not await work.outbox.again(message.id, LATER, "too late")
    assert await counts(store) == {"sent": 120}


def RANKS_SO_FAR(words: Sequence[str]) -> int:  # noqa: N802
    return max((RANKED.index(word) for word in words), default=-1)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["failed"], "dead"),
        (["sent", "undelivered"], "dead"),
        (["undelivered", "sent", "delivered"], "dead"),
        (["delivered", "failed"], "sent"),
        (["nonsense"], "sent"),
    ],
)
async def test_failure_ends_it_unless_it_was_delivered(
    store: Store, words: list[str], state: str
) -> None:
    await sent(store)
    async with store.begin() as work:
        for word in words:
            await work.outbox.status("SM9", word, LATER)
    assert await counts(store) == {state: 1}


async def test_a_callback_about_nothing_of_ours_is_told(store: Store) -> None:
    async with store.begin() as work:
        assert not await work.outbox.status("SM404", "sent", NOW)
        assert not await work.outbox.settle("no such key", "SM404", "sent", NOW)


@pytest.mark.parametrize(("word", "state"), [("queued", "sent"), ("failed", "dead")])
async def test_an_unknown_send_is_settled_by_its_key(store: Store, word: str, state: str) -> None:
    await put(store)
    (message,) = await lease(store)
    async with store.begin() as work:
        await work.outbox.sending([message.id], NOW + LEASE)
        assert await work.outbox.unknown(message.id, "timeout")
    assert await counts(store) == {"unknown": 1}
    async with store.begin() as work:
        assert await work.outbox.settle("reply:1", "SM9", word, LATER)
        assert not await work.outbox.settle("reply:1", "SM-other", "delivered", LATER)
    assert await counts(store) == {state: 1}


async def test_a_settled_send_is_not_queued_again_by_a_late_sender(store: Store) -> None:
    await put(store)
    (message,) = await lease(store)
    async with store.begin() as work:
        await work.outbox.sending([message.id], NOW + LEASE)
        assert await work.outbox.settle("reply:1", "SM9", "sent", NOW)
        assert not await work.outbox.again(message.id, LATER, "timeout")
        assert not await work.outbox.unknown(message.id, "timeout")
    assert await counts(store) == {"sent": 1}


async def test_dead_is_dead(store: Store) -> None:
    await put(store)
    (message,) = await lease(store)
    async with store.begin() as work:
        assert await work.outbox.dead(message.id, "blocked")
    assert await counts(store) == {"dead": 1}
    assert await lease(store, LATER) == []


async def test_a_rolled_back_put_neither_sends_nor_wakes(store: Store) -> None:
    contact = await make_contact(store)
    await store.wait("outbound", 0.2)
    with pytest.raises(ZeroDivisionError):
        await put_and_break(store, contact)
    assert await counts(store) == {}
    waiter = asyncio.create_task(store.wait("outbound", 20))
    await asyncio.sleep(0.05)
    assert not waiter.done()
    await put(store, contact_id=contact)
    await asyncio.wait_for(waiter, 5)


async def put_and_break(store: Store, contact: int) -> None:
    async with store.begin() as work:
        await work.outbox.put(make_outbound(contact_id=contact))
        raise ZeroDivisionError


async def test_ten_senders_together_keep_the_pace(database_url: str, keys: Keyring) -> None:
    async with Store(database_url, keys) as one, Store(database_url, keys) as two:

        async def reserve(store: Store) -> datetime:
            async with store.begin() as work:
                ((slot,),) = await work.budget.reserve([[("telegram", 0.25)]], NOW, LEASE)
                return slot

        slots = sorted(await asyncio.gather(*(reserve(s) for s in (one, two) * 5)))
        assert slots == [NOW + timedelta(seconds=0.25 * n) for n in range(10)]
        async with one.begin() as work:
            assert await work.budget.reserve([[("chat:1", 1.0)]], NOW, LEASE) == [[NOW]]
            assert await work.budget.reserve([[("telegram", 0.25)]], LATER, LEASE) == [[LATER]]


async def test_a_slot_nobody_waits_for_is_not_used_up(store: Store) -> None:
    both = [("telegram", 0.1), ("chat:1", 1.0)]
    second = timedelta(seconds=1)
    async with store.begin() as work:
        assert await work.budget.reserve([both], NOW, second / 2) == [[NOW, NOW]]
        for _ in range(3):
            (free,) = await work.budget.reserve([both], NOW, second / 2)
            assert free == [NOW + second / 10, NOW + second]
        # The refused one held back neither the bot nor the chat.
        assert await work.budget.reserve([both[:1]], NOW, second) == [[NOW + second / 10]]
        assert await work.budget.forget_before(NOW + second / 2) == 1


async def test_several_reserve_at_once_as_if_one_after_the_other(store: Store) -> None:
    second = timedelta(seconds=1)
    chat, other = [("bot", 0.1), ("chat:1", 1.0)], [("bot", 0.1), ("chat:2", 1.0)]
    async with store.begin() as work:
        first, far, next_chat = await work.budget.reserve([chat, chat, other], NOW, second / 2)
        assert first == [NOW, NOW]
        assert far == [NOW + second / 10, NOW + second], "no slot is used up by who will not wait"
        assert next_chat == [NOW + second / 10, NOW]
        assert await work.budget.reserve([], NOW, second) == []


async def test_several_leave_and_end_together(store: Store) -> None:
    for number in range(3):
        await put(store, key=f"k{number}", contact_id=await make_contact(store, f"+1555{number}"))
    one, two, three = await lease(store)
    async with store.begin() as work:
        await work.outbox.postpone(two.id, LATER)
        marked = await work.outbox.sending([one.id, two.id, three.id], NOW + LEASE)
        assert marked == {one.id, three.id}, "what was given back is not ours to send"
        await work.outbox.sent({one.id: "SM1", two.id: "SM2", three.id: None}, NOW)
    assert await counts(store) == {"queued": 1, "sent": 2}


async def test_a_lease_is_held_for_as_long_as_it_is_renewed(store: Store) -> None:
    await put(store)
    (message,) = await lease(store)
    async with store.begin() as work:
        await work.outbox.renew([message.id], LATER + LEASE)
    assert await lease(store, LATER) == []
    async with store.begin() as work:
        await work.outbox.release([message.id])
    assert [m.id for m in await lease(store, LATER)] == [message.id]


async def test_of_two_who_hold_a_message_one_may_send_it(store: Store) -> None:
    await put(store)
    (message,) = await lease(store)
    assert [m.id for m in await lease(store, LATER)] == [message.id]
    async with store.begin() as work:
        assert await work.outbox.sending([message.id], LATER + LEASE)
        assert not await work.outbox.sending([message.id], LATER + LEASE)


async def test_who_lost_a_lease_cannot_give_back_what_another_is_sending(store: Store) -> None:
    await put(store)
    (message,) = await lease(store)
    assert [m.id for m in await lease(store, LATER)] == [message.id]  # the first one stalled
    async with store.begin() as work:
        assert await work.outbox.sending([message.id], LATER + LEASE)
        assert not await work.outbox.postpone(message.id, LATER)
        await work.outbox.release([message.id])
    assert await counts(store) == {"sending": 1}
    assert await lease(store, LATER) == []


async def test_what_certainly_did_not_leave_goes_again_though_its_lease_ended(store: Store) -> None:
    await put(store)
    (message,) = await lease(store)
    async with store.begin() as work:
        await work.outbox.sending([message.id], NOW + LEASE)
    assert await lease(store, LATER) == []
    assert await counts(store) == {"unknown": 1}
    async with store.begin() as work:
        assert await work.outbox.again(message.id, LATER, "throttled")
    assert [m.id for m in await lease(store, LATER)] == [message.id]


async def test_a_message_waits_for_the_one_that_is_just_leaving(store: Store) -> None:
    contact = await make_contact(store)
    await put(store, contact_id=contact)
    (first,) = await lease(store)
    await put(store, contact_id=contact, key="second")
    await put(store, contact_id=contact, key="urgent", priority=0, kind="emergency")
    assert [m.key for m in await lease(store)] == ["urgent"]
    async with store.begin() as work:
        await work.outbox.sent({first.id: None}, NOW)
    assert [m.key for m in await lease(store, LATER)] == ["urgent", "second"]


async def test_a_message_does_not_overtake_one_that_comes_again(store: Store) -> None:
    contact = await make_contact(store)
    await put(store, contact_id=contact)
    (first,) = await lease(store)
    await put(store, contact_id=contact, key="second")
    await put(store, contact_id=contact, key="urgent", priority=0, kind="emergency")
    async with store.begin() as work:
        await work.outbox.again(first.id, LATER, "throttled")
    assert [m.key for m in await lease(store)] == ["urgent"]
    async with store.begin() as work:
        await work.outbox.dead(first.id, "given up")
    assert "second" in [m.key for m in await lease(store, LATER)]


async def test_a_channel_can_be_left_out(store: Store) -> None:
    await put(store)
    async with store.begin() as work:
        assert await work.outbox.claim(NOW, LEASE, 5, without=["sms"]) == []
        assert len(await work.outbox.claim(NOW, LEASE, 5, without=["telegram"])) == 1
