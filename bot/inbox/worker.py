"""Works the inbox: claim, understand, and act in one transaction."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.channels.base import Channel, Unreadable
from bot.clock import Clock
from bot.inbox.desk import Answers, Desk
from bot.inbox.reading import Item, Reader, Understands
from bot.message import Priority
from bot.metrics import Metrics
from storage.claiming import Claim
from storage.errors import Outage, ReadOnly
from storage.inbox import NotPending
from storage.ledger import Ledger
from storage.store import Store

log = logging.getLogger(__name__)

BATCH = 32
#: Batches in hand side by side: one is understood, or drawn for, while the other is written.
LANES = 2
#: A message that raised so often is set aside for a person to look at.
ATTEMPTS = 3


class Worker:
    """One worker. Effects and "done" commit together, so nothing is ever half done."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        analyzer: Understands,
        desk: Desk,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store, self._channels = store, channels
        self._desk, self._clock, self._metrics = desk, clock, metrics
        self._reader = Reader(store, channels, analyzer, metrics)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping`; a failing database is waited for, never given up on."""
        await asyncio.gather(*(self._lane(stopping) for _ in range(LANES)))

    async def _lane(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                if not await self.step():
                    await self._store.wait("inbound", 1.0)
            except Outage as error:
                log.warning("the database is away; trying again", extra={"error": str(error)})
                await asyncio.sleep(1.0)
            except Exception:
                log.exception("a batch failed; trying again")
                await asyncio.sleep(1.0)

    async def step(self) -> int:
        """Work on one batch; the number of messages claimed. Raises Outage."""
        async with self._store.claim(BATCH, self._clock.now()) as claim:
            items = await self._reader.read(claim.messages)
            alone = {i.row.contact_id for i in items if i.alone}
            together = [i for i in items if i.row.contact_id not in alone]
            if claim.one_commit:  # what is drawn holds up nobody: no lock is held yet
                await self._look_at([i for i in items if i.row.contact_id in alone])
            if not await self._act_together(claim, together):
                alone |= {i.row.contact_id for i in together}
            await self._act_in_order(claim, [i for i in items if i.row.contact_id in alone])
        await self._acknowledge(items)
        return len(items)

    def close(self) -> None:
        """Let the inference thread go."""
        self._reader.close()

    async def _act_together(self, claim: Claim, items: Sequence[Item]) -> bool:
        """All in one transaction, which is many times faster; False: none of them is done."""
        try:
            async with claim.begin(*(i.row for i in items)) as work:
                await work.gather(i.row.contact_id for i in items)
                for item in items:
                    if item.message and item.analysis:
                        await self._desk.handle(work, item.row, item.message, item.analysis)
                await work.inbox.done(*(i.row.id for i in items))
        except Outage:
            raise
        except Exception as error:  # noqa: BLE001 - told in full by the message that raises it again
            why = type(error).__name__
            log.warning("taking a batch's messages one by one", extra={"error": why})
            return False
        self._count_done(items)
        return True

    async def _act_in_order(self, claim: Claim, items: Sequence[Item]) -> None:
        stuck: set[int] = set()
        for item in items:
            # A contact's messages stay in order: after a failure the later ones wait.
            if item.row.contact_id in stuck:
                continue
            if not await self._act(claim, item) and item.row.contact_id:
                stuck.add(item.row.contact_id)

    async def _act(self, claim: Claim, item: Item) -> bool:
        """Do what the message asks for; on any error set it aside and go on with the others."""
        try:
            if item.error:
                raise item.error
            await self._do(claim, item)
        except NotPending:
            return True  # done elsewhere since we claimed it: nothing is left to do
        except Outage:
            raise  # not the message's fault, so it counts as no attempt
        except Exception as error:
            log.exception("message failed", extra={"inbound": item.row.id})
            await self._set_aside(claim, item, error)
            return False
        self._count_done([item])
        return True

    async def _do(self, claim: Claim, item: Item) -> None:
        answers, seen = item.looked or await self._look(item)
        async with claim.begin(item.row) as work:
            if answers is not None:
                work.audit.adopt(seen)
                await self._desk.reply(work, item.row, answers)
            elif item.message and item.analysis:
                await self._desk.handle(work, item.row, item.message, item.analysis)
            await work.inbox.done(item.row.id)

    async def _look_at(self, items: Sequence[Item]) -> None:
        for item in items:
            try:
                item.looked = await self._look(item)
            except Outage:
                raise
            except Exception as error:  # noqa: BLE001 - told in full when the item's turn comes
                item.error = item.error or error

    async def _look(self, item: Item) -> tuple[Answers, Ledger]:
        """What staff ask is answered without holding up those who write."""
        ledger = Ledger()
        if not (item.asked_by_staff and item.message and item.analysis):
            return None, ledger
        try:
            async with self._store.read() as view:
                answers = await self._desk.look(view, item.row, item.message, item.analysis)
                return answers, view.ledger
        except ReadOnly:
            return None, ledger

    def _count_done(self, items: Sequence[Item]) -> None:
        self._metrics.worked.labels("done").inc(len(items))
        now = self._clock.now()
        for item in items:
            waited = max((now - item.row.received_at).total_seconds(), 0.0)
            self._metrics.wait.labels(Priority(item.row.priority).name.lower()).observe(waited)

    async def _set_aside(self, claim: Claim, item: Item, error: Exception) -> None:
        dead = isinstance(error, Unreadable) or item.row.attempts + 1 >= ATTEMPTS
        reason = str(error) if isinstance(error, Unreadable) else type(error).__name__
        text = self._reader.words(item)
        async with claim.begin(item.row) as work:
            # The emergency line goes out on the first failure: it must not wait for a second try.
            await self._desk.rescue(work, item.row, text)
            await work.inbox.failed(item.row.id, reason, dead=dead)
        self._metrics.worked.labels("dead" if dead else "retry").inc()

    async def _acknowledge(self, items: Sequence[Item]) -> None:
        pressed = [i for i in items if i.message and i.message.receipt]
        for item in pressed:
            if item.message:
                await self._channels[item.row.channel].seen(item.message)
