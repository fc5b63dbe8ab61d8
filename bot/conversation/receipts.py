"""What a resident hears about a report: a reference, who reads it and when, seldom more."""

from typing import Final

from bot.conversation.discretion import sensitive, shown
from bot.conversation.emergency import help_line
from bot.conversation.lines import short
from bot.conversation.reading import reading, when
from bot.conversation.talk import Talk
from nlp.analysis import Analysis, Location
from nlp.categories import CATEGORIES

#: Characters that names may take, so that the longest receipt still fits.
_WHAT: Final = 40
_PLACE: Final = 30
_AREA: Final = 24
_TEAM: Final = 28
_READERS: Final = 60


def thanks(talk: Talk, ref: str) -> str:
    """The first line: thanks, the reference and, at first contact, that a machine answers."""
    if talk.state.introduced:
        return talk.say("Thank you, we got your message. Reference: {ref}.", ref=ref)
    return talk.say(
        "Thank you, we got your message. This is an automatic reply. Reference: {ref}.", ref=ref
    )


def understood(talk: Talk, analysis: Analysis) -> str:
    """What was understood, for the categories where that harms nobody; else empty."""
    if not shown(analysis.category):
        return ""
    what = short(talk.say(CATEGORIES[analysis.category].name), _WHAT)
    where = place_name(talk, analysis.location)
    if not where:
        return talk.say("We understood: {what}.", what=what)
    return talk.say("We understood: {what}, {where}.", what=what, where=where)


def place_name(talk: Talk, location: Location) -> str:
    """The place and its area as one name; empty when unknown."""
    area = talk.turn.city.area_name(location.area) or ""
    name = location.name or ""
    # An offered place bears its area already: "Mill Lane, Millbrook".
    parts = [(name, _PLACE)] if name.endswith(area) and name else [(name, _PLACE), (area, _AREA)]
    return ", ".join(short(part, most) for part, most in parts if part)


def next_step(talk: Talk, area: str | None) -> str:
    """Which team reads messages and when. True of every message, so that it gives nothing away."""
    team = talk.turn.city.team_of(area)
    if team is None:
        return readers(talk)
    name, hours = short(team.called(talk.language), _TEAM), reading(team, talk.turn.now)
    if hours is None:
        return talk.say("{team} reads the messages.", team=name)
    if hours.watching:
        return talk.say(
            "{team} reads messages now, until {time}.", team=name, time=f"{hours.at:%H:%M}"
        )
    return talk.say(
        "Nobody reads at this hour. {team} reads {when}.",
        team=name,
        when=when(talk.language, hours.at, talk.turn.now),
    )


def readers(talk: Talk) -> str:
    """Who reads what is sent here, in the city's own words."""
    words = talk.turn.city.readers
    name = words.get(talk.language) or next(iter(words.values()), talk.turn.city.name)
    return talk.say("Who reads this: {readers}.", readers=short(name, _READERS))


def offers(talk: Talk, analysis: Analysis) -> tuple[str, ...]:
    """The words that may follow a receipt."""
    if not shown(analysis.category):
        return ()
    return (
        talk.say("If that is not right, reply WRONG."),
        talk.say("For a tip reply MORE."),
    )


def caution(talk: Talk, analysis: Analysis) -> str:
    """The emergency number under every receipt that names nothing or where danger is possible."""
    harmless = shown(analysis.category) and not analysis.danger.unsure
    return "" if harmless else help_line(talk.turn.city, talk.language)


def outside(talk: Talk) -> str:
    """That we cannot help there."""
    city = short(talk.turn.city.name, _PLACE)
    return talk.say(
        "That place seems to be outside {city}, and we can only help inside it.", city=city
    )


def credit(talk: Talk) -> str:
    """Whose data our map is made of; empty where nobody asks to be named."""
    # One sign outside the SMS alphabet would halve the room for everything else.
    owners = "; ".join(talk.turn.city.attribution).replace("©", "(c)")
    return talk.say("Map: {owners}", owners=owners) if owners else ""


def picture(talk: Talk) -> str:
    """That a picture was not kept; empty where there was none."""
    if not talk.turn.message.attachment:
        return ""
    return talk.say("We do not keep pictures or recordings, only your words.")


def added(talk: Talk, ref: str, category: str | None) -> str:
    """Thanks for a follow-up; the reference only where it may show."""
    if sensitive(category) or not shown(category):
        return talk.say("Thank you, we got your message.")
    return talk.say("Thank you. We added this to {ref}.", ref=ref)
