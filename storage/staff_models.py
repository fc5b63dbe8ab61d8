"""Tables of the people who work with reports, their digests, and the record of what they did."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from storage.columns import Table, UtcTime


class Staff(Table, table=True):
    """A member of staff; teams themselves are the city's data, named here by their slug.

    `label` is what an administrator calls them. `since` is empty for who joined before it was kept.
    """

    __tablename__ = "staff"
    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contact.id", unique=True)
    role: str = Field(index=True)
    team: str | None = None
    areas: list[str] = Field(sa_type=JSON)
    label: str | None = None
    since: datetime | None = Field(default=None, sa_type=UtcTime)


class Invite(Table, table=True):
    """A one-time code, kept as a keyed hash."""

    __tablename__ = "invite"
    code_hash: str = Field(primary_key=True)
    role: str
    team: str | None = None
    areas: list[str] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    label: str | None = None
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DigestRun(Table, table=True):
    """A digest that was made: the unique pair decides which of several schedulers makes it."""

    __tablename__ = "digest_run"
    __table_args__ = (UniqueConstraint("team", "period"),)
    id: int | None = Field(default=None, primary_key=True)
    team: str
    period: str
    started_at: datetime = Field(sa_type=UtcTime)


class Audit(Table, table=True):
    """Who did what to which subject; every row's hash covers the row before it."""

    __tablename__ = "audit"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)
    actor: str
    action: str
    subject: str
    hash: str
