"""Training the model from the corpus and a deployment's corrections; `training.md` tells what was
tried.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from nlp.learning.calibration import abstention, calibrate, thresholds
from nlp.learning.classifier import Classifier, Head, default_model
from nlp.learning.corpus import Row, training_rows
from nlp.learning.features import Sample
from nlp.learning.heads import cross_validate, fit
from nlp.learning.people import learn_people
from nlp.learning.targets import FEWEST, FOLDS, Target, targets_of
from nlp.learning.weights import Floats
from nlp.rules.findings import LANGUAGES, Finder, Findings

#: How much worse a model trained with corrections may do on the corpus: the noise of a fold.
ALLOWED_LOSS: Final = 0.005


class WorseModelError(ValueError):
    """The corrections would make the model worse; nothing was saved."""


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What came of a training: `macro_f1` (of concerns) and `accuracy` are cross-validated
    on the corpus; `before` is the macro-F1 without the extra rows, None if there were none.
    """

    rows: int
    features: int
    macro_f1: float
    accuracy: float
    abstain_below: float
    signals: tuple[str, ...]
    before: float | None = None

    def text(self) -> str:
        """A few lines for people."""
        lines = [
            f"trained on {self.rows} messages, {self.features} features",
            f"in {FOLDS} folds: macro-F1 of concerns {self.macro_f1:.3f}, "
            f"accuracy {self.accuracy:.3f}",
        ]
        if self.before is not None:
            lines.append(f"without the added messages macro-F1 {self.before:.3f}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Rows as the model sees them and what the rules found, their heads, and the held-out scores
    of every message.
    """

    rows: Sequence[Row]
    samples: Sequence[Sample]
    findings: Sequence[Findings]
    targets: Sequence[Target]
    scores: Floats


def train(
    corpus_rows: Sequence[Row], extra_rows: Sequence[Row] = (), out: Path | None = None
) -> TrainingReport:
    """Train on both kinds of rows and save the model in `out` (None: only measure).

    Deterministic: the same rows in the same order give the same weights. Raises WorseModelError
    when the extra rows make held-out corpus messages worse understood.
    """
    before = _figures(_measure(corpus_rows), len(corpus_rows)) if extra_rows else None
    measured = _measure([*corpus_rows, *extra_rows])
    figures = _figures(measured, len(corpus_rows))
    if before and figures["macro_f1"] < before["macro_f1"] - ALLOWED_LOSS:
        raise WorseModelError(
            f"with the added messages macro-F1 falls from {before['macro_f1']:.3f} "
            f"to {figures['macro_f1']:.3f}; nothing was saved"
        )
    features, signals = _save(measured, figures, out)
    return TrainingReport(
        rows=len(measured.rows),
        features=features,
        macro_f1=figures["macro_f1"],
        accuracy=figures["accuracy"],
        abstain_below=figures["abstain_below"],
        signals=signals,
        before=before["macro_f1"] if before else None,
    )


def train_model(data: Sequence[Path], out: Path | None = None) -> TrainingReport:
    """Train on the shipped corpus and labelled JSONL files; `out` is the shipped model by default.

    Raises CorpusError, and WorseModelError as `train`.
    """
    return train(training_rows(), training_rows(data), out or default_model())


def samples_of(rows: Sequence[Row]) -> tuple[list[Sample], list[Findings]]:
    """The rows as the model sees them, and what the rules of all languages found in them."""
    finder = Finder(LANGUAGES)
    findings = [finder.find(row.text, row.lang) for row in rows]
    samples = [Sample(row.text, own.marks) for row, own in zip(rows, findings, strict=True)]
    return samples, findings


def _measure(rows: Sequence[Row]) -> _Measured:
    samples, findings = samples_of(rows)
    targets = targets_of(rows)
    return _Measured(rows, samples, findings, targets, cross_validate(samples, targets))


def _figures(measured: _Measured, count: int) -> dict[str, float]:
    """The figures of the first `count` messages."""
    head = calibrate(measured.targets, measured.scores)["category"]
    threshold, figures = abstention(measured.rows[:count], head, measured.scores[:count])
    return {"abstain_below": threshold, **figures}


def _save(
    measured: _Measured, figures: dict[str, float], out: Path | None
) -> tuple[int, tuple[str, ...]]:
    heads = calibrate(measured.targets, measured.scores)
    space, weights = fit(measured.samples, measured.targets)
    if out is not None:
        languages = _languages(measured.rows)
        settings = {
            **_rounded({"trained_on": len(measured.rows), **figures}),
            "languages": languages,
            "thresholds": {name: _thresholds(measured, heads, name) for name in languages},
        }
        Classifier(space, weights, heads, settings).save(out)
        learn_people(measured.rows).save(out)
    return len(space.names), tuple(name for name in heads if name not in ("category", "intent"))


def _thresholds(measured: _Measured, heads: dict[str, Head], language: str) -> dict[str, float]:
    """Those of one language: what is a fair share of false alarms in one is too much in another."""
    own = [number for number, row in enumerate(measured.rows) if row.lang == language]
    rows, findings = [measured.rows[n] for n in own], [measured.findings[n] for n in own]
    return _rounded(thresholds(rows, findings, heads, measured.scores[own]))


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: float(np.round(value, 6)) for name, value in figures.items()}


def _languages(rows: Sequence[Row]) -> list[str]:
    """The languages with messages enough to learn from."""
    counts = Counter(row.lang for row in rows)
    return sorted(language for language, count in counts.items() if count >= FEWEST)
