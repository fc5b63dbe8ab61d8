"""Finding the names of places in a message."""

from collections.abc import Sequence
from dataclasses import replace

from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.names import Token, tokens
from nlp.mentions.cues import Strength, strength
from nlp.mentions.found import Mention, Read
from nlp.mentions.numbers import numbered
from nlp.mentions.spelling import ALTERED, Change, Speller, readings

__all__ = ["Mention", "Read", "read"]

_WINDOW = 160
Altered = Sequence[Sequence[Change]]


def read(text: str, gazetteer: Gazetteer, speller: Speller | None = None) -> Read:
    """All names that may be places; weak ones still need a partner or a cue to count."""
    words = tokens(text, gazetteer.words)
    speller = speller or Speller(gazetteer)
    found = _names(text, words, speller, gazetteer)
    chosen = _without_overlaps(found)
    ends = [0, *(m.last for m in chosen)]
    counted = (numbered(m, words, end, gazetteer) for m, end in zip(chosen, ends, strict=False))
    return Read(text, words, tuple(counted))


def _names(text: str, words: list[Token], speller: Speller, gazetteer: Gazetteer) -> list[Mention]:
    """The longest name that starts at each word, as written or with misspellings mended."""
    altered = speller.changes(words)
    joined = " ".join([word.key for word in words])
    found, at, odd = [], 0, -1
    for first, word in enumerate(words):
        best = None
        starts = speller.starts(word.key)
        key = _longest(joined[at : at + _WINDOW], gazetteer) if starts else ""
        if key:
            last = first + key.count(" ") + 1
            best = _mention(words, first, last, key, gazetteer.lookup(key), slip=False)
        if odd < first:
            odd = next((i for i in range(first, len(words)) if altered[i]), len(words))
        # An odd word may only be mended as part of a name that the words before it begin.
        if odd < first + ALTERED and (
            odd == first
            or (starts and gazetteer.begins(" ".join([w.key for w in words[first:odd]])))
        ):
            best = _mended(words, first, altered, best, gazetteer)
        if best is not None:
            best = _with_other_type(words, best, gazetteer)
            found.append(replace(best, strength=strength(text, words, best, gazetteer)))
        at += len(word.key) + 1
    return found


def _mended(
    words: list[Token],
    first: int,
    altered: Altered,
    best: Mention | None,
    gazetteer: Gazetteer,
) -> Mention | None:
    """The longest name that starts at a word when misspellings are mended, if it is longer."""
    least = 0
    for reading in readings(words, first, altered):
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
        slip = reading.keys[:behind] != tuple(w.key for w in words[first : first + behind])
        best = _mention(words, first, first + behind, key, postings, slip=slip)
    return best


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
    words: Sequence[Token],
    first: int,
    last: int,
    key: str,
    postings: Sequence[tuple[int, int]],
    *,
    slip: bool,
) -> Mention:
    start, end = words[first].start, words[last - 1].end
    return Mention(start, end, first, last, key, tuple(postings), Strength.WEAK, slip)


def _with_other_type(words: list[Token], found: Mention, gazetteer: Gazetteer) -> Mention:
    """Take in the wrong type in "Main Road" for Main Street."""
    last = found.last
    if last >= len(words) or words[last].key not in gazetteer.words.types_usual:
        return found
    if found.key.split()[-1] in gazetteer.words.types_after:
        return found
    street = any(gazetteer.is_street(place) for place, _ in found.postings)
    if not street or words[last].start - words[last - 1].end > 2:
        return found
    return replace(found, last=last + 1, end=words[last].end)


def _without_overlaps(found: list[Mention]) -> list[Mention]:
    """Strong names first, then the longer, then the earlier; in the order of the text."""
    taken: set[int] = set()
    chosen = []
    for mention in sorted(found, key=lambda m: (-m.strength, -(m.last - m.first), m.slip, m.first)):
        span = range(mention.first, mention.last)
        if mention.strength > Strength.NONE and taken.isdisjoint(span):
            taken.update(span)
            chosen.append(mention)
    return sorted(chosen, key=lambda m: m.first)
