"""Do the keys belong to this database? Wrong keys would double every contact without a word."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import DatabaseError
from storage.models import KeyCheck
from storage.sealing import Keyring, KeyringError, SealBroken
from storage.upsert import insert_into

_ABOUT = "key_check"


async def check_keys(session: AsyncSession, keys: Keyring) -> None:
    """Leave a sealed mark on the first use; later raise KeyringError where it does not open."""
    mark = keys.pseudonym("key", "check").encode()
    statement = insert_into(session, KeyCheck).on_conflict_do_nothing()
    try:
        await session.execute(statement.values(id=1, sealed=keys.seal(mark, _ABOUT)))
    except DBAPIError as error:
        if "key_check" not in str(error.orig):
            raise
        raise DatabaseError("The database has no tables yet: run `lamplighter migrate`.") from None
    sealed = (await session.scalars(select(KeyCheck))).one().sealed
    try:
        if keys.open(sealed, _ABOUT) == mark:
            return
    except SealBroken:
        pass
    raise KeyringError(
        "The keys file is not the one this database was made with. Put your copy of it back."
    )


async def meet_latest(session: AsyncSession, keys: Keyring) -> None:
    """Have the keys meet the mark, as `check_keys` does, in a view that cannot write."""
    with suppress(SealBroken):
        for mark in await session.scalars(select(KeyCheck)):
            keys.open(mark.sealed, _ABOUT)
