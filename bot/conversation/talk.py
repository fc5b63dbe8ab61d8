"""One turn of a conversation while it is being decided: what came, in which language to answer."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.conversation.effects import Effect, Forget, Outcome, Question, Remember, Reply, State, Turn
from bot.conversation.lines import compose
from bot.conversation.words import Word, find, fold
from bot.i18n import say, spoken
from bot.message import Button, Outbound
from nlp.analysis import Option

#: How long each kind of question stays open.
OPEN_FOR: Final = {
    "place": timedelta(hours=24),
    "consent": timedelta(hours=72),
    "danger": timedelta(hours=1),
    "behaviour": timedelta(hours=12),
    "matter": timedelta(hours=1),
    "correction": timedelta(hours=1),
    "forget": timedelta(minutes=30),
}
#: A text of fewer words says little about its language; what we knew before counts more.
_TELLING: Final = 3
_GUESSED: Final = 2


@dataclass(frozen=True, slots=True)
class Talk:
    """A turn with its reply language and the fixed word, if any, that the message is."""

    turn: Turn
    language: str
    word: Word | None = None

    @property
    def state(self) -> State:
        """What was remembered before this turn."""
        return self.turn.state

    @property
    def text(self) -> str:
        """The message's own text, without blanks around it."""
        return self.turn.message.text.strip()

    @property
    def question(self) -> Question | None:
        """The question that still waits for an answer."""
        question = self.state.question
        return question if question and self.turn.now < question.expires_at else None

    def say(self, message: str, /, **values: object) -> str:
        """A text in the language of the reply."""
        return say(self.language, message, **values)

    def ask(
        self,
        kind: str,
        ref: str | None,
        options: tuple[Option, ...] = (),
        text: str | None = None,
        attempt: int = 1,
    ) -> Question:
        """A question asked now."""
        now = self.turn.now
        return Question(kind, ref, now, now + OPEN_FOR[kind], options, text, attempt)

    def answer(
        self,
        text: str,
        *effects: Effect,
        state: State | None = None,
        buttons: tuple[Button, ...] = (),
        share_location: bool = False,
    ) -> Outcome:
        """The effects, then one reply."""
        label = self.say("Send my location")
        text = text if self.state.introduced else self._introduced(text)
        message = Outbound(text, buttons=buttons, share_location=share_location, share_label=label)
        return self.silent(*effects, Reply(message), state=state)

    def silent(self, *effects: Effect, state: State | None = None) -> Outcome:
        """The effects without a reply of their own. Whoever was answered has been introduced."""
        after = self.state if state is None else state
        if any(isinstance(effect, Reply) for effect in effects):
            after = replace(after, introduced=True)
        return Outcome(after, (*effects, *self._learned(effects)))

    def _introduced(self, text: str) -> str:
        """A first reply says that a machine answers, wherever there is room for it."""
        notices = (
            self.say("This is an automatic reply."),
            self.say("An automated service answers."),
            self.say("Hello. An automated service of {city} answers here.", city=""),
        )
        said = set(fold(text).split())
        told = any(said.issuperset(fold(notice).split()) for notice in notices)
        return text if told else compose((text,), (notices[0],))

    def _learned(self, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        known, told = self.turn.contact.language, _told_language(self.turn)
        forgotten = any(isinstance(effect, Forget) for effect in effects)
        return (Remember(language=told),) if told and told != known and not forgotten else ()


def begin(turn: Turn) -> Talk:
    """Find the word and the language of a turn."""
    word = None if turn.message.button else find(turn.message.text, turn.city.languages)
    return Talk(turn, _language(turn, word), word)


def _language(turn: Turn, word: Word | None) -> str:
    contact, hint = turn.contact.language, turn.message.language_hint
    if word:
        # STOP, START and HELP are everybody's, and who is used to another language keeps it.
        shared = "en" in word.languages and (contact or word.meaning in {"stop", "start", "help"})
        usual = spoken(word.languages, contact, hint)
        wish = None if shared else usual
        return spoken(turn.city.languages, wish, contact, hint)
    guess = turn.analysis.language if turn.message.text.strip() else None
    early = guess if len(turn.message.text.split()) >= _GUESSED else None
    return spoken(turn.city.languages, _told_language(turn), contact, early, hint, guess)


def _told_language(turn: Turn) -> str | None:
    """The language of the message, where it is long enough to tell and the city speaks it."""
    language = turn.analysis.language
    telling = len(turn.message.text.split()) >= _TELLING
    return language if telling and language in turn.city.languages else None
