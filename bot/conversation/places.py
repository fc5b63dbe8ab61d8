"""A place for a report that has none yet: a letter, a name, a pin or words."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.conversation import receipts
from bot.conversation.asking import LETTERS, again, ask_place
from bot.conversation.discretion import shown
from bot.conversation.effects import (
    AddToReport,
    AlertTeam,
    Effect,
    HearName,
    Outcome,
    PlaceReport,
    Question,
)
from bot.conversation.emergency import help_line
from bot.conversation.lines import compose
from bot.conversation.pending import ask_next, reask
from bot.conversation.talk import Talk
from bot.conversation.words import fold, letter, means
from nlp.analysis import Analysis, Intent, Location, Option

#: More within this time after a team was woken is about the same danger.
SOON: Final = timedelta(minutes=30)
#: A longer text says more than the place: it is kept as well.
_PLACE_WORDS = 8
#: A place with so few words beside it says nothing else, whatever the classifier thinks.
_BESIDE = 4


def answer_place(talk: Talk, question: Question, text: str) -> Outcome | None:
    """The answer to "where is it?"; None where the message is about something else."""
    option = _picked(question, text)
    if option:
        return place_report(talk, question.ref or "", _location(option))
    languages = talk.turn.city.languages
    if means(text, "unknown", languages) or means(text, "no", languages):
        return _unplaced(talk)
    if letter(text):
        return reask(talk, question)
    return _told(talk, question)


def place_report(talk: Talk, ref: str, location: Location, *more: Effect) -> Outcome:
    """Place a filed report; a team that should be awake hears of it where it now belongs."""
    told = talk.state.alerted and ref == talk.state.last_ref
    alert = (AlertTeam(ref, talk.state.pressing),) if told else ()
    learnt = heard_name(talk, ref, location)
    state = replace(talk.state, question=None, placed=True, unheard=None)
    named = shown(talk.state.last_category)
    name = receipts.place_name(talk, location)
    done = (
        talk.say("Thank you. {ref} is placed at {place}.", ref=ref, place=name)
        if named
        else talk.say("Thank you. We noted the place.")
    )
    offers = (talk.say("If that is not right, reply WRONG."), talk.say("For a tip reply MORE."))
    wanted = offers if named else (help_line(talk.turn.city, talk.language),)
    text = compose((done, receipts.next_step(talk, location.area)), wanted)
    return ask_next(talk, text, placement(ref, location), *more, *learnt, *alert, state=state)


def heard_name(talk: Talk, ref: str, location: Location) -> tuple[HearName, ...]:
    """What the resident called the place, now that they told us by a choice, a pin or a name."""
    words = talk.state.unheard if ref == talk.state.last_ref else None
    return (HearName(words, location),) if words else ()


def placement(ref: str, location: Location) -> PlaceReport:
    """The effect that gives a report this place."""
    return PlaceReport(
        ref,
        location.area,
        location.latitude,
        location.longitude,
        location.radius_m,
        location.name,
    )


def found(analysis: Analysis) -> bool:
    """Whether the message itself tells a place inside the city."""
    return analysis.location.area is not None and analysis.location.why not in {"home", "none"}


def _told(talk: Talk, question: Question) -> Outcome | None:
    analysis, pin = talk.turn.analysis, talk.turn.message.pin
    if pin is None and _another_matter(talk):
        return None
    ref = question.ref or ""
    if found(analysis):
        return place_report(talk, ref, analysis.location, *_kept_words(talk, ref))
    if analysis.location.outside or pin is not None:
        asked = again(talk, question)
        state = replace(talk.state, question=asked.question)
        text = compose((receipts.outside(talk), asked.text))
        return talk.answer(text, state=state, buttons=asked.buttons)
    if analysis.location.options and question.attempt < 2:
        asked = ask_place(talk, ref, analysis.location.options)
        state = replace(talk.state, question=replace(asked.question, attempt=2))
        kept = _kept_words(talk, ref)
        return talk.answer(
            asked.text, *kept, state=state, buttons=asked.buttons, share_location=True
        )
    return _words_only(talk, ref)


def _words_only(talk: Talk, ref: str) -> Outcome | None:
    """A place that no map of ours knows is kept in the resident's words."""
    analysis = talk.turn.analysis
    # What could be filed says more about the matter: that is a follow-up.
    telling = analysis.intent in {Intent.OTHER, Intent.FOLLOW_UP, Intent.REPORT}
    if (
        not telling
        or analysis.file
        or not (analysis.places or len(talk.text.split()) in range(2, _PLACE_WORDS))
    ):
        return None
    add = AddToReport(ref, analysis, talk.turn.message.text)
    text = talk.say("Thank you. We did not find that on our map, but we keep your words.")
    return ask_next(talk, text, add, state=replace(talk.state, question=None))


def _unplaced(talk: Talk) -> Outcome:
    text = talk.say("That is all right. We keep your message without a place.")
    return ask_next(talk, text, state=replace(talk.state, question=None))


def _another_matter(talk: Talk) -> bool:
    analysis = talk.turn.analysis
    if analysis.intent in {Intent.OPT_OUT, Intent.GREETING, Intent.PRAISE, Intent.SPAM}:
        return True
    if found(analysis) and only_a_place(talk):
        return False
    if found(analysis) and awaited(talk) and not shown(analysis.category):
        return False
    fresh = analysis.file and analysis.intent is Intent.REPORT
    return (fresh and analysis.category != talk.state.last_category) or analysis.behaviour_missing


def awaited(talk: Talk) -> bool:
    """Whether a team that was woken minutes ago still waits for more about the last report."""
    state = talk.state
    return state.alerted and state.last_at is not None and talk.turn.now - state.last_at <= SOON


def only_a_place(talk: Talk) -> bool:
    """Whether next to nothing is said beside the places, as in "it is on Mill Road"."""
    rest = talk.turn.message.text
    for place in sorted(talk.turn.analysis.places, key=lambda p: p.start, reverse=True):
        rest = rest[: place.start] + rest[place.end :]
    return bool(talk.turn.analysis.places) and len(fold(rest).split()) <= _BESIDE


def _kept_words(talk: Talk, ref: str) -> tuple[Effect, ...]:
    analysis = talk.turn.analysis
    if (analysis.file and not only_a_place(talk)) or len(talk.text.split()) > _PLACE_WORDS:
        return (AddToReport(ref, analysis, talk.turn.message.text),)
    return ()


def _picked(question: Question, text: str) -> Option | None:
    choice = letter(text)
    if choice and LETTERS.index(choice) < len(question.options):
        return question.options[LETTERS.index(choice)]
    folded = fold(text)
    return next((o for o in question.options if folded and fold(o.label) == folded), None)


def _location(option: Option) -> Location:
    return Location(
        area=option.area,
        latitude=option.latitude,
        longitude=option.longitude,
        radius_m=option.radius_m,
        name=option.label,
        why="place",
    )
