"""Everything that is no report: greetings, thanks, questions, pictures alone, the unclear."""

from datetime import timedelta
from typing import Final

from bot.city import Service
from bot.conversation import receipts
from bot.conversation.discretion import sensitive
from bot.conversation.effects import AddToReport, OptIn, Outcome
from bot.conversation.emergency import help_line
from bot.conversation.lines import compose, short
from bot.conversation.optout import help_words
from bot.conversation.talk import Talk
from nlp.analysis import Intent

#: Thanks so long after a report are still about it.
_RECENT: Final = timedelta(days=30)


def greet(talk: Talk) -> Outcome:
    """One inviting line; at first contact also who answers and who reads."""
    city = talk.turn.city
    invitation = talk.say("Tell us in one message what happened, where and when.")
    back = (OptIn(),) if talk.turn.contact.opted_out_at and talk.turn.message.started else ()
    if talk.state.introduced and not talk.turn.message.started:
        return talk.answer(compose((talk.say("Hello."), invitation)), *back)
    text = compose(
        (
            talk.say("Hello. An automated service of {city} answers here.", city=_city(talk)),
            invitation,
        ),
        (
            receipts.readers(talk),
            help_line(city, talk.language),
        ),
    )
    return talk.answer(text, *back)


def who(talk: Talk) -> Outcome:
    """Who are you, wrong number: what we are, and how to have peace from us."""
    text = compose(
        (
            talk.say("Hello. An automated service of {city} answers here.", city=_city(talk)),
            talk.say("To get no messages from us, send STOP."),
        ),
        (receipts.readers(talk), receipts.credit(talk)),
    )
    return talk.answer(text)


def describe(talk: Talk) -> Outcome:
    """A picture or recording without words."""
    text = compose(
        (
            talk.say("We do not keep pictures or recordings, only your words."),
            talk.say("Please tell us in words: what happened, where and when?"),
        ),
        (_first(talk), help_line(talk.turn.city, talk.language)),
    )
    return talk.answer(text)


def chat(talk: Talk) -> Outcome:
    """An answer to a message that is no report."""
    match talk.turn.analysis.intent:
        case Intent.GREETING:
            return greet(talk)
        case Intent.HELP:
            return help_words(talk)
        case Intent.PRAISE:
            return _praise(talk)
        case Intent.QUESTION:
            return _question(talk)
        case Intent.SPAM if talk.state.introduced:
            return talk.silent()
        case _:
            return _unclear(talk)


def _praise(talk: Talk) -> Outcome:
    """Good news after a report is kept with it: its team waits for "thanks, it is fixed"."""
    state, analysis = talk.state, talk.turn.analysis
    recent = state.last_at is not None and talk.turn.now - state.last_at <= _RECENT
    ref = state.last_ref if recent and not sensitive(state.last_category) else None
    kept = (AddToReport(ref, analysis, talk.turn.message.text),) if ref else ()
    text = talk.say("Thank you for telling us. That is good to hear.")
    return talk.answer(compose((text,), (_first(talk),)), *kept)


def unknown_command(talk: Talk) -> Outcome:
    """A /command that nobody knows."""
    return talk.answer(
        compose((talk.say("We do not know that word. Send HELP for the words we know."),))
    )


def _question(talk: Talk) -> Outcome:
    lines = [talk.say("This service takes concerns and cannot answer questions itself.")]
    desk = next((s for s in talk.turn.city.services if not s.categories and s.phone), None)
    if desk is not None:
        lines.append(_asked_at(talk, desk))
    lines.append(talk.say("For the words we know, send HELP."))
    return talk.answer(compose(lines, (_first(talk), receipts.readers(talk))))


def _asked_at(talk: Talk, service: Service) -> str:
    name = service.name.get(talk.language) or next(iter(service.name.values()), "")
    return talk.say("For questions: {name}, {phone}.", name=short(name, 40), phone=service.phone)


def _unclear(talk: Talk) -> Outcome:
    text = compose(
        (
            talk.say("Sorry, we could not tell what this is about."),
            talk.say("Tell us in one message what happened, where and when."),
        ),
        (
            _first(talk),
            help_line(talk.turn.city, talk.language),
            # One word alone may be a misspelt STATUS or MORE.
            "" if len(talk.text.split()) > 1 else talk.say("For the words we know, send HELP."),
        ),
    )
    return talk.answer(text)


def _first(talk: Talk) -> str:
    return "" if talk.state.introduced else talk.say("This is an automatic reply.")


def _city(talk: Talk) -> str:
    return short(talk.turn.city.name, 40)
