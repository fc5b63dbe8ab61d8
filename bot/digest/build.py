"""A team's digest: one phone screen of text and a map of its areas."""

import asyncio
from datetime import datetime

from bot.city import City, Team
from bot.digest.facts import DigestFacts, gather
from bot.digest.text import digest_text, is_empty
from bot.drawing.area_map import AreaMap, area_map
from bot.i18n import say
from bot.insight.baseline import Word
from bot.insight.disclosure import is_sensitive, suppressed
from bot.insight.words import category_name, counted, moment
from bot.message import Button, Outbound
from nlp.places.areas import Areas
from storage.work import Work

_MOST_BUTTONS = 3


async def build_digest(work: Work, city: City, team: Team, now: datetime) -> Outbound:
    """The digest of a team, as of `now` (aware): reads through `work`, writes nothing."""
    return await write_digest(city, await gather(work, city, team, now))


async def write_digest(city: City, facts: DigestFacts) -> Outbound:
    """Put facts into words and a picture; needs no transaction. One line goes without a map."""
    language = facts.team.language
    image = None
    if not is_empty(facts) and facts.team.areas:
        # Drawing takes a third of a second: long enough to keep every resident waiting.
        image = await asyncio.to_thread(_draw, city, facts)
    return Outbound(
        text=digest_text(city, facts),
        title=f"{facts.team.called(language)} · {moment(facts.now, city.timezone, language)}",
        buttons=tuple(
            Button(say(language, "I take {ref}", ref=report.ref), f"/take {report.ref}")
            for report in facts.urgent[:_MOST_BUTTONS]
        ),
        image=image,
    )


def area_words(facts: DigestFacts) -> dict[str, Word]:
    """A word for each area: what the text lists as changed there, else as usual.

    An area's own range is not asked again: among twenty areas one would stick out by chance.
    """
    calm = Word.USUAL if facts.history.count(facts.team.areas).usual else Word.EARLY
    words = dict.fromkeys(facts.team.areas, calm)
    order = (Word.EARLY, Word.USUAL, Word.LOWER, Word.HIGHER, Word.MUCH_HIGHER)
    for change in facts.changed:
        if len(change.cell.areas) == 1:
            area = change.cell.areas[0]
            words[area] = max(words[area], change.word, key=order.index)
    return words


def _draw(city: City, facts: DigestFacts) -> bytes:
    language = facts.team.language
    areas = Areas.open(city.path)
    # A larger area would lie over its parts.
    covered = {code for code in city.areas if city.is_larger(code)} - _undivided(city, facts)
    counts = {area: facts.history.weekly([area])[0] for area in facts.team.areas}
    total = counted(facts.history.count(facts.team.areas), language)
    when = moment(facts.now, city.timezone, language)
    note = say(
        language, "Incidents told by residents, not recorded offences. Counts under 5 are hidden."
    )
    return area_map(
        AreaMap(
            title=say(language, "{team}: the last 7 days", team=facts.team.called(language)),
            subtitle=f"{when} · {total}",
            notes=(note, _attribution(city)),
            shapes={code: areas.polygon(code) for code in areas.codes if code not in covered},
            names={code: city.area_name(code) or code for code in facts.team.areas},
            words={c: word for c, word in area_words(facts).items() if c not in covered},
            counts=suppressed(counts),
            marks=map_marks(facts),
        ),
        language,
    )


def _undivided(city: City, facts: DigestFacts) -> set[str]:
    """Larger areas of the team whose parts are all other teams' matter."""
    own = set(facts.team.areas)
    return {code for code in own if own.isdisjoint(city.parts(code)[1:])}


def map_marks(facts: DigestFacts) -> dict[str, str]:
    """What changed most in an area, where the text names one category for it.

    An under-heard area says so: its few reports must not look like peace.
    """
    marks: dict[str, str] = {}
    for change in facts.changed:
        category = change.cell.category
        if len(change.cell.areas) == 1 and category and not is_sensitive(category):
            name = category_name(category, facts.team.language)
            arrow = "▼" if change.word is Word.LOWER else "▲"
            marks.setdefault(change.cell.areas[0], f"{arrow} {name}")
    for gap in facts.unheard:
        marks.setdefault(gap.area, say(facts.team.language, "we hear little from here"))
    return marks


def _attribution(city: City) -> str:
    """Whose map it is; open data asks to be named."""
    return "; ".join((city.name, *city.attribution))
