"""The primary is killed under load and its standby promoted: all goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.emulators.telegram import TelegramEmulator
from bot.emulators.twilio import TwilioEmulator
from tests.acceptance.nursery import Nursery
from tests.acceptance.test_fleet import CREW, Fleet, check, until_replied
from tests.acceptance.test_kill import write
from tests.postgres import Pair

pytestmark = pytest.mark.timeout(240)
LATER = 63
TEXT = "street light is out on Mill Lane in Millbrook"


@pytest.fixture
def pair() -> Iterator[Pair]:
    made = Pair()
    made.primary.start()
    yield made
    made.stop()


@pytest.fixture
async def fleet(tmp_path: Path, pair: Pair, nursery: Nursery) -> AsyncIterator[Fleet]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(TelegramEmulator())
        sms = await stack.enter_async_context(TwilioEmulator())
        made = Fleet(tmp_path, pair.url, telegram, sms, nursery)
        yield made
        for number in range(len(made.crew)):
            await made.strike(number)


async def test_a_promoted_standby_has_everything_and_takes_over(
    fleet: Fleet, pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    await fleet.migrate()
    await asyncio.to_thread(pair.follow)
    fleet.board()
    write(fleet, 1, TEXT)
    await until_replied(fleet, 1)
    for number in range(2, LATER):
        write(fleet, number, TEXT)
        await asyncio.sleep(0.01)
    lost = asyncio.get_running_loop().time()
    await asyncio.to_thread(pair.lose_primary)
    number = LATER
    write(fleet, number, TEXT)
    async with asyncio.timeout(60):
        while not fleet.sms.phone(f"+1555020{number:04d}").messages:
            fleet.sms.redeliver()
            await asyncio.sleep(0.1)
    seconds = asyncio.get_running_loop().time() - lost
    number += 1
    write(fleet, number, TEXT)
    verdict = await check(fleet, number)
    with capsys.disabled():
        print(f"\nprimary lost, standby promoted: answering again after {seconds:.1f} s; {verdict}")
    assert seconds < 30
    assert len(fleet.crew) == len(CREW)  # nobody was started anew
