"""Time, injected: so that a test or a demo can live six weeks in a minute."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """The present moment."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class ShiftedClock:
    """Runs as fast as the machine's clock but from another moment, and can jump ahead."""

    def __init__(self, start: datetime) -> None:
        self._shift = start - datetime.now(UTC)

    def now(self) -> datetime:
        """The present moment of the made-up day."""
        return datetime.now(UTC) + self._shift

    def jump(self, moment: datetime) -> None:
        """Go on from `moment`; time never runs backwards, an earlier moment is ignored."""
        self._shift += max(moment - self.now(), timedelta())
