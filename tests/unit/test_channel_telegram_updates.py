"""Reading Telegram updates: the good, the odd and the broken."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Envelope, Unreadable
from bot.channels.telegram_updates import envelope, parse
from bot.message import Inbound

BOT, KEY = "700100200", b"k" * 32
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DATE = 1_777_888_000
CHAT = {"id": 8_123_456_789, "type": "private", "first_name": "Ada"}
SENDER = {"id": 8_123_456_789, "is_bot": False, "first_name": "Ada", "language_code": "es"}
SIZE = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9, "file_size": 99}
FILE = {"file_id": "f", "file_unique_id": "u"}
SPOT = {"latitude": 51.5, "longitude": -0.12}

Json = dict[str, Any]


def make_message(**content: Any) -> Json:
    return {"message_id": 7, "from": SENDER, "chat": CHAT, "date": DATE, **content}


def make_update(**content: Any) -> Json:
    return {"update_id": 1, "message": make_message(**content)}


def make_press(**over: Any) -> Json:
    shown = make_message(text="Where?", **{"from": {**SENDER, "is_bot": True}})
    query = {"id": "42", "from": SENDER, "message": shown, "chat_instance": "9", "data": "area:a"}
    return {"update_id": 2, "callback_query": {**query, **over}}


def raw(update: object) -> bytes:
    return json.dumps(update).encode()


def read(update: object) -> Inbound | None:
    return parse(raw(update), BOT, KEY, NOW)


def must_read(update: object) -> Inbound:
    inbound = read(update)
    assert inbound is not None
    return inbound


def seal(update: object) -> Envelope:
    return envelope(raw(update), BOT, KEY)


def test_a_text() -> None:
    inbound = must_read(make_update(text="The lamp is out"))
    assert inbound == Inbound(
        channel="telegram",
        external_id=seal(make_update(text="The lamp is out")).external_id,
        address="8123456789",
        text="The lamp is out",
        sent_at=datetime.fromtimestamp(DATE, UTC),
        language_hint="es",
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "Hi"}, {"text": "Hi"}),
        ({"location": SPOT}, {"text": "", "pin": (51.5, -0.12)}),
        ({"location": {**SPOT, "live_period": 900}}, {"pin": (51.5, -0.12)}),
        ({"venue": {"location": SPOT, "title": "Mill", "address": "x"}}, {"pin": (51.5, -0.12)}),
        ({"location": {"latitude": -90, "longitude": 180}}, {"pin": (-90.0, 180.0)}),
        ({"photo": [SIZE], "caption": "this"}, {"text": "this", "attachment": True}),
        ({"photo": [SIZE]}, {"text": "", "attachment": True}),
        ({"voice": {**FILE, "duration": 3}}, {"attachment": True}),
        ({"document": FILE}, {"attachment": True}),
        ({"contact": {"phone_number": "1", "first_name": "B"}}, {"attachment": True}),
        ({"text": "/start"}, {"text": "", "started": True}),
        ({"text": "/start AbC_1-2"}, {"text": "AbC_1-2", "started": True}),
        ({"text": "/start@lamp_bot AbC"}, {"text": "AbC", "started": True}),
        ({"text": "/START"}, {"text": "", "started": True}),
        ({"text": "/started"}, {"text": "/started", "started": False}),
        ({"text": "go /start"}, {"text": "go /start", "started": False}),
        ({"text": "/help"}, {"text": "/help", "started": False}),
        ({"text": "a\x00b \ud83d"}, {"text": "ab �"}),
        ({"text": "<b>{x}</b> %s"}, {"text": "<b>{x}</b> %s"}),
        ({"text": "‮evil‬ ﷺ 👨‍👩‍👧"}, {"text": "‮evil‬ ﷺ 👨‍👩‍👧"}),
        ({"text": "'; DROP TABLE report;--"}, {"text": "'; DROP TABLE report;--"}),
        ({"text": "x" * 10_000}, {"text": "x" * 10_000}),
        ({"text": "fwd", "forward_date": 1}, {"text": "fwd"}),
    ],
)
def test_what_a_message_says(content: Json, expected: Json) -> None:
    inbound = must_read(make_update(**content))
    assert {name: getattr(inbound, name) for name in expected} == expected


def test_an_edit_amends() -> None:
    message = make_message(text="fixed", edit_date=DATE + 60)
    inbound = must_read({"update_id": 3, "edited_message": message})
    assert inbound.edited
    assert inbound.text == "fixed"
    assert inbound.sent_at == datetime.fromtimestamp(DATE + 60, UTC)


def test_a_press() -> None:
    inbound = must_read(make_press())
    assert (inbound.button, inbound.receipt, inbound.text) == ("area:a", "42", "")
    assert inbound.address == "8123456789"
    assert inbound.sent_at == NOW


def test_a_press_under_a_message_too_old_to_show() -> None:
    gone = {"chat": CHAT, "message_id": 7, "date": 0}
    assert must_read(make_press(message=gone)).address == "8123456789"


GROUP = {"id": -100, "type": "group", "title": "Neighbours"}
POST = make_message(text="hi", chat={**GROUP, "type": "channel"})


@pytest.mark.parametrize(
    "update",
    [
        make_update(text="hi", chat=GROUP),
        make_update(text="hi", chat={**GROUP, "type": "supergroup"}),
        {
            "update_id": 1,
            "channel_post": make_message(text="hi", chat={**GROUP, "type": "channel"}),
        },
        make_update(pinned_message=make_message(text="old")),
        make_update(new_chat_title="x"),
        {"update_id": 1, "edited_message": make_message(location=SPOT, edit_date=DATE + 1)},
        make_press(message=make_message(text="?", chat=GROUP)),
        make_press(message=None, inline_message_id="3"),
        {"update_id": 9},
        {"update_id": 9, "something_new": {"a": 1}},
        {
            "update_id": 1,
            "my_chat_member": {
                "chat": CHAT,
                "from": SENDER,
                "date": DATE,
                "old_chat_member": {"user": SENDER, "status": "member"},
                "new_chat_member": {"user": SENDER, "status": "kicked", "until_date": 0},
            },
        },
    ],
)
def test_what_needs_no_answer(update: Json) -> None:
    assert read(update) is None
    assert seal(update).external_id


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b"<html>502</html>",
        b'{"update_id": "x"}'[:9],
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5_000,
        raw({"update_id": 1, "message": 5}),
        raw(make_update(text=5)),
        raw(make_update(text={"a": 1})),
        raw(make_update(caption=["x"])),
        raw(make_update(text="x", date=10**20)),
        raw(make_update(text="x", date="today")),
        raw(make_update(text="x", chat={"id": "8", "type": "private"})),
        raw(make_update(text="x", chat={"id": True, "type": "private"})),
        raw(make_update(location={"latitude": 91, "longitude": 0})),
        raw(make_update(location={"latitude": 0, "longitude": -180.5})),
        raw(make_update(location={"latitude": "1", "longitude": 0})),
        raw(make_update(location={"latitude": float("nan"), "longitude": 0})),
        raw(make_update(location={"latitude": float("inf"), "longitude": 0})),
        raw(make_press(data=None)),
        raw(make_press(data=5)),
        raw(make_press(id=5)),
    ],
)
def test_what_cannot_be_read_has_an_envelope_all_the_same(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body, BOT, KEY, NOW)
    assert len(envelope(body, BOT, KEY).external_id) == 64


def test_redeliveries_share_an_id_and_other_things_do_not() -> None:
    first = make_update(text="a")
    again = {**copy.deepcopy(first), "update_id": 99}
    ids = {
        seal(update).external_id
        for update in (
            first,
            make_update(text="a", message_id=8),
            make_update(text="a", chat={**CHAT, "id": 5}),
            {"update_id": 1, "edited_message": make_message(text="a", edit_date=DATE + 1)},
            {"update_id": 1, "edited_message": make_message(text="a", edit_date=DATE + 2)},
            make_press(),
            make_press(id="43"),
            {"update_id": 1, "poll": {"id": "1"}},
            {"update_id": 2, "poll": {"id": "1"}},
        )
    }
    assert len(ids) == 9
    assert seal(again).external_id == seal(first).external_id


def test_ids_are_keyed_and_differ_between_bots() -> None:
    body = raw(make_update(text="a"))
    ids = {envelope(body, bot, key).external_id for bot in ("1", "2") for key in (b"a", b"b")}
    assert len(ids) == 4
    assert not any("8123456789" in each for each in ids)


def test_the_order_of_keys_is_no_difference() -> None:
    one, other = b'{"update_id":1,"poll":{"id":"1"}}', b'{"poll": {"id": "1"}, "update_id": 1}'
    assert envelope(one, BOT, KEY) == envelope(other, BOT, KEY)


@pytest.mark.parametrize(
    ("update", "address", "text"),
    [
        (make_update(text="help"), "8123456789", "help"),
        (make_update(photo=[SIZE], caption="fire"), "8123456789", "fire"),
        (make_update(text="help", date="broken"), "8123456789", "help"),
        (make_update(text="help", **{"from": 5}), "8123456789", "help"),
        (make_update(text="help", chat=GROUP), None, None),
        (make_update(text=5), "8123456789", None),
        (make_press(), "8123456789", ""),
        ({"update_id": 1, "message": 5}, None, None),
    ],
)
def test_an_envelope_shows_words_of_danger_even_in_a_broken_update(
    update: Json, address: str | None, text: str | None
) -> None:
    found = seal(update)
    assert (found.address, found.text) == (address, text)


BASES = [
    make_update(text="The lamp is out", entities=[{"type": "bold", "offset": 0, "length": 3}]),
    make_update(location={**SPOT, "live_period": 60, "horizontal_accuracy": 5.0}),
    make_update(photo=[SIZE], caption="look"),
    make_update(venue={"location": SPOT, "title": "Mill", "address": "x"}),
    {"update_id": 3, "edited_message": make_message(text="b", edit_date=DATE + 1)},
    make_press(),
]
WRONG: list[Any] = [None, [], {}, "x", "", -1, 2**70, True, 1.5, [[]], {"id": None}, "\ud800"]


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in items:
        yield (*at, name)
        if isinstance(value, dict | list):
            yield from paths(value, (*at, name))


def mutations(update: Json) -> Iterator[Json]:
    for path in paths(update):
        for wrong in [*WRONG, ...]:
            changed = copy.deepcopy(update)
            parent: Any = changed
            for step in path[:-1]:
                parent = parent[step]
            if wrong is ...:
                del parent[path[-1]]
            else:
                parent[path[-1]] = wrong
            yield changed


def check(body: bytes) -> str:
    """Whatever comes: an envelope, and then a message that can be stored, None or Unreadable."""
    found = envelope(body, BOT, KEY)
    assert len(found.external_id) == 64
    try:
        inbound = parse(body, BOT, KEY, NOW)
    except Unreadable:
        return "unreadable"
    if inbound is None:
        return "none"
    assert isinstance(inbound.text, str)
    (inbound.text + (inbound.button or "") + (inbound.receipt or "")).encode("utf-8")
    assert "\x00" not in inbound.text
    assert inbound.address.lstrip("-").isdigit()
    assert inbound.sent_at.utcoffset() is not None
    assert inbound.pin is None or (abs(inbound.pin[0]) <= 90 and abs(inbound.pin[1]) <= 180)
    assert inbound.language_hint is None or inbound.language_hint.isascii()
    assert inbound.external_id == found.external_id
    assert inbound.text or inbound.pin or inbound.button or inbound.attachment or inbound.started
    return "message"


def test_every_single_wrong_field_ends_well() -> None:
    outcomes = [check(raw(changed)) for base in BASES for changed in mutations(base)]
    assert len(outcomes) > 1_400
    assert {"unreadable", "none", "message"} == set(outcomes)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "text", "chat", "date", "type"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
FIELDS = ["message_id", "from", "chat", "date", "text", "caption", "location", "photo", "venue"]


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES), st.sampled_from([*BASES[0], "x"]))
def test_several_wrong_fields_end_well(wrong: Json, name: str) -> None:
    check(raw({"update_id": 1, "message": make_message(text="a") | wrong, name: 1}))
    check(raw({"update_id": 1, "message": make_message(text="a") | wrong}))


@settings(max_examples=60)
@given(st.binary(max_size=200) | VALUES.map(raw))
def test_any_bytes_end_well(body: bytes) -> None:
    check(body)
