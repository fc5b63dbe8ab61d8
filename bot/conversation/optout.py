"""STOP, START and HELP, as carriers define them, and the same wishes in other words."""

from dataclasses import replace

from bot.conversation.effects import OptIn, OptOut, Outcome
from bot.conversation.emergency import help_line
from bot.conversation.lines import compose
from bot.conversation.receipts import credit, readers
from bot.conversation.talk import Talk
from bot.conversation.words import CARRIER_START, CARRIER_STOP


def opt_out(talk: Talk) -> Outcome:
    """Nothing more is sent after one confirmation; on SMS the carrier confirms its own words."""
    state = replace(talk.state, question=None, pending=())
    confirmed = talk.turn.contact.opted_out_at is not None or _carrier(talk, CARRIER_STOP)
    if confirmed:
        return talk.silent(OptOut(), state=state)
    text = talk.say("You will get no more messages from us. To start again, send START.")
    return talk.answer(text, OptOut(), state=state)


def opt_in(talk: Talk) -> Outcome:
    """Messages again, said once."""
    if _carrier(talk, CARRIER_START):
        return talk.silent(OptIn())
    text = compose(
        (
            talk.say("You will get our answers again. To stop them, send STOP."),
            talk.say("Tell us in one message what happened, where and when."),
        )
    )
    return talk.answer(text, OptIn())


def help_words(talk: Talk) -> Outcome:
    """The emergency number first, then the words one may send.

    Carriers answer HELP themselves, but without the emergency number: so we answer as well.
    """
    text = compose(
        (
            help_line(talk.turn.city, talk.language),
            talk.say("Tell us in one message what happened, where and when."),
            talk.say("Words: STATUS, WRONG, MORE, MYDATA, FORGET, STOP."),
        ),
        (talk.say("An automated service answers."), readers(talk), credit(talk)),
    )
    return talk.answer(text)


def _carrier(talk: Talk, words: frozenset[str]) -> bool:
    return talk.turn.message.channel == "sms" and talk.text.upper() in words
