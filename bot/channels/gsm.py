"""How much of an SMS a text takes, and how to say the same in fewer segments.

Source of the alphabet and of the sizes: 3GPP TS 23.038 (GSM 7 bit default alphabet and its
extension table) and TS 23.040 (six octets of a concatenated message's payload are its header).
"""

import math
import unicodedata
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")

# One segment alone, one of several: characters for GSM-7, UTF-16 units for UCS-2.
_SIZES: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

# Each of these halves a message's capacity while a reader hardly sees the difference.
_TYPOGRAPHY = {
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{SINGLE LOW-9 QUOTATION MARK}": "'",
    "\N{PRIME}": "'",
    "\N{GRAVE ACCENT}": "'",
    "\N{ACUTE ACCENT}": "'",
    "\N{MODIFIER LETTER APOSTROPHE}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{DOUBLE LOW-9 QUOTATION MARK}": '"',
    "\N{DOUBLE PRIME}": '"',
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
    "\N{HYPHEN}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{FIGURE DASH}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{HORIZONTAL BAR}": "-",
    "\N{MINUS SIGN}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
    "\N{BULLET}": "*",
    "\N{MIDDLE DOT}": "-",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
    "\N{THIN SPACE}": " ",
    "\N{HAIR SPACE}": " ",
    "\N{EN SPACE}": " ",
    "\N{EM SPACE}": " ",
    "\N{FIGURE SPACE}": " ",
    "\N{CHARACTER TABULATION}": " ",
    "\N{LINE SEPARATOR}": "\n",
    "\N{PARAGRAPH SEPARATOR}": "\n",
    "\N{ZERO WIDTH SPACE}": "",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "",
    "\N{WORD JOINER}": "",
    "\N{SOFT HYPHEN}": "",
    "\N{MULTIPLICATION SIGN}": "x",
    "\N{LATIN SMALL LIGATURE OE}": "oe",
    "\N{LATIN CAPITAL LIGATURE OE}": "OE",
}

# The letters of Spanish, French, Portuguese, Italian, Catalan and Irish that the alphabet lacks.
# Only marks that a reader of the language supplies without thinking: never ñ, never another script.
_ACCENTED = frozenset("áÁíÍóÓúÚâÂêÊîÎôÔûÛãÃõÕëËïÏÿŸçÀÈÌÒÙýÝ")


def encoding(text: str) -> Encoding:
    """The alphabet that carriers will use for this text."""
    return "GSM-7" if all(c in _BASIC or c in _EXTENDED for c in text) else "UCS-2"


def length(text: str) -> int:
    """Units the text takes in its own encoding: septets, or UTF-16 code units."""
    if encoding(text) == "GSM-7":
        return sum(2 if c in _EXTENDED else 1 for c in text)
    return sum(_cost(c, "UCS-2") for c in text)


def segments(text: str) -> int:
    """Billed messages; 0 for an empty text.

    A two-unit character (an escape, an emoji) is never cut in two, so a segment may stay one short.
    """
    kind = encoding(text)
    single, several = _SIZES[kind]
    if length(text) <= single:
        return math.ceil(length(text) / single)
    count, used = 1, 0
    for character in text:
        cost = _cost(character, kind)
        if used + cost > several:
            count, used = count + 1, 0
        used += cost
    return count


def downgrade(text: str) -> str:
    """The text in GSM-7 where that costs no meaning, else the text with tidied typography only.

    Accents go only when that makes the whole text GSM-7: a Polish or Arabic text would stay UCS-2
    anyway and had better keep its letters.
    """
    tidy = "".join(c if c in _BASIC else _TYPOGRAPHY.get(c, c) for c in _composed(text))
    plain = "".join(c if c in _BASIC else _unaccented(c) for c in tidy)
    if encoding(plain) == "GSM-7":
        return plain
    return tidy if segments(tidy) < segments(text) else text


def _composed(text: str) -> str:
    """Phones send "e" + combining accent as two; as one it may be in the alphabet."""
    return unicodedata.normalize("NFC", text)


def _unaccented(character: str) -> str:
    if character not in _ACCENTED:
        return character
    return unicodedata.normalize("NFD", character)[0]


def _cost(character: str, kind: Encoding) -> int:
    if kind == "GSM-7":
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1
