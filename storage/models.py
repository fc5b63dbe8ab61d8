"""Tables of contacts and of the messages that come in and go out."""

from datetime import date, datetime

from sqlalchemy import Boolean, ColumnElement, Index, UniqueConstraint, literal_column, text
from sqlmodel import Field

from storage.columns import Table, UtcTime

PENDING = "pending"
DONE = "done"
DEAD = "dead"
QUEUED = "queued"
LEASED = "leased"
SENDING = "sending"
SENT = "sent"
UNKNOWN = "unknown"
EXPIRED = "expired"
CANCELLED = "cancelled"
OPEN_SENDS = (QUEUED, LEASED, SENDING)


class KeyCheck(Table, table=True):
    """One sealed word that tells at start whether the keys belong to this database."""

    __tablename__ = "key_check"
    id: int = Field(primary_key=True)
    sealed: bytes


class Contact(Table, table=True):
    """Someone who writes to us. `sealed_address` is empty where only an opt-out must survive."""

    __tablename__ = "contact"
    id: int | None = Field(default=None, primary_key=True)
    pseudonym: str = Field(unique=True)
    sealed_address: bytes | None = None
    channel: str
    language: str | None = None
    home_area: str | None = None
    opted_out_at: datetime | None = Field(default=None, sa_type=UtcTime)
    forgotten_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    last_seen_at: datetime = Field(sa_type=UtcTime)


class Inbound(Table, table=True):
    """A message as received. The row stays for ever so that a late redelivery is known."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index(
            "ix_inbound_pending",
            "priority",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_inbound_contact_state", "contact_id", "state"),
        Index("ix_inbound_state_received_at", "state", "received_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    channel: str
    external_id: str
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="SET NULL")
    priority: int
    received_at: datetime = Field(sa_type=UtcTime)
    sealed_body: bytes | None = None
    state: str = PENDING
    attempts: int = 0
    error: str | None = None


class Conversation(Table, table=True):
    """What we remember between two messages: sealed JSON, for it may hold a resident's words."""

    __tablename__ = "conversation"
    contact_id: int = Field(primary_key=True, foreign_key="contact.id", ondelete="CASCADE")
    sealed_state: bytes
    updated_at: datetime = Field(sa_type=UtcTime, index=True)


class Outbox(Table, table=True):
    """A message to send. `state` is ours, `status` is the provider's word about it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "priority",
            "id",
            sqlite_where=text("state IN ('queued', 'leased', 'sending')"),
            postgresql_where=text("state IN ('queued', 'leased', 'sending')"),
        ),
        Index("ix_outbox_contact_state", "contact_id", "state"),
        Index("ix_outbox_state_created_at", "state", "created_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="SET NULL")
    channel: str
    kind: str
    priority: int
    sealed_body: bytes | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    not_before: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcTime)
    state: str = QUEUED
    attempts: int = 0
    error: str | None = None
    provider_id: str | None = Field(default=None, index=True)
    status: str | None = None
    status_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SendBudget(Table, table=True):
    """When the next message may leave under a pacing key (a bot, a chat, a number)."""

    __tablename__ = "send_budget"
    key: str = Field(primary_key=True)
    next_at: datetime = Field(sa_type=UtcTime)


class Spend(Table, table=True):
    """What was sent at a price on a local day, in the provider's units."""

    __tablename__ = "spend"
    channel: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    units: int = 0


def waits() -> ColumnElement[bool]:
    """Inbound messages that wait, in the very words of the partial index, so that it is used."""
    return literal_column("inbound.state = 'pending'", Boolean)


def open_sends() -> ColumnElement[bool]:
    """Outbound messages that have not ended, in the very words of the partial index."""
    return literal_column("outbox.state IN ('queued', 'leased', 'sending')", Boolean)
