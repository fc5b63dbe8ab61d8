"""Does what a conversation decided, inside the worker's transaction."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.conversation import effects as fx
from bot.inbox import alerts, nicknames
from bot.inbox.filing import kept_place, new_report
from bot.inbox.joining import join
from bot.message import Outbound, Priority
from bot.outbox.post import post
from nlp.analysis import Location
from storage.records import Claimed
from storage.work import Work


class Deeds:
    """The effects of one turn. `forgotten` tells that nothing of the contact may be saved after."""

    def __init__(self, work: Work, turn: fx.Turn, row: Claimed) -> None:
        self._work, self._turn, self._row = work, turn, row
        self.forgotten = False
        self._by_type: dict[type[Any], Callable[[Any], Awaitable[None]]] = {
            fx.FileReport: self._file,
            fx.PlaceReport: self._place,
            fx.AddToReport: self._add,
            fx.DisputeReport: self._dispute,
            fx.MayContact: self._may_contact,
            fx.AlertTeam: self._alert,
            fx.OptOut: self._opt_out,
            fx.OptIn: self._opt_in,
            fx.Forget: self._forget,
            fx.Remember: self._remember,
            fx.HearName: self._hear,
            fx.Redeem: self._redeem,
        }

    async def do(self, effect: fx.Effect) -> None:
        """Do one effect."""
        await self._by_type[type(effect)](effect)

    async def _file(self, effect: fx.FileReport) -> None:
        turn = self._turn
        await self._work.reports.file(
            new_report(
                effect.ref,
                effect.analysis,
                effect.text,
                contact_id=turn.contact.id,
                channel=turn.message.channel,
                received_at=self._row.received_at,
                zone=turn.city.timezone,
            )
        )

    async def _place(self, effect: fx.PlaceReport) -> None:
        report = await self._work.reports.get(effect.ref)
        if report is None:
            return
        place = Location(
            area=effect.area,
            latitude=effect.latitude,
            longitude=effect.longitude,
            radius_m=effect.radius_m,
            name=effect.name,
        )
        kept = kept_place(report.category, place)
        await self._work.reports.place(
            effect.ref,
            effect.area,
            kept.latitude,
            kept.longitude,
            kept.precision_m,
            kept.point,
            kept.place_text,
            joinable=kept.joinable,
        )

    async def _add(self, effect: fx.AddToReport) -> None:
        seen = effect.analysis
        await self._work.reports.add(
            effect.ref,
            redacted=seen.redacted,
            text=effect.text,
            at=self._row.received_at,
            urgency=seen.urgency.value,
            flags=seen.flags,
        )

    async def _dispute(self, effect: fx.DisputeReport) -> None:
        await self._work.reports.dispute(effect.ref)

    async def _may_contact(self, effect: fx.MayContact) -> None:
        await self._work.reports.set_contact_consent(effect.ref, allowed=effect.allowed)

    async def _alert(self, effect: fx.AlertTeam) -> None:
        await alerts.alert_team(
            self._work,
            self._turn.city,
            effect.ref,
            self._turn.now,
            pressing=effect.pressing,
            about=effect.about,
        )

    async def _opt_out(self, _: fx.OptOut) -> None:
        contact = self._turn.contact.id
        await self._work.contacts.opt_out(contact, self._turn.now)
        await self._work.outbox.cancel_for(contact, kinds=("alert", "digest", "tip"))

    async def _opt_in(self, _: fx.OptIn) -> None:
        await self._work.contacts.opt_in(self._turn.contact.id)

    async def _forget(self, _: fx.Forget) -> None:
        await self._work.contacts.forget(self._turn.contact.id, self._turn.now)
        self.forgotten = True

    async def _remember(self, effect: fx.Remember) -> None:
        contact = self._turn.contact.id
        if effect.language:
            await self._work.contacts.set_language(contact, effect.language)
        if effect.home_area:
            await self._work.contacts.set_home_area(contact, effect.home_area)

    async def _hear(self, effect: fx.HearName) -> None:
        turn = self._turn
        await nicknames.hear(self._work, turn.city, turn.contact, effect, turn.now)

    async def _redeem(self, effect: fx.Redeem) -> None:
        turn = self._turn
        words = await join(self._work, turn.city, turn.contact, effect.code, turn.now)
        await post(
            self._work,
            turn.contact,
            Outbound(words),
            key=f"in:{self._row.id}:code",
            priority=Priority.REPLY,
            kind="reply",
            now=turn.now,
        )
