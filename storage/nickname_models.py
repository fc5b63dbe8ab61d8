"""Tables of the names that residents give to places."""

from datetime import datetime

from sqlmodel import Field

from storage.columns import Table, UtcTime


class Nickname(Table, table=True):
    """A name for a place of the city; `state` is asked, agreed, refused or removed."""

    __tablename__ = "nickname"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    words: str
    name: str
    area: str
    latitude: float
    longitude: float
    radius_m: float
    state: str = Field(index=True)
    changed_at: datetime = Field(sa_type=UtcTime)


class NicknameUse(Table, table=True):
    """One resident used words that nothing knew and then said where that was, coarsened."""

    __tablename__ = "nickname_use"
    key: str = Field(primary_key=True)
    contact_id: int = Field(
        primary_key=True, foreign_key="contact.id", ondelete="CASCADE", index=True
    )
    name: str | None = None
    area: str
    latitude: float
    longitude: float
    radius_m: float
    at: datetime = Field(sa_type=UtcTime, index=True)
