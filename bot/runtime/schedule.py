"""Fires digests and upkeep. Every process may fire: unique keys in the database decide who wins."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.city import City, Team
from bot.clock import Clock
from bot.digest.build import write_digest
from bot.digest.facts import gather
from bot.message import Outbound, Priority
from bot.outbox.post import post
from storage.store import Store
from storage.work import Work

log = logging.getLogger(__name__)

#: A digest that could not be sent for so long is not caught up: the next one tells more.
CATCH_UP = timedelta(days=3)


class Schedule:
    """Digests at each team's local time, with catch-up after downtime, and the nightly purge."""

    def __init__(self, store: Store, city: City, clock: Clock, sweep_seconds: float = 60) -> None:
        self._store, self._city, self._clock = store, city, clock
        self._sweep_seconds = sweep_seconds
        self._scheduler: Any = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None}
        )

    def start(self) -> None:
        """Begin to fire, the catch-up first."""
        for team in self._city.teams:
            self._scheduler.add_job(
                self.fire, digest_trigger(team), args=[team], id=f"digest-{team.slug}"
            )
        sweep = IntervalTrigger(seconds=self._sweep_seconds)
        self._scheduler.add_job(self.sweep, sweep, next_run_time=datetime.now(sweep.timezone))
        self._scheduler.add_job(self.purge, CronTrigger(hour=3, minute=17))
        self._scheduler.start()

    def stop(self) -> None:
        """Fire no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def sweep(self) -> None:
        """Every digest that is due and was not made, whatever the reason."""
        for team in self._city.teams:
            await self.fire(team)

    async def fire(self, team: Team) -> bool:
        """Make and queue the team's newest due digest, unless it was made: True when made here."""
        now = self._clock.now()
        due = last_due(team, now)
        if due is None or now - due > CATCH_UP:
            return False
        period = period_of(team, due)
        try:
            return await self._make(team, period, now)
        except Exception:
            log.exception("digest failed", extra={"team": team.slug, "period": period})
            return False

    async def purge(self) -> None:
        """Drop what retention says."""
        keep = self._city.retention
        now = self._clock.now()
        await self._store.purge(now, keep.bodies, keep.links, keep.idle_contacts)
        async with self._store.begin() as work:
            await work.budget.forget_before(now - timedelta(days=1))

    async def _make(self, team: Team, period: str, now: datetime) -> bool:
        async with self._store.read() as work:
            if await work.digests.last(team.slug) == period:
                return False
            facts = await gather(work, self._city, team, now)
        # Drawing takes a while: no transaction is open meanwhile, or every resident would wait.
        digest = await write_digest(self._city, facts)
        async with self._store.begin() as work:
            # The key and the outbox rows commit together: all of it once, or none.
            if not await work.digests.start(team.slug, period, now):
                return False
            await self._post(work, team, period, digest)
        log.info("digest queued", extra={"team": team.slug, "period": period})
        return True

    async def _post(self, work: Work, team: Team, period: str, digest: Outbound) -> None:
        for member in await work.staff.members(role="officer", team=team.slug):
            contact = await work.contacts.get(member.contact_id)
            if contact.opted_out_at is None:
                await post(
                    work,
                    contact,
                    digest,
                    key=f"digest:{team.slug}:{period}:{member.id}",
                    priority=Priority.DIGEST,
                    kind="digest",
                    now=self._clock.now(),
                )


def digest_trigger(team: Team) -> CronTrigger:
    """The team's digest days and hour in its own time zone (0 is Monday)."""
    days = ",".join(str(day) for day in team.digest_days)
    at = team.digest_at
    return CronTrigger(day_of_week=days, hour=at.hour, minute=at.minute, timezone=team.timezone)


def period_of(team: Team, due: datetime) -> str:
    """The name under which the digest that was due then is made once."""
    return due.astimezone(team.timezone).strftime("%Y-%m-%dT%H:%M")


def digest_lag(team: Team, made: str | None, now: datetime) -> timedelta:
    """For how long a digest has been due without being made; zero when all is well."""
    due = last_due(team, now)
    if due is None or made == period_of(team, due) or now - due > CATCH_UP:
        return timedelta()
    return now - due


def last_due(team: Team, now: datetime) -> datetime | None:
    """The latest moment up to `now` at which the team's digest was due; None without digest days.

    Local wall-clock time decides, so that summer time shifts nothing for the officer.
    """
    local = now.astimezone(team.timezone)
    for back in range(8):
        day = local.date() - timedelta(days=back)
        due = datetime.combine(day, team.digest_at, tzinfo=team.timezone)
        # Compared as moments: of an hour that comes twice, the wall clock says too little.
        if day.weekday() in team.digest_days and due.astimezone(UTC) <= now:
            return due
    return None
