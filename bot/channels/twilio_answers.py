"""What an answer of Twilio's API, or the lack of one, means for the message we sent.

Source of the codes: Twilio's error and warning dictionary.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from bot.channels.base import NotSent, Refused, SendError, Throttled, Unknown

_OPTED_OUT = 21610
# invalid number, no route to it, not a mobile phone, landline, unknown handset, unreachable carrier
_GONE = frozenset({21211, 21217, 21612, 21614, 21635, 30005, 30006})
# too many requests, too many concurrent, queue full, over the carrier's rate, sender's queue full
_BUSY = frozenset({20429, 14107, 30001, 30022, 21611})
# a wrong setting of ours: mended by an operator, so the message waits instead of dying
_SETTING = frozenset({20003, 20404, 21606, 21659, 21703, 21705, 30002, 30032, 30034})
_WAIT = 2.0
_QUEUE_WAIT = 60.0


@contextmanager
def send_errors() -> Iterator[None]:
    """Turns whatever a call of Twilio's client raises into a SendError."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  an odd body makes the client raise anything
        raise send_error(error) from None


def send_error(error: Exception) -> SendError:
    """The outcome of a send that raised. The reason never quotes Twilio's words: they may hold a
    number."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        code = error.code if isinstance(error.code, int) else 0
        return _declined(error.status, code)
    if isinstance(error, aiohttp.ClientConnectorError):
        return NotSent("no connection")
    return Unknown(f"no clear answer: {type(error).__name__}")


def _declined(status: int, code: int) -> SendError:
    reason = f"refused ({status}, {code})"
    if status >= 500 or status == 408:
        return Unknown(f"server error {status}")
    if code == _OPTED_OUT:
        return Refused(reason, opted_out=True)
    if status == 429 or code in _BUSY:
        return Throttled(reason, _QUEUE_WAIT if code in (21611, 30001) else _WAIT)
    if status < 400 or status in (401, 403, 404) or code in _SETTING:
        return NotSent(f"the account's settings were not accepted ({status}, {code})")
    return Refused(reason, gone=code in _GONE)
