"""Finding the names of places in a message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlp.gazetteer import Gazetteer
from nlp.gazetteer_names import Token, tokens
from nlp.mentions_cues import Strength, strength
from nlp.mentions_spelling import ALTERED, Change, Speller, readings

_WINDOW = 160
_LOOKED_AT = 12
Altered = Sequence[Sequence[Change]]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at `text[start:end]`, words `first:last`.

    `postings` are (place, `How`), best first; `slip` means that a misspelling was mended; `number`
    says that a house number ("number") or block ("block") stands beside a street, `value` which.
    """

    start: int
    end: int
    first: int
    last: int
    key: str
    postings: tuple[tuple[int, int], ...]
    strength: Strength
    slip: bool = False
    number: str | None = None
    value: int | None = None

    @property
    def how(self) -> int:
        """The best `How` of its postings."""
        return self.postings[0][1]


@dataclass(frozen=True, slots=True)
class Read:
    """A text as words, with the mentions in it in their order."""

    text: str
    words: list[Token]
    mentions: tuple[Mention, ...]


def read(text: str, gazetteer: Gazetteer, speller: Speller | None = None) -> Read:
    """All names that may be places; weak ones still need a partner or a cue to count."""
    words = tokens(text, gazetteer.words)
    altered = (speller or Speller(gazetteer)).changes(words)
    found = _names(text, words, altered, gazetteer)
    chosen = _without_overlaps(found)
    ends = [0, *(m.last for m in chosen)]
    numbered = (_numbered(m, words, end, gazetteer) for m, end in zip(chosen, ends, strict=False))
    return Read(text, words, tuple(numbered))


def _names(text: str, words: list[Token], altered: Altered, gazetteer: Gazetteer) -> list[Mention]:
    """The longest name that starts at each word, as written or with misspellings mended."""
    joined = " ".join([word.key for word in words])
    found, at, odd = [], 0, -1
    for first, word in enumerate(words):
        best = None
        key = _longest(joined[at : at + _WINDOW], gazetteer)
        if key:
            last = first + key.count(" ") + 1
            best = _mention(words, first, last, key, gazetteer.lookup(key), slip=False)
        if odd < first:
            odd = next((i for i in range(first, len(words)) if altered[i]), len(words))
        # An odd word may only be mended as part of a name that the words before it begin.
        if odd < first + ALTERED and (
            odd == first or gazetteer.begins(" ".join([w.key for w in words[first:odd]]))
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


def _numbered(mention: Mention, words: list[Token], free: int, gazetteer: Gazetteer) -> Mention:
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
