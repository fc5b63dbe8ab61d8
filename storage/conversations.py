"""What we remember of a conversation, sealed."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.gathering import save_states
from storage.ledger import Ledger
from storage.models import Conversation
from storage.sealing import Keyring


class Conversations:
    """work.conversations"""

    def __init__(self, session: AsyncSession, keys: Keyring, ledger: Ledger) -> None:
        self._session = session
        self._keys = keys
        self._ledger = ledger

    async def load(self, contact_id: int) -> dict[str, object]:
        """The state as it was saved; empty where there is none."""
        gathered = self._ledger.gathered
        if gathered and contact_id in gathered.states:
            sealed = gathered.states[contact_id]
        else:
            query = select(col(Conversation.sealed_state))
            theirs = query.where(col(Conversation.contact_id) == contact_id)
            sealed = await self._session.scalar(theirs)
        if sealed is None:
            return {}
        state: dict[str, object] = json.loads(
            self._keys.open(sealed, about_conversation(contact_id))
        )
        return state

    async def save(self, contact_id: int, state: dict[str, object], now: datetime) -> None:
        """Replace the state (JSON values only)."""
        sealed = self._keys.seal(json.dumps(state).encode(), about_conversation(contact_id))
        gathered = self._ledger.gathered
        if gathered:
            gathered.states[contact_id] = sealed
            gathered.new_states[contact_id] = (sealed, now)
        else:
            await save_states(self._session, {contact_id: (sealed, now)})


def about_conversation(contact_id: int) -> str:
    """What a contact's state is sealed to."""
    return f"conversation:{contact_id}"
