"""The desk: one message, its sender and what was understood become effects in one transaction."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.city import City
from bot.clock import Clock
from bot.commands.plain_words import lead_to_command
from bot.commands.registry import CommandContext
from bot.commands.run import is_command, run_command
from bot.conversation import state as states
from bot.conversation.effects import OptOut, Outcome, Reply, Turn
from bot.conversation.emergency import emergency_reply
from bot.conversation.router import route
from bot.i18n import spoken
from bot.inbox.deeds import Deeds
from bot.message import Inbound, Outbound, Priority
from bot.outbox.post import post
from nlp.analysis import Analysis, Danger
from nlp.redaction.redact import hidden_in
from nlp.rules.danger import DangerRules
from storage.records import Claimed, ContactView
from storage.work import Work

Answers = list[Outbound] | None
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_code() -> str:
    """A one-time staff code: 12 letters and digits without look-alikes, about 59 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


class Desk:
    """Decides and does. Pure parts decide; this class reads before and writes after."""

    def __init__(
        self,
        city: City,
        danger: DangerRules,
        clock: Clock,
        codes: Callable[[], str] = new_code,
    ) -> None:
        self._city, self._danger, self._clock, self._codes = city, danger, clock, codes

    async def look(self, view: Work, row: Claimed, message: Inbound, analysis: Analysis) -> Answers:
        """What a staff command answers, from a view that cannot write; None where it is none.

        Drawing takes a while, and nobody else could write meanwhile. Raises ReadOnly for a command
        that must write: then `handle` runs it.
        """
        contact = await view.contacts.get(row.contact_id or 0)
        return await self._command(view, contact, message, analysis)

    async def reply(self, work: Work, row: Claimed, answers: Sequence[Outbound]) -> None:
        """Queue what `look` answered."""
        contact = await work.contacts.get(row.contact_id or 0)
        for number, answer in enumerate(answers):
            await self._queue(work, row, contact, number, Reply(answer))

    async def handle(self, work: Work, row: Claimed, message: Inbound, analysis: Analysis) -> None:
        """Act on one message inside the caller's transaction."""
        if row.contact_id is None:
            return
        contact = await work.contacts.get(row.contact_id)
        answers = await self._command(work, contact, message, analysis)
        if answers is not None:
            await self.reply(work, row, answers)
            return
        now = self._clock.now()
        turn = Turn(
            city=self._city,
            contact=contact,
            state=states.load(await work.conversations.load(contact.id)),
            message=message,
            analysis=analysis,
            now=now,
            ref=await work.reports.new_ref(),
            reports=tuple(await work.reports.of_contact(contact.id, limit=100)),
        )
        await self._apply(work, row, turn, route(turn))

    async def rescue(self, work: Work, row: Claimed, text: str | None) -> None:
        """The emergency line for a message that could not be handled but speaks of danger."""
        danger = self._danger.check(text) if text else Danger()
        urgent = danger.emergency or row.priority == Priority.EMERGENCY
        if not urgent or row.contact_id is None:
            return
        contact = await work.contacts.get(row.contact_id)
        language = spoken(self._city.languages, contact.language)
        line = emergency_reply(self._city, language, danger)
        await self._queue(work, row, contact, 0, Reply(line, Priority.EMERGENCY, "emergency"))

    async def _command(
        self, work: Work, contact: ContactView, message: Inbound, analysis: Analysis
    ) -> Answers:
        if contact.staff is None:
            return None
        context = CommandContext(
            work=work,
            city=self._city,
            staff=contact.staff,
            language=spoken(self._city.languages, contact.language, message.language_hint),
            now=self._clock.now(),
            new_code=self._codes,
            hidden=tuple(
                (message.text[span.start : span.end], span.kind)
                for span in hidden_in(message.text, analysis.redacted)
            ),
        )
        # Danger first, also for staff: only what is surely a command may speak of it.
        if analysis.danger.emergency and not is_command(context, message.text):
            return None
        answers = await run_command(context, message.button or message.text)
        if answers is None and not message.button:
            return lead_to_command(context, message.text, analysis)
        return answers

    async def _apply(self, work: Work, row: Claimed, turn: Turn, outcome: Outcome) -> None:
        deeds = Deeds(work, turn, row)
        number = 0
        stops = any(isinstance(effect, OptOut) for effect in outcome.effects)
        for effect in outcome.effects:
            if isinstance(effect, Reply):
                effect = replace(effect, kind="opt_out") if stops else effect
                await self._queue(work, row, turn.contact, number, effect)
                number += 1
            else:
                await deeds.do(effect)
        if not deeds.forgotten:
            state = states.dump(outcome.state)
            await work.conversations.save(turn.contact.id, state, turn.now)

    async def _queue(
        self, work: Work, row: Claimed, contact: ContactView, number: int, reply: Reply
    ) -> None:
        emergency = reply.priority == Priority.EMERGENCY
        # One emergency line a message, however often its handling is tried again.
        key = f"in:{row.id}:{'emergency' if emergency else number}"
        await post(
            work,
            contact,
            reply.message,
            key=key,
            priority=reply.priority,
            kind="emergency" if emergency else reply.kind,
            now=self._clock.now(),
        )
