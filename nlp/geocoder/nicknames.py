"""Names that only residents use: found once they are taught, noticed while nothing knows them."""

from collections.abc import Sequence
from functools import lru_cache

from babel import Locale
from babel.dates import get_day_names, get_month_names

from nlp.analysis import Nickname
from nlp.gazetteer.names import folded, split
from nlp.gazetteer.words import Words, load_words
from nlp.geocoder.candidate import Candidate
from nlp.geocoder.candidates import Choice
from nlp.geocoder.findings import Finding
from nlp.mentions.found import Mention, Wording

MOST_WORDS = 4
_LONGEST_UNHEARD = 3
_LEADING = 2
_BREAKS = frozenset('.,;:!?()\n"')
_CONFIDENCE = 0.85


class Nicknames:
    """The taught names of a city, as its texts are folded."""

    def __init__(self, taught: Sequence[Nickname], words: Words) -> None:
        self._by_key: dict[str, Nickname] = {}
        for nickname in taught:
            self._by_key.setdefault(_key(nickname.words, words), nickname)
        self._longest = max((key.count(" ") + 1 for key in self._by_key), default=0)

    def findings(self, wording: Wording) -> list[Finding]:
        """The taught names in a text; the longest at each word."""
        found, free = [], 0
        for first in range(len(wording.keys)):
            for size in range(self._longest if first >= free else 0, 0, -1):
                nickname = self._by_key.get(" ".join(wording.keys[first : first + size]))
                if nickname is not None and first + size <= len(wording.keys):
                    found.append(_finding(wording, first, first + size, nickname))
                    free = first + size
                    break
        return found


def _finding(wording: Wording, first: int, last: int, nickname: Nickname) -> Finding:
    only = Candidate(
        nickname.name,
        "nickname",
        nickname.area,
        nickname.latitude,
        nickname.longitude,
        nickname.radius_m,
        confidence=_CONFIDENCE,
    )
    start, end = wording.spans[first][0], wording.spans[last - 1][1]
    return Finding(start, end, "nickname", (only,), Choice((only,)))


def _key(name: str, words: Words) -> str:
    """The folded name without its article, which is kept where it alone makes the name one."""
    keys = [folded(word, words) for word in split(name)]
    bare = keys[1:] if len(keys) > 1 and keys[0] in words.articles else keys
    return " ".join(keys if all(map(words.ordinary, bare)) else bare)


def nickname_key(name: str, languages: Sequence[str]) -> str:
    """The one form of a nickname that tells it from others; "" for what can be none.

    One to four words with a letter, and either an article or a word that is no everyday one:
    "bins" would be found in every other message.
    """
    words = load_words(tuple(languages))
    keys = [folded(word, words) for word in split(name)]
    articled = len(keys) > 1 and keys[0] in words.articles
    telling = articled or not all(map(words.ordinary, keys))
    return _key(name, words) if telling and 0 < len(keys) <= MOST_WORDS else ""


def unheard(wording: Wording, mentions: Sequence[Mention], words: Words) -> str | None:
    """The words of a place that nothing knows, as written: "the cage" in "fire behind the cage".

    They follow a word such as "behind" or "at"; None where a known name stands there or none does.
    """
    taken = {i for mention in mentions for i in range(mention.first, mention.last)}
    keys = wording.keys
    for cue, key in enumerate(keys):
        if key not in words.at or _broken(wording, cue):
            continue
        first = cue + 1
        while first < len(keys) and keys[first] in words.articles and not _broken(wording, first):
            first += 1
        last = _end(wording, first, words)
        if last and taken.isdisjoint(range(cue, last)):
            start = wording.spans[min(cue + 1, first)][0]
            return wording.text[start : wording.spans[last - 1][1]]
    return None


def _end(wording: Wording, first: int, words: Words) -> int:
    """Where the name that begins at `first` ends; 0 for no name."""
    keys, last, telling = wording.keys, first, 0
    while last < len(keys) and last - first < _LONGEST_UNHEARD:
        key = keys[last]
        if key in words.personal or key in words.at or key in words.articles or _no_name(key):
            break
        ordinary = words.ordinary(key) or key in words.sound
        if ordinary and (telling or last - first >= _LEADING):
            break
        telling += not ordinary
        last += 1
        if _broken(wording, last - 1):
            break
    return last if telling else 0


def _broken(wording: Wording, at: int) -> bool:
    """Whether a clause ends after this word."""
    if at + 1 >= len(wording.keys):
        return False
    between = wording.text[wording.spans[at][1] : wording.spans[at + 1][0]]
    return not _BREAKS.isdisjoint(between)


def _no_name(key: str) -> bool:
    return any(c.isdigit() for c in key) or len(key) < 3 or key in _times()


@lru_cache(maxsize=1)
def _times() -> frozenset[str]:
    """Days and months in the languages of our word lists: "on Tuesday" is no place."""
    found = set[str]()
    for code in ("en", "es", "pt", "fr", "sw"):
        for width in ("wide", "abbreviated"):
            names = [
                *get_day_names(width, locale=Locale(code)).values(),
                *get_month_names(width, locale=Locale(code)).values(),
            ]
            found |= {name.lower().rstrip(".") for name in names}
    return frozenset(found)
