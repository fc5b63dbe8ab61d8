"""The HTTP edge of a running web role: what is refused, and that the service lives on."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest
from twilio.request_validator import RequestValidator

from bot.runtime.roles import Role
from tests.rig import PUBLIC_URL, SECRET, Rig, open_rig

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path, roles=frozenset({Role.WEB}), telegram_mode="webhook") as running:
        yield running


def sms(rig: Rig, **changes: str) -> dict[str, str]:
    """The fields of an SMS webhook."""
    fields = {
        "MessageSid": "SM" + "a" * 32,
        "AccountSid": rig.sms.account_sid,
        "From": "+15550101234",
        "To": rig.sms.number,
        "Body": "street light out on Mill Lane",
        "NumMedia": "0",
    }
    return {name: value for name, value in (fields | changes).items() if value != "(none)"}


def signed(rig: Rig, fields: dict[str, str], path: str = "/sms") -> dict[str, str]:
    """Headers as Twilio signs them for our public address."""
    signature = RequestValidator(rig.sms.token).compute_signature(PUBLIC_URL + path, fields)
    return {"X-Twilio-Signature": signature, "Content-Type": FORM}


async def post(rig: Rig, path: str, body: bytes, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(rig.url + path, data=body, headers=headers) as response,
    ):
        return response.status


async def stored(rig: Rig) -> int:
    async with rig.service.store.read() as work:
        return sum((await work.inbox.counts()).values())


async def test_a_signed_sms_is_stored_once_however_often_it_comes(rig: Rig) -> None:
    fields = sms(rig)
    for _ in range(3):
        assert await post(rig, "/sms", urlencode(fields).encode(), signed(rig, fields)) == 200
    assert await stored(rig) == 1


@pytest.mark.parametrize(
    ("changes", "signature"),
    [
        ({}, None),
        ({}, ""),
        ({}, "bm90IHRoZSByaWdodCBvbmU="),
        ({}, "\u00e9"),
        ({"AccountSid": "AC" + "0" * 32}, "right"),
        ({"From": "(none)"}, "right"),
        ({"Body": "(none)"}, "right"),
        ({"MessageSid": "(none)"}, "right"),
        ({"MessageSid": "SM1"}, "right"),
    ],
)
async def test_what_twilio_did_not_sign_or_complete_is_refused(
    rig: Rig, changes: dict[str, str], signature: str | None
) -> None:
    fields = sms(rig, **changes)
    headers = signed(rig, fields)
    if signature is None:
        del headers["X-Twilio-Signature"]
    elif signature != "right":
        headers["X-Twilio-Signature"] = signature
    assert await post(rig, "/sms", urlencode(fields).encode(), headers) == 403
    assert await stored(rig) == 0


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", FORM, 400),
        (b"Body=\xff\xfe", FORM, 400),
        (b"Body=%ff%fe&MessageSid=SM1", FORM, 403),
        (b"x" * 70_000, FORM, 413),
        (b"--b\r\nContent-Disposition: form-data; na", "multipart/form-data; boundary=b", 415),
        (b"{}", "application/json", 415),
        (b"Body=a&Body=b", FORM, 403),
    ],
)
async def test_odd_bodies_are_refused_and_the_service_lives(
    rig: Rig, body: bytes, content_type: str, status: int
) -> None:
    headers = {"Content-Type": content_type, "X-Twilio-Signature": "bm8="}
    assert await post(rig, "/sms", body, headers) == status
    fields = sms(rig)
    assert await post(rig, "/sms", urlencode(fields).encode(), signed(rig, fields)) == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "guess"}, 403),
        ({"X-Telegram-Bot-Api-Secret-Token": "webhook-secret_\u00e9"}, 403),
        ({"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "text/plain"}, 415),
        ({"X-Telegram-Bot-Api-Secret-Token": SECRET}, 200),
    ],
)
async def test_telegram_must_know_the_secret(
    rig: Rig, headers: dict[str, str], status: int
) -> None:
    body = json.dumps({"update_id": 1, "message": {"text": "hi"}}).encode()
    headers = {"Content-Type": "application/json"} | headers
    assert await post(rig, "/telegram", body, headers) == status
    assert await stored(rig) == (1 if status == 200 else 0)


@pytest.mark.parametrize("body", [b"[]", b"null", b"{", b'{"update_id": "x"}', b"\x00"])
async def test_an_update_that_cannot_be_read_is_kept_all_the_same(rig: Rig, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert await post(rig, "/telegram", body, headers) == 200
    assert await stored(rig) == 1


async def test_a_refusal_is_logged_without_content(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fields = sms(rig, Body="my secret worry")
    assert await post(rig, "/sms", urlencode(fields).encode(), {"Content-Type": FORM}) == 403
    lines = [str(vars(record)) for record in caplog.records]
    assert any("request refused" in line for line in lines)
    assert not any("secret worry" in line or "5550101234" in line for line in lines)


async def test_a_status_that_makes_no_sense_is_refused(rig: Rig) -> None:
    fields = {"MessageSid": "SM" + "b" * 32, "AccountSid": rig.sms.account_sid}
    fields |= {"MessageStatus": "delivered"}
    headers = signed(rig, fields, "/sms/status")
    assert await post(rig, "/sms/status", urlencode(fields).encode(), headers) == 400


@pytest.mark.parametrize(
    ("path", "words"),
    [("/healthz", "alive"), ("/readyz", "ready"), ("/metrics", "lamplighter_queue_depth")],
)
async def test_an_operator_can_look(rig: Rig, path: str, words: str) -> None:
    fields = sms(rig)
    await post(rig, "/sms", urlencode(fields).encode(), signed(rig, fields))
    async with aiohttp.ClientSession() as session, session.get(rig.url + path) as response:
        assert response.status == 200
        assert words in await response.text()


async def test_unknown_paths_are_404(rig: Rig) -> None:
    assert await post(rig, "/wp-login.php", b"x", {}) == 404
