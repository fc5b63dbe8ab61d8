"""How surely a name in a message is a place, from the words around it."""

from collections.abc import Sequence

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import How
from nlp.gazetteer.typos import distance, slips_in
from nlp.gazetteer.words import Words
from nlp.mentions.found import Mention, Wording
from nlp.mentions.strength import Strength

_RUN_TOGETHER = 7
_LONG_NAME = 6

__all__ = ["Strength", "preceded", "strength"]


def strength(wording: Wording, found: Mention, gazetteer: Gazetteer) -> Strength:
    """How much a name counts: its own words first, then the cues before it."""
    first = found.postings[0][0]
    if gazetteer.kind(first) == "mark":
        return Strength.WEAK
    keys = wording.keys
    if found.first and keys[found.first - 1] in gazetteer.words.personal:
        return Strength.NONE  # "my lane"
    if _other_town(keys, found, gazetteer):
        return Strength.NONE
    parts = found.key.split()
    common = all(map(gazetteer.words.ordinary, parts))
    typed = found.last - found.first > len(parts)
    if found.slip and _surely_meant(keys, found, parts, gazetteer):
        return Strength.STRONG
    if found.slip:
        return _mended(keys[found.first], parts, found.how, gazetteer, typed=typed, common=common)
    if typed or _blocked(keys, found, gazetteer.words):
        return Strength.STRONG
    if found.how in (How.NO_TYPE, How.BARE) or (len(parts) == 1 and gazetteer.is_street(first)):
        return _untyped(wording, found, gazetteer, common=common)
    return _in_full(wording, found, parts, gazetteer, common=common)


def _in_full(
    wording: Wording, found: Mention, parts: Sequence[str], gazetteer: Gazetteer, *, common: bool
) -> Strength:
    """A whole name: strong unless it is ordinary words or very short, without a cue."""
    if (not common and len(found.key) > 3) or len(parts) > 2:
        return Strength.STRONG
    if len(parts) > 1 and (parts[0] in gazetteer.words.articles or _sound(found, gazetteer)):
        return Strength.STRONG
    cued = preceded(wording.keys, found.first, gazetteer.words.at, gazetteer)
    shown = cued or _capital(wording.text, found.start)
    return Strength.STRONG if shown else Strength.WEAK


def _untyped(wording: Wording, found: Mention, gazetteer: Gazetteer, *, common: bool) -> Strength:
    """A street by its bare name: "on Swede", but neither "the nursery" nor "by Charles"."""
    keys = wording.keys
    if " " in found.key and not gazetteer.is_street(found.postings[0][0]):
        cued = preceded(keys, found.first, gazetteer.words.at, gazetteer)
        shown = cued or not common or _capital(wording.text, found.start)
        return Strength.STRONG if shown else Strength.WEAK
    before = keys[found.first - 1] if found.first else ""
    if before in gazetteer.words.town_cues:
        return Strength.NONE  # "em Pelotas" is the town, "na Pelotas" the street
    if common or before in gazetteer.words.articles:
        return Strength.WEAK
    cued = preceded(keys, found.first, gazetteer.words.on, gazetteer)
    return Strength.STRONG if cued or " " in found.key else Strength.WEAK


def _blocked(keys: Sequence[str], found: Mention, words: Words) -> bool:
    """ "400 block of Elm", "elm grove block c"."""
    after = keys[found.last] if found.last < len(keys) else ""
    return after in words.blocks or bool(words.blocks.intersection(keys[: found.first][-2:]))


def _mended(
    written: str, parts: list[str], how: int, gazetteer: Gazetteer, *, typed: bool, common: bool
) -> Strength:
    """A mended misspelling needs more than one telling word, or a long name in full."""
    telling = [part for part in parts if part not in gazetteer.words.articles]
    # "knocked" is not Knock Street, nor "theres" Theresa Lane: endings are grammar, not slips
    grammar = written.startswith(telling[0]) or telling[0].startswith(written)
    if grammar and len(telling) == 1:
        return Strength.NONE
    if common:
        if how != How.FULL or len(telling) < 2:
            return Strength.NONE
        return Strength.STRONG if len(telling) > 2 else Strength.WEAK
    if len(telling) > 1 or typed:
        return Strength.STRONG
    near = slips_in(written) > 1 or distance(written, telling[0], 1) == 1
    long = how == How.FULL and len(telling[0]) > 6
    return Strength.STRONG if long and near else Strength.WEAK


def _surely_meant(
    keys: Sequence[str], found: Mention, parts: Sequence[str], gazetteer: Gazetteer
) -> bool:
    """Words run together ("upperhill"), or a long name with one slip after "at" ("in Parkland")."""
    written = keys[found.first]
    if found.how > How.ALIAS or gazetteer.is_street(found.postings[0][0]):
        return False
    if len(parts) > 1:
        return found.last - found.first == 1 and len(written) > _RUN_TOGETHER
    cued = preceded(keys, found.first, gazetteer.words.at, gazetteer)
    return cued and len(parts[0]) > _LONG_NAME and distance(written, parts[0], 1) == 1


def _sound(found: Mention, gazetteer: Gazetteer) -> bool:
    """Streets with their type and areas are places even where each of their words is common."""
    return any(gazetteer.kind(place) in ("street", "area") for place, _ in found.postings[:3])


def preceded(keys: Sequence[str], first: int, cues: frozenset[str], gazetteer: Gazetteer) -> bool:
    """Whether one of `cues` ("at", "near the", "corner of") stands right before."""
    before = first - 1
    articles = gazetteer.words.articles
    while before >= 0 and (keys[before] in articles or keys[before] == "of"):
        before -= 1
    return before >= 0 and keys[before] in cues


def _other_town(keys: Sequence[str], found: Mention, gazetteer: Gazetteer) -> bool:
    """ "Hatfield Boro" is not Hatfield Township, whose short name it holds."""
    if found.last >= len(keys) or keys[found.last] not in gazetteer.words.town_types:
        return False
    place, how = found.postings[0]
    entry = gazetteer.place(place)
    return (
        how == How.ALIAS and entry.kind == "area" and entry.name.lower().startswith(found.key + " ")
    )


def _capital(text: str, start: int) -> bool:
    """A hashtag, or a capital that says something: inside a sentence that is not shouted."""
    if text[start - 1 : start] == "#":
        return True
    before = text[:start].rstrip()
    if not text[start].isupper() or not before or before[-1] in ".!?":
        return False
    return any(c.islower() for c in text)
