"""References like K7Q-42: short, said easily over a bad line, without look-alikes or words."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

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
    """References that no report bears; longer ones as a city fills up the short ones."""
    for tail in range(2, _LONGEST):
        drawn = {random_ref(tail) for _ in range(_TRIES * count)}
        query = select(col(Report.ref)).where(col(Report.ref).in_(drawn))
        free = drawn - set(await session.scalars(query))
        if len(free) >= count:
            return list(free)[:count]
    raise LookupError("no free reference was found")
