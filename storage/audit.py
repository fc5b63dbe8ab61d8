"""Who did what, in a chain: every line's hash covers the line before it."""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import AuditEntry, Ledger
from storage.staff_models import Audit

_LOCK = 0x61756474
_START = "0" * 64
_PAGE = 1000


class AuditTrail:
    """work.audit: append only. `subject` is a reference or an id, never content."""

    def __init__(self, session: AsyncSession, ledger: Ledger) -> None:
        self._session = session
        self._ledger = ledger

    async def append(self, actor: str, action: str, subject: str, now: datetime) -> None:
        """Add a line; it gets its place in the chain when the transaction commits."""
        self._ledger.audit.append(AuditEntry(now.astimezone(UTC), actor, action, subject))

    def adopt(self, ledger: Ledger) -> None:
        """Add the lines that were gathered in a view which cannot write them itself."""
        self._ledger.audit += ledger.audit

    async def verify(self) -> int | None:
        """The number of the first line that was changed or is missing; None if all is well."""
        await self.write()
        before, seq = _START, 0
        query = select(Audit).order_by(col(Audit.seq)).limit(_PAGE)
        while page := list(await self._session.scalars(query.where(col(Audit.seq) > seq))):
            for row in page:
                entry = AuditEntry(row.at, row.actor, row.action, row.subject)
                if row.seq != seq + 1 or row.hash != _link(before, row.seq, entry):
                    return seq + 1
                before, seq = row.hash, row.seq
        return None

    async def tail(self, limit: int) -> list[AuditEntry]:
        """The newest lines, newest first."""
        await self.write()
        query = select(Audit).order_by(col(Audit.seq).desc()).limit(limit)
        return [
            AuditEntry(row.at, row.actor, row.action, row.subject)
            for row in await self._session.scalars(query)
        ]

    async def write(self) -> None:
        """Chain what was appended. One transaction at a time may hold the end of the chain."""
        entries, self._ledger.audit = self._ledger.audit, []
        if not entries:
            return
        if self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        query = select(col(Audit.seq), col(Audit.hash)).order_by(col(Audit.seq).desc()).limit(1)
        last = (await self._session.execute(query)).first()
        seq, before = (last[0], last[1]) if last else (0, _START)
        for entry in entries:
            seq, before = seq + 1, _link(before, seq + 1, entry)
            self._session.add(_row(seq, entry, before))
        await self._session.flush()


def _row(seq: int, entry: AuditEntry, link: str) -> Audit:
    return Audit(
        seq=seq,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        hash=link,
    )


def _link(before: str, seq: int, entry: AuditEntry) -> str:
    line = [before, seq, entry.at.isoformat(), entry.actor, entry.action, entry.subject]
    return hashlib.sha256(json.dumps(line).encode()).hexdigest()
