"""House numbers and blocks beside the name of a street."""

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.mentions.found import Mention, Wording

_LOOKED_AT = 12
_LONGEST = 5
_REACH = 3


def take_number(mention: Mention, wording: Wording, free: int, gazetteer: Gazetteer) -> None:
    """Take in "412" of "412 Main St" and "200 block of" of "200 block of Main St".

    Words before `free` belong to the mention before.
    """
    keys = wording.keys
    near = keys[max(mention.first - _REACH, free) : mention.first]
    behind = keys[mention.last] if mention.last < len(keys) else ""
    if not behind.isdecimal() and not any(map(str.isdecimal, near)):
        return
    if not any(gazetteer.is_street(place) for place, _ in mention.postings[:_LOOKED_AT]):
        return
    value = _number_behind(mention, wording, gazetteer) if behind.isdecimal() else None
    if value is not None:
        mention.end = wording.spans[mention.last][1]
        mention.last, mention.number, mention.value = mention.last + 1, "number", value
    else:
        _number_before(mention, wording, free, gazetteer)


def _number_before(mention: Mention, wording: Wording, free: int, gazetteer: Gazetteer) -> None:
    keys, words = wording.keys, gazetteer.words
    first, number = mention.first, None
    if first and keys[first - 1] in words.corner:
        first -= 1
    if first and keys[first - 1] in words.blocks:
        first, number = first - 1, "block"
    if not number and first != mention.first:
        return
    before = keys[first - 1] if first > free else ""
    if before.isdecimal() and len(before) <= _LONGEST:
        mention.first, mention.start = first - 1, wording.spans[first - 1][0]
        mention.number, mention.value = number or "number", int(before)


def _number_behind(mention: Mention, wording: Wording, gazetteer: Gazetteer) -> int | None:
    """ "Rua da Praia, 123": only a number that the street is known to have, near enough."""
    after = wording.keys[mention.last]
    if wording.spans[mention.last][0] - mention.end > 2 or len(after) > _LONGEST:
        return None
    value = int(after)
    known = (
        gazetteer.houses(gazetteer.place(p).name_id, value - 4, value + 4)
        for p, _ in mention.postings[:_LOOKED_AT]
    )
    return value if any(known) else None
