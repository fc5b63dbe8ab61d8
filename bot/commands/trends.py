"""/trends and /areas: how many, and whether that is usual."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.commands.access import allowed
from bot.commands.question import Asked, read_question
from bot.commands.registry import OFFICER, CommandContext, Declined, Words, command
from bot.commands.vocabulary import Vocabulary
from bot.digest.facts import RESIDENTS, UNCOUNTED, load_history
from bot.drawing.trend_chart import Trend, trend_chart
from bot.i18n import mark
from bot.insight.baseline import FEWEST_WEEKS, Word
from bot.insight.disclosure import OVERSIGHT_ONLY
from bot.insight.history import Count, History
from bot.insight.words import (
    areas_name,
    category_name,
    counted,
    first_owner,
    headline,
    moment,
    peak_words,
    usual_words,
)
from bot.message import Outbound

#: Weeks drawn where the question names none.
_WEEKS: Final = 12
_MOST_LINES: Final = 30
_GRAVITY: Final = (Word.MUCH_HIGHER, Word.HIGHER, Word.LOWER, Word.USUAL, Word.EARLY)


def understand(context: CommandContext, words: Words) -> Asked:
    """What a question asks for. Raises Declined for words that we do not know."""
    vocabulary = Vocabulary.of(context.city, context.language)
    asked = read_question(words, vocabulary, context.city.timezone)
    if asked.unknown:
        phrase = " ".join(asked.unknown)[:40]
        near = vocabulary.nearest(phrase) or vocabulary.nearest(asked.unknown[0])
        if near:
            raise Declined(
                context.say("I do not know “{words}”. Did you mean “{name}”?",
                            words=phrase, name=near)
            )  # fmt: skip
        raise Declined(
            context.say("I do not know “{words}”. /areas lists the areas.", words=phrase)
        )
    if asked.category in OVERSIGHT_ONLY and context.staff.role == OFFICER:
        raise Declined(context.say("Complaints about the service go to whoever oversees it."))
    return asked


async def _history(context: CommandContext, asked: Asked, weeks: int) -> tuple[History, datetime]:
    """The counts as of the moment asked for, never of the future, and that moment."""
    until = min(asked.until or context.now, context.now)
    history = await load_history(
        context.work,
        context.city,
        until,
        weeks=weeks,
        source=asked.source or RESIDENTS,
        uncounted=UNCOUNTED - {asked.category or ""},
    )
    return history, until


@command(
    "/trends [area] [category] [weeks]",
    mark("how many, and whether that is usual"),
    bare=("trend", "trends", "tendencia", "tendencias"),
)
async def trends(context: CommandContext, words: Words) -> list[Outbound]:
    """Incidents of the last seven days beside the usual range, with a chart of the weeks."""
    asked = understand(context, words)
    areas = allowed(context, asked.areas)
    weeks = asked.weeks or _WEEKS
    history, until = await _history(context, asked, weeks)
    about = _About(context, areas, asked.category, until, min(weeks, history.complete + 1))
    count = history.count(areas, asked.category)
    weekly = history.weekly(areas, asked.category)[: about.weeks][::-1]
    trend = Trend(
        title=about.title(),
        subtitle=f"{_short(counted(count, context.language), count, context)}",
        note=context.say("Incidents told by residents, not recorded offences."),
        weekly=weekly,
        usual=count.usual,
        end=history.windows.end,
    )
    image = await asyncio.to_thread(trend_chart, trend, context.language)
    return [Outbound(text=about.text(history, count, weekly), title=about.title(), image=image)]


@dataclass(frozen=True, slots=True)
class _About:
    """The words of one answer; `weeks` counts the present one."""

    context: CommandContext
    areas: tuple[str, ...] | None
    category: str | None
    until: datetime
    weeks: int

    def title(self) -> str:
        """What was asked, as understood."""
        language = self.context.language
        kind = category_name(self.category, language) if self.category else None
        what = headline(kind or self.context.say("all concerns"))
        return f"{what} · {areas_name(self.context.city, self.areas, language)}"

    def text(self, history: History, count: Count, weekly: list[int]) -> str:
        """Number, period, usual range, a sentence, the weeks before, and how it was counted."""
        context, language = self.context, self.context.language
        when = moment(self.until, context.city.timezone, language)
        lines = [
            context.say(
                "{count} in the 7 days to {when}.", count=counted(count, language), when=when
            ),
            _verdict(context, count, history.comparable),
        ]
        if self.weeks > 1:
            numbers = " ".join(map(str, weekly))
            lines.append(
                context.say(
                    "{weeks} weeks, the newest last: {numbers}. In all {total}.",
                    weeks=self.weeks, numbers=numbers, total=sum(weekly),
                )
            )  # fmt: skip
        lines += self._peaks(history)
        owner = first_owner(self.category, language) if self.category else None
        if owner and count.word in (Word.HIGHER, Word.MUCH_HIGHER):
            lines.append(context.say("Who could act first: {owner}.", owner=owner))
        lines.append(context.say("Incidents told by residents, not recorded offences."))
        return "\n".join(lines)

    def _peaks(self, history: History) -> list[str]:
        """When: this week if it shows a pattern, else over all the weeks."""
        language = self.context.language
        if peak := history.peak(self.areas, self.category):
            return [self.context.say("This week {peak}.", peak=peak_words(peak, language))]
        peak = history.peak(self.areas, self.category, self.weeks - 1)
        return [headline(peak_words(peak, language)) + "."] if peak else []


def _verdict(context: CommandContext, count: Count, weeks: int) -> str:
    """The count against the usual range, in words; or why there is no range yet."""
    if count.usual is None:
        return context.say(
            "Too early to say what is usual: that takes {needed} full weeks, we have {weeks}.",
            needed=FEWEST_WEEKS, weeks=weeks,
        )  # fmt: skip
    return context.say(
        "{word}: 9 of 10 weeks bring {low} to {high}, going by the {weeks} weeks before.",
        word=headline(context.say(count.word.value)),
        low=count.usual.low,
        high=count.usual.high,
        weeks=count.usual.weeks,
    )


def _short(number: str, count: Count, context: CommandContext) -> str:
    usual = usual_words(count.usual, context.language)
    if count.usual is None:
        return f"{number}, {usual}"
    return f"{number}, {usual}: {context.say(count.word.value)}"


@command(
    "/areas [category]",
    mark("this week in each area, against the usual"),
    bare=("areas", "zonas"),
)
async def areas_now(context: CommandContext, words: Words) -> list[Outbound]:
    """One line an area: what is unusual first, then what there is most of."""
    asked = understand(context, words)
    chosen = allowed(context, asked.areas) or tuple(context.city.areas)
    history, until = await _history(context, asked, _WEEKS)
    counts = [(area, history.count([area], asked.category)) for area in chosen]
    # A larger area stands for what is known no closer: nothing is no news.
    counts = [(a, c) for a, c in counts if c.incidents or not context.city.is_larger(a)]
    counts.sort(key=lambda pair: (_GRAVITY.index(pair[1].word), -pair[1].incidents))
    lines = [
        f"{context.city.area_name(area) or area}: {_short(str(count.incidents), count, context)}"
        for area, count in counts[:_MOST_LINES]
    ]
    if len(counts) > _MOST_LINES:
        lines.append(context.say("And {n} more areas.", n=len(counts) - _MOST_LINES))
    about = category_name(asked.category, context.language) if asked.category else None
    when = moment(until, context.city.timezone, context.language)
    title = context.say("{what}: the 7 days to {when}", what=headline(
        about or context.say("all concerns")), when=when)  # fmt: skip
    return [Outbound(text="\n".join(lines), title=title)]
