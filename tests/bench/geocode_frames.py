"""Ways of saying where: frames to tune on, fresh ones to measure on, and seeded noise.

Never read a miss of the fresh frames to change the geocoder: add such a frame to the tuned ones.
"""

import random
import re
from collections.abc import Callable

TUNED = (
    "kids throwing stones at cars at {x} in {t}",
    "{x}, {t} - street light has been out for a week",
    "there's always somebody dealing near {x} {t} after dark",
    "big pothole {x} ({t}), someone will get hurt",
    "in {t}: loud music every night around {x}",
    "a drunk man is shouting at people at {x}, {t}",
    "hi, abandoned car by {x} in {t} since monday. nobody comes",
    "someone smashed the bus shelter at {x}. {t}",
    "dogs running loose {x} {t}",
    "{t} {x} dumped mattresses again!!",
)
FRESH = (
    "can someone look at {x} over in {t}? cars fly through there",
    "We live in {t}. The lights at {x} keep flashing yellow",
    "two men fighting outside the shop on {x}, {t}, this was around 10",
    "{t}, {x}: graffiti all over the wall",
    "nearly hit crossing {x} today ({t}). no crosswalk left",
    "please send somebody to {x} in {t}, fireworks all night long",
    "its so dark by {x} {t} my daughter is scared walking home",
    "broken glass everywhere, {x}, {t}, kids play there",
    "Saw a guy trying car doors round {x}. thats {t} i think",
    "the drain at {x} in {t} floods whenever it rains",
)
JOINS = (
    "{a} & {b}",
    "{a} and {b}",
    "corner of {a} and {b}",
    "{b} & {a}",
    "{a} x {b}",
    "{a} by {b}",
)
FRESH_JOINS = (
    "{a} & {b}",
    "{a}/{b}",
    "the corner of {b} and {a}",
    "where {a} meets {b}",
    "{a} at {b}",
    "{b} and {a}",
    "the intersection of {a} and {b}",
)


def untowned(frames: tuple[str, ...]) -> tuple[str, ...]:
    """The frames without their town."""
    tail = re.compile(
        r"(in |over in |thats |We live in )?\(?\{t\}\)?( i think)?[:.,]?|over in \{t\}|\(\)"
    )
    return tuple(tail.sub("", frame).strip(" ,-:.") for frame in frames)


_SHORT = {
    "road": "rd",
    "rd": "road",
    "st": "street",
    "ave": "avenue",
    "dr": "drive",
    "ln": "lane",
    "blvd": "boulevard",
    "pike": "pk",
    "ct": "court",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
    "cir": "circle",
}
_TYPES = frozenset(("rd", "st", "ave", "dr", "ln", "blvd", "pike", "ct", "cir", "road"))


def cased(street: str, draw: random.Random) -> str:
    """Shouted, small or as in a title."""
    return draw.choice((str.upper, str.lower, str.title))(street)


def abbreviated(street: str, draw: random.Random) -> str:
    """The other way to write types and directions, sometimes with a dot."""
    words = [_SHORT.get(word.lower(), word) for word in street.split()]
    return " ".join(word + "." * (len(word) < 3 and draw.random() < 0.3) for word in words)


def one_slip(street: str, draw: random.Random) -> str:
    """One letter of the longest word dropped, doubled, changed or swapped; never the first."""
    words = street.split()
    index = max(range(len(words)), key=lambda i: len(words[i]) * words[i].isalpha())
    words[index] = _slip(words[index], draw)
    return " ".join(words)


def two_slips(street: str, draw: random.Random) -> str:
    """Two slips in the longest word, where it has seven letters or more; else one."""
    long = max((len(word) for word in street.split() if word.isalpha()), default=0) > 6
    return one_slip(one_slip(street, draw), draw) if long else one_slip(street, draw)


def _slip(word: str, draw: random.Random) -> str:
    if len(word) < 4:
        return word
    at = draw.randrange(1, len(word) - 1)
    letter = draw.choice("aeiounrstl")
    return draw.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


def untyped(street: str, draw: random.Random) -> str:
    """Without "Road"; `draw` is not needed."""
    words = street.split()
    return " ".join(words[:-1]) if len(words) > 1 and words[-1].lower() in _TYPES else street


def rejoined(street: str, draw: random.Random) -> str:
    """Two words written as one, or a long word as two."""
    words = street.split()
    if len(words) > 2:
        at = draw.randrange(len(words) - 2)
        return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])
    if words[0].isalpha() and len(words[0]) > 7:
        middle = len(words[0]) // 2
        return " ".join([words[0][:middle], words[0][middle:], *words[1:]])
    return street


WHOLE = (cased, abbreviated, untyped)
"""Habits, which both streets of a message suffer; a slip happens to one of them."""
NOISES: dict[str, Callable[[str, random.Random], str]] = {
    "case": cased,
    "abbreviation": abbreviated,
    "one slip": one_slip,
    "two slips": two_slips,
    "no type": untyped,
    "split or joined words": rejoined,
}
