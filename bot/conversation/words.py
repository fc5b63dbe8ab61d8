"""The few words with a fixed meaning: recognised when a message is nothing but such a word."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

#: Twilio acts on exactly these and answers them itself (default opt-out handling).
CARRIER_STOP: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
CARRIER_START: Final = frozenset({"START", "YES", "UNSTOP"})

# Letters that look like Latin ones. A text is folded by the same rule as the word lists, so that
# a word that is really Cyrillic or Greek still meets its own entry.
_LOOK_ALIKES: Final = str.maketrans(
    "авекмнорстухіѕјԁɡʟαβεικνορτυχωℓ",
    "abekmhopctyxisjdglabeikvoptuxwl",
)
_REFERENCE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9]{2,5}[\s-]?[A-Za-z0-9]{2,4}")
_LETTER: Final = re.compile(r"(?:option |letter |opcion |letra )?([a-d])")
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word: its meaning, what followed it, the languages in which it is one."""

    meaning: str
    rest: str = ""
    languages: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Lower-case Latin words parted by single spaces: no accents, signs, emoji, invisible marks."""
    wide = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    plain = "".join(
        c for c in unicodedata.normalize("NFD", wide) if unicodedata.category(c) not in _UNSEEN
    )
    words = re.findall(r"[^\W_]+", plain.translate(_LOOK_ALIKES))
    if len(words) > 1 and all(len(w) == 1 for w in words):
        return "".join(words)
    return " ".join(words)


_UNSEEN: Final = frozenset({"Mn", "Cf", "Me"})
# An apostrophe joins ("that's" is one word); NFKC would turn some signs of it into spaces.
_APOSTROPHES: Final = str.maketrans({"'": None, "\u2019": None, "\u02bc": None, "\u00b4": None})


def find(text: str, languages: Sequence[str]) -> Word | None:
    """The word that the whole text is, in any of the languages or in English.

    STATUS and WRONG may be followed by a reference, JOIN by a code (`rest`); /word counts as word.
    """
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST:
        return None
    folded = fold(stripped)
    for key in (folded, _unleeted(folded)):
        if found := _meanings(key, languages):
            return found
    head, _, rest = stripped.lstrip("/").partition(" ")
    found = _meanings(fold(head), languages)
    if found and rest and _takes(found.meaning, rest.strip()):
        return Word(found.meaning, rest.strip(), found.languages)
    return None


def letter(text: str) -> str | None:
    """A to D where the text is nothing else, as "b", "B)" or "option b"."""
    match = _LETTER.fullmatch(fold(text)) if len(text) <= _LONGEST else None
    return match[1].upper() if match else None


def reference(text: str, known: Iterable[str]) -> str | None:
    """The first of the known references that the text names, also as "k7q 42" or "K7Q42"."""
    upper = unicodedata.normalize("NFKC", text).upper()
    for ref in known:
        loose = "[^A-Z0-9]?".join(re.escape(part) for part in ref.upper().split("-"))
        if re.search(rf"\b{loose}\b", upper):
            return ref
    return None


def _takes(meaning: str, rest: str) -> bool:
    if meaning == "join":
        # "Join the watch" is a sentence; a code is one piece with a digit or in capitals.
        return bool(re.fullmatch(r"(?=.*\d|[A-Z_-]+$)[A-Za-z0-9_-]{6,64}", rest))
    return meaning in {"status", "wrong"} and bool(_REFERENCE.fullmatch(rest))


def _unleeted(folded: str) -> str:
    return folded.translate(str.maketrans("015", "ois")) if re.search("[a-z]", folded) else folded


def _meanings(key: str, languages: Sequence[str]) -> Word | None:
    found: dict[str, list[str]] = {}
    for language in dict.fromkeys((*languages, "en")):
        for meaning in _lists(language).get(key, ()):
            found.setdefault(meaning, []).append(language)
    if not found:
        return None
    meaning = next(iter(found))
    return Word(meaning, "", tuple(found[meaning]))


def means(text: str, meaning: str, languages: Sequence[str]) -> bool:
    """Whether the whole text is one of the words of this meaning (words may have several)."""
    if len(text) > _LONGEST:
        return False
    key = fold(text)
    return any(
        meaning in _lists(language).get(key, ()) for language in dict.fromkeys((*languages, "en"))
    )


@lru_cache(maxsize=64)
def _lists(language: str) -> dict[str, tuple[str, ...]]:
    """Folded word -> its meanings in one language; empty for a language without a list."""
    path = files("bot.conversation") / "words" / f"{language}.toml"
    if not language.isalpha() or not path.is_file():
        return {}
    meanings: dict[str, list[str]] = {}
    for meaning, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for word in words:
            known = meanings.setdefault(fold(word), [])
            if meaning not in known:
                known.append(meaning)
    return {word: tuple(found) for word, found in meanings.items()}
