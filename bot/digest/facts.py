"""What a digest rests on, read from the store; words and pictures come after."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.city import City, Team
from bot.insight.change import Cell, Change, changes
from bot.insight.coverage import UnderHeard, under_heard
from bot.insight.disclosure import (
    FEWEST_SHOWN,
    OVERSIGHT_ONLY,
    is_sensitive,
    may_read,
    place_shown,
)
from bot.insight.history import History
from bot.insight.periods import WEEK, Peak, Weeks
from nlp.analysis import Urgency
from storage.records import ReportView
from storage.work import Work

#: Residents' messages of every channel are counted together; imported records never with them.
RESIDENTS: Final = "bot"
#: Thanks and questions are no concerns; complaints about the police go past the police.
UNCOUNTED: Final = frozenset({"praise", "question"}) | OVERSIGHT_ONLY
#: An urgent report that nobody took is named for so long.
WAITING: Final = timedelta(days=30)
#: Nobody has taken these; a report that its sender disputes waits for a person all the more.
WAITING_STATES: Final = ("open", "disputed")
#: The store's searches leave their upper end out: what came this very moment belongs to now.
_TO_THE_MINUTE: Final = timedelta(minutes=1)
_URGENT: Final = (Urgency.U0, Urgency.U1)


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of one category worth a look: how many, where most of them, and when."""

    cell: Cell
    incidents: int
    place: str | None
    peak: Peak | None


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """Everything that one digest says, before words."""

    team: Team
    now: datetime
    history: History = field(repr=False)
    urgent: tuple[ReportView, ...]
    changed: tuple[Change, ...]
    spots: tuple[Spot, ...]
    unheard: tuple[UnderHeard, ...]


async def load_history(
    work: Work,
    city: City,
    now: datetime,
    *,
    weeks: int = 26,
    source: str = RESIDENTS,
    uncounted: frozenset[str] = UNCOUNTED,
) -> History:
    """The counts of the whole city up to the hour of `now`: dispersion is pooled over all areas."""
    windows = Weeks.until(now, city.timezone)
    since = windows.start(max(weeks, 26)).date()
    until = windows.end.date() + timedelta(days=1)
    rows = await work.trends.hourly(None, since, until, source=source)
    return History((row for row in rows if row.category not in uncounted), windows, weeks)


async def urgent_open(
    work: Work,
    city: City,
    areas: Sequence[str] | None,
    now: datetime,
    *,
    in_team: bool = True,
) -> list[ReportView]:
    """Urgent reports that nobody has taken, gravest and oldest first.

    `in_team`: only what a police team may read; coordinators see the others, or nobody would.
    """
    chosen = tuple(areas) if areas is not None else None
    until = now + _TO_THE_MINUTE
    found = await work.reports.search(chosen, now - WAITING, until, source=RESIDENTS, limit=5000)
    free = city.share_without_consent
    waiting = [
        report
        for report in found
        if report.status in WAITING_STATES
        and report.urgency in _URGENT
        and may_read(report, areas, in_team=in_team, share_without_consent=free)
    ]
    return sorted(waiting, key=lambda report: (report.urgency, report.received_at))


async def gather(work: Work, city: City, team: Team, now: datetime) -> DigestFacts:
    """Read what a team's digest says."""
    history = await load_history(work, city, now)
    changed = changes(history, team.areas)
    leaves = [area for area in city.areas.values() if not city.is_larger(area.code)]
    populations = {area.code: area.population for area in leaves if area.population}
    gaps = [gap for gap in under_heard(history, populations) if gap.area in team.areas]
    return DigestFacts(
        team=team,
        now=now,
        history=history,
        urgent=tuple(await urgent_open(work, city, team.areas, now)),
        changed=tuple(changed),
        spots=tuple([await _spot(work, history, c, now) for c in _noted(history, team, changed)]),
        unheard=tuple(gaps),
    )


def _noted(history: History, team: Team, changed: list[Change]) -> list[Cell]:
    """At most three cells of one category: what rose, then what there is most of.

    Sensitive ones stay out: where and when they happen is nobody's small talk.
    """
    risen = [c.cell for c in changed if c.count.usual and c.count.incidents > c.count.usual.high]
    noted = [cell for cell in risen if cell.category and not is_sensitive(cell.category)]
    busy = [
        (history.weekly([area], kind)[0], Cell((area,), kind))
        for area in team.areas
        for kind in history.categories([area])
        if not is_sensitive(kind)
    ]
    busy.sort(key=lambda pair: -pair[0])
    for count, cell in busy:
        if count >= FEWEST_SHOWN and not any(c == cell or c.holds(cell) for c in noted):
            noted.append(cell)
    return noted[:3]


async def _spot(work: Work, history: History, cell: Cell, now: datetime) -> Spot:
    """Where and when: the place only if enough reports name it and its category allows."""
    place = None
    if cell.category:
        reports = await work.reports.search(
            cell.areas,
            now - WEEK,
            now + _TO_THE_MINUTE,
            categories=(cell.category,),
            source=RESIDENTS,
            limit=500,
        )
        names = Counter(place_shown(r) for r in reports if place_shown(r))
        named = names.most_common(1)
        place = named[0][0] if named and named[0][1] >= FEWEST_SHOWN else None
    incidents = history.weekly(cell.areas, cell.category)[0]
    return Spot(cell, incidents, place, history.peak(cell.areas, cell.category))
