"""How surely a name in a message is a place, from the words around it."""

from collections.abc import Sequence

from nlp.gazetteer.forms import How
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.words import Words
from nlp.mentions.found import Mention, Wording
from nlp.mentions.preceding import preceded
from nlp.mentions.slips import mended, surely_meant
from nlp.mentions.strength import Strength

__all__ = ["Strength", "preceded", "strength"]


def strength(wording: Wording, found: Mention, gazetteer: Gazetteer) -> Strength:
    """How much a name counts: its own words first, then the cues before it."""
    first = found.postings[0][0]
    if gazetteer.kind(first) == "mark":
        return Strength.WEAK
    keys = wording.keys
    if _no_place_here(keys, found, gazetteer):
        return Strength.NONE
    parts = found.key.split()
    common = all(map(gazetteer.words.ordinary, parts))
    typed = found.last - found.first > len([*parts, *_linked(keys, found, gazetteer)])
    if found.slip:
        if surely_meant(keys, found, parts, gazetteer):
            return Strength.STRONG
        return mended(keys, found, parts, gazetteer, typed=typed, common=common)
    if typed or _blocked(keys, found, gazetteer.words):
        return Strength.STRONG
    if found.how == How.PART:
        return _in_part(wording, found, gazetteer)
    if found.how in (How.NO_TYPE, How.BARE) or (len(parts) == 1 and gazetteer.is_street(first)):
        return _untyped(wording, found, gazetteer, common=common)
    return _in_full(wording, found, parts, gazetteer, common=common)


def _no_place_here(keys: Sequence[str], found: Mention, gazetteer: Gazetteer) -> bool:
    """ "My lane", another town, or the city's own name, which a station bears as well."""
    if found.key in gazetteer.words.towns and not _sound(found, gazetteer):
        return True
    mine = found.first > 0 and keys[found.first - 1] in gazetteer.words.personal
    return mine or _other_town(keys, found, gazetteer)


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
    if before in gazetteer.words.town_types or _hashtag(wording.text, found.start):
        return Strength.STRONG  # "bairro Bom Fim"
    street = before in gazetteer.words.street_articles and " " in found.key
    if common and " " in found.key:
        cued = preceded(keys, found.first, gazetteer.words.on, gazetteer)
        shown = found.key.count(" ") > 1 or _capital(wording.text, found.start)
        return Strength.STRONG if cued and shown else Strength.WEAK
    if not common and _has_state(keys, found, gazetteer.words):
        return Strength.STRONG
    if common or (before in gazetteer.words.articles and not street):
        return Strength.WEAK
    cued = preceded(keys, found.first, gazetteer.words.on, gazetteer)
    return Strength.STRONG if cued or " " in found.key else Strength.WEAK


def _has_state(keys: Sequence[str], found: Mention, words: Words) -> bool:
    """ "Farrapos alagada", "a Farrapos inteira": what begins so is a street."""
    after = keys[found.last] if found.last < len(keys) else ""
    opens = not found.first or keys[found.first - 1] in words.street_articles
    return after in words.street_states and opens


def _in_part(wording: Wording, found: Mention, gazetteer: Gazetteer) -> Strength:
    """A part of a person's name, said of a street: only after "on", and where it is but one."""
    keys = wording.keys
    names = {gazetteer.place(place).name_id for place, _ in found.postings}
    cued = preceded(keys, found.first, gazetteer.words.on, gazetteer)
    written = wording.text[found.start : found.end]
    last = gazetteer.place(found.postings[0][0]).name.endswith(written)
    before = keys[found.first - 1] if found.first else ""
    cued = cued or (last and before in gazetteer.words.street_articles)
    shown = cued and _capital(wording.text, found.start)
    return Strength.STRONG if len(names) == 1 and (shown or " " in found.key) else Strength.WEAK


def _linked(keys: Sequence[str], found: Mention, gazetteer: Gazetteer) -> list[str]:
    """The words of a mention that a name may have or lack, as far as its key lacks them."""
    parts = found.key.split()
    written = keys[found.first : found.last]
    return [key for key in written if key in gazetteer.words.links and key not in parts]


def _blocked(keys: Sequence[str], found: Mention, words: Words) -> bool:
    """ "400 block of Elm", "elm grove block c"."""
    after = keys[found.last] if found.last < len(keys) else ""
    return after in words.blocks or bool(words.blocks.intersection(keys[: found.first][-2:]))


def _sound(found: Mention, gazetteer: Gazetteer) -> bool:
    """Streets with their type and areas are places even where each of their words is common."""
    return any(
        gazetteer.kind(place) in ("street", "area", "district") for place, _ in found.postings[:3]
    )


def _other_town(keys: Sequence[str], found: Mention, gazetteer: Gazetteer) -> bool:
    """ "Hatfield Boro" is not Hatfield Township, whose short name it holds."""
    if found.last >= len(keys) or keys[found.last] not in gazetteer.words.town_types:
        return False
    place, how = found.postings[0]
    entry = gazetteer.place(place)
    return (
        how == How.ALIAS and entry.kind == "area" and entry.name.lower().startswith(found.key + " ")
    )


def _hashtag(text: str, start: int) -> bool:
    return text[start - 1 : start] == "#"


def _capital(text: str, start: int) -> bool:
    """A hashtag, or a capital that says something: inside a sentence that is not shouted."""
    if _hashtag(text, start):
        return True
    before = text[:start].rstrip()
    if not text[start].isupper() or not before or before[-1] in ".!?":
        return False
    return any(c.islower() for c in text)
