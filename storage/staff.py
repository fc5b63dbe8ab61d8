"""Members of staff and the one-time codes by which they join."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import Ledger
from storage.records import InviteView, StaffView
from storage.rows import changed
from storage.sealing import Keyring
from storage.staff_models import Invite, Staff
from storage.upsert import insert_into

#: Digits of a code's keyed hash that name its invitation: they tell nothing of the code.
_HANDLE = 6


class StaffList:
    """work.staff"""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger) -> None:
        self._session = session
        self._keys = keys
        self._ledger = ledger

    async def invite(
        self,
        code: str,
        role: str,
        team: str | None,
        areas: tuple[str, ...],
        expires_at: datetime,
        now: datetime,
        label: str | None = None,
    ) -> None:
        """Keep a one-time code (as a keyed hash) that makes a contact a member of staff."""
        invite = Invite(
            code_hash=self._hash(code),
            role=role,
            team=team,
            areas=list(areas),
            created_at=now,
            expires_at=expires_at,
            label=label,
        )
        self._session.add(invite)
        await self._session.flush()

    async def bootstrap(self, code: str, expires_at: datetime, now: datetime) -> bool:
        """Keep the first administrator's code; False when there is an administrator already."""
        if await self.members(role="administrator"):
            return False
        await self.invite(code, "administrator", None, (), expires_at, now)
        return True

    async def redeem(self, code: str, contact_id: int, now: datetime) -> StaffView | None:
        """Use a code. None where it is unknown, used or too old; the same answer for all three."""
        statement = (
            update(Invite)
            .where(
                col(Invite.code_hash) == self._hash(code),
                *_usable(now),
            )
            .values(used_at=now)
            .returning(col(Invite.role), col(Invite.team), col(Invite.areas), col(Invite.label))
        )
        used = (
            await self._session.execute(statement, execution_options={"synchronize_session": False})
        ).first()
        if used is None:
            return None
        values = {"role": used.role, "team": used.team, "areas": used.areas, "since": now}
        named = {"label": used.label} if used.label else {}  # a new role keeps the name
        await self._session.execute(
            insert_into(self._session, Staff)
            .values(contact_id=contact_id, label=used.label, **values)
            .on_conflict_do_update(index_elements=["contact_id"], set_=values | named)
        )
        self._drop(contact_id)
        return await self.of_contact(contact_id)

    async def open_invites(self, now: datetime) -> list[InviteView]:
        """Codes that can still be used, the oldest first."""
        query = select(Invite).where(*_usable(now)).order_by(col(Invite.created_at))
        return [_invite_view(row) for row in await self._session.scalars(query)]

    async def revoke(self, handle: str, now: datetime) -> InviteView | None:
        """Make an unused code useless; None where no usable one bears that handle."""
        named = col(Invite.code_hash).endswith(handle.lower(), autoescape=True)
        found = (await self._session.scalars(select(Invite).where(*_usable(now), named))).all()
        if len(found) != 1 or len(handle) < _HANDLE:
            return None
        view = _invite_view(found[0])
        await self._session.delete(found[0])
        await self._session.flush()
        return view

    async def of_contact(self, contact_id: int) -> StaffView | None:
        """The staff role of a contact, if it has one."""
        found = await self._views(col(Staff.contact_id) == contact_id)
        return found[0] if found else None

    async def members(self, role: str | None = None, team: str | None = None) -> list[StaffView]:
        """All members, or those of a role or team."""
        conditions = []
        if role is not None:
            conditions.append(col(Staff.role) == role)
        if team is not None:
            conditions.append(col(Staff.team) == team)
        return await self._views(*conditions)

    async def get(self, staff_id: int) -> StaffView | None:
        """The member of that number."""
        found = await self._views(col(Staff.id) == staff_id)
        return found[0] if found else None

    async def call(self, staff_id: int, label: str) -> bool:
        """Name a member; False where there is none of that number."""
        named = update(Staff).where(col(Staff.id) == staff_id).values(label=label)
        return await changed(self._session, named) > 0

    async def remove(self, staff_id: int) -> bool:
        """Take the role away; the contact stays."""
        member = await self.get(staff_id)
        if member is not None:
            self._drop(member.contact_id)
        return await changed(self._session, delete(Staff).where(col(Staff.id) == staff_id)) > 0

    def _drop(self, contact_id: int) -> None:
        if self._ledger.gathered:
            self._ledger.gathered.drop(contact_id)

    async def _views(self, *conditions: object) -> list[StaffView]:
        query = select(Staff).where(*conditions).order_by(col(Staff.id))  # type: ignore[arg-type]
        rows = await self._session.scalars(query.execution_options(populate_existing=True))
        return [staff_view(row) for row in rows]

    def _hash(self, code: str) -> str:
        return self._keys.pseudonym("invite", code)


def staff_view(row: Staff) -> StaffView:
    """A row as the service sees it."""
    return StaffView(
        id=row.id or 0,
        contact_id=row.contact_id,
        role=row.role,
        team=row.team,
        areas=tuple(row.areas),
        label=row.label,
        since=row.since,
    )


def _invite_view(row: Invite) -> InviteView:
    return InviteView(
        handle=row.code_hash[-_HANDLE:].upper(),
        role=row.role,
        team=row.team,
        areas=tuple(row.areas),
        label=row.label,
        expires_at=row.expires_at,
    )


def _usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(Invite.used_at).is_(None), col(Invite.expires_at) > now)
