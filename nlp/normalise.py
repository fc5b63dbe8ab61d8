"""Bringing spellings together before words are compared: case, accents, apostrophes, stretching."""

import re
import unicodedata
from typing import Final

_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘`´ʼ"))
#: Short words that lean on the next one in French ("l'eau", "qu'il"); elsewhere hardly ever seen.
_ELIDED: Final = re.compile(r"\b([cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=\w\w)", re.IGNORECASE)
_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
#: Letters with the vowel signs of Indian scripts, which Python takes for marks; Chinese characters
#: stand alone, since nothing divides Chinese words.
_WORDS: Final = re.compile(
    r"[\u3400-\u9fff]|(?:[^\W_\u3400-\u9fff]|[\u0900-\u0903\u093a-\u094f])+|[.!?;\n。！？।؟]"
)
_STOPS: Final = frozenset(".!?;\n。！？।؟")
#: Pictures that stand for a word of danger in short messages.
_PICTURES: Final = {
    ord(picture): f" {word} "
    for picture, word in {"🔪": "knife", "🔫": "gun", "🆘": "sos", "🗡": "knife"}.items()
}
#: Longer texts are cut in the middle: what matters stands at the start or at the end.
LONGEST: Final = 5000


def fold(text: str) -> str:
    """Lower-case and accent-fold a text; its length may change. Never raises."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def shorten(text: str) -> str:
    """Keep the start and the end of a text of more than `LONGEST` characters."""
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 1000]} {text[-1000:]}"


def _joined(text: str) -> str:
    """Without apostrophes: "don't" is one word, "l'eau" is two."""
    if "'" in text or "’" in text:
        text = _ELIDED.sub(r"\1 ", text)
    return text.translate(_APOSTROPHES)


def words(text: str) -> list[str]:
    """Split into folded words without apostrophes; "." stands for the end of a sentence.

    A letter stretched over three or more is written once ("heeeelp" → "help").
    """
    plain = shorten(text)
    if not plain.isascii():
        plain = plain.translate(_PICTURES)
    plain = _STRETCHED.sub(r"\1", fold(_joined(plain)))
    found: list[str] = _WORDS.findall(plain)
    return ["." if word in _STOPS else word for word in found]


_TOKENS: Final = re.compile(r"[^\W\d_]+|\d+|[^\w\s.,'\"()\[\]/:-]")


def tokens(text: str) -> list[str]:
    """Split into folded words, marks such as "?" and pictures; every number is written "0"."""
    plain = _STRETCHED.sub(r"\1\1", fold(_joined(shorten(text))))
    return ["0" if token[0].isdigit() else token for token in _TOKENS.findall(plain)]
