"""Tables of reports, of the incidents they tell of, and of their counts."""

from datetime import date, datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field

from storage.columns import Table, UtcTime


class Incident(Table, table=True):
    """One happening that one or more precise reports tell of. It lies where its first report lay.

    Its row never changes but when its first report moves, so joining it needs no lock.
    """

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_category_occurred_at", "category", "occurred_at"),)
    id: int | None = Field(default=None, primary_key=True)
    category: str
    source: str
    latitude: float
    longitude: float
    occurred_at: datetime = Field(sa_type=UtcTime)


class Report(Table, table=True):
    """A filed concern. `counts_incident` marks the one report that stands for its incident."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_area_received_at", "area", "received_at"),
        Index("ix_report_contact_id_received_at", "contact_id", "received_at"),
        Index("ix_report_last_exchange_at", "last_exchange_at"),
        Index("ix_report_received_at", "received_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    ref: str = Field(unique=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="SET NULL")
    area: str | None = None
    category: str
    categories: list[list[object]] = Field(sa_type=JSON)
    urgency: str
    flags: list[str] = Field(sa_type=JSON)
    source: str
    language: str
    latitude: float | None = None
    longitude: float | None = None
    precision_m: float | None = None
    sealed_point: bytes | None = None
    place_text: str | None = None
    redacted_text: str
    sealed_text: bytes | None = None
    occurred_at: datetime = Field(sa_type=UtcTime)
    received_at: datetime = Field(sa_type=UtcTime)
    last_exchange_at: datetime = Field(sa_type=UtcTime)
    local_day: date
    local_hour: int
    status: str = "open"
    may_contact: bool | None = None
    joinable: bool = False
    counts_incident: bool = True
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)


class Followup(Table, table=True):
    """What a resident added to a report later."""

    __tablename__ = "followup"
    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="report.id", ondelete="CASCADE", index=True)
    at: datetime = Field(sa_type=UtcTime)
    redacted_text: str
    sealed_text: bytes | None = None
    urgency: str


class HourlyCount(Table, table=True):
    """Incidents and reports by local hour. No area is written as an empty string."""

    __tablename__ = "hourly_count"
    __table_args__ = (Index("ix_hourly_count_source_day", "source", "day"),)
    source: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    hour: int = Field(primary_key=True)
    incidents: int = 0
    reports: int = 0
