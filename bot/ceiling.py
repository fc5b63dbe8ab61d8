"""What text messages may cost: a ceiling a day and a month, in segments."""

import logging
from datetime import date, datetime

from bot.channels.gsm import segments
from bot.channels.twilio import bodies
from bot.city import City
from bot.message import Outbound
from bot.metrics import Metrics
from storage.work import Work

log = logging.getLogger(__name__)

#: A month may take so many full days: a bad day is planned for, a bad month is a runaway.
FULL_DAYS = 20
#: From this share of a ceiling on the operator is warned.
WARN_AT = 0.8
#: What leaves whatever it costs: danger to life, and the word that STOP was heard.
ALWAYS = frozenset({"emergency", "opt_out"})


class Ceiling:
    """Counts segments as they leave and says when no more may. A city without a limit has none."""

    def __init__(self, city: City, metrics: Metrics) -> None:
        self._limit, self._zone, self._metrics = city.daily_sms_limit, city.timezone, metrics
        self._warned: tuple[date, str] | None = None
        if self._limit:
            metrics.spend_limit.labels("day").set(self._limit)
            metrics.spend_limit.labels("month").set(self._limit * FULL_DAYS)

    async def admits(
        self, work: Work, channel: str, kind: str, message: Outbound, now: datetime
    ) -> bool:
        """Whether the message may leave; if so it is counted in this transaction."""
        if channel != "sms":
            return True
        day = now.astimezone(self._zone).date()
        cost = sum(segments(body) for body in bodies(message))
        if self._limit and kind not in ALWAYS and await self._over(work, day, cost):
            return False
        await work.spend.add(channel, day, cost)
        return True

    async def _over(self, work: Work, day: date, cost: int) -> bool:
        limit = self._limit or 0
        spans = (("day", day, limit), ("month", day.replace(day=1), limit * FULL_DAYS))
        over = False
        for name, since, ceiling in spans:
            spent = await work.spend.total("sms", since, day)
            self._metrics.spend.labels(name).set(spent)
            over = over or spent + cost > ceiling
            if spent + cost > ceiling * WARN_AT:
                self._warn(day, name, spent, ceiling)
        return over

    def _warn(self, day: date, name: str, spent: int, ceiling: int) -> None:
        word = f"{name} {'reached' if spent >= ceiling else 'near'}"
        if self._warned != (day, word):
            log.warning("text messages: %s of %s segments this %s", spent, ceiling, name)
        self._warned = (day, word)
