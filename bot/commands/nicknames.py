"""/nickname: what residents call places, taught by staff or agreed to by them."""

import asyncio
from typing import Final

from bot.city.nicknames import nicknames_of, place_words
from bot.commands.registry import LEADS, CommandContext, Declined, Words, command
from bot.commands.vocabulary import plain
from bot.i18n import mark
from bot.message import Outbound
from nlp.analysis import Location, Nickname
from nlp.geocoder.geocoder import Geocoder
from nlp.geocoder.nicknames import nickname_key
from nlp.redaction.redact import redact
from storage.nicknames import AGREED, REFUSED, REMOVED, NicknamePlace

_LONGEST: Final = 40
_MOST_LINES: Final = 40
_YES: Final = frozenset({"yes", "si"})
_REMOVE: Final = frozenset({"remove", "delete", "quitar", "borrar"})


def _teaches(words: Words) -> bool:
    return "=" in " ".join(words) or plain(words[0]) in _YES | _REMOVE | {"no"}


@command(
    "/nickname [words = place]", mark("what residents call a place"), roles=LEADS, fits=_teaches
)
async def nickname(context: CommandContext, words: Words) -> list[Outbound]:
    """List them; teach one; remove one; answer whether one is right."""
    text = " ".join(words)
    name, equals, place = text.partition("=")
    if equals:
        return [Outbound(await _teach(context, " ".join(name.split()), place.strip()))]
    if not words:
        return [Outbound(await _list(context))]
    first, rest = plain(words[0]), " ".join(words[1:])
    if first in _YES | {"no"} and rest.isdigit():
        return [Outbound(await _decide(context, int(rest), agreed=first in _YES))]
    if first in _REMOVE and rest:
        return [Outbound(await _remove(context, rest))]
    raise Declined(
        context.say("Write /nickname the cage = Heron Park, or /nickname remove the cage")
    )


async def _list(context: CommandContext) -> str:
    known = await context.work.nicknames.agreed()
    if not known:
        return context.say("No nicknames yet. Teach one: /nickname the cage = Heron Park")
    lines = [
        f"{n.words} = {place_words(context.city, n, context.language)}" for n in known[:_MOST_LINES]
    ]
    if len(known) > _MOST_LINES:
        lines.append(context.say("And {n} more.", n=len(known) - _MOST_LINES))
    return "\n".join(lines)


async def _teach(context: CommandContext, words: str, place: str) -> str:
    key = nickname_key(words, context.city.languages)
    if not key or len(words) > _LONGEST or redact(words) != words:
        raise Declined(
            context.say("“{words}” cannot be a nickname: take one to four words, not all of them "
                        "everyday words, and nobody's name or number.", words=words[:_LONGEST])
        )  # fmt: skip
    where = await _located(context, place)
    number = await context.work.nicknames.teach(key, words, where, context.now)
    await _note(context, "teach nickname", number)
    known = await context.work.nicknames.get(number)
    shown = place_words(context.city, known, context.language) if known else place
    return context.say("From now on “{words}” means {place}.", words=words, place=shown)


async def _located(context: CommandContext, place: str) -> NicknamePlace:
    """The one place that the words name. Raises Declined where they name none or several."""
    known = await nicknames_of(context.work)
    found = await asyncio.to_thread(_locate, context, place, known)
    if found.area is None and found.options:
        labels = "; ".join(option.label for option in found.options)
        raise Declined(
            context.say("“{place}” may be: {options}. Say which, with the area.",
                        place=place[:_LONGEST], options=labels)
        )  # fmt: skip
    if found.area is None or found.latitude is None or found.longitude is None:
        raise Declined(context.say("I do not find “{place}” on our map.", place=place[:_LONGEST]))
    return NicknamePlace(
        found.area, found.latitude, found.longitude, found.radius_m or 0.0, found.name
    )


def _locate(context: CommandContext, place: str, known: tuple[Nickname, ...]) -> Location:
    return Geocoder.open(context.city.path).locate_name(place, known)


async def _remove(context: CommandContext, words: str) -> str:
    key = nickname_key(words, context.city.languages)
    known = await context.work.nicknames.find(key) if key else None
    if known is None or not await context.work.nicknames.decide(
        known.id, REMOVED, context.now, was=AGREED
    ):
        raise Declined(context.say("I know no nickname “{words}”.", words=words[:_LONGEST]))
    await _note(context, "remove nickname", known.id)
    return context.say("Done. “{words}” means nothing to us any more.", words=known.words)


async def _decide(context: CommandContext, number: int, *, agreed: bool) -> str:
    known = await context.work.nicknames.get(number)
    state = AGREED if agreed else REFUSED
    if known is None or not await context.work.nicknames.decide(number, state, context.now):
        raise Declined(context.say("That was answered already. /nickname lists them all."))
    await _note(context, "agree to nickname" if agreed else "refuse nickname", number)
    if agreed:
        place = place_words(context.city, known, context.language)
        return context.say("From now on “{words}” means {place}.", words=known.words, place=place)
    return context.say("Thank you. “{words}” stays unknown.", words=known.words)


async def _note(context: CommandContext, action: str, number: int) -> None:
    actor = f"staff:{context.staff.id}"
    await context.work.audit.append(actor, action, f"nickname:{number}", context.now)
