"""/invite: a one-time code that makes its first user a member of staff."""

from datetime import timedelta
from typing import Final

from bot.city import Team
from bot.commands.access import allowed
from bot.commands.question import Asked, read_question
from bot.commands.registry import (
    ADMINISTRATOR,
    COORDINATOR,
    LEADS,
    OFFICER,
    CommandContext,
    Declined,
    Words,
    command,
)
from bot.commands.team import ROLE_NAMES
from bot.commands.vocabulary import Vocabulary, plain
from bot.i18n import mark
from bot.insight.words import moment
from bot.message import Outbound

INVITE_LASTS: Final = timedelta(days=7)
LONGEST_LABEL: Final = 40
_AS: Final = frozenset({"as", "como", "named"})
_ROLE_WORDS: Final = {
    "officer": OFFICER, "agente": OFFICER, "enlace": OFFICER,
    "coordinator": COORDINATOR, "coordinador": COORDINATOR, "coordinadora": COORDINATOR,
    "administrator": ADMINISTRATOR, "admin": ADMINISTRATOR, "administrador": ADMINISTRATOR,
    "administradora": ADMINISTRATOR,
}  # fmt: skip


def _names_role(words: Words) -> bool:
    return plain(words[0]) in _ROLE_WORDS


@command(
    "/invite role areas [as name]",
    mark("a one-time code for a colleague"),
    roles=LEADS,
    fits=_names_role,
)
async def invite(context: CommandContext, words: Words) -> list[Outbound]:
    """A code that makes its first user a member of staff."""
    words, label = _labelled(words)
    role = _role(context, words)
    rest = [word for word in words if plain(word) not in _ROLE_WORDS]
    areas, team = _places(context, role, rest)
    code, until = context.new_code(), context.now + INVITE_LASTS
    slug = team.slug if team else None
    await context.work.staff.invite(code, role, slug, areas, until, context.now, label)
    subject = f"{role} {slug or '-'} {','.join(areas) or 'all'}"
    actor = f"staff:{context.staff.id}"
    await context.work.audit.append(actor, "invite", subject, context.now)
    names = ", ".join(context.city.area_name(area) or area for area in areas)
    text = context.say(
        "Code: {code}\nFor a {role}: {areas}. It works once, until {until}.\nGive it to your "
        "colleague in person. They send it to this service: /start {code}",
        code=code,
        role=context.say(ROLE_NAMES[role]),
        areas=names or context.say("all areas"),
        until=moment(until, context.city.timezone, context.language),
    )
    return [Outbound(text)]


def _labelled(words: Words) -> tuple[Words, str | None]:
    """The words before "as", and the colleague's name after it."""
    for place, word in enumerate(words):
        if plain(word) in _AS:
            return words[:place], clean_label(" ".join(words[place + 1 :]))
    return words, None


def clean_label(name: str) -> str | None:
    """A member's name as it is kept: one line, not too long; None for an empty one."""
    return " ".join(name.split())[:LONGEST_LABEL].rstrip() or None


def _role(context: CommandContext, words: Words) -> str:
    """The one role that is named, if the asker may give it away."""
    roles = {_ROLE_WORDS[plain(word)] for word in words if plain(word) in _ROLE_WORDS}
    if len(roles) != 1:
        raise Declined(context.say("Which role? For example: /invite officer old-town"))
    role = roles.pop()
    if role != OFFICER and context.staff.role != ADMINISTRATOR:
        raise Declined(context.say("Only an administrator can invite that role."))
    return role


def _places(
    context: CommandContext, role: str, words: Words
) -> tuple[tuple[str, ...], Team | None]:
    """Areas and team of an invitation. An officer needs areas; () means all of them."""
    vocabulary = Vocabulary.of(context.city, context.language)
    asked: Asked = read_question(words, vocabulary, context.city.timezone)
    if asked.unknown:
        phrase = " ".join(asked.unknown)
        raise Declined(context.say("I do not know “{words}”.", words=phrase[:40]))
    areas = allowed(context, asked.areas) or ()
    if role == OFFICER and asked.areas is None:
        raise Declined(context.say("Which areas? For example: /invite officer old-town"))
    team = next((t for t in context.city.teams if areas and set(areas) <= set(t.areas)), None)
    return areas, team
