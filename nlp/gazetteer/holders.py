"""Which names of landmarks hold a word, for words that few of them hold."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import marisa_trie
import numpy as np

from nlp.gazetteer import format as fmt
from nlp.gazetteer.names import key_of
from nlp.gazetteer.words import Words
from nlp.places.toponym import Toponym

MOST: Final = 40
"""A word that more names hold tells none of them."""
_SHORTEST: Final = 3
_NONE: Final = frozenset(("area", "address", "intersection", "mark"))
_LONG_STREET: Final = 4
"""Streets of so many words may be footbridges and the like, which are drawn as lines."""


class Holders:
    """The names that hold a word, read back."""

    def __init__(self, folder: Path, names: marisa_trie.Trie, vocabulary: marisa_trie.Trie) -> None:
        self._names = names
        self._vocabulary = vocabulary
        self._held = fmt.mapped(folder / fmt.HOLDERS)
        self._starts = fmt.mapped(folder / fmt.HOLDER_STARTS)

    def of(self, word: str) -> list[str]:
        """The keys of the names that hold a folded word; none where more than MOST do."""
        number = self._vocabulary.get(word)
        if number is None:
            return []
        first, last = self._starts.item(number), self._starts.item(number + 1)
        return [self._names.restore_key(name) for name in self._held[first:last].tolist()]


def write_holders(
    folder: Path,
    places: Sequence[Toponym],
    keys: Sequence[str],
    words: Words,
    names: marisa_trie.Trie,
    vocabulary: marisa_trie.Trie,
) -> None:
    """Write the numbers of the names that hold each word of the vocabulary, in its order.

    `keys` are the folded names of the places.
    """
    holders = _holders(places, keys, words)
    few = {
        vocabulary[word]: sorted({names[name] for name in held if name in names})
        for word, held in holders.items()
        if len(held) <= MOST
    }
    starts = np.zeros(len(vocabulary) + 1, dtype="<u4")
    np.cumsum([len(few.get(word, ())) for word in range(len(vocabulary))], out=starts[1:])
    np.save(folder / fmt.HOLDER_STARTS, starts)
    flat = [name for word in sorted(few) for name in few[word]]
    np.save(folder / fmt.HOLDERS, np.array(flat, dtype="<u4"))


def _holders(places: Sequence[Toponym], keys: Sequence[str], words: Words) -> dict[str, list[str]]:
    """The names that hold each word, a few more than MOST of them at most."""
    holders: dict[str, list[str]] = defaultdict(list)
    for place, key in zip(places, keys, strict=True):
        if place.kind not in _NONE:
            for name in (key, *(key_of(alias, words) for alias in place.aliases)):
                _add(holders, name, place.kind, words)
    return holders


def _add(holders: dict[str, list[str]], key: str, kind: str, words: Words) -> None:
    parts = key.split()
    if len(parts) < (_LONG_STREET if kind == "street" else 2):
        return
    for part in parts:
        if len(part) >= _SHORTEST:
            held = holders[part]
            if len(held) <= MOST and key not in held[-1:] and not words.ordinary(part):
                held.append(key)
