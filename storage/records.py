"""Plain values that cross the seam between the store and the service."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class NewInbound:
    """A message as it came.

    `external_id` makes it unique within its channel; `address` is sealed at once.
    """

    channel: str
    external_id: str
    address: str | None
    priority: int
    received_at: datetime
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffView:
    """A member of staff. An administrator and a coordinator of all areas have `areas` empty.

    `label` is what an administrator calls them; `since` is None where that was not kept.
    """

    id: int
    contact_id: int
    role: str
    team: str | None
    areas: tuple[str, ...]
    label: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class InviteView:
    """A one-time code that nobody has used yet. `handle` names it without telling the code."""

    handle: str
    role: str
    team: str | None
    areas: tuple[str, ...]
    label: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact without its address."""

    id: int
    channel: str
    language: str | None
    home_area: str | None
    opted_out_at: datetime | None
    created_at: datetime
    staff: StaffView | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """An inbound message that this worker may work on now."""

    id: int
    channel: str
    contact_id: int | None
    priority: int
    received_at: datetime
    attempts: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to file. `latitude`/`longitude` are already snapped; `point` is the precise one,
    sealed.

    `local_day` and `local_hour` are `occurred_at` in the city's time zone, for the counts.
    `joinable` says that reports of the same happening may be joined into one incident (not
    sensitive, precise).
    """

    ref: str
    contact_id: int | None
    area: str | None
    category: str
    categories: tuple[tuple[str, float], ...]
    urgency: str
    flags: tuple[str, ...]
    source: str
    language: str
    redacted_text: str
    text: str = field(repr=False)
    occurred_at: datetime
    received_at: datetime
    local_day: date
    local_hour: int
    latitude: float | None = None
    longitude: float | None = None
    precision_m: float | None = None
    point: tuple[float, float] | None = None
    place_text: str | None = None
    joinable: bool = False
    status: str = "open"


@dataclass(frozen=True, slots=True)
class ReportView:
    """A filed report as staff may see it: nothing sealed, no contact's address."""

    ref: str
    contact_id: int | None
    area: str | None
    category: str
    urgency: str
    flags: tuple[str, ...]
    source: str
    language: str
    redacted_text: str
    place_text: str | None
    latitude: float | None
    longitude: float | None
    precision_m: float | None
    occurred_at: datetime
    received_at: datetime
    status: str
    incident_id: int | None
    may_contact: bool | None = None


@dataclass(frozen=True, slots=True)
class HourCount:
    """Incidents and reports of one area and category in one local hour of one local day."""

    area: str | None
    category: str
    day: date
    hour: int
    incidents: int
    reports: int


@dataclass(frozen=True, slots=True)
class NewOutbound:
    """A message to send. `key` is unique: putting the same key twice sends once.

    `created_at` need only be told where it may not leave at once.
    """

    key: str
    contact_id: int
    channel: str
    priority: int
    kind: str
    not_before: datetime
    body: bytes = field(repr=False)
    expires_at: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sendable:
    """An outbound message leased to this sender, with the opened address."""

    id: int
    key: str
    contact_id: int
    channel: str
    priority: int
    kind: str
    attempts: int
    created_at: datetime
    address: str = field(repr=False)
    body: bytes = field(repr=False)
    opted_out: bool = False
    asked_at: datetime | None = None
