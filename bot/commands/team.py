"""/digest, /whoami and /leave: the team and oneself."""

from dataclasses import replace
from typing import Final

from bot.city import Team
from bot.commands.access import allowed, own_areas, own_team
from bot.commands.registry import (
    ADMINISTRATOR,
    COORDINATOR,
    OFFICER,
    CommandContext,
    Declined,
    Words,
    command,
)
from bot.commands.vocabulary import plain
from bot.digest.build import build_digest
from bot.i18n import mark
from bot.message import Outbound

ROLE_NAMES: Final = {
    OFFICER: mark("liaison officer"),
    COORDINATOR: mark("coordinator"),
    ADMINISTRATOR: mark("administrator"),
}


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


def _sure(words: Words) -> bool:
    return [plain(word) for word in words] in (["yes"], ["si"])


@command("/leave", mark("give up your role here"), fits=_sure)
async def leave(context: CommandContext, words: Words) -> list[Outbound]:
    """Ask once, then give up the role."""
    if not _sure(words):
        return [Outbound(context.say("This ends your role: no more digests or alerts. Sure? "
                                     "Send /leave yes"))]  # fmt: skip
    await _keep_one(context)
    await context.work.staff.remove(context.staff.id)
    actor = f"staff:{context.staff.id}"
    await context.work.audit.append(actor, "leave", actor, context.now)
    return [Outbound(context.say("Done. You are no longer a member of staff here."))]
