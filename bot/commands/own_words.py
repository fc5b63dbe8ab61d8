"""A report's own words: opened for a reason that is kept, by whoever answers for its area."""

import re
from datetime import timedelta
from typing import Final

from bot.commands.registry import OFFICER, CommandContext, Declined
from bot.insight.disclosure import OVERSIGHT_ONLY, team_may_read
from bot.message import Outbound
from nlp.redaction.redact import redact
from storage.records import ReportView
from storage.reports import TextGone

#: A shorter reason tells nothing to whoever looks at the audit.
_SHORTEST: Final = 6
_LONGEST: Final = 160
#: Words that nobody fetched in time are not sent any more.
_TTL: Final = timedelta(hours=6)


async def own_words(context: CommandContext, report: ReportView, reason: str) -> Outbound:
    """What the sender wrote, unmasked. Who asked, when and why is in the audit, also in vain.

    Raises Declined without a reason, for who is not of the area's team, and once they are deleted.
    """
    if len(reason) < _SHORTEST:
        raise Declined(
            context.say("To read its sender's own words say why: /open {ref} reason\n"
                        "Who opened them, when and why is kept. Without them: /report {ref}",
                        ref=report.ref)
        )  # fmt: skip
    if not await _answers_for(context, report):
        raise Declined(context.say("Only the area's team can open a sender's own words."))
    # The audit can never be cleaned: a name or a number must not get into it.
    why = _masked(context, " ".join(reason.split()))[:_LONGEST]
    actor = f"staff:{context.staff.id}"
    try:
        words = await context.work.reports.open_text(report.ref, actor, why, context.now)
    except TextGone:
        raise Declined(
            context.say("The own words of {ref} are deleted. What is kept: /report {ref}",
                        ref=report.ref)
        ) from None  # fmt: skip
    text = context.say(
        "Own words of {ref}, not masked. Your reason is kept: {reason}\n“{text}”",
        ref=report.ref,
        reason=why,
        text=words,
    )
    return Outbound(text, title=report.ref, ttl=_TTL)


def _masked(context: CommandContext, reason: str) -> str:
    """Without what was found in the message by understanding it, nor what the rules find."""
    for words, kind in context.hidden:
        alone = rf"(?<!\w){re.escape(' '.join(words.split()))}(?!\w)"
        reason = re.sub(alone, f"[{kind}]", reason)
    return redact(reason)


async def _answers_for(context: CommandContext, report: ReportView) -> bool:
    """Officers of its area; where there are none, or may be none, whoever may read the report."""
    if context.staff.role == OFFICER or report.category in OVERSIGHT_ONLY:
        return True  # what they may read at all was looked at before
    if not team_may_read(report, share_without_consent=context.city.share_without_consent):
        return False
    team = context.city.team_of(report.area)
    return team is None or not await context.work.staff.members(role=OFFICER, team=team.slug)
