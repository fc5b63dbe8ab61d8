"""What can go wrong between a bot and its provider, on demand."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["answer", "html", "lost_reply", "dropped", "slow"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One mishap. `status`, `code`, `words` and `parameters` shape an answer of the provider's.

    `lost_reply`: the request is carried out and the connection then dropped. `dropped`: it is not
    carried out. `slow`: carried out and answered after `seconds`.
    """

    kind: Kind
    status: int = 500
    words: str = "Internal Server Error"
    code: int = 0
    parameters: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def flood(seconds: int) -> Fault:
    """Telegram's 429."""
    words = f"Too Many Requests: retry after {seconds}"
    return Fault("answer", 429, words, 20429, {"retry_after": seconds})


def blocked() -> Fault:
    """The user has blocked the bot."""
    return Fault("answer", 403, "Forbidden: bot was blocked by the user")


def migrated(chat_id: int) -> Fault:
    """The chat has a new id."""
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Fault("answer", 400, words, parameters={"migrate_to_chat_id": chat_id})


def refused(status: int, code: int, words: str = "refused") -> Fault:
    """An error with one of Twilio's codes."""
    return Fault("answer", status, words, code)


def html_page(status: int = 502) -> Fault:
    """A proxy's error page where JSON was expected; with status 200, a captive portal's."""
    return Fault("html", status, "Bad Gateway")


def lost_reply() -> Fault:
    """Carried out, but nobody hears of it."""
    return Fault("lost_reply")


def dropped() -> Fault:
    """The connection breaks before anything is done."""
    return Fault("dropped")


def slow(seconds: float) -> Fault:
    """Carried out, answered late."""
    return Fault("slow", seconds=seconds)


class Faults:
    """Faults waiting for the next requests, per method or operation."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def add(self, method: str, fault: Fault, times: int = 1) -> None:
        """Let the next `times` requests of this method meet the fault."""
        self._waiting.setdefault(method, deque()).extend([fault] * times)

    def next(self, method: str) -> Fault | None:
        """The fault for a request that arrives now."""
        waiting = self._waiting.get(method)
        return waiting.popleft() if waiting else None

    def clear(self) -> None:
        """From now on all goes well."""
        self._waiting.clear()
