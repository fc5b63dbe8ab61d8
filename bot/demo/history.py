"""Twenty-six made-up weeks before the demo's day, with one planted rise for the digest to find."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.city import City
from nlp.categories import CATEGORIES
from storage.records import NewReport
from storage.store import Store

WEEKS = 26
SEED = 20_261_015
#: Mean reports a week in a town of average area, by category: a quiet place with small worries.
WEEKLY = {
    "waste_environment": 2.2,
    "noise": 1.6,
    "lighting": 1.1,
    "road_safety": 1.4,
    "vehicle_crime": 0.8,
    "vandalism": 0.9,
    "theft": 0.9,
    "disorder": 1.0,
    "dogs_animals": 0.7,
    "drugs": 0.5,
    "feeling_unsafe": 0.4,
}
#: What the digest must find: vehicle crime in one area, many times its usual, in the last days.
RISE = ("station-fields", "vehicle_crime", 7)
#: One area is hardly heard of, though people live there.
UNDER_HEARD = ("saltings", 0.12)


async def seed(store: Store, city: City, now: datetime) -> int:
    """File the made-up reports; how many there are."""
    reports = list(made_up(city, now))
    for start in range(0, len(reports), 500):
        async with store.begin() as work:
            await work.reports.file_many(reports[start : start + 500])
    return len(reports)


def made_up(city: City, now: datetime) -> Iterator[NewReport]:
    """The history, the same at every call."""
    chance = random.Random(SEED)
    number = 0
    for week in range(WEEKS):
        start = now - timedelta(weeks=WEEKS - week)
        for area in city.areas:
            for category, mean in WEEKLY.items():
                for _ in range(_count(chance, area, category, mean, last=week == WEEKS - 1)):
                    number += 1
                    moment = start + timedelta(minutes=chance.randrange(7 * 24 * 60))
                    yield _report(city, number, area, category, moment)


def _count(chance: random.Random, area: str, category: str, mean: float, *, last: bool) -> int:
    if last and (area, category) == RISE[:2]:
        return RISE[2]
    share = UNDER_HEARD[1] if area == UNDER_HEARD[0] else 1.0
    # Counting arrivals of a Poisson process: gaps are exponential.
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean * share:
        count += 1
        passed += chance.expovariate(1.0)
    return count


def _report(city: City, number: int, area: str, category: str, moment: datetime) -> NewReport:
    local = moment.astimezone(city.timezone)
    return NewReport(
        ref=f"H{number:04d}",
        contact_id=None,
        area=area,
        category=category,
        categories=((category, 1.0),),
        urgency=CATEGORIES[category].urgency.value,
        flags=(),
        source="sms",
        language=city.languages[0],
        redacted_text="(made up for the demo)",
        text="(made up for the demo)",
        occurred_at=moment,
        received_at=moment,
        local_day=local.date(),
        local_hour=local.hour,
        status="closed",
    )
