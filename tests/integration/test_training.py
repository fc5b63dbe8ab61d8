"""Training, and the model that it leaves behind."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp.learning.classifier import Classifier, ModelError
from nlp.learning.corpus import CorpusError, Row, corpus_paths, read_rows, training_rows
from nlp.learning.features import FeatureSpace, Sample, pieces, word_features
from nlp.learning.training import WorseModelError, train
from nlp.normalise import fold, tokens

PHRASES = {
    "noise": "loud music from the pub with drums",
    "lighting": "street lamp is dark and broken",
    "theft": "my bike was stolen from the rack",
    "praise": "thank you so much for the help",
}
TAILS = [
    "again",
    "tonight",
    "since monday",
    "by the park",
    "near school",
    "every week",
    "pls",
    "!!",
]


def make_rows() -> list[Row]:
    return [
        Row(
            text=f"{phrase} {tail} {number}",
            lang="en",
            intent="praise" if category == "praise" else "report",
            category=category,
            file=category != "praise",
            emergency=False,
        )
        for category, phrase in PHRASES.items()
        for number, tail in enumerate(TAILS)
    ]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(make_rows(), (), folder)
    return folder


def test_it_learns_what_it_is_shown(model: Path) -> None:
    classifier = Classifier.load(model)
    [noise, lamp] = classifier.predict(
        [Sample("LOUD music by the pub"), Sample("the street lamp is dark")]
    )
    assert max(noise.categories, key=noise.categories.__getitem__) == "noise"
    assert max(lamp.categories, key=lamp.categories.__getitem__) == "lighting"
    assert sum(noise.categories.values()) == pytest.approx(1, abs=1e-4)
    [thanks] = classifier.predict([Sample("thank you for the help")])
    assert max(thanks.intents, key=thanks.intents.__getitem__) == "praise"


def test_nothing_and_odd_texts_can_be_judged(model: Path) -> None:
    classifier = Classifier.load(model)
    assert classifier.predict([]) == []
    assert len(classifier.predict([Sample(text) for text in ("", "\ud800", "?" * 9000)])) == 3


def test_training_is_deterministic(model: Path, tmp_path: Path) -> None:
    train(make_rows(), (), tmp_path)
    one, two = (
        hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()
        for folder in (model, tmp_path)
    )
    assert one == two
    with np.load(model / "weights.npz") as first, np.load(tmp_path / "weights.npz") as second:
        assert all(np.array_equal(first[name], second[name]) for name in first.files)


def test_corrections_are_learnt() -> None:
    extra = [Row(text="boom boom boom", lang="en", intent="report", category="noise", file=True)]
    report = train(make_rows(), extra)
    assert report.rows == len(make_rows()) + 1
    assert report.before is not None
    assert "without the added messages" in report.text()


def test_corrections_that_make_it_worse_are_refused(tmp_path: Path) -> None:
    wrong = {"noise": "lighting", "lighting": "theft", "theft": "noise", "praise": "praise"}
    extra = [replace(row, category=wrong[row.category]) for row in make_rows() * 4]
    with pytest.raises(WorseModelError, match="falls from"):
        train(make_rows(), extra, tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("broken", ["missing", "format", "json"])
def test_a_broken_model_is_refused(model: Path, tmp_path: Path, broken: str) -> None:
    if broken != "missing":
        about = json.loads((model / "model.json").read_text("utf-8"))
        text = json.dumps(about | {"format": 0}) if broken == "format" else "{"
        (tmp_path / "model.json").write_text(text, encoding="utf-8")
        (tmp_path / "weights.npz").write_bytes((model / "weights.npz").read_bytes())
    with pytest.raises(ModelError):
        Classifier.load(tmp_path)


def test_features_of_words() -> None:
    assert word_features(["no", "light"]) == ["=no", "=light", "no light"]
    assert list(pieces("ab")) == [" a", "ab", "b ", " ab", "ab ", " ab "]
    assert tokens("Café at 22, ok?") == ["cafe", "at", "0", "ok", "?"]
    assert fold("ÁRBOL") == "arbol"


def test_every_block_of_a_text_has_its_length() -> None:
    space = FeatureSpace.learn([Sample("loud music", ("a",)), Sample("loud dog")], rarest=1)
    matrix = space.matrix([Sample("loud music", ("a",)), Sample("unknown")])
    assert np.sqrt(matrix[[0]].data ** 2 @ np.ones(matrix[[0]].nnz)) == pytest.approx(
        6**0.5, rel=0.01
    )


def test_the_shipped_corpus_can_be_read() -> None:
    rows = training_rows()
    assert len(rows) > 700
    assert len({row.text for row in rows}) == len(rows)
    assert not any(path.name.endswith("_test.jsonl") for path in corpus_paths())


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "x"}',
        '{"text": "x", "category": "nonsense"}',
        "{",
        '{"text": "x", "category": "noise", "intent": "?"}',
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 2"):
        list(read_rows(path))
