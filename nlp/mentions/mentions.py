"""Finding the names of places in a message."""

from collections.abc import Sequence
from operator import attrgetter

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.mentions.cues import strength
from nlp.mentions.found import Mention, Read, Wording
from nlp.mentions.numbers import take_number
from nlp.mentions.spelling import ALTERED, POSSESSIVES, Altered, Seen, Speller, altered, readings
from nlp.mentions.strength import Strength

__all__ = ["Mention", "Read", "read"]

_WINDOW = 160


def read(text: str, gazetteer: Gazetteer, speller: Speller | None = None) -> Read:
    """All names that may be places; weak ones still need a partner or a cue to count."""
    seen = (speller or Speller(gazetteer)).words(text)
    wording = Wording(text, [one.key for one in seen])
    other = altered(wording, seen, gazetteer)
    if not other and not any(one.starts for one in seen):
        return Read(wording, ())
    chosen = _without_overlaps(_names(wording, seen, other, gazetteer))
    free = 0
    for mention in chosen:
        take_number(mention, wording, free, gazetteer)
        free = mention.last
    return Read(wording, tuple(chosen))


def _names(
    wording: Wording, seen: Sequence[Seen], other: Altered, gazetteer: Gazetteer
) -> list[Mention]:
    """The longest name that starts at each word, as written or with misspellings mended."""
    joined = " ".join(wording.keys)
    found, at = [], 0
    for first, one in enumerate(seen):
        if one.starts or first in other:
            best = _written(wording, first, joined[at : at + _WINDOW], gazetteer)
            if other and _may_be_meant(wording.keys, first, one, other, gazetteer):
                best = _mended(wording, first, other, best, gazetteer)
            if best is not None:
                _take_other_type(wording, best, gazetteer)
                best.strength = strength(wording, best, gazetteer)
                found.append(best)
        at += len(one.key) + 1
    return found


def _written(wording: Wording, first: int, joined: str, gazetteer: Gazetteer) -> Mention | None:
    """The longest name at the beginning of the words from `first` on, as written."""
    key = _longest(joined, gazetteer)
    if not key:
        return None
    return _mention(wording, first, first + key.count(" ") + 1, key, gazetteer.lookup(key))


def _may_be_meant(
    keys: Sequence[str], first: int, one: Seen, other: Altered, gazetteer: Gazetteer
) -> bool:
    """An odd word may only be mended as part of a name that the words before it begin."""
    if first in other:
        return True
    odd = next((i for i in range(first + 1, first + ALTERED) if i in other), None)
    return odd is not None and one.starts and gazetteer.begins(" ".join(keys[first:odd]))


def _mended(
    wording: Wording,
    first: int,
    other: Altered,
    best: Mention | None,
    gazetteer: Gazetteer,
) -> Mention | None:
    """The longest name that starts at a word when misspellings are mended, if it is longer."""
    least = 0
    for reading in readings(wording.keys, first, other):
        key = _longest(" ".join(reading.keys), gazetteer, reading.ends)
        behind = reading.ends[key.count(" ")]
        if not key or (best and not _rivals(best, key, first + behind)):
            continue
        postings = gazetteer.lookup(key)
        if best and key.count(" ") == best.key.count(" "):
            if reading.slips > least or best.key == key:
                continue
            postings = _together(best.postings, postings)
            key = best.key
        least = reading.slips
        read_as, written = reading.keys[: key.count(" ") + 1], wording.keys[first : first + behind]
        slip = _told(read_as, gazetteer) != _told(written, gazetteer)
        best = _mention(wording, first, first + behind, key, postings, slip=slip)
    return best


def _told(keys: Sequence[str], gazetteer: Gazetteer) -> list[str]:
    """Words without those that a name may have or lack."""
    return [key for key in keys if key not in gazetteer.words.links]


def _longest(joined: str, gazetteer: Gazetteer, ends: Sequence[int] = ()) -> str:
    """The longest name that the words begin with; with `ends`, one that ends a word of the text."""
    for prefix in reversed(gazetteer.prefixes(joined)):
        whole = len(prefix) == len(joined) or joined[len(prefix)] == " "
        if whole and (not ends or ends[prefix.count(" ")]) and gazetteer.lookup(prefix):
            return prefix
    return ""


def _rivals(best: Mention, key: str, last: int) -> bool:
    """Whether another reading may stand beside the best one or replace it."""
    if key.count(" ") > best.key.count(" "):
        return last > best.last
    return best.slip and key.count(" ") == best.key.count(" ") and last == best.last


def _together(
    one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """What two equally near spellings may mean, best first."""
    how = dict(other) | dict(one)
    return sorted(how.items(), key=lambda item: (item[1], item[0]))


def _mention(
    wording: Wording,
    first: int,
    last: int,
    key: str,
    postings: list[tuple[int, int]],
    *,
    slip: bool = False,
) -> Mention:
    start, end = wording.spans[first][0], wording.spans[last - 1][1]
    if wording.text[end - 2 : end] in POSSESSIVES and not key.endswith("s"):
        end -= 2
    return Mention(start, end, first, last, key, postings, Strength.WEAK, slip)


def _take_other_type(wording: Wording, found: Mention, gazetteer: Gazetteer) -> None:
    """Take in the wrong type in "Main Road" for Main Street."""
    last, words = found.last, gazetteer.words
    if last >= len(wording.keys) or wording.keys[last] not in words.types_usual:
        return
    if found.key.rpartition(" ")[2] in words.types_after:
        return
    street = any(gazetteer.is_street(place) for place, _ in found.postings)
    if street and wording.spans[last][0] - found.end <= 2:
        found.last, found.end = last + 1, wording.spans[last][1]


def _without_overlaps(found: list[Mention]) -> list[Mention]:
    """Strong names first, then the longer, then the earlier; in the order of the text."""
    if len(found) == 1:
        return found if found[0].strength > Strength.NONE else []
    taken: set[int] = set()
    chosen = []
    for mention in sorted(found, key=lambda m: (-m.strength, -(m.last - m.first), m.slip, m.first)):
        span = range(mention.first, mention.last)
        if mention.strength > Strength.NONE and taken.isdisjoint(span):
            taken.update(span)
            chosen.append(mention)
    return sorted(chosen, key=attrgetter("first"))
