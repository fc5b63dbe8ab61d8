"""Counting what was right."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from nlp.analysis import Analysis, Danger, Intent, Location, Query, Urgency
from nlp.categories import CATEGORIES
from nlp.evaluation.evaluate import by_language, evaluate
from nlp.evaluation.picture import draw_confusion
from nlp.evaluation.real import evaluate_real
from nlp.learning.corpus import Row
from nlp.learning.scoring import Share, label_scores, macro_f1
from nlp.redaction.redact import redact


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (7, 10, 0.397, 0.892),
        (15, 20, 0.531, 0.888),
        (120, 200, 0.531, 0.665),
        (0, 10, 0, 0.278),
        (10, 10, 0.722, 1),
        (0, 0, 0, 1),
    ],
)
def test_wilson_interval(hits: int, total: int, low: float, high: float) -> None:
    assert list(Share(hits, total).interval) == pytest.approx([low, high], abs=0.001)


def test_scores_of_labels() -> None:
    truth, answers = ["a", "a", "b", "b"], ["a", "b", "b", "b"]
    a, b = label_scores(truth, answers)
    assert (a.precision, a.recall) == (1, 0.5)
    assert b.precision == pytest.approx(2 / 3)
    assert macro_f1(truth, answers) == pytest.approx((2 / 3 + 0.8) / 2)
    assert macro_f1([], []) == 0


class Always:
    """An analyzer that takes everything for a noisy emergency."""

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        return [
            Analysis(
                language="en",
                intent=Intent.REPORT,
                category="noise",
                categories=(("noise", 1.0),),
                urgency=Urgency.U1,
                flags=(),
                file=True,
                behaviour_missing=False,
                danger=Danger(emergency=True, page=True),
                places=(),
                location=Location(),
                redacted=redact(query.text),
            )
            for query in queries
        ]


def test_what_is_counted() -> None:
    rows = [
        Row("loud", "en", "report", "noise", urgency="U4", file=True),
        Row(
            "help",
            "en",
            "report",
            "violence",
            ("noise",),
            "U0",
            (),
            file=True,
            emergency=True,
            page=True,
        ),
        Row("stop", "es", "opt_out", "other", unsure=True),
        Row("ring darren", "en", "report", "theft", pii=((5, 11, "name"),), file=True),
    ]
    report = evaluate(Always(), rows)
    shares = {name: (share.hits, share.total) for name, share in report.shares.items()}
    assert shares["category right"] == (2, 4)
    assert shares["intent right"] == (3, 4)
    assert shares["language right"] == (3, 4)
    assert shares["danger recall"] == (1, 1)
    assert shares["danger false alarms"] == (3, 3)
    assert shares["danger false alarms, hard negatives"] == (1, 1)
    assert shares["paging precision"] == (1, 4)
    assert shares["opt-out recall"] == (0, 1)
    assert shares["redaction recall"] == (1, 1)
    assert shares["needlessly filed"] == (1, 1)
    text = report.text()
    assert "paging precision" in text
    assert "25.0%" in text


def test_real_data_through_a_mapping(tmp_path: Path) -> None:
    mapping = tmp_path / "calls.toml"
    mapping.write_text(
        'file = "calls.jsonl"\nlabel = "kind"\nnot_filed = ["chat"]\ndanger = ["fire"]\n'
        'calm = ["chat"]\n[categories]\nloud = ["noise"]\nfire = ["hazard"]\n'
    )
    assert evaluate_real(Always(), mapping, tmp_path) is None
    lines = [{"text": "x", "kind": kind} for kind in ("loud", "loud", "fire", "chat")]
    (tmp_path / "calls.jsonl").write_text("\n".join(map(json.dumps, lines)))
    report = evaluate_real(Always(), mapping, tmp_path)
    assert report is not None
    shares = {name: (share.hits, share.total) for name, share in report.shares.items()}
    assert shares["category right"] == (2, 3)
    assert shares["wrongly filed chat"] == (1, 1)
    assert shares["danger seen"] == (1, 1)
    assert shares["danger false alarms"] == (1, 1)
    assert report.majority == pytest.approx(2 / 3)
    assert "66.7%" in report.text()


def test_every_mapping_names_our_categories() -> None:
    for path in (Path(__file__).parents[1] / "bench" / "mapping").glob("*.toml"):
        rules = tomllib.loads(path.read_text("utf-8"))
        assert {slug for own in rules.get("categories", {}).values() for slug in own} <= set(
            CATEGORIES
        )


def test_the_confusion_matrix_is_a_picture(tmp_path: Path) -> None:
    draw_confusion(["noise", "theft"], ["noise", "noise"], tmp_path / "matrix.png")
    assert (tmp_path / "matrix.png").read_bytes().startswith(b"\x89PNG")


def test_rows_by_language() -> None:
    rows = [Row("a", "sw", "report", "noise"), Row("b", "en", "report", "noise")]
    assert list(by_language(rows)) == ["en", "sw"]


def test_nothing_to_evaluate() -> None:
    report = evaluate(Always(), [])
    assert report.rows == 0
    assert report.shares["danger recall"].value is None
    assert report.text()
