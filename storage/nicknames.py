"""Names that residents give to places: who used them, and which of them coordinators agreed to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.nickname_models import Nickname, NicknameUse
from storage.rows import changed
from storage.upsert import insert_into

ASKED = "asked"
AGREED = "agreed"
REFUSED = "refused"
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class NicknamePlace:
    """Where a nickname is: degrees, metres, the area's code; `name` None for a bare point."""

    area: str
    latitude: float
    longitude: float
    radius_m: float
    name: str | None = None


@dataclass(frozen=True, slots=True)
class NicknameView:
    """A nickname as the service sees it; `words` hold nothing that identifies anybody."""

    id: int
    key: str
    words: str
    place: NicknamePlace
    state: str


@dataclass(frozen=True, slots=True)
class NicknameUseView:
    """What one contact meant by the words."""

    contact_id: int
    place: NicknamePlace


class Nicknames:
    """work.nicknames"""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def agreed(self) -> tuple[NicknameView, ...]:
        """Those that count, in the order of their words."""
        chosen = col(Nickname.state) == AGREED
        query = select(Nickname).where(chosen).order_by(col(Nickname.words), col(Nickname.id))
        return tuple(_view(row) for row in await self._session.scalars(query))

    async def get(self, number: int) -> NicknameView | None:
        """The nickname of that number, in whatever state."""
        query = select(Nickname).where(col(Nickname.id) == number)
        row = await self._session.scalar(query.execution_options(populate_existing=True))
        return _view(row) if row else None

    async def find(self, key: str) -> NicknameView | None:
        """The nickname of that key, in whatever state."""
        query = select(Nickname).where(col(Nickname.key) == key)
        row = await self._session.scalar(query.execution_options(populate_existing=True))
        return _view(row) if row else None

    async def teach(self, key: str, words: str, place: NicknamePlace, now: datetime) -> int:
        """Let the words mean the place from now on, whatever they meant before; its number."""
        values = _values(words, place, AGREED, now)
        statement = insert_into(self._session, Nickname).values(key=key, **values)
        statement = statement.on_conflict_do_update(index_elements=["key"], set_=values)
        await self._session.execute(statement)
        known = await self.find(key)
        return known.id if known else 0

    async def propose(
        self, key: str, words: str, place: NicknamePlace, now: datetime
    ) -> NicknameView | None:
        """Put the words to the coordinators; None when that was done before."""
        statement = insert_into(self._session, Nickname).values(
            key=key, **_values(words, place, ASKED, now)
        )
        added = await self._session.scalar(
            statement.on_conflict_do_nothing(index_elements=["key"]).returning(col(Nickname.id))
        )
        return await self.get(added) if added else None

    async def decide(self, number: int, state: str, now: datetime, *, was: str = ASKED) -> bool:
        """Change the state of a nickname that is still in state `was`."""
        chosen = update(Nickname).where(col(Nickname.id) == number, col(Nickname.state) == was)
        return await changed(self._session, chosen.values(state=state, changed_at=now)) > 0

    async def use(self, key: str, contact_id: int, place: NicknamePlace, now: datetime) -> None:
        """Note what a contact meant by the words; a later use replaces an earlier one."""
        values = _place(place) | {"name": place.name, "at": now}
        statement = insert_into(self._session, NicknameUse).values(
            key=key, contact_id=contact_id, **values
        )
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["key", "contact_id"], set_=values)
        )

    async def uses(self, key: str) -> tuple[NicknameUseView, ...]:
        """What each contact meant by the words, the newest first."""
        query = select(NicknameUse).where(col(NicknameUse.key) == key)
        rows = await self._session.scalars(
            query.order_by(
                col(NicknameUse.at).desc(), col(NicknameUse.contact_id)
            ).execution_options(populate_existing=True)
        )
        return tuple(NicknameUseView(row.contact_id, _place_of(row)) for row in rows)


def _values(words: str, place: NicknamePlace, state: str, now: datetime) -> dict[str, object]:
    named = {"words": words, "name": place.name or words, "state": state, "changed_at": now}
    return named | _place(place)


def _place(place: NicknamePlace) -> dict[str, object]:
    return {
        "area": place.area,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "radius_m": place.radius_m,
    }


def _place_of(row: Nickname | NicknameUse) -> NicknamePlace:
    return NicknamePlace(row.area, row.latitude, row.longitude, row.radius_m, row.name)


def _view(row: Nickname) -> NicknameView:
    return NicknameView(row.id or 0, row.key, row.words, _place_of(row), row.state)
