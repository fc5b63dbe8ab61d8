"""What we remember of a conversation, sealed."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.models import Conversation
from storage.sealing import Keyring
from storage.upsert import insert_into


class Conversations:
    """work.conversations"""

    def __init__(self, session: AsyncSession, keys: Keyring) -> None:
        self._session = session
        self._keys = keys

    async def load(self, contact_id: int) -> dict[str, object]:
        """The state as it was saved; empty where there is none."""
        query = select(col(Conversation.sealed_state))
        sealed = await self._session.scalar(query.where(col(Conversation.contact_id) == contact_id))
        if sealed is None:
            return {}
        state: dict[str, object] = json.loads(self._keys.open(sealed, _about(contact_id)))
        return state

    async def save(self, contact_id: int, state: dict[str, object], now: datetime) -> None:
        """Replace the state (JSON values only)."""
        sealed = self._keys.seal(json.dumps(state).encode(), _about(contact_id))
        statement = insert_into(self._session, Conversation).values(
            contact_id=contact_id, sealed_state=sealed, updated_at=now
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["contact_id"],
                set_={"sealed_state": sealed, "updated_at": now},
            )
        )


def _about(contact_id: int) -> str:
    return f"conversation:{contact_id}"
