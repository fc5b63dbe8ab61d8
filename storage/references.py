"""References like K7Q-42: short, said easily over a bad line, without look-alikes or words."""

import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.locks import try_lock
from storage.report_models import Report

LETTERS = "ACDEFHJKMNPQRTUVWXY"  # no B 8, G 6, I 1, L 1, O 0, S 5, Z 2
DIGITS = "2345679"
_TRIES = 4
_LONGEST = 8


def random_ref(tail: int = 2) -> str:
    """One at random; the digit between the letters keeps words from forming."""
    head = secrets.choice(LETTERS) + secrets.choice(DIGITS) + secrets.choice(LETTERS)
    return f"{head}-{''.join(secrets.choice(DIGITS) for _ in range(tail))}"


async def unused_refs(session: AsyncSession, count: int) -> list[str]:
    """References that no report bears; longer ones as a city fills up the short ones.

    They are locked first and looked up then: what another transaction has drawn and not yet
    committed is left to it, and what it has committed is seen.
    """
    free: list[str] = []
    for tail in range(2, _LONGEST):
        for _ in range(_TRIES):
            drawn = {random_ref(tail) for _ in range(count - len(free))} - set(free)
            free += await _free(session, sorted(drawn))
            if len(free) >= count:
                return free
    raise LookupError("no free reference was found")


async def _free(session: AsyncSession, drawn: Sequence[str]) -> list[str]:
    ours = await try_lock(session, [f"ref:{ref}" for ref in drawn])
    refs = [name.removeprefix("ref:") for name in ours]
    query = select(col(Report.ref)).where(col(Report.ref).in_(refs))
    taken = set(await session.scalars(query))
    return [ref for ref in refs if ref not in taken]
