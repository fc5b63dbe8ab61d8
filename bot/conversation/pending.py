"""Asking the next question, or the same one again."""

from dataclasses import replace

from bot.conversation.asking import again, ask
from bot.conversation.effects import Effect, Outcome, Question, State
from bot.conversation.lines import compose
from bot.conversation.talk import Talk

#: After so many askings a question rests: nobody is nagged.
MOST_ATTEMPTS = 3


def ask_next(talk: Talk, text: str, *effects: Effect, state: State) -> Outcome:
    """Answer with `text` and, where one is still pending, the next question about the report."""
    pending = [kind for kind in state.pending if not (kind == "place" and state.placed)]
    if not pending or state.last_ref is None:
        return talk.answer(text, *effects, state=replace(state, pending=()))
    asked = ask(talk, pending[0], state.last_ref)
    return talk.answer(
        compose((text.partition("\n")[0], asked.text)),
        *effects,
        state=replace(state, question=asked.question, pending=tuple(pending[1:])),
        buttons=asked.buttons,
        share_location=asked.share_location,
    )


def reask(talk: Talk, question: Question, lead: str = "") -> Outcome:
    """The same question again; after three times the line that no answer is needed."""
    if question.attempt >= MOST_ATTEMPTS or not question.ref:
        text = talk.say("That is all right. We have your message and need no more answers.")
        return talk.answer(text, state=replace(talk.state, question=None))
    asked = again(talk, question)
    return talk.answer(
        compose((lead or talk.say("We are not sure what you mean."), asked.text)),
        state=replace(talk.state, question=asked.question),
        buttons=asked.buttons,
        share_location=asked.share_location,
    )
