"""Messages in several parts: whole, or honestly unknown, never begun anew."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest

from bot.channels.base import Moved, NotSent, Refused, SendError, Sent, Throttled, Unknown
from bot.channels.parts import send_all


class Provider:
    """Takes parts, failing with the given errors first, part by part."""

    def __init__(self, errors: dict[str, Iterable[SendError]]) -> None:
        self.errors = {part: iter(found) for part, found in errors.items()}
        self.taken: list[str] = []
        self.tries: list[str] = []

    async def send(self, part: str) -> str:
        self.tries.append(part)
        error = next(self.errors.get(part, iter(())), None)
        if error:
            raise error
        self.taken.append(part)
        return f"id-{part}"


async def test_the_first_part_s_id_stands_for_all() -> None:
    provider = Provider({})
    assert await send_all(["a", "b", "c"], provider.send, 0) == Sent("id-a")
    assert provider.taken == ["a", "b", "c"]


@pytest.mark.parametrize(
    "error", [Throttled("t", 5), NotSent("n"), Refused("r"), Moved("m", "9"), Unknown("u")]
)
async def test_a_failure_of_the_first_part_is_told_as_it_is(error: SendError) -> None:
    provider = Provider({"a": [error]})
    with pytest.raises(type(error)) as caught:
        await send_all(["a", "b"], provider.send, 0)
    assert caught.value is error
    assert provider.tries == ["a"]


@pytest.mark.parametrize("error", [Throttled("t", 0.001), NotSent("n")])
async def test_a_later_part_that_surely_did_not_leave_is_tried_again(error: SendError) -> None:
    provider = Provider({"b": [error, error]})
    await send_all(["a", "b", "c"], provider.send, 0.001)
    assert provider.taken == ["a", "b", "c"]
    assert provider.tries == ["a", "b", "b", "b", "c"]


@pytest.mark.parametrize(
    ("errors", "tries"),
    [
        ([Refused("r")], 1),
        ([Unknown("u")], 1),
        ([Moved("m", "9")], 1),
        ([Throttled("t", 3600)], 1),
        ([NotSent("n")] * 9, 4),
        ([Throttled("t", 0.001)] * 9, 4),
    ],
)
async def test_a_half_sent_message_is_unknown(errors: list[SendError], tries: int) -> None:
    provider = Provider({"b": errors})
    with pytest.raises(Unknown, match="part 2 of 3"):
        await send_all(["a", "b", "c"], provider.send, 0.001)
    assert provider.tries == ["a", *["b"] * tries]


async def test_parts_keep_their_distance() -> None:
    loop = asyncio.get_running_loop()
    times: list[float] = []

    async def send(part: str) -> str:
        times.append(loop.time())
        return part

    await send_all(["a", "b", "c"], send, 0.05)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap >= 0.049 for gap in gaps)


@pytest.mark.parametrize("slow", ["a", "b"])
async def test_what_takes_too_long_is_unknown(slow: str) -> None:
    async def send(part: str) -> str:
        await asyncio.sleep(5 if part == slow else 0)
        return part

    with pytest.raises(Unknown, match="too long"):
        await send_all(["a", "b"], send, 0, longest=0.05)
