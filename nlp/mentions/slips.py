"""How surely words that are no name as they stand were meant to be one."""

from collections.abc import Sequence

from nlp.gazetteer.forms import How
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.typos import distance, slips_in
from nlp.mentions.found import Mention
from nlp.mentions.preceding import preceded
from nlp.mentions.strength import Strength

_RUN_TOGETHER = 7
_LONG_NAME = 6


def mended(
    keys: Sequence[str],
    found: Mention,
    parts: list[str],
    gazetteer: Gazetteer,
    *,
    typed: bool,
    common: bool,
) -> Strength:
    """A mended misspelling needs more than one telling word, or a long name in full."""
    telling = [part for part in parts if part not in gazetteer.words.articles]
    written, how = keys[found.first], found.how
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
    long = how == How.FULL and len(telling[0]) > _LONG_NAME
    near = long and _near(keys, found.first, telling[0], gazetteer)
    return Strength.STRONG if near else Strength.WEAK


def _near(keys: Sequence[str], first: int, name: str, gazetteer: Gazetteer) -> bool:
    """One slip, or two in a long word after "at"."""
    written = keys[first]
    if distance(written, name, 1) == 1:
        return True
    return slips_in(written) > 1 and preceded(keys, first, gazetteer.words.at, gazetteer)


def surely_meant(
    keys: Sequence[str], found: Mention, parts: Sequence[str], gazetteer: Gazetteer
) -> bool:
    """Words run together ("upperhill"), or a long name with one slip after "at" ("in Parkland")."""
    written = keys[found.first]
    if found.how > How.ALIAS or gazetteer.is_street(found.postings[0][0]):
        return False
    if gazetteer.words.clipped and _is_clip(written, parts):
        return True
    said = keys[found.first : found.last]
    if "".join(said) == found.key and not all(map(gazetteer.words.ordinary, said)):
        return True  # "pop center"
    if len(parts) > 1:
        return found.last - found.first == 1 and len(written) > _RUN_TOGETHER
    cued = preceded(keys, found.first, gazetteer.words.at, gazetteer)
    return cued and len(parts[0]) > _LONG_NAME and distance(written, parts[0], 1) == 1


def _is_clip(written: str, parts: Sequence[str]) -> bool:
    """Whether a name was cut short, perhaps with an "s" behind."""
    return len(parts) == 1 and len(parts[0]) > len(written) and parts[0].startswith(written[:-1])
