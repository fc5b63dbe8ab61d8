"""Names and descriptions of persons in a text, by cues and lists kept in `redact.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from nlp.normalise import fold
from nlp.rules.elements import common_words

Span = tuple[int, int, str]

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class _Lists(NamedTuple):
    sure: frozenset[str]
    doubtful: frozenset[str]
    never: frozenset[str]
    titles: frozenset[str]
    kin: frozenset[str]
    street: frozenset[str]
    named: re.Pattern[str]
    triggers: frozenset[str]
    description: re.Pattern[str]


@cache
def _lists() -> _Lists:
    data = tomllib.loads((files("nlp") / "redaction" / "redact.toml").read_text("utf-8"))
    people, looks = data["names"], data["descriptions"]
    sets = {
        key: frozenset(people[key].split())
        for key in ("sure", "doubtful", "never", "titles", "kin", "street")
    }
    named = "|".join(people["named"])
    parts = {key: "|".join(row.strip() for row in looks[key].split(",")) for key in looks}
    triggers = (
        frozenset(looks["look"].replace(",", " ").split())
        | frozenset(looks["wear"].replace(",", " ").split())
        | frozenset(looks["feature"].replace(",", " ").split())
        | _telling(looks["after"])
        | _telling(looks["group"])
    )
    return _Lists(
        **sets,
        named=re.compile(rf"\b(?:{named})[ :]{{1,2}}", re.IGNORECASE),
        triggers=triggers,
        description=_description(parts),
    )


def _description(parts: dict[str, str]) -> re.Pattern[str]:
    """Size or age words, a look, a person; then what they wear. Every repetition is bounded."""
    size = rf"(?:(?:{parts['size']})[ ,]{{1,2}}){{0,3}}"
    sizes = rf"(?:(?:{parts['size']})[ ,]{{1,2}}){{0,2}}"
    person = rf"(?:{parts['person']})(?!\w)"
    looking = r"(?:[ -](?:looking|skinned|male|female))?"
    look = rf"(?:(?:{parts['look']}){looking}[ ,]{{1,2}}{sizes}{person}|(?:{parts['group']})(?!\w))"
    worn = rf"(?:(?:{parts['shade']}) ){{0,3}}(?:{parts['wear']}|{parts['feature']})"
    wearing = (
        rf"(?:in|with|wearing|wears|wore|has|had|got|carrying|dressed in|and|con|de|avec)"
        rf"(?: (?:a|an|his|her|their|all|un|una|une|his))? {worn}"
    )
    tail = rf"(?:[ ,]{{1,2}}{wearing}){{0,3}}"
    behind = rf"(?:{parts['person']}|individu|indivíduo|individuo|chavo|moço) (?:{parts['after']})"
    return re.compile(
        r"\b(?:(?:a|an|the|one|some|two|un|una|unos|une|des|um|uma|uns)[ ])?"
        rf"(?:{size}{look}{tail}|{behind}{tail}|{wearing}{tail})(?!\w)",
        re.IGNORECASE,
    )


@cache
def people_lists() -> dict[str, frozenset[str]]:
    """Every list of words by its name in `redact.toml`, and the commonest words ("common")."""
    data = tomllib.loads((files("nlp") / "redaction" / "redact.toml").read_text("utf-8"))
    lists = {key: row for key, row in data["names"].items() if isinstance(row, str)}
    lists |= data["descriptions"]
    found = {key: frozenset(fold(row).replace(",", " ").split()) for key, row in lists.items()}
    return {**found, "common": _everyday()}


def _telling(row: str) -> frozenset[str]:
    """The words of a list that are worth a closer look at a text."""
    words = fold(row).replace(",", " ").split()
    return frozenset(word for word in words if len(word) > 3) - _everyday()


@cache
def _everyday() -> frozenset[str]:
    """The commonest words of all languages: none of them is a name in lower case."""
    return frozenset().union(*common_words().values())


def descriptions(text: str) -> list[Span]:
    """Looks, origins, religion and clothes of persons, each as one whole phrase."""
    lists = _lists()
    if lists.triggers.isdisjoint(
        fold(text).replace(",", " ").replace(".", " ").replace("-", " ").split()
    ):
        return []
    return [(*match.span(), "description") for match in lists.description.finditer(text)]


def names(text: str) -> list[Span]:
    """Names of persons: after a cue in any case, from the lists, with a surname that follows."""
    words = list(_WORD.finditer(text))
    lists = _lists()
    after_cue = {match.end() for match in lists.named.finditer(text)}
    found: list[Span] = []
    number = 0
    while number < len(words):
        length = _name_length(words, number, after_cue, lists)
        if length:
            last = words[number + length - 1]
            found.append((words[number].start(), _without_genitive(last), "name"))
        number += max(1, length)
    return found


def _without_genitive(word: re.Match[str]) -> int:
    return word.end() - 2 if word[0][-2:].lower() in ("'s", "’s") else word.end()


def _bare(word: re.Match[str]) -> str:
    return fold(word[0][:-2] if word[0][-2:].lower() in ("'s", "’s") else word[0])


def _name_length(
    words: list[re.Match[str]], number: int, after_cue: set[int], lists: _Lists
) -> int:
    """How many words from here on are one name; 0 if none is."""
    word = words[number]
    own = _bare(word)
    if own in lists.never:
        return 0
    before = _neighbour(words, number, -1)
    capital = word[0][0].isupper() and not word[0].isupper()
    cued = capital and before in lists.titles
    cued = cued or (word.start() in after_cue and (capital or own not in _everyday()))
    known = own in lists.sure or (own in lists.doubtful and (capital or before in lists.kin))
    of_kin = before in lists.kin and capital
    if not (cued or known or of_kin) or len(own) < 2:
        return 0
    following = _neighbour(words, number, 1)
    if following in lists.street and not cued:
        return 0
    return 2 if _surname(words, number, lists, cued=cued or of_kin) else 1


def _neighbour(words: list[re.Match[str]], number: int, step: int) -> str:
    if not 0 <= number + step < len(words):
        return ""
    first, second = sorted((words[number], words[number + step]), key=lambda word: word.start())
    near = second.start() - first.end() <= 2
    return _bare(words[number + step]) if near else ""


def _surname(words: list[re.Match[str]], number: int, lists: _Lists, *, cued: bool) -> bool:
    if not _neighbour(words, number, 1) or words[number][0].endswith(("'s", "’s")):
        return False
    word = words[number + 1]
    own = _bare(word)
    if own in lists.never or own in lists.street or word.start() - words[number].end() != 1:
        return False
    capital = word[0][0].isupper() and not word[0].isupper()
    return capital or own in lists.sure
