"""What residents call places, once agreed: for the analysis of messages and for staff to read."""

from bot.city import City
from bot.i18n import say
from nlp.analysis import Nickname
from storage.nicknames import NicknameView
from storage.work import Work


async def nicknames_of(work: Work) -> tuple[Nickname, ...]:
    """The agreed names, as the analysis of a message wants them."""
    return tuple(
        Nickname(n.words, n.place.name or n.words, n.place.area, n.place.latitude,
                 n.place.longitude, n.place.radius_m)
        for n in await work.nicknames.agreed()
    )  # fmt: skip


def place_words(city: City, nickname: NicknameView, language: str) -> str:
    """Where it is, as far as staff may know: a place's name, or about where a pin was."""
    place = nickname.place
    area = city.area_name(place.area) or place.area
    if place.name and place.name != nickname.words:
        return place.name if area in place.name else f"{place.name}, {area}"
    return say(
        language,
        "a point in {area} (about {lat}, {lon})",
        area=area,
        lat=f"{place.latitude:.4f}",
        lon=f"{place.longitude:.4f}",
    )
