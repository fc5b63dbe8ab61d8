"""A process that takes messages in and works them off until it is killed.

Run as `python -m tests.integration.storage_victim URL KEYS FIRST LAST`. It writes the number of
every message that it acknowledged to stdout, at once, and files one report a message.
"""

import asyncio
import os
import sys
from pathlib import Path

from storage.claiming import Claim
from storage.records import Claimed
from storage.sealing import Keyring
from storage.store import Store
from storage.work import Work
from tests.integration.storage_factories import NOW, make_inbound, make_outbound, make_report

CONTACTS = 25


async def receive(store: Store, numbers: list[int]) -> None:
    """Eight callers that put messages, as a provider's connections do."""
    waiting = iter(numbers)

    async def caller() -> None:
        for number in waiting:
            address = f"+1555{number % CONTACTS:04}"
            body = str(number).encode()
            await store.put(make_inbound(external_id=f"SM{number}", address=address, body=body))
            os.write(1, f"{number}\n".encode())

    await asyncio.gather(*(caller() for _ in range(8)))


async def effects(work: Work, message: Claimed) -> None:
    """What one message does: a report, its counts, a reply, a line in the audit."""
    number = int(message.body)
    contact = message.contact_id or 0
    await work.reports.file(
        make_report(ref=f"N{number}", contact_id=contact, local_hour=number % 24)
    )
    await work.outbox.put(make_outbound(key=f"reply:{message.id}", contact_id=contact))
    await work.conversations.save(contact, {"last": number}, NOW)
    await work.audit.append("worker", "file", f"N{number}", NOW)
    await work.inbox.done(message.id)


async def work_off(store: Store, *, until_empty: bool = False) -> None:
    """Claim and work, for ever or until nothing waits."""
    while True:
        async with store.claim(8, NOW) as claim:
            await _batch(claim)
        if not claim.messages:
            if until_empty:
                return
            await store.wait("inbound", 0.05)


async def _batch(claim: Claim) -> None:
    for message in claim.messages:
        async with claim.begin(message) as work:
            await effects(work, message)


async def live(url: str, keys: Path, numbers: list[int]) -> None:
    """Receive and work at the same time."""
    async with Store(url, Keyring.load(keys)) as store:
        worker = asyncio.create_task(work_off(store))
        await receive(store, numbers)
        await worker


if __name__ == "__main__":
    asyncio.run(live(sys.argv[1], Path(sys.argv[2]), [*map(int, sys.argv[3].split(","))]))
