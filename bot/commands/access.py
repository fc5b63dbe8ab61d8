"""Which areas a member of staff may ask about."""

from collections.abc import Sequence

from bot.city import Team
from bot.commands.registry import OFFICER, CommandContext, Declined
from bot.insight.disclosure import may_read
from storage.records import ReportView


def own_areas(context: CommandContext) -> tuple[str, ...] | None:
    """The asker's areas; None means all of them, also reports without an area."""
    staff = context.staff
    if staff.areas:
        return staff.areas
    if staff.role != OFFICER:
        return None
    team = own_team(context)
    return team.areas if team else ()


def own_team(context: CommandContext) -> Team | None:
    """The team that the asker belongs to."""
    return next((t for t in context.city.teams if t.slug == context.staff.team), None)


def allowed(context: CommandContext, asked: Sequence[str] | None) -> tuple[str, ...] | None:
    """The areas asked for, or the asker's own where none were named. Raises Declined."""
    own = own_areas(context)
    if own is not None and not own:
        raise Declined(context.say("You have no areas yet. Ask your coordinator."))
    if asked is None:
        return own
    if own is not None:
        # Who has every part of a larger area may name it: only what was placed no closer is not
        # theirs.
        asked = [area for area in asked if area in own or not context.city.is_larger(area)]
    if own is not None and not (asked and set(asked) <= set(own)):
        names = ", ".join(context.city.area_name(area) or area for area in own)
        raise Declined(context.say("You can ask about your own areas: {areas}.", areas=names))
    return tuple(asked)


async def readable(context: CommandContext, ref: str) -> ReportView:
    """A report that the asker may read.

    Raises Declined in the same words for one that does not exist: that it does is no one else's
    business.
    """
    report = await context.work.reports.get(ref)
    if report is None or not may_read(
        report,
        own_areas(context),
        in_team=context.staff.role == OFFICER,
        share_without_consent=context.city.share_without_consent,
    ):
        raise Declined(context.say("I find no report {ref} that is yours to read.", ref=ref[:20]))
    return report
