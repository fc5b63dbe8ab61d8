"""/staff: who is a member, and who may become one; naming and removing them."""

from datetime import datetime
from typing import Final

from babel.dates import format_date

from bot.city import City
from bot.commands.invites import clean_label
from bot.commands.registry import ADMINISTRATOR, CommandContext, Declined, Words, command
from bot.commands.team import ROLE_NAMES
from bot.commands.vocabulary import plain
from bot.i18n import mark, say
from bot.insight.words import moment
from bot.message import Button, Outbound, Priority
from bot.outbox.post import post
from storage.records import InviteView, StaffView
from storage.work import Work

_MOST_LINES: Final = 40
_MOST_AREAS: Final = 4
_NAME: Final = frozenset({"name", "nombre"})
_REMOVE: Final = frozenset({"remove", "delete", "quitar", "borrar"})
_REVOKE: Final = frozenset({"revoke", "anular"})
_YES: Final = frozenset({"yes", "si"})


def _names_deed(words: Words) -> bool:
    return plain(words[0]) in _NAME | _REMOVE | _REVOKE


@command(
    "/staff [remove NUMBER]",
    mark("who is a member here, and the open invitations"),
    roles=(ADMINISTRATOR,),
    fits=_names_deed,
)
async def staff(context: CommandContext, words: Words) -> list[Outbound]:
    """List members and open invitations; name or remove a member; take an invitation back."""
    if not words:
        return [Outbound(await _list(context), title=context.say("Members of staff"))]
    verb, rest = plain(words[0]), words[1:]
    if verb in _NAME and len(rest) > 1:
        return [Outbound(await _name(context, rest[0], " ".join(rest[1:])))]
    if verb in _REMOVE and rest:
        return [await _remove(context, rest[0], sure=plain(" ".join(rest[1:])) in _YES)]
    if verb in _REVOKE and len(rest) == 1:
        return [Outbound(await _revoke(context, rest[0]))]
    raise Declined(
        context.say("Write /staff, /staff name 3 Ana Ruiz, /staff remove 3 or /staff revoke 3F9A1C")
    )


async def _list(context: CommandContext) -> str:
    city, language = context.city, context.language
    members = await context.work.staff.members()
    lines = [member_line(city, member, language) for member in members[:_MOST_LINES]]
    if len(members) > _MOST_LINES:
        lines.append(
            context.say("And {n} more: lamplighter staff list", n=len(members) - _MOST_LINES)
        )
    invites = await context.work.staff.open_invites(context.now)
    if invites:
        lines += ["", context.say("Invitations that nobody has used yet:")]
        lines += [invite_line(city, one, language) for one in invites[:_MOST_LINES]]
    lines += ["", context.say("Name one: /staff name 3 Ana Ruiz. Remove one: /staff remove 3. "
                              "Take an invitation back: /staff revoke 3F9A1C")]  # fmt: skip
    return "\n".join(lines)


def member_line(city: City, member: StaffView, language: str) -> str:
    """One member in a list: number, name, role, team, areas, since when. Never an address."""
    since = (
        format_date(member.since.astimezone(city.timezone).date(), "d MMM y", locale=language)
        if member.since
        else None
    )
    parts = [
        f"{member.id} {member.label or say(language, '(no name)')}",
        _role(member, language),
        _where(city, member, language),
        say(language, "since {day}", day=since) if since else "",
    ]
    return ", ".join(part for part in parts if part)


def invite_line(city: City, invite: InviteView, language: str) -> str:
    """One open invitation in a list."""
    parts = [
        f"{invite.handle} {invite.label or say(language, '(no name)')}",
        _role(invite, language),
        _where(city, invite, language),
        say(language, "until {when}", when=moment(invite.expires_at, city.timezone, language)),
    ]
    return ", ".join(part for part in parts if part)


def _role(one: StaffView | InviteView, language: str) -> str:
    return say(language, ROLE_NAMES.get(one.role, one.role))


def _where(city: City, one: StaffView | InviteView, language: str) -> str:
    """The team, and areas where they are not simply all of the team's."""
    team = city.team(one.team) if one.team else None
    areas = one.areas or (() if team else None)
    if areas is None:
        return say(language, "all areas")
    names = [city.area_name(area) or area for area in areas[:_MOST_AREAS]]
    if len(areas) > _MOST_AREAS:
        names.append(say(language, "{n} areas in all", n=len(areas)))
    called = [team.called(language)] if team else []
    return ", ".join([*called, *names])


async def _name(context: CommandContext, number: str, name: str) -> str:
    member, label = await _member(context, number), clean_label(name)
    await context.work.staff.call(member.id, label or "")
    await _note(context, "name staff", f"staff:{member.id}")
    return context.say("{n} is now called {name}.", n=member.id, name=label)


async def _remove(context: CommandContext, number: str, *, sure: bool) -> Outbound:
    member = await _member(context, number)
    if member.id == context.staff.id:
        raise Declined(context.say("To give up your own role send /leave"))
    if member.role == ADMINISTRATOR and await last_administrator(context.work, member):
        raise Declined(
            context.say("That is the last administrator, whom only the server can remove: "
                        "lamplighter staff remove {n}", n=member.id)
        )  # fmt: skip
    line = member_line(context.city, member, context.language)
    if not sure:
        again = f"/staff remove {member.id} yes"
        text = context.say("Remove {member}? Send {again}", member=line, again=again)
        return Outbound(text, buttons=(Button(context.say("Remove"), again),))
    actor = f"staff:{context.staff.id}"
    if await dismiss(context.work, context.city, member, actor, context.now):
        return Outbound(context.say("Removed: {member}. They are told.", member=line))
    return Outbound(context.say("Removed: {member}. They said STOP and are not told.", member=line))


async def last_administrator(work: Work, member: StaffView) -> bool:
    """Whether nobody but this one could invite an administrator from the chat."""
    members = await work.staff.members(role=ADMINISTRATOR)
    return [one.id for one in members] == [member.id]


async def dismiss(work: Work, city: City, member: StaffView, actor: str, now: datetime) -> bool:
    """End a member's role: nothing is sent any more to a phone that may be lost, it is audited, and
    they are told unless they said STOP; whether they were."""
    contact = await work.contacts.get(member.contact_id)
    await work.staff.remove(member.id)
    await work.outbox.cancel_for(contact.id, kinds=("alert", "digest", "reply"))
    subject = f"staff:{member.id} {member.role} {member.team or '-'}"
    await work.audit.append(actor, "remove staff", subject, now)
    if contact.opted_out_at is not None:
        return False
    team = city.team(member.team) if member.team else None
    language = contact.language or (team.language if team else city.languages[0])
    words = say(language, "Your role here has ended: you get no more digests or alerts. "
                          "You can still write to us as a resident.")  # fmt: skip
    key = f"dismissed:{member.id}:{now.timestamp():.0f}"
    note = Outbound(words)
    await post(work, contact, note, key=key, priority=Priority.REPLY, kind="reply", now=now)
    return True


async def _revoke(context: CommandContext, handle: str) -> str:
    invite = await context.work.staff.revoke(handle, context.now)
    if invite is None:
        raise Declined(
            context.say("I know no open invitation {code}. /staff lists them.", code=handle[:20])
        )
    await _note(context, "revoke invitation", f"{invite.handle} {invite.role}")
    line = invite_line(context.city, invite, context.language)
    return context.say("Taken back: {invite}", invite=line)


async def _member(context: CommandContext, number: str) -> StaffView:
    """The member of that number. Raises Declined."""
    digits = number.removeprefix("#").removesuffix(".")
    known = await context.work.staff.get(int(digits)) if digits.isdecimal() else None
    if known is None:
        raise Declined(
            context.say("I know no member {number}. /staff lists them.", number=number[:20])
        )
    return known


async def _note(context: CommandContext, action: str, subject: str) -> None:
    await context.work.audit.append(f"staff:{context.staff.id}", action, subject, context.now)
