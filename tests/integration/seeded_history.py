"""26 weeks of made-up reports for the demo town: bursty counts, with or without a planted rise."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bot.city import City, demo_city_path, load_city
from bot.insight.periods import Weeks
from storage.records import NewReport
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import make_report

ZONE = ZoneInfo("Atlantic/Azores")
#: A Sunday morning, 07:30 in the town.
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
AREAS = (
    "old-town", "castle-hill", "millbrook", "station-fields", "saltings", "quayside", "eastbank",
    "heron-park",
)  # fmt: skip
CATEGORIES = (
    "noise", "lighting", "waste_environment", "vandalism", "theft", "road_safety", "disorder",
    "drugs", "dogs_animals", "domestic_abuse",
)  # fmt: skip
#: Variance of a week's count over its mean.
DISPERSION = 1.5


def report_at(local: datetime, area: str, category: str, number: int, **over: object) -> NewReport:
    """A report of one happening at a local time."""
    at = local.replace(tzinfo=ZONE).astimezone(UTC)
    values: dict[str, object] = {
        "ref": f"H{number:05d}", "area": area, "category": category, "occurred_at": at,
        "received_at": at, "local_day": local.date(), "local_hour": local.hour,
        "joinable": False, "source": "sms" if number % 2 else "telegram", "status": "closed",
        "redacted_text": "made up", "text": "made up",
    }  # fmt: skip
    return make_report(**(values | over))


def history(seed: int, weeks: int = 26) -> list[NewReport]:
    """The present week and `weeks` before it, every cell with its own steady mean."""
    rng = np.random.default_rng(seed)
    windows = Weeks.until(NOW, ZONE)
    reports: list[NewReport] = []
    for area in AREAS:
        for category in CATEGORIES:
            mean = rng.uniform(0.3, 2.5)
            counts = rng.negative_binomial(mean / (DISPERSION - 1), 1 / DISPERSION, weeks + 1)
            for week, count in enumerate(counts):
                for hour in rng.integers(0, 167, count):
                    local = windows.start(week) + timedelta(hours=int(hour), minutes=10)
                    reports.append(report_at(local, area, category, len(reports)))
    return reports


def planted(start: int, count: int = 14) -> list[NewReport]:
    """Windows broken in Old Town, all on Friday and Saturday nights around one place."""
    nights = (datetime(2026, 11, 20, 21, 5), datetime(2026, 11, 21, 22, 15))  # noqa: DTZ001
    return [
        report_at(
            nights[number % 2] + timedelta(minutes=3 * number),
            "old-town",
            "vandalism",
            start + number,
            place_text="Market Cross",
        )
        for number in range(count)
    ]


async def file_history(store: Store, reports: list[NewReport]) -> None:
    """File in one transaction."""
    async with store.begin() as work:
        await work.reports.file_many(reports)


@pytest.fixture(scope="session")
def seeded_keys() -> Keyring:
    """The keys of the seeded file."""
    return Keyring.fresh()


@pytest.fixture(scope="session")
def seeded_template(
    sqlite_template: Path, seeded_keys: Keyring, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A file with 26 usual weeks, a usual one and the planted rise, to copy."""
    path = tmp_path_factory.mktemp("seeded") / "town.db"
    shutil.copy(sqlite_template, path)

    async def fill() -> None:
        async with Store(f"sqlite+aiosqlite:///{path}", seeded_keys) as store:
            reports = history(3)
            await file_history(store, reports + planted(len(reports)))

    asyncio.run(fill())
    return path


@pytest.fixture
async def seeded(
    seeded_template: Path, seeded_keys: Keyring, tmp_path: Path
) -> AsyncIterator[Store]:
    """An open store on a fresh copy of the seeded file."""
    shutil.copy(seeded_template, tmp_path / "seeded.db")
    async with Store(f"sqlite+aiosqlite:///{tmp_path / 'seeded.db'}", seeded_keys) as store:
        yield store


@pytest.fixture
async def empty(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store without any report."""
    shutil.copy(sqlite_template, tmp_path / "empty.db")
    async with Store(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}", Keyring.fresh()) as store:
        yield store


@pytest.fixture(scope="session")
def otterhithe() -> City:
    """The demo town."""
    return load_city(demo_city_path())
