"""`lamplighter export`: what leaves the house, and what never does."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from bot.city import demo_city_path, load_city
from bot.cli import app
from bot.cli.export import read_audited
from bot.insight.export import FIELDS, as_csv, as_geojson, export_rows
from storage.records import NewReport, ReportView
from storage.sealing import Keyring
from storage.store import Store
from storage.work import Work
from tests.integration.storage_factories import NOW, make_contact, make_report

Run = Callable[..., Result]
ZONE = ZoneInfo("Atlantic/Azores")  # 18:30 there when it is 19:30 UTC


def filed(number: int, **over: object) -> NewReport:
    values = {"area": "old-town", "redacted_text": f"Lamp {number} is out"} | over
    return make_report(ref=f"K7Q-{number}", **values)


SENSITIVE = {"category": "domestic_abuse", "latitude": None, "longitude": None}
VIEW = ReportView(
    ref="K7Q-0", contact_id=None, area="mill", category="domestic_abuse", urgency="U3", flags=(),
    source="sms", language="en", redacted_text="words", place_text=None, latitude=None,
    longitude=None, precision_m=None, occurred_at=NOW, received_at=NOW, status="open",
    incident_id=None,
)  # fmt: skip


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A deployment with two lamps; an abuse in the old town, five on the quay, ten in the park."""

    async def fill() -> None:
        async with Store(sqlite_url, Keyring.create(tmp_path / "keys.json")) as store:
            contact = await make_contact(store, "+15550100")
            old = NOW - timedelta(days=40)
            reports = [
                filed(1, contact_id=contact), filed(2, area="quayside", received_at=old),
                filed(3, **SENSITIVE),
                *(filed(n, area="quayside", **SENSITIVE) for n in range(4, 9)),
                *(filed(n, area="heron-park", **SENSITIVE) for n in range(10, 20)),
            ]  # fmt: skip
            async with store.begin() as work:
                for report in reports:
                    await work.reports.file(report)

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LAMPLIGHTER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LAMPLIGHTER_KEYS_FILE", str(tmp_path / "keys.json"))
    days = ("--since", "2026-01-01", "--until", "2026-03-10")
    return lambda *words: CliRunner().invoke(app, ["export", *days, *words])


def table(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_a_row_says_what_staff_may_see(house: Run) -> None:
    result = house()
    rows = table(result)
    assert tuple(rows[0]) == FIELDS
    assert [row["ref"] for row in rows][:1] == ["K7Q-2"], "the oldest first"
    lamp = next(row for row in rows if row["ref"] == "K7Q-1")
    assert lamp == {
        "ref": "K7Q-1", "received_at": "2026-03-10T18:30-01:00",
        "occurred_at": "2026-03-10T18:30-01:00", "source": "sms", "area": "old-town",
        "category": "lighting", "urgency": "U3", "status": "open", "latitude": "51.5",
        "longitude": "-0.12", "precision_m": "40.0", "text": "Lamp 1 is out",
    }  # fmt: skip
    assert "18 reports of 2026-01-01 to 2026-03-10" in result.stderr
    # The words as they were written, the exact point and the address stay in the house.
    for secret in ("Ada", "51.50012", "5550100", "Mill Lane"):
        assert secret not in result.stdout


def test_a_sensitive_matter_keeps_its_day_and_area_alone(house: Run) -> None:
    told = [row for row in table(house()) if row["category"] == "domestic_abuse"]
    bare = {"received_at": "2026-03-10", "occurred_at": "2026-03-10", "source": "sms",
            "category": "domestic_abuse", "urgency": "U3"}  # fmt: skip
    empty = dict.fromkeys(FIELDS, "")
    assert told.count(empty | bare | {"area": "heron-park"}) == 10
    # One alone in its area loses the area too, and hides among the next few.
    assert told.count(empty | bare) == 6
    assert len(told) == 16


def test_of_some_areas_what_may_not_be_placed_is_left_out(house: Run) -> None:
    assert [row["ref"] for row in table(house("--areas", "old-town"))] == ["K7Q-1"]
    assert len(table(house("--areas", "quayside, old-town"))) == 7


def sealed_off(source: str, area: str, count: int) -> list[ReportView]:
    return [replace(VIEW, ref=f"{n}", source=source, area=area) for n in range(count)]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({("sms", "mill"): 5}, {"mill"}),
        ({("sms", "mill"): 4}, set()),
        ({("sms", "mill"): 1, ("import:911", "mill"): 5}, {"mill"}),
        ({("sms", "mill"): 1, ("import:911", "quay"): 5}, {"quay"}),
        ({("sms", "mill"): 1, ("sms", "quay"): 6, ("sms", "park"): 7}, {"park"}),
        ({("sms", "mill"): 4, ("sms", "quay"): 3, ("sms", "park"): 7}, {"park"}),
    ],
)
def test_areas_are_told_by_source_and_never_by_subtraction(
    counts: dict[tuple[str, str], int], told: set[str]
) -> None:
    reports = [one for cell, count in counts.items() for one in sealed_off(*cell, count)]
    rows = export_rows(reports, ZONE)
    assert len(rows) == len(reports)
    assert {row["area"] for row in rows} - {None} == told
    few = [row["area"] for row in rows if row["source"] == "sms" and counts["sms", "mill"] < 5]
    assert "mill" not in few


def test_the_order_of_rows_tells_no_time() -> None:
    """What has a day alone stands before all of that day, wherever in it it came."""
    lamps = [
        replace(VIEW, ref=f"L-{hour}", received_at=NOW.replace(hour=hour), category="lighting")
        for hour in (9, 12, 17)
    ]
    early, late = (
        [replace(one, received_at=NOW.replace(hour=hour, minute=n), urgency=f"U{n % 3}")
         for n, one in enumerate(sealed_off("sms", "mill", 6))]
        for hour in (8, 15)
    )  # fmt: skip
    # The other way round as well: nothing follows the order in which they were read.
    assert export_rows([*lamps, *early], ZONE) == export_rows([*late[::-1], *lamps], ZONE)
    shown = [row["received_at"] for row in export_rows([*lamps, *late], ZONE)]
    assert shown == sorted(str(time) for time in shown)


class Watched(Store):
    """Tells how often it was read from."""

    reads = 0

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        self.reads += 1
        async with super().read() as view:
            yield view


async def test_it_reads_while_others_write(sqlite_url: str, keys: Keyring) -> None:
    city, day = load_city(demo_city_path()), NOW.date()
    async with Watched(sqlite_url, keys) as store, Store(sqlite_url, keys) as other:
        async with other.begin() as work:
            await work.reports.file(filed(1))
        async with other.begin(), asyncio.timeout(5):
            reading = asyncio.create_task(read_audited(store, city, day - timedelta(20), day, None))
            while store.reads < 3:  # three weeks, and nobody had to stop writing
                await asyncio.sleep(0.01)
        assert [report.ref for report in await reading] == ["K7Q-1"]


def test_days_are_whole_and_local(house: Run) -> None:
    assert [row["ref"] for row in table(house("--until", "2026-02-01"))] == ["K7Q-2"]
    assert table(house("--since", "2026-03-11", "--until", "2026-03-12")) == []


def test_other_forms_say_the_same(house: Run) -> None:
    lines = [json.loads(line) for line in house("--format", "jsonl").stdout.splitlines()]
    assert len(lines) == 18
    assert lines[0]["latitude"] == 51.5
    collection = json.loads(house("--format", "geojson").stdout)
    assert collection["type"] == "FeatureCollection"
    first, bare = collection["features"][:2]
    assert first["geometry"] == {"type": "Point", "coordinates": [-0.12, 51.5]}
    assert "latitude" not in first["properties"]
    assert (bare["geometry"], bare["properties"]["category"]) == (None, "domestic_abuse")


def test_it_is_audited(house: Run, sqlite_url: str, tmp_path: Path) -> None:
    house("--areas", "quayside")

    async def look() -> tuple[str, str, str]:
        keys = Keyring.load(tmp_path / "keys.json")
        async with Store(sqlite_url, keys) as store, store.begin() as work:
            (line,) = await work.audit.tail(9)
            return line.actor, line.action, line.subject

    assert asyncio.run(look()) == (
        "shell", "export", "2026-01-01..2026-03-10 quayside: 6 reports"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--areas", "mars"), "old-town"),
        (("--since", "yesterday"), "is a day"),
        (("--format", "pdf"), "geojson"),
    ],
)
def test_wrong_words_are_told(house: Run, words: tuple[str, ...], hint: str) -> None:
    result = house(*words)
    assert result.exit_code == 2
    assert hint in result.output


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1"])
async def test_no_text_becomes_a_formula(sqlite_url: str, keys: Keyring, text: str) -> None:
    async with Store(sqlite_url, keys) as store, store.begin() as work:
        await work.reports.file(filed(1, redacted_text=text))
        (report,) = await work.reports.search(None, NOW, datetime(2027, 1, 1, tzinfo=UTC))
    rows = export_rows([report], ZONE)
    (row,) = csv.DictReader(io.StringIO(as_csv(rows)))
    assert row["text"] == f"'{text}"
    assert json.loads(as_geojson(rows))["features"][0]["properties"]["text"] == text
