"""Which words of the labelled messages are personal data, word by word."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.learning.corpus import Row
from nlp.redaction.joining import KINDS
from nlp.redaction.people import people_lists
from nlp.redaction.traits import OFFSETS, SLOTS, TOKEN, Trait, trait

#: Answers beside the kinds (0 to 3): nothing personal, and a word that teaches neither.
NOTHING: Final = -1
SKIPPED: Final = -2
#: The corpus' words for what the tagger learns; the rest is found by its form alone.
_KIND: Final = {"name": 0, "descriptor": 1, "house_number": 2, "plate": 3}


@dataclass(frozen=True, slots=True)
class Marked:
    """The words of all messages one after the other, two empty ones before and after each message.

    `ids` are rows of `features` (for each of OFFSETS: different words × SLOTS); `codes`, `homes`
    and `traits` are as in `nlp.redaction.traits`. `plain` words stand in lower case and are no
    personal data. `answers` are numbers of KINDS, NOTHING or SKIPPED.
    """

    ids: NDArray[np.int64]
    features: tuple[sparse.csr_matrix, ...]
    codes: NDArray[np.uint32]
    homes: NDArray[np.int64]
    traits: NDArray[np.bool_]
    plain: NDArray[np.bool_]
    answers: NDArray[np.int64]


def marked(rows: Sequence[Row]) -> Marked:
    """Read what the authors marked."""
    known: dict[str, int] = {"": 0}
    ids, answers = [0, 0], [SKIPPED, SKIPPED]
    for row in rows:
        ids += [known.setdefault(match[0], len(known)) for match in TOKEN.finditer(row.text)]
        answers += answers_of(row)
        ids += [0, 0]
        answers += [SKIPPED, SKIPPED]
    words = [*known][1:]
    traits = [trait(word) for word in words]
    order, given = np.array(ids), np.array(answers)
    flags = [(False,) * 4, *((t.word, t.capital, t.numeral, t.short) for t in traits)]
    lower = np.array([False, *(word[0].isalpha() and not word[0].isupper() for word in words)])
    return Marked(
        ids=order,
        features=tuple(_features(traits, number) for number in range(len(OFFSETS))),
        codes=np.array([(0,) * 4, *((*t.codes, 0) for t in traits)], np.uint32)[order],
        homes=np.array([0, *(t.home for t in traits)])[order],
        traits=np.array(flags)[order],
        plain=lower[order] & (given == NOTHING),
        answers=given,
    )


def _features(traits: Sequence[Trait], number: int) -> sparse.csr_matrix:
    """The slots of every word at one distance; the empty word has none."""
    rows = [np.zeros(0, np.int32), *(t.slots[number] for t in traits)]
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.fromiter(chain.from_iterable(rows), np.int32, int(ends[-1]))
    ones = np.ones(len(flat), np.float32)
    return sparse.csr_matrix((ones, flat, ends), shape=(len(rows), SLOTS))


def answers_of(row: Row) -> list[int]:
    """For every word of a message the number of its kind, NOTHING or SKIPPED.

    Of "flat 14" only the number is personal, of "a tall man" not the article, of "Mrs Hill" not the
    title; of what belongs to no kind of the tagger, or was never looked through, nothing can be
    said.
    """
    words = [(*match.span(), match[0]) for match in TOKEN.finditer(row.text)]
    answers = [SKIPPED if row.unmarked else NOTHING] * len(words)
    for start, end, marking in row.pii:
        inside = [n for n, (low, high, _) in enumerate(words) if low < end and start < high]
        kind = _KIND.get(marking, SKIPPED)
        telling = _telling(KINDS[kind], {n: words[n][2] for n in inside}) if kind >= 0 else set()
        for number in inside:
            answers[number] = kind if number in telling else SKIPPED
    return answers


def _telling(kind: str, words: dict[int, str]) -> set[int]:
    bare = {number: word.casefold() for number, word in words.items()}
    lists = people_lists()
    if kind == "number":
        figures = {n for n, w in bare.items() if w[0].isdigit() or w in lists["numeral"]}
        return figures or {n for n, w in bare.items() if w not in lists["leading"]}
    if kind == "name":
        empty = lists["titles"] | lists["kin"] | lists["common"]
        return {n for n, w in bare.items() if w[0].isalpha() and w not in empty} or set(words)
    return {n for n, w in bare.items() if w[0].isalnum() and w not in lists["articles"]}
