"""SMS through Twilio."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from bot.channels import twilio_webhook
from bot.channels.base import Envelope, Sent, Slot
from bot.channels.gsm import downgrade
from bot.channels.lengths import split
from bot.channels.parts import send_all
from bot.channels.twilio_answers import send_errors
from bot.channels.twilio_webhook import Status
from bot.message import Inbound, Outbound

API_URL: Final = "https://api.twilio.com"
BODY_LIMIT: Final = 1600
_LONGEST_VALIDITY = 36_000
_LISTED = 50

# Twilio's client logs numbers and texts at INFO, whatever the service's own rules are.
_SILENT = logging.getLogger("twilio.silent")
_SILENT.setLevel(logging.CRITICAL + 1)


class Listed(NamedTuple):
    """A message of ours as Twilio's list shows it."""

    sid: str
    body: str
    status: str
    at: datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TwilioChannel:
    """One sending number of a Twilio account.

    `tokens`: the account's auth tokens, the one to sign in with first; a second is accepted on
    webhooks while tokens are rotated. `public_url`: where Twilio reaches us, without the path; it
    is pinned here because Host and X-Forwarded headers are whatever a proxy makes of them. Without
    it there are no status callbacks. `key` hides bodies in made-up ids; `rate` is messages a
    second.
    """

    name = "sms"

    def __init__(
        self,
        account_sid: str,
        tokens: Sequence[str],
        sender: str,
        *,
        key: bytes,
        public_url: str | None = None,
        api_url: str = API_URL,
        rate: float = 1.0,
        timeout: float = 15.0,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._account_sid = account_sid
        self._tokens = tuple(tokens)
        self._sender = sender
        self._key = key
        self._public_url = public_url.rstrip("/") if public_url else None
        self._api_url = api_url.rstrip("/")
        self._interval = 1 / rate
        self._timeout = timeout
        self._clock = clock
        self._http: AsyncTwilioHttpClient | None = None
        self._api: Client | None = None

    def verify(self, target: str, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Whether Twilio posted `raw` to our `target` (path with query, as requested)."""
        if self._public_url is None:
            return False
        url = self._public_url + target
        return twilio_webhook.verify(url, raw, headers, self._account_sid, self._tokens)

    def envelope(self, raw: bytes) -> Envelope:
        """What can be told of a webhook's body, whatever it is. Never raises."""
        return twilio_webhook.envelope(raw, self._key)

    def parse(self, raw: bytes) -> Inbound | None:
        """The SMS in a webhook's body; `sent_at` is the time of parsing. Raises Unreadable."""
        return twilio_webhook.parse(raw, self._clock())

    def parse_status(self, raw: bytes, query: str) -> Status:
        """The status in a callback's body; `query` is its query string. Raises Unreadable."""
        return twilio_webhook.parse_status(raw, query)

    def slots(self, address: str) -> tuple[Slot, ...]:
        """Carriers pace the sending number, not the one that receives."""
        return (Slot(f"sms:{self._sender}", self._interval),)

    async def send(self, address: str, message: Outbound, key: str) -> Sent:
        """Send once, without pictures; never repeated here: Twilio knows no idempotency key."""

        async def send_part(body: str) -> str:
            return await self._create(address, body, message, key)

        return await send_all(bodies(message), send_part, self._interval)

    async def _create(self, address: str, body: str, message: Outbound, key: str) -> str:
        validity = int(message.ttl.total_seconds()) if message.ttl else _LONGEST_VALIDITY
        with send_errors():
            # the client's own timeout is stored and never used
            async with asyncio.timeout(self._timeout):
                sent = await self._client().messages.create_async(
                    to=address,
                    from_=self._sender,
                    body=body,
                    validity_period=min(max(validity, 1), _LONGEST_VALIDITY),
                    **self._callback(key),
                )
            return str(sent.sid)

    def _callback(self, key: str) -> dict[str, str]:
        if self._public_url is None:
            return {}
        return {"status_callback": f"{self._public_url}/sms/status?{urlencode({'key': key})}"}

    async def received(self, since: datetime) -> AsyncIterator[bytes]:
        """Raw bodies, as a webhook would have brought them, of the SMS that came since then.

        Twilio gives up on a webhook that failed, so this finds what it could not deliver; and it
        is the way in where there is no public address. Raises SendError.
        """
        with send_errors():
            async with asyncio.timeout(self._timeout):
                listed = await self._client().messages.list_async(
                    to=self._sender, date_sent_after=since, page_size=1000
                )
        for message in reversed(listed):  # newest come first
            if message.direction == "inbound":
                yield _as_webhook(message)

    async def sent_to(self, address: str) -> list[Listed]:
        """What left for a number of late, newest first. Raises SendError."""
        with send_errors():
            async with asyncio.timeout(self._timeout):
                # Not by date: what Twilio has only queued has none yet.
                listed = await self._client().messages.list_async(
                    to=address, from_=self._sender, limit=_LISTED, page_size=_LISTED
                )
        return [
            Listed(str(m.sid), m.body or "", str(m.status), m.date_created)
            for m in listed
            if m.date_created is not None
        ]

    async def seen(self, message: Inbound) -> None:
        """SMS has no buttons."""

    async def close(self) -> None:
        """Release connections."""
        if self._http is not None:
            await self._http.close()
            self._http = self._api = None

    def _client(self) -> Client:
        """The HTTP client opens its session when made, which must happen inside the loop."""
        if self._api is None:
            self._http = AsyncTwilioHttpClient(logger=_SILENT)
            self._api = Client(self._account_sid, self._tokens[0], http_client=self._http)
            self._api.api.base_url = self._api_url
        return self._api


def bodies(message: Outbound) -> list[str]:
    """The texts to send; nearly always one. Buttons are left out: the text names the words."""
    text = f"{message.title}\n{message.text}" if message.title else message.text
    return split(downgrade(text), BODY_LIMIT) or [""]


def _as_webhook(message: MessageInstance) -> bytes:
    fields = {
        "MessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "To": message.to,
        "Body": message.body or "",
        "NumMedia": message.num_media or "0",
    }
    if message.date_sent:
        fields["DateSent"] = message.date_sent.strftime("%a, %d %b %Y %H:%M:%S +0000")
    return urlencode(fields).encode()
