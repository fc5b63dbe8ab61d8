"""What we hold of a contact, and dropping it."""

from dataclasses import replace

from bot.conversation.effects import Forget, MayContact, Outcome, State
from bot.conversation.lines import compose
from bot.conversation.talk import Talk
from bot.conversation.words import means


def mydata(talk: Talk) -> Outcome:
    """What we hold, in words: counts only, since somebody else may hold the phone."""
    keep, line = talk.turn.city.retention, _consent_line(talk)
    text = compose(
        (
            talk.say(
                "We hold: this chat's address, locked; your language; messages linked to you: {n}.",
                n=len(talk.turn.reports),
            ),
            talk.say(
                "Your words are deleted after {bodies} days, the link to you after {links} days.",
                bodies=keep.bodies,
                links=keep.links,
            ),
            talk.say("To delete the link now, reply FORGET."),
        ),
        (line,),
    )
    closed = talk.state.question
    if line and closed and closed.kind != "consent":
        # A late NO would be taken for the answer to it, and the consent would stay.
        return talk.answer(text, state=replace(talk.state, question=None))
    return talk.answer(text)


def withdrawn(talk: Talk, but: str | None = None) -> tuple[MayContact, ...]:
    """The effects that take back every consent given earlier, except for the report `but`."""
    given = (r.ref for r in talk.turn.reports if r.may_contact and r.ref != but)
    return tuple(MayContact(ref, allowed=False) for ref in given)


def _consent_line(talk: Talk) -> str:
    """How to take a consent back; not while a NO would answer something else."""
    if talk.question is not None or not withdrawn(talk):
        return ""
    return talk.say("The team may write to you here. To end that, reply NO.")


def forget(talk: Talk) -> Outcome:
    """Ask once; a second FORGET does it, since nothing brings a link back."""
    if talk.question and talk.question.kind == "forget":
        return _forgotten(talk)
    text = talk.say(
        "This drops the link between you and your messages. We could not answer you about them any "
        "more. Reply FORGET again to do it, or NO."
    )
    return talk.answer(text, state=replace(talk.state, question=talk.ask("forget", None)))


def answer_forget(talk: Talk, text: str) -> Outcome | None:
    """OK does it too; NO leaves all as it is."""
    languages = talk.turn.city.languages
    if means(text, "ok", languages):
        return _forgotten(talk)
    if means(text, "no", languages):
        state = replace(talk.state, question=None)
        return talk.answer(talk.say("All right, nothing was changed."), state=state)
    return None


def _forgotten(talk: Talk) -> Outcome:
    text = talk.say(
        "Done. Nothing links you to your messages any more. This chat still shows what was "
        "written: you can delete it on your phone."
    )
    return talk.answer(text, Forget(), state=State(introduced=True))
