"""One transaction with everything that can be done in it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import AuditTrail
from storage.budget import Budget
from storage.contacts import Contacts
from storage.conversations import Conversations
from storage.counts import write_counts
from storage.digests import Digests
from storage.gathering import write_gathered
from storage.inbox import Inbox
from storage.ledger import Ledger
from storage.nicknames import Nicknames
from storage.outbox import OutboxQueue
from storage.preloading import read_gathered
from storage.reports import Reports
from storage.sealing import Keyring
from storage.spend import Spending
from storage.staff import StaffList
from storage.trends import Trends


class Work:
    """The parts of one open transaction; get it from Store.begin() or Claim.begin()."""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger | None = None) -> None:
        self.session = session
        self.keys = keys
        self.ledger = ledger or Ledger()
        self.audit = AuditTrail(session, self.ledger)
        self.staff = StaffList(session, keys, self.ledger)
        self.contacts = Contacts(session, keys, self.ledger)
        self.inbox = Inbox(session, self.ledger)
        self.conversations = Conversations(session, keys, self.ledger)
        self.reports = Reports(session, keys, self.ledger)
        self.trends = Trends(session, keys, self.ledger)
        self.digests = Digests(session)
        self.outbox = OutboxQueue(session, keys, self.ledger)
        self.budget = Budget(session)
        self.spend = Spending(session)
        self.nicknames = Nicknames(session)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone: an exception undoes it and is raised on."""
        await self.scatter()
        before = self.ledger.snapshot()
        try:
            async with self.session.begin_nested():
                yield
                await self.scatter()
        except BaseException:
            self.ledger.restore(before)
            raise

    async def gather(self, contact_ids: Iterable[int | None]) -> None:
        """Read at once what the messages of many contacts need, and write at once what they do.

        Nothing else changes: who reads what was not yet written writes it first.
        """
        self.ledger.gathered = await read_gathered(self.session, self.contacts, contact_ids)

    async def scatter(self) -> None:
        """Write what was gathered and gather no more."""
        await write_gathered(self.session, self.keys, self.ledger)
        self.ledger.gathered = None

    async def settle(self) -> None:
        """Write what was put off; the store does it before the commit."""
        await self.scatter()
        await write_counts(self.session, self.ledger)
        await self.audit.write()
