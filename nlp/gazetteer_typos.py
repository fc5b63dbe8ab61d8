"""Misspelt words, by an index of every known word with one letter left out (SymSpell's idea)."""

from collections.abc import Iterable, Iterator

import marisa_trie

SHORTEST = 4


def deletions(word: str) -> Iterator[str]:
    """The word itself and the word without each one of its letters."""
    yield word
    seen = {word}
    for i in range(len(word)):
        shorter = word[:i] + word[i + 1 :]
        if shorter not in seen:
            seen.add(shorter)
            yield shorter


def indexed(words: Iterable[tuple[str, int]]) -> Iterator[tuple[str, tuple[int]]]:
    """Records of the index: (a word or a word less one letter, (the word's number,))."""
    for word, number in words:
        if len(word) >= SHORTEST and word.isalpha():
            for variant in deletions(word):
                yield variant, (number,)


def one_slip(a: str, b: str) -> bool:
    """Whether one letter added, dropped, changed or swapped with its neighbour parts the words."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if len(a) != len(b):
        return rest_a[1:] == rest_b or rest_a == rest_b[1:]
    return rest_a[1:] == rest_b[1:] or (rest_a[1::-1] + rest_a[2:]) == rest_b


def corrections(
    word: str, typos: marisa_trie.RecordTrie, vocabulary: marisa_trie.Trie
) -> list[str]:
    """Known words one slip away, in the order of the alphabet."""
    if len(word) < SHORTEST or not word.isalpha():
        return []
    numbers = {n for variant in deletions(word) for (n,) in typos.get(variant, ())}
    near = {str(vocabulary.restore_key(number)) for number in numbers}
    # The first letter is rarely the wrong one, and "lark" for "park" costs trust.
    return sorted(w for w in near if w[0] == word[0] and one_slip(word, w))
