"""From a new report to its rows."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.incidents import join_incidents
from storage.ledger import Ledger
from storage.records import NewReport, ReportView
from storage.report_models import Report
from storage.sealing import Keyring

_CHUNK = 500


async def file_reports(
    session: AsyncSession, keys: Keyring, ledger: Ledger, reports: Sequence[NewReport]
) -> list[ReportView]:
    """Write reports with their incidents and counts."""
    rows = [_row(keys, report) for report in reports]
    await join_incidents(session, rows, ledger)
    session.add_all(rows)
    await session.flush()
    return [report_view(row) for row in rows]


async def file_new_reports(
    session: AsyncSession, keys: Keyring, ledger: Ledger, reports: Sequence[NewReport]
) -> list[ReportView]:
    """The same in bulk without references that are filed already: an import can be repeated."""
    filed: list[ReportView] = []
    for start in range(0, len(reports), _CHUNK):
        chunk = {report.ref: report for report in reports[start : start + _CHUNK]}
        known = set(
            await session.scalars(select(col(Report.ref)).where(col(Report.ref).in_(chunk)))
        )
        fresh = [report for ref, report in chunk.items() if ref not in known]
        filed += await file_reports(session, keys, ledger, fresh)
        session.expunge_all()  # a year of records must not stay in memory
    return filed


def seal_point(keys: Keyring, ref: str, point: tuple[float, float] | None) -> bytes | None:
    """The precise point, sealed for its report."""
    if point is None:
        return None
    return keys.seal(f"{point[0]},{point[1]}".encode(), f"report:{ref}:point")


def report_view(row: Report) -> ReportView:
    """A row as staff may see it."""
    return ReportView(
        ref=row.ref,
        contact_id=row.contact_id,
        area=row.area,
        category=row.category,
        urgency=row.urgency,
        flags=tuple(row.flags),
        source=row.source,
        language=row.language,
        redacted_text=row.redacted_text,
        place_text=row.place_text,
        latitude=row.latitude,
        longitude=row.longitude,
        precision_m=row.precision_m,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        status=row.status,
        incident_id=row.incident_id,
        may_contact=row.may_contact,
    )


def _row(keys: Keyring, new: NewReport) -> Report:
    return Report(
        ref=new.ref,
        contact_id=new.contact_id,
        area=new.area,
        category=new.category,
        categories=[[slug, share] for slug, share in new.categories],
        urgency=new.urgency,
        flags=list(new.flags),
        source=new.source,
        language=new.language,
        latitude=new.latitude,
        longitude=new.longitude,
        precision_m=new.precision_m,
        sealed_point=seal_point(keys, new.ref, new.point),
        place_text=new.place_text,
        redacted_text=new.redacted_text.replace("\0", ""),
        sealed_text=keys.seal(new.text.encode(errors="replace"), f"report:{new.ref}:text"),
        occurred_at=new.occurred_at,
        received_at=new.received_at,
        last_exchange_at=new.received_at,
        local_day=new.local_day,
        local_hour=new.local_hour,
        status=new.status,
        joinable=new.joinable,
    )
