"""Words for kinds of landmarks, the same in all languages."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlp.gazetteer import words as gazetteer_words
from nlp.gazetteer.words import Words, respelt

_FILE = Path(gazetteer_words.__file__).parent / "toponyms" / "landmarks.toml"


@dataclass(frozen=True, slots=True)
class Kinds:
    """`of` maps a folded word to its kind; `empty` words of a name need not be said."""

    of: dict[str, str]
    empty: frozenset[str]


def kinds_for(words: Words) -> Kinds:
    """The kinds in the spelling of these words."""
    fold = tuple(sorted(words.fold.items()))
    return _kinds(fold, words.letters, words.fill | words.articles | words.links)


@lru_cache(maxsize=8)
def _kinds(
    fold_items: Sequence[tuple[str, str]],
    letters: Sequence[tuple[str, str]],
    fill: frozenset[str],
) -> Kinds:
    fold = dict(fold_items)
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    of = {
        form: kind
        for kind, row in data["kinds"].items()
        for word in respelt(row, letters).split()
        for form in (word, fold.get(word, word))
    }
    return Kinds(of, fill | frozenset(respelt(data["empty"], letters).split()))
