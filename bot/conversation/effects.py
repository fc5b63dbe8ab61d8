"""What a conversation decides, as values.

The pure router says it, the worker's transaction does it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from bot.city import City
from bot.message import Inbound, Outbound, Priority
from nlp.analysis import Analysis, Location, Option
from storage.records import ContactView, ReportView


@dataclass(frozen=True, slots=True)
class Question:
    """The one question that is open with a contact.

    `kind` is place, consent, danger, behaviour, matter (a pin came, but what happened there?),
    correction or forget. `text` is redacted. `options` are the places offered; for behaviour and
    matter the one place that is known already. `attempt` counts how often it was asked.
    """

    kind: str
    ref: str | None
    asked_at: datetime
    expires_at: datetime
    options: tuple[Option, ...] = ()
    text: str | None = field(default=None, repr=False)
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class State:
    """What we remember of a conversation between two messages.

    Of the last report: has it a place (`placed`), was a team told (`alerted`) and woken at any hour
    (`pressing`), the questions still `pending`, and `unheard`, the redacted words by which it told
    its place and that nothing knows. `tips` were shown already.
    """

    question: Question | None = None
    last_ref: str | None = None
    last_at: datetime | None = None
    last_category: str | None = None
    introduced: bool = False
    placed: bool = True
    alerted: bool = False
    pressing: bool = False
    pending: tuple[str, ...] = ()
    tips: tuple[str, ...] = ()
    unheard: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything the router may look at.

    `ref` is a fresh reference for a report that it may file.
    """

    city: City
    contact: ContactView
    state: State
    message: Inbound
    analysis: Analysis
    now: datetime
    ref: str
    reports: tuple[ReportView, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer the contact of the turn."""

    message: Outbound
    priority: Priority = Priority.REPLY
    kind: str = "reply"


@dataclass(frozen=True, slots=True)
class FileReport:
    """File the turn's message as a new report under `ref`, understood as `analysis` says."""

    ref: str
    analysis: Analysis
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """Give a filed report its place."""

    ref: str
    area: str | None
    latitude: float | None = None
    longitude: float | None = None
    radius_m: float | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AddToReport:
    """Add the resident's words to a filed report; raise its urgency where they are graver."""

    ref: str
    analysis: Analysis
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DisputeReport:
    """The resident says that what we understood is wrong: a person looks at it again."""

    ref: str


@dataclass(frozen=True, slots=True)
class MayContact:
    """The resident's answer to "may we write to you?" about a report."""

    ref: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class AlertTeam:
    """Tell the area's team about a report: at any hour, or if not `pressing` once it reads.

    `about` is the category of an added danger of another kind than the report's.
    """

    ref: str
    pressing: bool = True
    about: str | None = None


@dataclass(frozen=True, slots=True)
class OptOut:
    """Send this contact nothing more, on any channel that is linked."""


@dataclass(frozen=True, slots=True)
class OptIn:
    """The contact wants messages again."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop the link from every report to this contact and everything else we hold of it."""


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep the language or the home area that the contact's own words told."""

    language: str | None = None
    home_area: str | None = None


@dataclass(frozen=True, slots=True)
class HearName:
    """The contact wrote `words` that nothing knows, redacted, and then said where that is."""

    words: str
    location: Location


@dataclass(frozen=True, slots=True)
class Redeem:
    """The contact sent a one-time staff code."""

    code: str = field(repr=False)


Effect = (
    Reply
    | FileReport
    | PlaceReport
    | AddToReport
    | DisputeReport
    | MayContact
    | AlertTeam
    | OptOut
    | OptIn
    | Forget
    | Remember
    | HearName
    | Redeem
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The new state and what is to be done, in order."""

    state: State
    effects: tuple[Effect, ...] = ()
