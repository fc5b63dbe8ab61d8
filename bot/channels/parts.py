"""Sending a message that needs several of the provider's."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.channels.base import NotSent, SendError, Sent, Throttled, Unknown

_TRIES = 4
_LONGEST_WAIT = 10.0
# A sender holds a message by a lease. Done or not, it must hear of the outcome well before that
# ends, or another sender would take the message for one whose sender died.
_LONGEST_SEND = 25.0

PartT = TypeVar("PartT")


async def send_all(
    parts: Sequence[PartT],
    send: Callable[[PartT], Awaitable[str]],
    pause: float,
    longest: float = _LONGEST_SEND,
) -> Sent:
    """Send parts in order, `pause` seconds apart; the first one's id stands for all.

    Once one part has left, a failure must not start the message anew: a throttled part is tried
    again here, and a message that stays half sent ends as Unknown, which nobody repeats blindly.
    So does one that takes over `longest` seconds.
    """
    try:
        async with asyncio.timeout(longest):
            first = await send(parts[0])
            for number, part in enumerate(parts[1:], start=2):
                await asyncio.sleep(pause)
                await _follow(part, send, pause, f"part {number} of {len(parts)}")
    except TimeoutError:
        raise Unknown("took too long") from None
    return Sent(first)


async def _follow(
    part: PartT, send: Callable[[PartT], Awaitable[str]], pause: float, name: str
) -> None:
    try:
        await _persist(part, send, pause)
    except SendError as error:
        raise Unknown(f"{name}: {error.reason}") from error


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
