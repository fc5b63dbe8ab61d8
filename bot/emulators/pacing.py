"""A provider's rate limits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil


@dataclass(slots=True)
class Pace:
    """At most `burst` messages in any `seconds` under a key."""

    burst: int
    seconds: float
    now: Callable[[], float]
    _sent: dict[object, list[float]] = field(default_factory=dict)

    def over(self, key: object = None) -> int:
        """0 and the message counts; or the whole seconds to wait."""
        now = self.now()
        recent = [at for at in self._sent.get(key, ()) if now - at < self.seconds]
        if len(recent) >= self.burst:
            return max(1, ceil(recent[0] + self.seconds - now))
        self._sent[key] = [*recent, now]
        return 0
