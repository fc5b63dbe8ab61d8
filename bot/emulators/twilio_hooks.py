"""Calling the service's webhooks, signed, as Twilio does: once, whatever the answer."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """Twilio's X-Twilio-Signature. Source: twilio.com/docs/usage/security."""
    text = url + "".join(name + form[name] for name in sorted(form))
    mac = hmac.new(token.encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


@dataclass(frozen=True, slots=True)
class Hook:
    """One call of a webhook: its path and the answer's status; 0 where none came."""

    path: str
    status: int


class Hooks:
    """Calls webhooks of a service.

    Signed for `public_url`, which the service pins, and sent to `base_url`, where it listens.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._base_url: str | None = None
        self._public_url = ""
        self.calls: list[Hook] = []
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15))

    def connect(self, base_url: str, public_url: str | None) -> None:
        """Where to call from now on."""
        self._base_url = base_url.rstrip("/")
        self._public_url = (public_url or base_url).rstrip("/")

    async def incoming(self, form: Mapping[str, str]) -> None:
        """Call the webhook for incoming messages, if the number has one."""
        if self._base_url is not None:
            await self.call(f"{self._public_url}/sms", form)

    async def call(self, url: str, form: Mapping[str, str]) -> None:
        """Post a signed form to a URL of the service; any other is never called."""
        if self._base_url is None or not url.startswith(self._public_url):
            return
        path = url.removeprefix(self._public_url)
        target = URL(self._base_url + path, encoded=True)  # to the letter, as it was signed
        headers = {"X-Twilio-Signature": sign(self._token, url, form)}
        try:
            async with self._session.post(target, data=dict(form), headers=headers) as response:
                self.calls.append(Hook(path, response.status))
        except (aiohttp.ClientError, TimeoutError):
            self.calls.append(Hook(path, 0))

    async def close(self) -> None:
        """Release connections."""
        await self._session.close()
