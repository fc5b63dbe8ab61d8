"""Group commit: together where it can be, one by one where it must be."""

import asyncio
from collections.abc import Sequence

import pytest

from storage.errors import Outage
from storage.grouping import Grouped


class Book:
    """Writes groups and remembers them; refuses what is negative, is away while `away`."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.away = False

    async def write(self, asks: Sequence[int]) -> list[int]:
        """Twice each."""
        self.groups.append(list(asks))
        await asyncio.sleep(0)
        if self.away:
            raise Outage("away")
        if min(asks) < 0:
            raise ValueError("negative")
        return [2 * ask for ask in asks]


async def all_of(grouped: Grouped[int, int], *asks: int) -> list[int | BaseException]:
    return await asyncio.gather(*map(grouped.put, asks), return_exceptions=True)


async def test_those_that_come_while_one_is_written_go_together() -> None:
    book = Book()
    grouped = Grouped(book.write, most=64)
    first = asyncio.create_task(grouped.put(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await all_of(grouped, 2, 3, 4) == [4, 6, 8]
    assert await first == 2
    assert book.groups == [[1], [2, 3, 4]]


async def test_a_group_is_no_larger_than_it_may_be() -> None:
    book = Book()
    assert await all_of(Grouped(book.write, most=2), *range(5)) == [0, 2, 4, 6, 8]
    assert book.groups == [[0, 1], [2, 3], [4]]


async def test_one_that_is_refused_stands_alone() -> None:
    book = Book()
    one, bad, two = await all_of(Grouped(book.write, most=9), 1, -1, 2)
    assert (one, two) == (2, 4)
    assert isinstance(bad, ValueError)
    assert book.groups == [[1, -1, 2], [1], [-1], [2]]


async def test_an_outage_is_told_to_all_at_once_and_is_not_tried_one_by_one() -> None:
    book = Book()
    grouped = Grouped(book.write, most=9)
    book.away = True
    assert all(isinstance(answer, Outage) for answer in await all_of(grouped, 1, 2, 3))
    assert book.groups == [[1, 2, 3]]
    book.away = False
    assert await grouped.put(4) == 8


async def test_who_gives_up_takes_nobody_along() -> None:
    book = Book()
    grouped = Grouped(book.write, most=9)
    impatient = asyncio.create_task(grouped.put(1))
    other = asyncio.create_task(grouped.put(2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await other == 4
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_closing_writes_what_waits() -> None:
    book = Book()
    grouped = Grouped(book.write, most=1)
    waiting = [asyncio.create_task(grouped.put(n)) for n in range(3)]
    await asyncio.sleep(0)
    await grouped.close()
    assert [task.result() for task in waiting] == [0, 2, 4]
