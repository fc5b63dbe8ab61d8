"""What the understanding of one message comes to.

Plain values that cross the seam to the service.
"""

from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """How soon somebody must act; U0 means that a life is at risk now. Compare by `rank`."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"

    @property
    def rank(self) -> int:
        """0 for the most urgent, 4 for the least."""
        return int(self.value[1])


class Intent(StrEnum):
    """What the sender wants of us."""

    REPORT = "report"
    FOLLOW_UP = "follow_up"
    QUESTION = "question"
    PRAISE = "praise"
    GREETING = "greeting"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    SPAM = "spam"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Nickname:
    """What the people of a city call a place, taught by them: `words` mean the place `name`."""

    words: str
    name: str
    area: str
    latitude: float
    longitude: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Query:
    """One text to understand.

    `home_area` is a prior for places, `pin` a point the sender shared. `nicknames` are those of the
    city; give the same tuple to many queries, it is made ready once.
    """

    text: str
    home_area: str | None = None
    pin: tuple[float, float] | None = None
    nicknames: tuple[Nickname, ...] = ()


@dataclass(frozen=True, slots=True)
class Danger:
    """The two answers about danger to life: they have different prices for being wrong.

    `emergency` shows the resident the emergency number (recall first); `page` wakes a team
    (precision first). `rules` names the rules that fired; `unsure` means words of danger that are
    negated, past or quoted: the resident is asked whether anyone is in danger now. `likely` says of
    an unsure one that nothing denies it or dates it back: its words only have harmless uses too.
    """

    emergency: bool = False
    page: bool = False
    unsure: bool = False
    rules: tuple[str, ...] = ()
    likely: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of a place at `text[start:end]` (characters of the original text).

    `kind` is street, intersection, landmark, area, block, address or unknown. `name` is the
    gazetteer's name; the point is WGS 84, `radius_m` the distance in metres within which the truth
    is believed to lie with probability `confidence`; all four are None for an unresolved mention.
    """

    text: str
    start: int
    end: int
    kind: str
    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One place to offer in the question "which one?": `label` is short enough for a button."""

    label: str
    area: str
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Where a message is about. `area` None: unknown; then `options` (up to four) may be offered.

    `why` says in one word how it was found: pin, place, intersection, street, landmark, area,
    home, none. `outside` means that it is known to lie outside every area of the city. `unheard`
    are the words of the text that say where and that nothing knows.
    """

    area: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float | None = None
    confidence: float | None = None
    name: str | None = None
    why: str = "none"
    outside: bool = False
    options: tuple[Option, ...] = ()
    unheard: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything understood of one message. `categories` are calibrated, most probable first.

    `file` says whether this would be filed as a report; `behaviour_missing` marks suspicion of a
    person without any behaviour (never filed: the sender is asked what the person did).
    """

    language: str
    intent: Intent
    category: str
    categories: tuple[tuple[str, float], ...]
    urgency: Urgency
    flags: tuple[str, ...]
    file: bool
    behaviour_missing: bool
    danger: Danger
    places: tuple[Place, ...]
    location: Location
    redacted: str
