"""Reports for other people's tables and maps: nothing of a person, and nothing that tells of one.

What is sensitive keeps the day and the area alone, and loses the area too where fewer than five of
its kind lie in it: who knows the area would know whose it is. Its words stay here.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.insight.disclosure import FEWEST_SHOWN, is_sensitive
from storage.records import ReportView

FIELDS: Final = (
    "ref", "received_at", "occurred_at", "source", "area", "category", "urgency", "status",
    "latitude", "longitude", "precision_m", "text",
)  # fmt: skip
#: A spreadsheet takes what begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, str | float | None]


def export_rows(
    reports: Sequence[ReportView], zone: ZoneInfo, *, everywhere: bool = True
) -> list[Row]:
    """One row a report, oldest first, with the fields of `FIELDS`.

    Unless the reports are of everywhere, those whose area may not be told are left out.
    """
    cells = Counter((report.area, report.category) for report in reports)
    few = {cell for cell, count in cells.items() if count < FEWEST_SHOWN}
    ordered = sorted(reports, key=lambda report: (report.received_at, report.ref))
    return [_row(one, zone, few) for one in ordered if everywhere or not _hidden(one, few)]


def _hidden(report: ReportView, few: set[tuple[str | None, str]]) -> bool:
    return is_sensitive(report.category) and (report.area, report.category) in few


def _row(report: ReportView, zone: ZoneInfo, few: set[tuple[str | None, str]]) -> Row:
    sensitive = is_sensitive(report.category)
    return {
        "ref": None if sensitive else report.ref,
        "received_at": _time(report.received_at, zone, coarse=sensitive),
        "occurred_at": _time(report.occurred_at, zone, coarse=sensitive),
        "source": report.source,
        "area": None if _hidden(report, few) else report.area,
        "category": report.category,
        "urgency": report.urgency,
        "status": None if sensitive else report.status,
        "latitude": None if sensitive else report.latitude,
        "longitude": None if sensitive else report.longitude,
        "precision_m": None if sensitive else report.precision_m,
        "text": None if sensitive else report.redacted_text,
    }


def _time(when: datetime, zone: ZoneInfo, *, coarse: bool) -> str:
    """Local time to the minute, or the local day alone."""
    local = when.astimezone(zone)
    return local.date().isoformat() if coarse else local.isoformat(timespec="minutes")


def as_csv(rows: Iterable[Row]) -> str:
    """Comma-separated, with a first line of names."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _harmless(value: str | float | None) -> str | float | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_jsonl(rows: Iterable[Row]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_geojson(rows: Iterable[Row]) -> str:
    """A FeatureCollection; a report without a point of its own has no geometry."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
            if row["latitude"] is not None
            else None,
            "properties": {n: v for n, v in row.items() if n not in ("latitude", "longitude")},
        }
        for row in rows
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False) + "\n"
