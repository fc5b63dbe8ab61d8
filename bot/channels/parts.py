"""Sending a message that needs several of the provider's."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.channels.base import NotSent, SendError, Sent, Throttled, Unknown

_TRIES = 4
_LONGEST_WAIT = 30.0

PartT = TypeVar("PartT")


async def send_all(
    parts: Sequence[PartT], send: Callable[[PartT], Awaitable[str]], pause: float
) -> Sent:
    """Send parts in order, `pause` seconds apart; the first one's id stands for all.

    Once one part has left, a failure must not start the message anew: a throttled part is tried
    again here, and a message that stays half sent ends as Unknown, which nobody repeats blindly.
    """
    first = await send(parts[0])
    for number, part in enumerate(parts[1:], start=2):
        await asyncio.sleep(pause)
        try:
            await _persist(part, send, pause)
        except SendError as error:
            raise Unknown(f"part {number} of {len(parts)}: {error.reason}") from error
    return Sent(first)


async def _persist(part: PartT, send: Callable[[PartT], Awaitable[str]], pause: float) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            await send(part)
        except (Throttled, NotSent) as error:
            wait = error.after if isinstance(error, Throttled) else pause * 2**attempt
            if attempt == _TRIES or wait > _LONGEST_WAIT:
                raise
            await asyncio.sleep(wait)
        else:
            return
