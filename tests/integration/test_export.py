"""`lamplighter export`: what leaves the house, and what never does."""

import asyncio
import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.insight.export import FIELDS, as_csv, as_geojson, export_rows
from storage.records import NewReport
from storage.sealing import Keyring
from storage.store import Store
from tests.integration.storage_factories import NOW, make_contact, make_report

Run = Callable[..., Result]
ZONE = ZoneInfo("Atlantic/Azores")  # 18:30 there when it is 19:30 UTC


def filed(number: int, **over: object) -> NewReport:
    values = {"area": "old-town", "redacted_text": f"Lamp {number} is out"} | over
    return make_report(ref=f"K7Q-{number}", **values)


SENSITIVE = {"category": "domestic_abuse", "latitude": None, "longitude": None}


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A deployment with two lamps, an abuse in the old town and five on the quay."""

    async def fill() -> None:
        async with Store(sqlite_url, Keyring.create(tmp_path / "keys.json")) as store:
            contact = await make_contact(store, "+15550100")
            old = NOW - timedelta(days=40)
            reports = [
                filed(1, contact_id=contact), filed(2, area="quayside", received_at=old),
                filed(3, **SENSITIVE),
                *(filed(n, area="quayside", **SENSITIVE) for n in range(4, 9)),
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
    assert "8 reports of 2026-01-01 to 2026-03-10" in result.stderr
    # The words as they were written, the exact point and the address stay in the house.
    for secret in ("Ada", "51.50012", "5550100", "Mill Lane"):
        assert secret not in result.stdout


def test_a_sensitive_matter_keeps_its_day_and_area_alone(house: Run) -> None:
    told = [row for row in table(house()) if row["category"] == "domestic_abuse"]
    bare = {"received_at": "2026-03-10", "occurred_at": "2026-03-10", "source": "sms",
            "category": "domestic_abuse", "urgency": "U3"}  # fmt: skip
    empty = dict.fromkeys(FIELDS, "")
    assert told.count(empty | bare | {"area": "quayside"}) == 5
    assert told.count(empty | bare) == 1, "one alone in its area loses the area too"


def test_of_some_areas_what_may_not_be_placed_is_left_out(house: Run) -> None:
    assert [row["ref"] for row in table(house("--areas", "old-town"))] == ["K7Q-1"]
    assert len(table(house("--areas", "quayside, old-town"))) == 7


def test_days_are_whole_and_local(house: Run) -> None:
    assert [row["ref"] for row in table(house("--until", "2026-02-01"))] == ["K7Q-2"]
    assert table(house("--since", "2026-03-11", "--until", "2026-03-12")) == []


def test_other_forms_say_the_same(house: Run) -> None:
    lines = [json.loads(line) for line in house("--format", "jsonl").stdout.splitlines()]
    assert len(lines) == 8
    assert lines[0]["latitude"] == 51.5
    collection = json.loads(house("--format", "geojson").stdout)
    assert collection["type"] == "FeatureCollection"
    first, last = collection["features"][0], collection["features"][-1]
    assert first["geometry"] == {"type": "Point", "coordinates": [-0.12, 51.5]}
    assert "latitude" not in first["properties"]
    assert (last["geometry"], last["properties"]["category"]) == (None, "domestic_abuse")


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
