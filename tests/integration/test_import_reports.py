"""`lamplighter import-reports`: others' past records as reports of a source of their own."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.city import demo_city_path
from bot.cli import app
from bot.cli.records import take_in
from bot.inbox.records import CategoryMap, MapError
from nlp.places.areas import Areas
from storage.records import HourCount, ReportView
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import make_contact, make_report

Run = Callable[..., Result]
AREAS = Areas.open(demo_city_path())
LAT, LON, _ = AREAS.centre("old-town")
HERE = f"{LAT},{LON}"
MAP = """
column = "title"
[categories]
"Traffic*" = "road_safety"
"Traffic: LIGHT OUT" = "lighting"
"Assault at home" = "domestic_abuse"
"EMS*" = ""
"""
ROWS = f"""id,lat,lng,title,timeStamp
1,{HERE},Traffic: VEHICLE ACCIDENT,2025-12-10 17:40:00
2,{HERE},Traffic: LIGHT OUT,2025-12-11 09:05:00
3,{HERE},Assault at home,2025-12-11 23:30:00
4,{HERE},EMS: BACK PAINS,2025-12-12 10:00:00
5,{HERE},Dragon,2025-12-12 10:00:00
6,0,0,Traffic: VEHICLE ACCIDENT,2025-12-12 10:00:00
7,nan,{LON},Traffic: VEHICLE ACCIDENT,2025-12-12 10:00:00
8,,{LON},Traffic: VEHICLE ACCIDENT,2025-12-12 10:00:00
9,{HERE},Traffic: VEHICLE ACCIDENT,yesterday
10,{HERE},Traffic: VEHICLE ACCIDENT,2025-12-10 17:40:00
"""


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    Keyring.create(tmp_path / "keys.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAMPLIGHTER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LAMPLIGHTER_KEYS_FILE", str(tmp_path / "keys.json"))
    (tmp_path / "911.csv").write_text(ROWS)
    (tmp_path / "map.toml").write_text(MAP)
    columns = ("--lat", "lat", "--lon", "lng", "--when", "timeStamp", "--category-map", "map.toml")
    return lambda *words, file="911.csv": CliRunner().invoke(
        app, ["import-reports", file, *columns, *words]
    )


def stored(url: str, house: Path) -> tuple[list[ReportView], list[HourCount], list[HourCount]]:
    """The reports, and the counts of the import and of residents."""

    async def look() -> tuple[list[ReportView], list[HourCount], list[HourCount]]:
        since, until = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
        days = (since.date(), until.date())
        async with Store(url, Keyring.load(house / "keys.json")) as store, store.read() as work:
            return (
                (await work.reports.search(None, since, until))[::-1],
                await work.trends.hourly(None, *days, source="import:911"),
                await work.trends.hourly(None, *days, source="bot"),
            )

    return asyncio.run(look())


def test_rows_become_reports_and_the_rest_is_told(
    house: Run, sqlite_url: str, tmp_path: Path
) -> None:
    result = house()
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [
        "4 taken in as import:911, 0 were there before",
        "2 lie outside every area",
        "2 have no place or time that can be read",
        "1 have a label that the map does not name, most of all:",
        "  1  Dragon",
    ]
    reports, imported, residents = stored(sqlite_url, tmp_path)
    assert [(r.category, r.area, r.status, r.source) for r in reports] == [
        ("road_safety", "old-town", "closed", "import:911"),
        ("road_safety", "old-town", "closed", "import:911"),
        ("lighting", "old-town", "closed", "import:911"),
        ("domestic_abuse", "old-town", "closed", "import:911"),
    ]
    # 17:40 in the Azores; two calls at one place and time are two calls.
    assert reports[0].occurred_at == datetime(2025, 12, 10, 18, 40, tzinfo=UTC)
    assert sum(count.incidents for count in imported) == 4
    assert residents == []
    lamp, abuse = reports[2], reports[3]
    assert lamp.latitude is not None
    assert (lamp.latitude, lamp.longitude) != (LAT, LON), "snapped"
    assert abuse.latitude is None, "sensitive matters keep their area alone"


def test_again_nothing_is_doubled_and_what_is_new_comes_in(
    house: Run, sqlite_url: str, tmp_path: Path
) -> None:
    house()
    again = house()
    assert "0 taken in as import:911, 4 were there before" in again.stderr
    (tmp_path / "911.csv").write_text(
        f"{ROWS}11,{HERE},Traffic: VEHICLE ACCIDENT,2025-12-13 08:00:00\n"
    )
    assert "1 taken in as import:911, 4 were there before" in house().stderr
    reports, imported, _ = stored(sqlite_url, tmp_path)
    assert len(reports) == sum(count.incidents for count in imported) == 5


def test_a_source_and_a_form_of_time_of_ones_own(
    house: Run, sqlite_url: str, tmp_path: Path
) -> None:
    (tmp_path / "old.csv").write_text(
        f"lat,lng,title,timeStamp\n{HERE},Traffic,31/12/2025 23:59\n", encoding="utf-8-sig"
    )
    result = house("--source", "Police 2025", "--when-format", "%d/%m/%Y %H:%M", file="old.csv")
    assert "1 taken in as import:police-2025" in result.stderr
    (report,), _, _ = stored(sqlite_url, tmp_path)
    assert report.occurred_at == datetime(2026, 1, 1, 0, 59, tzinfo=UTC)
    assert report.ref.startswith("POLICE-2025-")


def test_it_is_audited(house: Run, sqlite_url: str, tmp_path: Path) -> None:
    house()

    async def look() -> list[tuple[str, str, str]]:
        keys = Keyring.load(tmp_path / "keys.json")
        async with Store(sqlite_url, keys) as store, store.begin() as work:
            return [(line.actor, line.action, line.subject) for line in await work.audit.tail(9)]

    assert asyncio.run(look()) == [
        ("shell", "import reports", "import:911: 4 reports"),
        ("shell", "import reports", "import:911: begun"),
    ]


async def test_others_write_between_two_batches(sqlite_url: str, keys: Keyring) -> None:
    reports = (make_report(ref=f"OLD-{n}", source="import:911") for n in range(1500))
    between = 0
    async with Store(sqlite_url, keys) as store, Store(sqlite_url, keys) as other:
        importing = asyncio.create_task(take_in(store, "import:911", reports))
        while not importing.done():
            await make_contact(other, f"+1555010{between}")
            between += 1
        assert await importing == (1500, 0)
    assert between >= 3


def test_a_missing_column_is_named(house: Run, tmp_path: Path) -> None:
    (tmp_path / "911.csv").write_text("lat,title\n1,2\n")
    problem = str(house().exception)
    assert problem == "911.csv has no column lng, timeStamp; it has: lat, title"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "column = "),
        ("column = 'title'", "column = "),
        ("column = 'title'\n[categories]\n'x' = 'dragons'", "dragons is no category; known: viol"),
        ("[", "cannot be read"),
    ],
)
def test_a_map_that_cannot_be_used_says_what_to_write(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(MapError, match=r"map\.toml") as problem:
        CategoryMap.load(path)
    assert words in str(problem.value)
    with pytest.raises(MapError, match="cannot be read"):
        CategoryMap.load(tmp_path / "none.toml")


def test_the_longest_beginning_counts() -> None:
    labels = CategoryMap("t", {"A*": "noise", "AB*": "lighting", "ABC": "drugs", "*": ""})
    found = [labels.category(label) for label in ("A", "ABX", "ABC", "ABCD", "Z", "")]
    assert found == ["noise", "lighting", "drugs", "lighting", "", ""]
