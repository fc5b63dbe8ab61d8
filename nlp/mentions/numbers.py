"""House numbers and blocks beside the name of a street."""

from dataclasses import replace

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import Token
from nlp.mentions.found import Mention

_LOOKED_AT = 12


def numbered(mention: Mention, words: list[Token], free: int, gazetteer: Gazetteer) -> Mention:
    """Take in "412" of "412 Main St" and "200 block of" of "200 block of Main St".

    Words before `free` belong to the mention before.
    """
    if not any(gazetteer.is_street(place) for place, _ in mention.postings[:_LOOKED_AT]):
        return mention
    behind = _number_behind(mention, words, gazetteer)
    if behind is not None:
        last = mention.last + 1
        end = words[mention.last].end
        return replace(mention, last=last, end=end, number="number", value=behind)
    first, number = mention.first, None
    if first and words[first - 1].key in gazetteer.words.corner:
        first -= 1
    if first and words[first - 1].key in gazetteer.words.blocks:
        first, number = first - 1, "block"
    before = words[first - 1].key if first else ""
    usable = before.isdigit() and len(before) <= 5 and first > free
    if not usable or not (number or first == mention.first):
        return mention
    first -= 1
    start, value = words[first].start, int(before)
    return replace(mention, first=first, start=start, number=number or "number", value=value)


def _number_behind(mention: Mention, words: list[Token], gazetteer: Gazetteer) -> int | None:
    """ "Rua da Praia, 123": only a number that the street is known to have, near enough."""
    after = words[mention.last] if mention.last < len(words) else None
    if after is None or after.start - mention.end > 2 or not after.key.isdigit():
        return None
    value = int(after.key)
    known = (
        gazetteer.houses(gazetteer.place(p).name_id, value - 4, value + 4)
        for p, _ in mention.postings[:_LOOKED_AT]
    )
    return value if value < 100_000 and any(known) else None
