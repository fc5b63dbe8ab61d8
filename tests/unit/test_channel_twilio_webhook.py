"""Twilio's webhooks: signatures, forms, statuses."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Unreadable
from bot.channels.twilio_webhook import Status, envelope, parse, parse_status, verify
from bot.emulators.twilio_hooks import sign

ACCOUNT, TOKEN, OLD = "AC" + "a" * 32, "auth-token", "older-token"
SID = "SM" + "1" * 32
URL = "https://lamp.example/sms"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
FORM = "application/x-www-form-urlencoded"


def make_form(**over: str | None) -> dict[str, str]:
    form: dict[str, str | None] = {
        "MessageSid": SID,
        "AccountSid": ACCOUNT,
        "From": "+15551230001",
        "To": "+15550100000",
        "Body": "The lamp is out",
        "NumMedia": "0",
    }
    return {name: value for name, value in (form | over).items() if value is not None}


def make_status(**over: str | None) -> dict[str, str]:
    return make_form(**{"Body": None, "MessageStatus": "delivered", **over})


def accepted(
    form: dict[str, str],
    *,
    url: str = URL,
    signed_url: str = URL,
    signature: str | None = None,
    body: bytes | None = None,
    tokens: tuple[str, ...] = (TOKEN, OLD),
    headers: dict[str, str] | None = None,
) -> bool:
    proof = sign(TOKEN, signed_url, form) if signature is None else signature
    raw = urlencode(form).encode() if body is None else body
    sent = {"X-Twilio-Signature": proof, "Content-Type": FORM} | (headers or {})
    return verify(url, raw, sent, ACCOUNT, tokens)


def test_the_published_example_of_the_signature() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert sign("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    "form",
    [
        make_form(),
        make_form(Body=""),
        make_form(Body="¿Dónde? 🔥 <b>&=+%"),
        make_form(Body="a\r\nb\tc"),
        make_form(MessageSid="MM" + "f" * 32, NumMedia="1"),
        make_form(FromCity="", AddOns="{}"),
        make_status(),
        make_status(MessageStatus="undelivered", ErrorCode="30003"),
    ],
)
def test_what_twilio_signed_is_taken(form: dict[str, str]) -> None:
    assert accepted(form)


def test_the_older_token_is_taken_while_tokens_rotate() -> None:
    assert accepted(make_form(), signature=sign(OLD, URL, make_form()))
    assert not accepted(make_form(), signature=sign(OLD, URL, make_form()), tokens=(TOKEN,))


def test_sha256_signatures_are_taken_when_announced() -> None:
    form = make_form()
    text = URL + "".join(name + form[name] for name in sorted(form))
    mac = hmac.new(TOKEN.encode(), text.encode(), hashlib.sha256).digest()
    proof = base64.b64encode(mac).decode()
    settings = {"X-Twilio-Webhooks-Signature-Settings": "key=k,algorithm=HMAC_SHA256"}
    assert accepted(form, signature=proof, headers=settings)
    assert not accepted(form, signature=proof)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        "=",
        "A" * 28,
        "A" * 10_000,
        "ünïcode" * 4,
        "\ud800" * 28,
        "\x00" * 28,
        sign(TOKEN, URL, make_form())[:-1],
        sign(TOKEN, URL, make_form()) + "=",
        " " + sign(TOKEN, URL, make_form()),
        sign(TOKEN, URL, make_form()).lower(),
        sign(TOKEN, URL, make_form()).swapcase(),
        sign("stranger", URL, make_form()),
        sign("", URL, make_form()),
        sign(TOKEN, URL, {}),
    ],
)
def test_a_wrong_signature_is_refused(signature: str) -> None:
    assert not accepted(make_form(), signature=signature)


def test_a_missing_signature_is_refused() -> None:
    assert not verify(URL, urlencode(make_form()).encode(), {}, ACCOUNT, [TOKEN])


@pytest.mark.parametrize(
    "signed_url",
    [
        "http://lamp.example/sms",
        "https://lamp.example/sms/",
        "https://lamp.example/sms?",
        "https://lamp.example/sms?a=1",
        "https://LAMP.example/sms",
        "https://lamp.example:8443/sms",
        "https://other.example/sms",
        "https://lamp.example/sms#rc=5",
        "https://user:pass@lamp.example/sms",
        "https://lamp.example/SMS",
        "",
    ],
)
def test_another_address_is_refused(signed_url: str) -> None:
    assert not accepted(make_form(), signed_url=signed_url)


def test_the_default_port_makes_no_difference() -> None:
    assert accepted(make_form(), signed_url="https://lamp.example:443/sms")


def test_the_order_of_a_query_counts() -> None:
    url = "https://lamp.example/sms/status?key=1&part=2"
    assert accepted(make_status(), url=url, signed_url=url)
    assert not accepted(
        make_status(), url=url, signed_url="https://lamp.example/sms/status?part=2&key=1"
    )


@pytest.mark.parametrize(
    "url", ["https://lamp.example:99999/sms", "https://[::1/sms", "\ud800", ""]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    assert not accepted(make_form(), url=url, signed_url="https://lamp.example/sms")


@pytest.mark.parametrize("name", ["MessageSid", "AccountSid", "From", "To", "Body", "NumMedia"])
def test_every_field_is_covered_by_the_signature(name: str) -> None:
    genuine = make_form()
    changed = {**genuine, name: genuine[name] + "0"}
    missing = {k: v for k, v in genuine.items() if k != name}
    proof = sign(TOKEN, URL, genuine)
    assert not accepted(changed, signature=proof)
    assert not accepted(missing, signature=proof)
    assert not accepted({**genuine, "Extra": "1"}, signature=proof)


def test_one_signature_for_two_forms_is_refused_for_the_one_with_fields_missing() -> None:
    """Names and values are joined without separators: these two are signed alike."""
    genuine = make_form(Body="hi", From="+15551230001")
    swallowed = {k: v for k, v in genuine.items() if k != "From"}
    swallowed["Body"] = "hiFrom+15551230001"
    assert sign(TOKEN, URL, genuine) == sign(TOKEN, URL, swallowed)
    assert not accepted(swallowed)


@pytest.mark.parametrize(
    "form",
    [
        make_form(AccountSid="AC" + "b" * 32),
        make_form(AccountSid=""),
        make_form(AccountSid=None),
        make_form(MessageSid=None),
        make_form(MessageSid=""),
        make_form(MessageSid="SM1"),
        make_form(MessageSid="SM" + "g" * 32),
        make_form(MessageSid=SID + "\n"),
        make_form(From=None),
        make_form(To=None),
        make_form(Body=None),
        make_status(MessageSid=None),
        {},
    ],
)
def test_signed_but_foreign_or_incomplete_is_refused(form: dict[str, str]) -> None:
    assert not accepted(form)


@pytest.mark.parametrize("name", ["MessageSid", "AccountSid", "From", "To", "Body"])
def test_a_repeated_field_is_refused(name: str) -> None:
    form = make_form()
    body = urlencode([*form.items(), (name, form[name])]).encode()
    assert not accepted(form, body=body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        b"\xff\xfe=\xff",
        b"Body=%ff%fe",
        b'{"MessageSid": "SM"}',
        b"--x\r\nContent-Disposition: form-data; name=Body\r\n\r\nhi\r\n--x--",
        b"&".join(b"a%d=1" % n for n in range(300)),
        b"=&=&=",
        b"\x00" * 100,
    ],
)
def test_what_is_no_form_is_refused_and_has_an_envelope_all_the_same(body: bytes) -> None:
    assert not accepted(make_form(), body=body)
    found = envelope(body, KEY)
    assert found.external_id.startswith("raw-")
    assert found.address is None
    with pytest.raises(Unreadable):
        parse(body, NOW)


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/json", "text/plain", ""]
)
def test_another_content_type_is_refused(kind: str) -> None:
    assert not accepted(make_form(), headers={"Content-Type": kind})


def test_a_charset_in_the_content_type_is_fine() -> None:
    assert accepted(make_form(), headers={"Content-Type": f"{FORM}; charset=UTF-8"})


@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_any_request_ends_in_a_plain_no(body: bytes, proof: str, url: str) -> None:
    headers = {"X-Twilio-Signature": proof}
    assert verify(url, body, headers, ACCOUNT, [TOKEN]) is False
    assert envelope(body, KEY).external_id


def raw(**over: str | None) -> bytes:
    return urlencode(make_form(**over)).encode()


def test_an_sms() -> None:
    inbound = parse(raw(), NOW)
    assert inbound is not None
    assert (inbound.channel, inbound.external_id) == ("sms", SID)
    assert (inbound.address, inbound.text) == ("+15551230001", "The lamp is out")
    assert (inbound.sent_at, inbound.attachment) == (NOW, False)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", ""),
        ("STOP", "STOP"),
        ("¿Dónde? 🔥", "¿Dónde? 🔥"),
        ("a\x00b", "ab"),
        ("＋１２３", "＋１２３"),
        ("1+1=2&x=%41", "1+1=2&x=%41"),
        ("‮rtl", "‮rtl"),
        ("x" * 1600, "x" * 1600),
    ],
)
def test_words_arrive_as_written(body: str, text: str) -> None:
    inbound = parse(raw(Body=body), NOW)
    assert inbound is not None
    assert inbound.text == text
    assert envelope(raw(Body=body), KEY).text == text


@pytest.mark.parametrize("media", ["1", "10"])
def test_a_picture_is_an_attachment(media: str) -> None:
    inbound = parse(raw(NumMedia=media), NOW)
    assert inbound is not None
    assert inbound.attachment


@pytest.mark.parametrize(
    "sender",
    [
        "24273",
        "AMAZON",
        "whatsapp:+15551230001",
        "",
        "+0123456789",
        "+1",
        "+１５５５１２３０００１",
    ],
)
def test_nobody_is_answered_who_has_no_number(sender: str) -> None:
    assert parse(raw(From=sender), NOW) is None
    assert envelope(raw(From=sender), KEY).address is None


@pytest.mark.parametrize("over", [{"MessageSid": "x"}, {"MessageSid": None}, {"Body": None}])
def test_a_form_that_is_no_sms(over: dict[str, str | None]) -> None:
    with pytest.raises(Unreadable):
        parse(raw(**over), NOW)


def test_a_listed_message_brings_its_own_time() -> None:
    inbound = parse(raw(DateSent="Mon, 04 May 2026 11:00:00 +0000"), NOW)
    assert inbound is not None
    assert inbound.sent_at == datetime(2026, 5, 4, 11, 0, tzinfo=UTC)


def test_redeliveries_share_an_id() -> None:
    assert envelope(raw(), KEY).external_id == SID == envelope(raw(ApiVersion="1"), KEY).external_id


def test_made_up_ids_are_keyed() -> None:
    assert envelope(b"junk", b"a") != envelope(b"junk", b"b")


@pytest.mark.parametrize(
    ("form", "query", "expected"),
    [
        (make_status(), "key=reply-7", Status("reply-7", SID, "delivered", None)),
        (make_status(), "key=a%3Ab+c&part=2", Status("a:b c", SID, "delivered", None)),
        (
            make_status(MessageStatus="failed", ErrorCode="30003"),
            "key=k",
            Status("k", SID, "failed", "30003"),
        ),
    ],
)
def test_a_status(form: dict[str, str], query: str, expected: Status) -> None:
    assert parse_status(urlencode(form).encode(), query) == expected


@pytest.mark.parametrize(
    ("form", "query"),
    [
        (make_status(), ""),
        (make_status(), "part=1"),
        (make_status(), "&&"),
        (make_status(MessageSid=None), "key=k"),
        (make_form(), "key=k"),
    ],
)
def test_what_is_no_status(form: dict[str, str], query: str) -> None:
    with pytest.raises(Unreadable):
        parse_status(urlencode(form).encode(), query)
