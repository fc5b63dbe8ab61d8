"""The corpus: known labels, right offsets, and nothing of the test parts in the training parts."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from nlp.categories import CATEGORIES
from nlp.learning.corpus import Row, corpus_paths, read_rows, training_rows
from nlp.normalise import words
from nlp.redaction.redact import Hidden, redacted_with

PATHS = [*corpus_paths(), *corpus_paths(testing=True)]
URGENCIES = {None, "U0", "U1", "U2", "U3", "U4"}
FLAGS = {
    "in_progress",
    "weapon",
    "injury",
    "child",
    "repeat_victim",
    "hate_motive",
    "online",
    "third_party",
    "reporter_at_risk",
    "names_person",
}
#: Public texts that are measured on, beside the repository where a developer has them.
PUBLIC = Path(__file__).parents[2].parent / "shared" / "data"
SETS = ("sms/shared_nus_sample", "sms/shared_spam_train_dev", "ucpd/shared_train_dev")
#: More than this of six or more words in common with one of them is no chance.
COPIED = 0.75
#: Two messages that share more of their words than this say the same.
MOST_SHARED = 0.6
#: Shorter messages ("stop", "hello there") are the same by nature.
FEWEST_WORDS = 5


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_labels_are_known_and_agree(path: Path) -> None:
    for row in read_rows(path):
        assert row.text.strip(), row
        assert row.category in CATEGORIES
        assert row.urgency in URGENCIES
        assert set(row.flags) <= FLAGS
        assert not row.page or row.emergency, "what wakes a team is danger"
        assert not row.file or row.intent in ("report", "follow_up")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_spans_lie_in_the_text_and_apart(path: Path) -> None:
    for row in read_rows(path):
        end = 0
        for start, stop, kind in sorted(row.pii):
            assert end <= start < stop <= len(row.text), (path.name, kind)
            assert row.text[start:stop] == row.text[start:stop].strip(), (path.name, kind)
            end = stop
        for start, stop in row.places:
            assert 0 <= start < stop <= len(row.text), (path.name, "place")
        hidden = redacted_with(row.text, [Hidden(*span) for span in sorted(row.pii)])
        assert hidden.count("[") >= len(row.pii)


def test_no_test_message_is_near_a_training_message() -> None:
    trained = [frozenset(words(row.text)) - {"."} for row in training_rows()]
    holding = _holders(trained)
    tested = [row for path in corpus_paths(testing=True) for row in read_rows(path)]
    near = [row for row in tested if _nearest(row, trained, holding) > MOST_SHARED]
    assert len(near) == 0, f"{len(near)} test messages are too near to a training message"


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="no public texts here (../shared/data)")
def test_nothing_is_copied_from_the_texts_that_are_measured_on() -> None:
    files = [(PUBLIC / f"{name}.jsonl").read_text(encoding="utf-8") for name in SETS]
    lines = [line for text in files for line in text.split("\n") if line]
    theirs = [frozenset(words(json.loads(line)["text"])) - {"."} for line in lines]
    holding = _holders(theirs)
    long = [
        row for row in training_rows() if len(frozenset(words(row.text)) - {"."}) > FEWEST_WORDS
    ]
    copied = [row for row in long if _nearest(row, theirs, holding) >= COPIED]
    assert len(copied) == 0, f"{len(copied)} training messages are near copies of public ones"


def _holders(texts: list[frozenset[str]]) -> dict[str, list[int]]:
    """Which of the texts hold each word."""
    holding: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for word in text:
            holding[word].append(number)
    return holding


def _nearest(row: Row, others: list[frozenset[str]], holding: dict[str, list[int]]) -> float:
    """The largest Jaccard share of words with any of the others that holds a rare word of it."""
    own = frozenset(words(row.text)) - {"."}
    if len(own) < FEWEST_WORDS:
        return 0.0
    rare = sorted(own, key=lambda word: len(holding.get(word, ())))
    # Messages that share more than 0.6 of their words hold at least one of these.
    some = rare[: int(len(own) * (1 - MOST_SHARED)) + 1]
    numbers = {number for word in some for number in holding.get(word, ())}
    return max((len(own & others[n]) / len(own | others[n]) for n in numbers), default=0.0)
