"""What residents call places: heard from two of them, asked of a coordinator."""

from datetime import datetime
from typing import Final

from bot.city import City
from bot.city.nicknames import place_words
from bot.commands.registry import ADMINISTRATOR, COORDINATOR
from bot.conversation.effects import HearName
from bot.i18n import say
from bot.message import Button, Outbound, Priority
from bot.outbox.post import post
from nlp.analysis import Location
from nlp.geocoder.nicknames import nickname_key
from nlp.places.spatial import metres_between, snap
from storage.nicknames import NicknamePlace, NicknameUseView, NicknameView
from storage.records import ContactView
from storage.work import Work

#: So many different residents must have meant the same place.
WITNESSES: Final = 2
#: Two answers this near each other are about the same place, in metres.
SAME_PLACE_M: Final = 300.0
#: What is known no closer than this is a part of the town and no place.
WIDEST_M: Final = 500.0
#: A pin is kept as the middle of its square of the grid, in metres.
_SNAPPED_M: Final = 150.0


async def hear(
    work: Work, city: City, contact: ContactView, heard: HearName, now: datetime
) -> None:
    """Note what a resident meant by words that nothing knows; the second one asks coordinators."""
    key, meant = nickname_key(heard.words, city.languages), _kept(heard.location)
    if not key or meant is None or await work.nicknames.find(key):
        return
    await work.nicknames.use(key, contact.id, meant, now)
    alike = _agreeing(await work.nicknames.uses(key), contact.id)
    if len(alike) < WITNESSES:
        return
    place = next((use.place for use in alike if use.place.name), alike[0].place)
    proposed = await work.nicknames.propose(key, heard.words, place, now)
    if proposed:
        await _ask(work, city, proposed, now)


def _kept(found: Location) -> NicknamePlace | None:
    """A known place as it is, a point of the resident's own coarsened; None for no near place."""
    lat, lon, radius = found.latitude, found.longitude, found.radius_m or 0.0
    if found.area is None or lat is None or lon is None or radius > WIDEST_M:
        return None
    if found.why != "pin" and found.name:
        return NicknamePlace(found.area, lat, lon, radius, found.name)
    lat, lon = snap(lat, lon, _SNAPPED_M)
    return NicknamePlace(found.area, lat, lon, max(radius, _SNAPPED_M))


def _agreeing(uses: tuple[NicknameUseView, ...], contact_id: int) -> list[NicknameUseView]:
    """The uses that mean the same place as the given contact's, that one first."""
    own = next(use for use in uses if use.contact_id == contact_id)
    others = [
        use
        for use in uses
        if use.contact_id != contact_id
        and use.place.area == own.place.area
        and metres_between(
            own.place.latitude, own.place.longitude, use.place.latitude, use.place.longitude
        )
        <= SAME_PLACE_M
    ]
    return [own, *others]


async def _ask(work: Work, city: City, proposed: NicknameView, now: datetime) -> None:
    """Ask the coordinators of the area once; where there are none, the administrators."""
    leads = await work.staff.members(role=COORDINATOR)
    leads = [m for m in leads if not m.areas or proposed.place.area in m.areas]
    leads = leads or await work.staff.members(role=ADMINISTRATOR)
    contacts = await work.contacts.many(member.contact_id for member in leads)
    for contact in contacts.values():
        language = contact.language or city.languages[0]
        await post(
            work,
            contact,
            question(city, proposed, language),
            key=f"nickname:{proposed.id}:{contact.id}",
            priority=Priority.ALERT,
            kind="alert",
            now=now,
        )


def question(city: City, proposed: NicknameView, language: str) -> Outbound:
    """Does "X" mean this place: for a coordinator."""
    text = say(
        language,
        "Two residents wrote “{words}” and meant {place}. Does “{words}” mean that place? "
        "Answer /nickname yes {id} or /nickname no {id}",
        words=proposed.words,
        place=place_words(city, proposed, language),
        id=proposed.id,
    )
    return Outbound(
        text,
        buttons=(
            Button(say(language, "Yes"), f"/nickname yes {proposed.id}"),
            Button(say(language, "No"), f"/nickname no {proposed.id}"),
        ),
    )
