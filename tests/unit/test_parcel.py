from datetime import timedelta

import pytest

from bot.message import Button, Outbound
from bot.outbox.parcel import pack, unpack


@pytest.mark.parametrize(
    "message",
    [
        Outbound("plain"),
        Outbound("ñandú 🦤 \u202e <b>", title="título"),
        Outbound(
            "",
            buttons=(Button("Á", "place:K7Q-42:A"), Button("b", "x")),
            share_location=True,
            share_label="Mi lugar",
        ),
        Outbound("map", image=bytes(range(256)), ttl=timedelta(minutes=90)),
    ],
)
def test_what_is_unpacked_is_what_was_packed(message: Outbound) -> None:
    assert unpack(pack(message)) == message


def test_a_plain_text_stays_small() -> None:
    assert pack(Outbound("ok")) == b'{"text":"ok"}'
