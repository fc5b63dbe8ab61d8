"""Sealing everything anew with the newest key, a little at a time.

Safe to interrupt: each step is a transaction of its own, every value bears the number of its key,
and values under any key of the file open. So doing it again goes on where it stopped.
"""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.columns import Table
from storage.conversations import about_conversation
from storage.models import Contact, Conversation, Inbound, KeyCheck, Outbox
from storage.report_models import Followup, Report
from storage.reports import about_followup
from storage.rows import changed
from storage.sealing import Keyring, SealBroken
from storage.store import Store

_STEP = 200


@dataclass(frozen=True, slots=True)
class _Place:
    """A column of sealed values, the key of its rows, and what each value was sealed to."""

    table: type[Table]
    column: str
    key: str
    about: Callable[[Any, str], str]
    """From the row, and the report's reference where the row belongs to one."""

    @property
    def sealed(self) -> ColumnElement[bytes]:
        """The column itself."""
        return cast("ColumnElement[bytes]", getattr(self.table, self.column))

    @property
    def number(self) -> ColumnElement[int]:
        """The column that numbers the rows."""
        return cast("ColumnElement[int]", getattr(self.table, self.key))

    def older(self, newest: int) -> ColumnElement[bool]:
        """Values that another key than the newest sealed: its number is their first byte."""
        return func.substr(self.sealed, 1, 1) != literal(bytes([newest]))


_PLACES = (
    _Place(Contact, "sealed_address", "id", lambda row, _: f"contact:{row.pseudonym}"),
    _Place(Inbound, "sealed_body", "id", lambda r, _: f"inbound:{r.channel}:{r.external_id}"),
    _Place(Outbox, "sealed_body", "id", lambda row, _: f"outbox:{row.key}"),
    _Place(Conversation, "sealed_state", "contact_id",
           lambda row, _: about_conversation(row.contact_id)),
    _Place(Report, "sealed_point", "id", lambda row, _: f"report:{row.ref}:point"),
    _Place(Report, "sealed_text", "id", lambda row, _: f"report:{row.ref}:text"),
    _Place(Followup, "sealed_text", "id", lambda row, ref: about_followup(ref, row.at)),
    _Place(KeyCheck, "sealed", "id", lambda _row, _ref: "key_check"),
)  # fmt: skip


async def sealed_before(session: AsyncSession, newest: int) -> int:
    """How many values another key than the newest sealed."""
    counts = [select(func.count()).where(place.older(newest)) for place in _PLACES]
    return sum([await session.scalar(query) or 0 for query in counts])


async def can_go_on(session: AsyncSession, keys: Keyring) -> bool:
    """Whether any value that an older key sealed opens: one that was damaged never will."""
    for place in _PLACES:
        after = -1
        while rows := await _rows(session, place, keys.newest, after, lock=False):
            if any(_opens(place, keys, row, ref) for row, ref in rows):
                return True
            after = max(getattr(row, place.key) for row, _ in rows)
    return False


async def reseal(store: Store, keys: Keyring) -> AsyncGenerator[int, None]:
    """Seal anew whatever an older key sealed; yields after each step how many values that was.

    A value that does not open stays as it is: `sealed_before` counts it still.
    """
    for place in _PLACES:
        after = -1
        while True:
            async with store.begin() as work:
                rows = await _rows(work.session, place, keys.newest, after)
                done = [await _renew(work.session, place, keys, row, ref) for row, ref in rows]
            if not rows:
                break
            after = max(getattr(row, place.key) for row, _ in rows)
            yield sum(done)


async def _rows(
    session: AsyncSession, place: _Place, newest: int, after: int, *, lock: bool = True
) -> list[tuple[Any, str]]:
    """The next rows to do, with the reference of the report that they belong to, if any."""
    query = select(place.table).where(place.older(newest), place.number > after)
    # Whoever works on a row now will find it afterwards as it was: it is taken by the next run.
    query = query.order_by(place.number).limit(_STEP)
    query = query.with_for_update(skip_locked=True) if lock else query
    rows: list[Any] = list(await session.scalars(query.execution_options(populate_existing=True)))
    if place.table is not Followup:
        return [(row, "") for row in rows]
    theirs = select(col(Report.id), col(Report.ref))
    found = await session.execute(theirs.where(col(Report.id).in_([r.report_id for r in rows])))
    refs = {row[0]: row[1] for row in found}
    return [(row, refs[row.report_id]) for row in rows]


def _opens(place: _Place, keys: Keyring, row: Table, ref: str) -> bool:
    try:
        keys.open(getattr(row, place.column), place.about(row, ref))
    except SealBroken:
        return False
    return True


async def _renew(session: AsyncSession, place: _Place, keys: Keyring, row: Table, ref: str) -> int:
    old, about = getattr(row, place.column), place.about(row, ref)
    try:
        new = keys.seal(keys.open(old, about), about)
    except SealBroken:
        return 0
    mine = (place.number == getattr(row, place.key), place.sealed == old)
    return await changed(session, update(place.table).where(*mine).values({place.column: new}))
