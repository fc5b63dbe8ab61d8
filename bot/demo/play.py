"""Plays a day in the demo town: residents, the digest, the coordinator's question."""

import re
import time
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.demo.people import Person, SmsPerson
from bot.demo.show import Screen
from bot.demo.stage import Stage
from bot.runtime.schedule import last_due

_CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{12}\b")
#: Between two lines of one resident: time to read the answer.
PAUSE = timedelta(minutes=1)
QUESTION = "/trends station-fields vehicle_crime 12w"


class Play:
    """One performance."""

    def __init__(self, stage: Stage, screen: Screen) -> None:
        self._stage, self._screen = stage, screen
        self._zone = stage.service.city.timezone
        self.sent = 0

    async def staff(self) -> None:
        """The administrator redeems the first code and invites the others, as in real life."""
        stage = self._stage
        administrator = stage.cast.get("Administrator", "telegram")
        administrator.write(f"/start {await stage.code()}")
        await stage.settle()
        for name, words, language in (
            ("Officer Hale", "officer all town", "en"),
            ("Agente Ruiz", "officer all harbour", "es"),
            ("Coordinator", "coordinator all", "en"),
        ):
            administrator.unread()
            administrator.write(f"/invite {words}")
            await self._wait()
            code = _CODE.search("\n".join(m.text for m in administrator.unread()))
            if code is None:
                raise RuntimeError("the invitation holds no code")
            stage.cast.get(name, "telegram", language).write(f"/start {code.group()}")
            await self._wait()
        for person in stage.cast.people.values():
            person.unread()

    async def day(self) -> None:
        """Everybody in the order of their time."""
        rows = tomllib.loads((Path(__file__).parent / "day.toml").read_text("utf-8"))["resident"]
        for row in rows:
            await self._resident(row)

    async def morning_after(self) -> None:
        """The digests, at each team's own hour."""
        stage = self._stage
        for team, name in (("town", "Officer Hale"), ("harbour", "Agente Ruiz")):
            officer = stage.cast.people[name]
            stage.clock.jump(self._next_digest(team) + timedelta(minutes=1))
            for seen in await self._await_message(officer):
                self._screen.letter(officer, seen, f"digest-{team}")

    async def question(self) -> None:
        """What a coordinator asks before a meeting."""
        person = self._stage.cast.people["Coordinator"]
        self._screen.said(self._now(), person, QUESTION)
        person.write(QUESTION)
        for seen in await self._await_message(person):
            self._screen.letter(person, seen, "trends")

    async def sum_up(self, seconds: float) -> None:
        """What came of the day, counted in the database and at the providers."""
        stage = self._stage
        async with stage.service.store.read() as work:
            inbound = await work.inbox.counts()
            outbound = await work.outbox.counts()
            today = stage.clock.now() - timedelta(days=2)
            filed = await work.reports.search(None, today, stage.clock.now(), limit=1000)
        fresh = [report for report in filed if report.contact_id is not None]
        screen = self._screen
        screen.heading("In figures")
        screen.note(
            f"{self.sent} lines of residents, {sum(inbound.values())} messages stored "
            f"({inbound.get('dead', 0)} unreadable), {len(fresh)} reports filed, "
            f"{outbound.get('sent', 0) + outbound.get('delivered', 0)} messages sent, "
            f"{stage.history} reports of made-up history, {seconds:.0f} s"
        )
        for path in screen.pictures:
            screen.note(f"picture: {path}")

    async def _resident(self, row: dict[str, Any]) -> None:
        stage = self._stage
        person = stage.cast.get(row["name"], row["on"], row.get("language", "en"))
        hour, minute = (int(part) for part in row["at"].split(":"))
        today = self._now().replace(hour=hour, minute=minute, second=0, microsecond=0)
        stage.clock.jump(today)
        for number, line in enumerate(row["lines"]):
            if number:
                stage.clock.jump(stage.clock.now() + PAUSE)
            note = row.get("note") if number == 0 else None
            self._act(person, line, note, twice=row.get("duplicate", False))
            await self._wait()
            self._tell()

    def _act(self, person: Person, line: Any, note: str | None, *, twice: bool) -> None:  # noqa: ANN401
        self.sent += 1
        if isinstance(line, str):
            self._screen.said(self._now(), person, line, note)
            if twice and isinstance(person, SmsPerson):
                person.write_twice(line)
            else:
                person.write(line)
        elif "press" in line:
            self._screen.said(self._now(), person, f"[{line['press']}]", note)
            person.answer(line["press"])
        else:
            latitude, longitude = line["pin"]
            self._screen.said(self._now(), person, f"(position {latitude}, {longitude})", note)
            person.share(latitude, longitude)

    def _tell(self) -> None:
        for person in self._stage.cast.people.values():
            for seen in person.unread():
                self._screen.heard(person, seen)

    async def _wait(self) -> None:
        await self._stage.settle()

    async def _await_message(self, person: Person) -> list[Any]:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            await self._wait()
            if seen := person.unread():
                return seen
        raise TimeoutError(f"nothing reached {person.name}")

    def _next_digest(self, slug: str) -> datetime:
        city, now = self._stage.service.city, self._stage.clock.now()
        team = next(team for team in city.teams if team.slug == slug)
        moments = (last_due(team, now + timedelta(days=days)) for days in range(1, 8))
        return next(moment for moment in moments if moment and moment > now)

    def _now(self) -> datetime:
        return self._stage.clock.now().astimezone(self._zone)
