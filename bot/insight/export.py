"""Reports for other people's tables and maps: nothing of a person, and nothing that tells of one.

What is sensitive keeps the day and the area alone, and loses the area too where fewer than five of
its kind and source lie in it: who knows the area would know whose it is. Its words stay here, and
so does the order within the day in which it came.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.insight.disclosure import is_sensitive, suppressed
from storage.records import ReportView

FIELDS: Final = (
    "ref", "received_at", "occurred_at", "source", "area", "category", "urgency", "status",
    "latitude", "longitude", "precision_m", "text",
)  # fmt: skip
#: A spreadsheet takes what begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

#: By these rows are sorted; of what is sensitive they are all that is shown.
_ORDER: Final = (
    "received_at", "occurred_at", "source", "category", "urgency", "area", "ref",
)  # fmt: skip

Row = dict[str, str | float | None]
_Cell = tuple[str, str, str | None]


def export_rows(
    reports: Sequence[ReportView], zone: ZoneInfo, *, everywhere: bool = True
) -> list[Row]:
    """One row a report, oldest first as far as the rows tell, with the fields of `FIELDS`.

    Unless the reports are of everywhere, those whose area may not be told are left out. Otherwise
    they are there without it, so how many they are is known: of some other areas it is not told
    either, until at least five of two areas look alike.
    """
    hidden = _hidden_cells(reports, everywhere=everywhere)
    kept = [one for one in reports if everywhere or _cell(one) not in hidden]
    rows = [_row(one, zone, told=_cell(one) not in hidden) for one in kept]
    # By what is shown alone: between rows with minutes the place of one without would tell its own.
    return sorted(rows, key=lambda row: [str(row[name] or "") for name in _ORDER])


def _cell(report: ReportView) -> _Cell:
    return report.source, report.category, report.area


def _hidden_cells(reports: Sequence[ReportView], *, everywhere: bool) -> set[_Cell]:
    """Where the area may not be told; every row shows its source, so each counts by itself."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in reports:
        if is_sensitive(one.category) and one.area:
            counts.setdefault((one.source, one.category), Counter())[one.area] += 1
    return {
        (*kind, area)
        for kind, areas in counts.items()
        for area, shown in suppressed(areas, total_known=everywhere).items()
        if shown != str(areas[area])
    }


def _row(report: ReportView, zone: ZoneInfo, *, told: bool) -> Row:
    sensitive = is_sensitive(report.category)
    return {
        "ref": None if sensitive else report.ref,
        "received_at": _time(report.received_at, zone, coarse=sensitive),
        "occurred_at": _time(report.occurred_at, zone, coarse=sensitive),
        "source": report.source,
        "area": report.area if told else None,
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
