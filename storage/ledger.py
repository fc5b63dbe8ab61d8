"""What a transaction gathers and writes just before it commits, in one fixed order.

On PostgreSQL several workers keep transactions open over a batch. Counters and the end of the audit
chain are shared by all of them: writing them last, sorted, keeps their locks short and makes a
deadlock impossible.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

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
class Ledger:
    """Pending changes of counts, lines of the audit, and whom to wake after the commit."""

    counts: dict[CountKey, tuple[int, int]] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)

    def count(self, key: CountKey, incidents: int, reports: int) -> None:
        """Add to (or with negative numbers take from) one local hour."""
        before = self.counts.get(key, (0, 0))
        self.counts[key] = (before[0] + incidents, before[1] + reports)

    def snapshot(self) -> "Ledger":
        """A copy to return to when a savepoint is rolled back."""
        return Ledger(dict(self.counts), list(self.audit), set(self.topics))

    def restore(self, earlier: "Ledger") -> None:
        """Forget everything gathered since the snapshot."""
        self.counts, self.audit, self.topics = earlier.counts, earlier.audit, earlier.topics
