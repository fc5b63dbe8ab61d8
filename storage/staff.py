"""Members of staff and the one-time codes by which they join."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.ledger import Ledger
from storage.records import StaffView
from storage.rows import changed
from storage.sealing import Keyring
from storage.staff_models import Invite, Staff
from storage.upsert import insert_into


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
    ) -> None:
        """Keep a one-time code (as a keyed hash) that makes a contact a member of staff."""
        invite = Invite(
            code_hash=self._hash(code),
            role=role,
            team=team,
            areas=list(areas),
            created_at=now,
            expires_at=expires_at,
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
                col(Invite.used_at).is_(None),
                col(Invite.expires_at) > now,
            )
            .values(used_at=now)
            .returning(col(Invite.role), col(Invite.team), col(Invite.areas))
        )
        used = (
            await self._session.execute(statement, execution_options={"synchronize_session": False})
        ).first()
        if used is None:
            return None
        values = {"role": used.role, "team": used.team, "areas": used.areas}
        await self._session.execute(
            insert_into(self._session, Staff)
            .values(contact_id=contact_id, **values)
            .on_conflict_do_update(index_elements=["contact_id"], set_=values)
        )
        if self._ledger.gathered:
            self._ledger.gathered.drop(contact_id)
        return await self.of_contact(contact_id)

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

    async def remove(self, staff_id: int) -> bool:
        """Take the role away; the contact stays."""
        return await changed(self._session, delete(Staff).where(col(Staff.id) == staff_id)) > 0

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
    )
