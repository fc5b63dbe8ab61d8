"""One transaction with everything that can be done in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import AuditTrail
from storage.budget import Budget
from storage.contacts import Contacts
from storage.conversations import Conversations
from storage.counts import write_counts
from storage.digests import Digests
from storage.inbox import Inbox
from storage.ledger import Ledger
from storage.outbox import OutboxQueue
from storage.reports import Reports
from storage.sealing import Keyring
from storage.staff import StaffList
from storage.tips import Tips
from storage.trends import Trends


class Work:
    """The parts of one open transaction; get it from Store.begin() or Claim.begin()."""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger | None = None) -> None:
        self.session = session
        self.keys = keys
        self.ledger = ledger or Ledger()
        self.audit = AuditTrail(session, self.ledger)
        self.staff = StaffList(session, keys)
        self.contacts = Contacts(session, keys)
        self.inbox = Inbox(session, self.ledger)
        self.conversations = Conversations(session, keys)
        self.reports = Reports(session, keys, self.ledger)
        self.trends = Trends(session, self.ledger)
        self.digests = Digests(session)
        self.outbox = OutboxQueue(session, keys, self.ledger)
        self.budget = Budget(session)
        self.tips = Tips(session)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that can fail alone: an exception undoes it and is raised on."""
        before = self.ledger.snapshot()
        try:
            async with self.session.begin_nested():
                yield
        except BaseException:
            self.ledger.restore(before)
            raise

    async def settle(self) -> None:
        """Write what was gathered; the store does it before the commit."""
        await write_counts(self.session, self.ledger)
        await self.audit.write()
