"""Joining reports of one happening.

Two reports tell of the same happening when both may be joined, have the same category and kind of
source, lie within 150 m of each other (snapped points) and happened within 24 hours.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from math import cos, floor, hypot, radians

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.counts import count_key, counted_source
from storage.ledger import Ledger
from storage.locks import lock
from storage.report_models import Incident, Report
from storage.rows import changed

RADIUS_M = 150.0
WINDOW = timedelta(hours=24)
_DEGREE_M = 111_320.0
_CELL = 0.002  # degrees of latitude, about 220 m: a neighbour within 150 m is in the next cell

Cell = tuple[str, str, int]


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two near points (latitude, longitude); the plane is exact enough at 150 m."""
    east = (b[1] - a[1]) * cos(radians((a[0] + b[0]) / 2))
    return hypot(b[0] - a[0], east) * _DEGREE_M


async def join_incidents(session: AsyncSession, reports: Sequence[Report], ledger: Ledger) -> None:
    """Give each report its incident, old or new, and count it. The reports need not be saved."""
    precise = [report for report in reports if _joins(report)]
    await one_at_a_time(session, precise)
    known = await _near(session, precise) if precise else {}
    joined = []
    for report in precise:
        incident = _find(report, known)
        report.counts_incident = incident is None
        if incident is None:
            incident = _begin(report)
            session.add(incident)
            known.setdefault(_cell(report), []).append(incident)
        joined.append((report, incident))
    await session.flush()
    for report, incident in joined:
        report.incident_id = incident.id
    for report in reports:
        ledger.count(count_key(report), int(report.counts_incident), 1)


async def leave_incident(session: AsyncSession, report: Report, ledger: Ledger) -> None:
    """Take a report out of the counts and of its incident, for which another one then stands."""
    await one_at_a_time(session, [report])
    ledger.count(count_key(report), -int(report.counts_incident), -1)
    incident_id, stood = report.incident_id, report.counts_incident
    report.incident_id, report.counts_incident = None, True
    await session.flush()
    if incident_id is None or not stood:
        return
    others = select(Report).where(col(Report.incident_id) == incident_id)
    other = await session.scalar(others.order_by(col(Report.id)).limit(1).with_for_update())
    if other is None:
        await changed(session, delete(Incident).where(col(Incident.id) == incident_id))
        return
    other.counts_incident = True
    ledger.count(count_key(other), 1, 0)


async def one_at_a_time(session: AsyncSession, reports: Iterable[Report]) -> None:
    """Nobody else joins incidents of these reports' sources before we commit.

    Else two batches that are open at once would each begin an incident of the same happening, and
    count it twice. One lock for all of a source: finer ones, taken message by message, would make
    workers wait for each other in a circle.
    """
    await lock(session, {f"incidents:{counted_source(r.source)}" for r in reports if _joins(r)})


def _joins(report: Report) -> bool:
    return report.joinable and report.latitude is not None and report.longitude is not None


def _point(row: Report | Incident) -> tuple[float, float]:
    return (row.latitude or 0.0, row.longitude or 0.0)


def _cell(row: Report | Incident) -> Cell:
    return (counted_source(row.source), row.category, floor(_point(row)[0] / _CELL))


def _begin(report: Report) -> Incident:
    latitude, longitude = _point(report)
    return Incident(
        category=report.category,
        source=counted_source(report.source),
        latitude=latitude,
        longitude=longitude,
        occurred_at=report.occurred_at,
    )


def _find(report: Report, known: dict[Cell, list[Incident]]) -> Incident | None:
    source, category, row = _cell(report)
    best, nearest = None, RADIUS_M
    for near in (row - 1, row, row + 1):
        for incident in known.get((source, category, near), ()):
            if abs(incident.occurred_at - report.occurred_at) > WINDOW:
                continue
            metres = distance_m(_point(report), _point(incident))
            if metres < nearest or (metres <= RADIUS_M and best is None):
                best, nearest = incident, metres
    return best


async def _near(session: AsyncSession, reports: Sequence[Report]) -> dict[Cell, list[Incident]]:
    """Incidents that any of the reports might tell of, by source, category and row of cells."""
    margin = 2 * _CELL
    points = [_point(report) for report in reports]
    latitudes, longitudes = [p[0] for p in points], [p[1] for p in points]
    wide = margin / max(0.01, cos(radians(max(map(abs, latitudes)))))
    times = [report.occurred_at for report in reports]
    query = select(Incident).where(
        col(Incident.category).in_({report.category for report in reports}),
        col(Incident.source).in_({counted_source(report.source) for report in reports}),
        col(Incident.occurred_at).between(min(times) - WINDOW, max(times) + WINDOW),
        col(Incident.latitude).between(min(latitudes) - margin, max(latitudes) + margin),
        col(Incident.longitude).between(min(longitudes) - wide, max(longitudes) + wide),
    )
    return _by_cell(await session.scalars(query.order_by(col(Incident.id))))


def _by_cell(incidents: Iterable[Incident]) -> dict[Cell, list[Incident]]:
    cells: dict[Cell, list[Incident]] = defaultdict(list)
    for incident in incidents:
        cells[_cell(incident)].append(incident)
    return cells
