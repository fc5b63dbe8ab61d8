"""/digest, /invite, /whoami and /leave: the team and its members."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.city import Team
from bot.commands.access import allowed, own_areas, own_team
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
from bot.commands.vocabulary import Vocabulary, plain
from bot.digest.build import build_digest
from bot.i18n import mark
from bot.insight.words import moment
from bot.message import Outbound

INVITE_LASTS: Final = timedelta(days=7)
ROLE_NAMES: Final = {
    OFFICER: mark("liaison officer"),
    COORDINATOR: mark("coordinator"),
    ADMINISTRATOR: mark("administrator"),
}
_ROLE_WORDS: Final = {
    "officer": OFFICER, "agente": OFFICER, "enlace": OFFICER,
    "coordinator": COORDINATOR, "coordinador": COORDINATOR, "coordinadora": COORDINATOR,
    "administrator": ADMINISTRATOR, "admin": ADMINISTRATOR, "administrador": ADMINISTRATOR,
    "administradora": ADMINISTRATOR,
}  # fmt: skip


@command(
    "/digest [team or area]", mark("your team's digest, as of now"), bare=("digest", "resumen")
)
async def digest(context: CommandContext, words: Words) -> list[Outbound]:
    """The digest as it would be sent now."""
    team = _team_asked(context, words)
    own = own_areas(context)
    if own is not None and team != own_team(context):
        team = replace(team, areas=tuple(area for area in team.areas if area in own))
    if not team.areas:
        raise Declined(context.say("You can ask for the digests of your own areas."))
    return [await build_digest(context.work, context.city, team, context.now)]


def _team_asked(context: CommandContext, words: Words) -> Team:
    """The team that is named, the asker's own, or the only one there is."""
    teams = context.city.teams
    wanted = plain(" ".join(words))
    if wanted:
        named = [team for team in teams if wanted in (plain(team.slug), plain(team.name))]
        if not named and (area := _area_asked(context, wanted)):
            return area
    else:
        mine = own_team(context)
        named = [mine] if mine else list(teams)
    if len(named) != 1:
        slugs = ", ".join(team.slug for team in teams)
        raise Declined(context.say("Which team? /digest and one of: {teams}", teams=slugs))
    return named[0]


def _area_asked(context: CommandContext, wanted: str) -> Team | None:
    """The part of a team's digest that is about one area, larger or smaller."""
    code = next(
        (a.code for a in context.city.areas.values() if wanted in (plain(a.code), plain(a.name))),
        None,
    )
    team = context.city.team_of(code)
    if code is None or team is None:
        return None
    areas = allowed(context, context.city.parts(code)) or ()
    name = context.city.area_name(code) or code
    return replace(team, name=name, names={}, areas=areas)


@command("/invite role areas [team]", mark("a one-time code for a colleague"), roles=LEADS)
async def invite(context: CommandContext, words: Words) -> list[Outbound]:
    """A code that makes its first user a member of staff."""
    role = _role(context, words)
    rest = [word for word in words if plain(word) not in _ROLE_WORDS]
    areas, team = _places(context, role, rest)
    code, until = context.new_code(), context.now + INVITE_LASTS
    slug = team.slug if team else None
    await context.work.staff.invite(code, role, slug, areas, until, context.now)
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


@command("/whoami", mark("your role and your areas"))
async def whoami(context: CommandContext, words: Words) -> list[Outbound]:
    """Role, team and areas."""
    own = own_areas(context)
    names = [context.city.area_name(area) or area for area in own or ()]
    areas = context.say("all areas") if own is None else ", ".join(names)
    team = own_team(context)
    text = context.say(
        "You are a {role}. Team: {team}. Areas: {areas}.",
        role=context.say(ROLE_NAMES.get(context.staff.role, context.staff.role)),
        team=team.called(context.language) if team else "–",
        areas=areas or "–",
    )
    return [Outbound(text)]


async def _keep_one(context: CommandContext) -> None:
    """Nobody could invite an administrator any more once the last one is gone."""
    if context.staff.role != ADMINISTRATOR:
        return
    if len(await context.work.staff.members(role=ADMINISTRATOR)) <= 1:
        raise Declined(
            context.say("You are the only administrator: first invite another one. "
                        "For example: /invite administrator all")
        )  # fmt: skip


@command("/leave", mark("give up your role here"))
async def leave(context: CommandContext, words: Words) -> list[Outbound]:
    """Ask once, then give up the role."""
    if [plain(word) for word in words] not in (["yes"], ["si"]):
        return [Outbound(context.say("This ends your role: no more digests or alerts. Sure? "
                                     "Send /leave yes"))]  # fmt: skip
    await _keep_one(context)
    await context.work.staff.remove(context.staff.id)
    actor = f"staff:{context.staff.id}"
    await context.work.audit.append(actor, "leave", actor, context.now)
    return [Outbound(context.say("Done. You are no longer a member of staff here."))]
