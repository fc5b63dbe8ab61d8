"""What a transaction gathers and writes just before it commits, in one fixed order.

On PostgreSQL several workers keep transactions open over a batch. Counters and the end of the audit
chain are shared by all of them: writing them last, sorted, keeps their locks short and makes a
deadlock impossible.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from storage.records import ContactView, NewOutbound, NewReport, ReportView

CountKey = tuple[str, str, str, date, int]
"""Source, area ("" for none), category, local day, local hour."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit, not yet chained."""

    at: datetime
    actor: str
    action: str
    subject: str


@dataclass(slots=True)
class Gathered:
    """What a batch read at once for its contacts, and what it will write at once.

    Whoever changes something of a contact drops what was read of it.
    """

    contacts: dict[int, ContactView] = field(default_factory=dict)
    states: dict[int, bytes | None] = field(default_factory=dict)
    reports: dict[int, list[ReportView]] = field(default_factory=dict)
    refs: list[str] = field(default_factory=list)
    new_reports: list[NewReport] = field(default_factory=list)
    new_states: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)
    new_sends: dict[str, NewOutbound] = field(default_factory=dict)

    def drop(self, contact_id: int) -> None:
        """Read this contact afresh from now on."""
        self.contacts.pop(contact_id, None)
        self.states.pop(contact_id, None)
        self.reports.pop(contact_id, None)


@dataclass(slots=True)
class Ledger:
    """Pending changes of counts, lines of the audit, and whom to wake after the commit.

    `gathered` is there where many messages share the transaction.
    """

    counts: dict[CountKey, tuple[int, int]] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    gathered: Gathered | None = None

    def count(self, key: CountKey, incidents: int, reports: int) -> None:
        """Add to (or with negative numbers take from) one local hour."""
        before = self.counts.get(key, (0, 0))
        self.counts[key] = (before[0] + incidents, before[1] + reports)

    def snapshot(self) -> "Ledger":
        """A copy to return to when a savepoint is rolled back."""
        return Ledger(dict(self.counts), list(self.audit), set(self.topics), self.gathered)

    def restore(self, earlier: "Ledger") -> None:
        """Forget everything gathered since the snapshot."""
        self.counts, self.audit, self.topics = earlier.counts, earlier.audit, earlier.topics
        self.gathered = earlier.gathered
