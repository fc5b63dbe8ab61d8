"""What text messages may cost: a ceiling a day and a month, in segments."""

import logging
from datetime import date, datetime, timedelta
from typing import Final

from bot.channels.gsm import segments
from bot.channels.twilio import bodies
from bot.city import City
from bot.i18n import mark, say
from bot.message import Outbound, Priority
from bot.metrics import Metrics
from bot.outbox.post import post
from storage.work import Work

log = logging.getLogger(__name__)

#: A month may take so many full days: a bad day is planned for, a bad month is a runaway.
FULL_DAYS = 20
#: From this share of a ceiling on the operator is warned.
WARN_AT = 0.8
#: What leaves whatever it costs: danger to life, the word that STOP was heard, and this warning.
ALWAYS = frozenset({"emergency", "opt_out", "ceiling"})
TODAY: Final = mark(
    "Text messages today: {n} of {limit} segments. At the limit only emergency lines and answers"
    " to STOP are sent."
)
MONTH: Final = mark(
    "Text messages this month: {n} of {limit} segments. At the limit only emergency lines and"
    " answers to STOP are sent."
)


class Ceiling:
    """Counts segments as they leave and says when no more may. A city without a limit has none."""

    def __init__(self, city: City, metrics: Metrics) -> None:
        self._city, self._metrics = city, metrics
        self._limit, self._zone = city.daily_sms_limit, city.timezone
        self._warned: set[tuple[date, str]] = set()
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
        if self._limit and kind not in ALWAYS and await self._over(work, day, cost, now):
            return False
        await work.spend.add(channel, day, cost)
        return True

    async def _over(self, work: Work, day: date, cost: int, now: datetime) -> bool:
        limit = self._limit or 0
        spans = (("day", day, limit), ("month", day.replace(day=1), limit * FULL_DAYS))
        over = False
        for name, since, ceiling in spans:
            spent = await work.spend.total("sms", since, day)
            self._metrics.spend.labels(name).set(spent)
            over = over or spent + cost > ceiling
            word = f"{name} {'reached' if spent >= ceiling else 'near'}"
            if spent + cost > ceiling * WARN_AT and (since, word) not in self._warned:
                self._warned = {known for known in self._warned if known[0] >= since} | {
                    (since, word)
                }
                log.warning("text messages: %s of %s segments this %s", spent, ceiling, name)
                await self._tell(work, f"{word}:{since}", (spent, ceiling), name, now)
        return over

    async def _tell(
        self, work: Work, what: str, numbers: tuple[int, int], span: str, now: datetime
    ) -> None:
        """Every administrator, once however many senders notice."""
        for member in await work.staff.members(role="administrator"):
            contact = await work.contacts.get(member.contact_id)
            if contact.opted_out_at is not None:
                continue
            language = contact.language or self._city.languages[0]
            words = say(language, TODAY if span == "day" else MONTH, n=numbers[0], limit=numbers[1])
            key = f"ceiling:{what}:{member.id}"
            message = Outbound(words, ttl=timedelta(days=1))
            await post(
                work, contact, message, key=key, priority=Priority.ALERT, kind="ceiling", now=now
            )
