"""Reports: filed, placed, corrected, added to."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from storage.audit import AuditTrail
from storage.filing import file_new_reports, file_reports, report_view, seal_point
from storage.finding import FRESH, ReportSearch, by_ref
from storage.incidents import join_incidents, leave_incident
from storage.records import NewReport, ReportView
from storage.references import unused_refs
from storage.report_models import Followup, Report


class UnknownReport(LookupError):
    """No report bears this reference."""


class TextGone(LookupError):
    """The words were purged; only the redacted text is left."""


class Reports(ReportSearch):
    """work.reports"""

    async def new_ref(self) -> str:
        """A reference that no report bears yet."""
        gathered = self._ledger.gathered
        if gathered and gathered.refs:
            return gathered.refs.pop()
        return (await unused_refs(self._session, 1))[0]

    async def file(self, report: NewReport) -> None:
        """File with incident and counts, all in this transaction."""
        gathered = self._ledger.gathered
        if gathered:
            gathered.new_reports.append(report)
            gathered.reports.pop(report.contact_id or 0, None)
        else:
            await file_reports(self._session, self._keys, self._ledger, [report])

    async def file_many(self, reports: list[NewReport]) -> list[ReportView]:
        """File in bulk; references that are filed already are left out of the answer."""
        return await file_new_reports(self._session, self._keys, self._ledger, reports)

    async def place(
        self,
        ref: str,
        area: str | None,
        latitude: float | None = None,
        longitude: float | None = None,
        precision_m: float | None = None,
        point: tuple[float, float] | None = None,
        place_text: str | None = None,
        *,
        joinable: bool = False,
    ) -> ReportView:
        """Give a report its place; counts and incident move along."""
        row = await self._row(ref)
        await leave_incident(self._session, row, self._ledger)
        row.area, row.latitude, row.longitude = area, latitude, longitude
        row.precision_m, row.place_text, row.joinable = precision_m, place_text, joinable
        row.sealed_point = seal_point(self._keys, row.ref, point)
        return await self._enter(row)

    async def reclassify(
        self,
        ref: str,
        category: str,
        *,
        urgency: str | None = None,
        flags: tuple[str, ...] | None = None,
        joinable: bool | None = None,
    ) -> ReportView:
        """Correct the category; counts and incident move along. None leaves a value as it is."""
        row = await self._row(ref)
        await leave_incident(self._session, row, self._ledger)
        row.category = category
        row.urgency = urgency if urgency is not None else row.urgency
        row.flags = list(flags) if flags is not None else row.flags
        row.joinable = joinable if joinable is not None else row.joinable
        return await self._enter(row)

    async def add(
        self,
        ref: str,
        redacted: str,
        text: str,
        at: datetime,
        urgency: str,
        flags: tuple[str, ...] = (),
    ) -> ReportView:
        """Add a resident's later words. Urgency (U0 gravest … U4) only ever rises."""
        row = await self._row(ref)
        sealed = self._keys.seal(text.encode(errors="replace"), about_followup(row.ref, at))
        followup = Followup(
            report_id=row.id or 0,
            at=at,
            redacted_text=redacted.replace("\0", ""),
            sealed_text=sealed,
            urgency=urgency,
        )
        self._session.add(followup)
        row.urgency = min(row.urgency, urgency)
        row.flags = list(dict.fromkeys([*row.flags, *flags]))
        row.last_exchange_at = max(row.last_exchange_at, at)
        await self._session.flush()
        return report_view(row)

    async def followups(self, ref: str) -> list[tuple[datetime, str]]:
        """When and what (redacted) was added, oldest first."""
        return [(f.at, f.redacted_text) for f in await self._followups(await self._row(ref))]

    async def set_status(self, ref: str, status: str) -> ReportView:
        """Note what became of the concern."""
        row = await self._row(ref)
        row.status = status
        await self._session.flush()
        return report_view(row)

    async def set_contact_consent(self, ref: str, allowed: bool) -> ReportView:
        """Note the resident's answer to "may we write to you?"."""
        row = await self._row(ref)
        row.may_contact = allowed
        await self._session.flush()
        return report_view(row)

    async def dispute(self, ref: str) -> ReportView:
        """The resident says that we understood it wrongly."""
        return await self.set_status(ref, "disputed")

    async def open_text(self, ref: str, actor: str, reason: str, now: datetime) -> str:
        """The resident's own words, later ones below; the reading is audited. Raises TextGone."""
        row = await self._row(ref)
        await AuditTrail(self._session, self._ledger).append(
            actor, "open_text", f"{row.ref}: {reason}", now
        )
        if row.sealed_text is None:
            raise TextGone(f"the words of {row.ref} were purged")
        words = [self._keys.open(row.sealed_text, f"report:{row.ref}:text").decode()]
        words += [
            self._keys.open(added.sealed_text, about_followup(row.ref, added.at)).decode()
            for added in await self._followups(row)
            if added.sealed_text is not None
        ]
        return "\n".join(words)

    async def _followups(self, row: Report) -> list[Followup]:
        query = select(Followup).where(col(Followup.report_id) == row.id)
        return list(await self._session.scalars(query.order_by(col(Followup.id))))

    async def _row(self, ref: str) -> Report:
        await self._write()
        query = by_ref(ref).with_for_update()
        row = await self._session.scalar(query.execution_options(**FRESH))
        if row is None:
            raise UnknownReport(f"there is no report {ref}")
        if self._ledger.gathered:
            self._ledger.gathered.reports.pop(row.contact_id or 0, None)
        return row

    async def _enter(self, row: Report) -> ReportView:
        await join_incidents(self._session, [row], self._ledger)
        await self._session.flush()
        return report_view(row)


def about_followup(ref: str, at: datetime) -> str:
    """What a later word to a report is sealed to."""
    return f"followup:{ref}:{at.timestamp():.6f}"
