"""Asks Twilio what became of text messages whose fate it never told.

A callback settles most of them. Where none came (no public address, or we were away), the list of
what left for the number does: a message that stands there did leave, and one that does not, some
time later, never did, so that it may go again.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.channels.base import SendError
from bot.channels.twilio import Listed, TwilioChannel, bodies
from bot.clock import Clock
from bot.metrics import Metrics
from bot.outbox.parcel import unpack
from storage.store import Store
from storage.uncertain import Uncertain

log = logging.getLogger(__name__)

#: A callback comes sooner, and it costs no request.
FIRST = timedelta(seconds=30)
#: After so long a message that does not stand in Twilio's list was never taken.
SURE = timedelta(minutes=3)
#: Older ones are left as they are: an answer a day late would only confuse.
OLDEST = timedelta(hours=24)
#: Clocks of ours and of Twilio may differ by so much.
SKEW = timedelta(minutes=2)
BATCH = 50


class Settler:
    """Looks at unknown sends of text messages every `interval` seconds."""

    def __init__(
        self,
        store: Store,
        twilio: TwilioChannel,
        clock: Clock,
        metrics: Metrics,
        interval: float = 30.0,
    ) -> None:
        self._store, self._twilio, self._clock = store, twilio, clock
        self._metrics, self._interval = metrics, interval

    async def run(self, stopping: asyncio.Event) -> None:
        """Look until `stopping`, through whatever fails."""
        while not stopping.is_set():
            try:
                await self.look()
            except SendError as error:
                log.warning("Twilio tells nothing of sends: %s", error.reason)
            except Exception:
                log.exception("unknown sends could not be settled")
            try:
                await asyncio.wait_for(stopping.wait(), self._interval)
            except TimeoutError:
                continue

    async def look(self) -> int:
        """One round; how many were settled. Raises SendError or Outage."""
        now = self._clock.now()
        async with self._store.read() as work:
            found = await work.outbox.uncertain("sms", now - OLDEST, BATCH)
        settled = 0
        for send in found:
            if now - send.since >= FIRST:
                settled += await self._settle(send, now)
        return settled

    async def _settle(self, send: Uncertain, now: datetime) -> bool:
        fitting = _fitting(await self._twilio.sent_to(send.address), send)
        async with self._store.begin() as work:
            known = await work.outbox.known_ids(m.sid for m in fitting)
            ours = [m for m in fitting if m.sid not in known]
            if ours:
                oldest = ours[-1]
                done = await work.outbox.settle(send.key, oldest.sid, oldest.status, now)
            else:
                done = now - send.since >= SURE and await work.outbox.never_left(send, now)
        if done:
            self._metrics.sent.labels("sms", "settled" if ours else "never left").inc()
        return done


def _fitting(listed: Sequence[Listed], send: Uncertain) -> list[Listed]:
    """What may be this send, newest first; what bears its words but is older is another one."""
    body = bodies(unpack(send.body))[0]  # a trial account puts words before it
    return [m for m in listed if m.body.endswith(body) and m.at >= send.since - SKEW]
