"""Takes messages in: durable first, understood later."""

import logging
from collections.abc import Mapping

from bot.channels.base import Channel
from bot.clock import Clock
from bot.message import Priority
from bot.metrics import Metrics
from nlp.rules.danger import DangerRules
from storage.records import NewInbound
from storage.store import Store

log = logging.getLogger(__name__)


class Intake:
    """Puts raw bodies into the inbox. When `put` returns, the message survives a power cut."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        danger: DangerRules,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store, self._channels, self._danger = store, channels, danger
        self._clock, self._metrics = clock, metrics

    async def put(self, channel: str, raw: bytes) -> bool:
        """Store one raw body; False when it had come before. Raises when it cannot be kept."""
        envelope = self._channels[channel].envelope(raw)
        danger = envelope.text is not None and self._danger.check(envelope.text).emergency
        fresh = await self._store.put(
            NewInbound(
                channel=channel,
                external_id=envelope.external_id,
                address=envelope.address,
                priority=Priority.EMERGENCY if danger else Priority.REPLY,
                received_at=self._clock.now(),
                body=raw,
            )
        )
        self._metrics.received.labels(channel, "yes" if fresh else "no").inc()
        return fresh
