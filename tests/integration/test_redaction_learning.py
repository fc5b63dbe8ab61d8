"""The tagger learns from the corpus what rules alone do not find, and touches little else."""

from collections.abc import Callable, Sequence

import pytest

from nlp.learning.classifier import default_model
from nlp.learning.corpus import Row, training_rows
from nlp.learning.people import learn_people
from nlp.redaction.redact import Hidden, hidden_spans, redact
from nlp.redaction.tagger import Tagger

#: One message in so many is held out.
HELD = 4


@pytest.fixture(scope="module")
def parts() -> tuple[list[Row], list[Row]]:
    rows = training_rows()
    held = rows[::HELD]
    texts = {row.text for row in held}
    return [row for row in rows if row.text not in texts], held


@pytest.fixture(scope="module")
def tagger(parts: tuple[list[Row], list[Row]]) -> Tagger:
    return Tagger(learn_people(parts[0]))


def recall(rows: Sequence[Row], spans: Callable[[Row], Sequence[Hidden]], kind: str = "") -> float:
    """The share of the marked stretches of a kind (or all) of which something is hidden."""
    met = []
    for row in rows:
        hidden = spans(row)
        for start, end, own in row.pii:
            if not kind or own == kind:
                met.append(any(span.start < end and start < span.end for span in hidden))
    return sum(met) / len(met)


def test_more_is_hidden_than_by_rules(parts: tuple[list[Row], list[Row]], tagger: Tagger) -> None:
    held = parts[1]
    tags = dict(
        zip((row.text for row in held), tagger.tag_many([r.text for r in held]), strict=True)
    )
    by_rules = recall(held, lambda row: hidden_spans(row.text))
    learnt = recall(held, lambda row: hidden_spans(row.text, tagged=tags[row.text]))
    assert learnt >= by_rules + 0.08
    assert recall(held, lambda row: hidden_spans(row.text, tagged=tags[row.text]), "plate") >= 0.9


def test_little_else_is_touched(parts: tuple[list[Row], list[Row]], tagger: Tagger) -> None:
    clean = [row.text for row in parts[1] if not row.pii and not row.unmarked]
    touched = [
        bool(hidden_spans(text, tagged=tagged))
        for text, tagged in zip(clean, tagger.tag_many(clean), strict=True)
    ]
    assert sum(touched) / len(touched) <= 0.05


def test_the_shipped_tagger_hides_people_and_leaves_places() -> None:
    tagger = Tagger.load(default_model())
    if tagger is None:
        pytest.skip("the shipped model folder holds no tagger")
    hidden = ["my neighbour darren keeps banging", "it was kofi and his brother took the parcels"]
    for text, tagged in zip(hidden, tagger.tag_many(hidden), strict=True):
        assert "[name]" in redact(text, tagged=tagged)
    kept = [
        "Victoria Road is dark",
        "meet at 9 tonight",
        "will you come in may",
        "dark at St Mary's",
    ]
    assert tagger.tag_many(kept) == [[]] * len(kept)
