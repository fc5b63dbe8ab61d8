"""Finding the names of places in a message."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from nlp.gazetteer import Gazetteer
from nlp.gazetteer_names import Token, tokens
from nlp.mentions_cues import Strength, strength

_LONGEST = 8
_MOST_SPELLINGS = 6


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at `text[start:end]`, words `first:last`.

    `postings` are (place, `How`), best first; `slip` means that a misspelling was mended; `number`
    says that a house number ("number") or block ("block") stands before a street.
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


def read(text: str, gazetteer: Gazetteer) -> Read:
    """All names that may be places; weak ones still need a partner or a cue to count."""
    words = tokens(text, gazetteer.words)
    found = [m for i in range(len(words)) for m in [_at(text, words, i, gazetteer)] if m]
    chosen = _without_overlaps(found)
    ends = [0, *(m.last for m in chosen)]
    numbered = (_numbered(m, words, end, gazetteer) for m, end in zip(chosen, ends, strict=False))
    return Read(text, words, tuple(numbered))


def _at(text: str, words: list[Token], first: int, gazetteer: Gazetteer) -> Mention | None:
    """The longest name that starts at a word, as written or with misspellings mended."""
    best: Mention | None = None
    for keys, slip in _spellings(words, first, gazetteer):
        key = _longest(keys, gazetteer)
        if key is None or (best and key.count(" ") <= best.key.count(" ")):
            continue
        last = first + key.count(" ") + 1
        last = _with_other_type(words, last, key, gazetteer)
        best = Mention(
            start=words[first].start,
            end=words[last - 1].end,
            first=first,
            last=last,
            key=key,
            postings=tuple(gazetteer.lookup(key)),
            strength=Strength.WEAK,
            slip=slip,
        )
    return replace(best, strength=strength(text, words, best, gazetteer)) if best else None


def _spellings(
    words: list[Token], first: int, gazetteer: Gazetteer
) -> Iterator[tuple[list[str], bool]]:
    keys = [word.key for word in words[first : first + _LONGEST]]
    yield keys, False
    common = gazetteer.words.common
    choices = [
        [key, *gazetteer.near(key)]
        if i < 3 and len(key) > 3 and key not in common and not gazetteer.known(key)
        else [key]
        for i, key in enumerate(keys)
    ]
    if any(len(choice) > 1 for choice in choices):
        for number, spelling in enumerate(product(*choices)):
            if 0 < number < _MOST_SPELLINGS:
                yield list(spelling), True


def _longest(keys: list[str], gazetteer: Gazetteer) -> str | None:
    joined = " ".join(keys)
    for prefix in reversed(gazetteer.prefixes(joined)):
        ends_word = len(prefix) == len(joined) or joined[len(prefix)] == " "
        if ends_word and gazetteer.lookup(prefix):
            return prefix
    return None


def _with_other_type(words: list[Token], last: int, key: str, gazetteer: Gazetteer) -> int:
    """Take in the wrong type in "Main Road" for Main Street."""
    types = gazetteer.words.types_usual
    if last >= len(words) or words[last].key not in types:
        return last
    if key.split()[-1] in gazetteer.words.types_after:
        return last
    street = any(gazetteer.is_street(place) for place, _ in gazetteer.lookup(key))
    return last + 1 if street and words[last].start - words[last - 1].end <= 2 else last


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
    if not any(gazetteer.is_street(place) for place, _ in mention.postings[:3]):
        return mention
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
    return replace(mention, first=first, start=words[first].start, number=number or "number")
