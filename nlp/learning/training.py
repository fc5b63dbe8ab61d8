"""Training the model from the corpus and a deployment's corrections; `training.md` tells what was
tried.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from nlp.learning.calibration import abstention, calibrate, paging, thresholds
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
#: So much is fitted side by side.
CORES: Final = 2


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
class _Seen:
    """Rows as the model sees them, and what the rules found."""

    rows: Sequence[Row]
    samples: Sequence[Sample]
    findings: Sequence[Findings]
    targets: Sequence[Target]


def train(
    corpus_rows: Sequence[Row], extra_rows: Sequence[Row] = (), out: Path | None = None
) -> TrainingReport:
    """Train on both kinds of rows and save the model in `out` (None: only measure).

    Deterministic: the same rows in the same order give the same weights. Raises WorseModelError
    when the extra rows make held-out corpus messages worse understood.
    """
    count = len(corpus_rows)
    with ProcessPoolExecutor(CORES) as cores:
        before = _before(corpus_rows, cores) if extra_rows else None
        seen = _see([*corpus_rows, *extra_rows])
        # Neither needs anything of the folds: side by side they keep the cores busy.
        fitting = cores.submit(fit, seen.samples, seen.targets)
        people = cores.submit(learn_people, seen.rows)
        scores = cross_validate(seen.samples, seen.targets, cores)
        figures = _figures(seen, scores, count)
        _not_worse(figures, before)
        space, weights = fitting.result()
        heads = calibrate(seen.targets, scores)
        if out is not None:
            Classifier(space, weights, heads, _settings(seen, scores, heads, figures)).save(out)
            people.result().save(out)
    return TrainingReport(
        rows=len(seen.rows),
        features=len(space.names),
        macro_f1=figures["macro_f1"],
        accuracy=figures["accuracy"],
        abstain_below=figures["abstain_below"],
        signals=tuple(name for name in heads if name not in ("category", "intent")),
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


def _see(rows: Sequence[Row]) -> _Seen:
    samples, findings = samples_of(rows)
    return _Seen(rows, samples, findings, targets_of(rows))


def _before(rows: Sequence[Row], cores: Executor) -> dict[str, float]:
    seen = _see(rows)
    return _figures(seen, cross_validate(seen.samples, seen.targets, cores), len(rows))


def _figures(seen: _Seen, scores: Floats, count: int) -> dict[str, float]:
    """The figures of the first `count` messages, from the held-out scores of all."""
    head = calibrate(seen.targets, scores)["category"]
    threshold, figures = abstention(seen.rows[:count], head, scores[:count])
    return {"abstain_below": threshold, **figures}


def _not_worse(figures: Mapping[str, float], before: Mapping[str, float] | None) -> None:
    if before and figures["macro_f1"] < before["macro_f1"] - ALLOWED_LOSS:
        raise WorseModelError(
            f"with the added messages macro-F1 falls from {before['macro_f1']:.3f} "
            f"to {figures['macro_f1']:.3f}; nothing was saved"
        )


def _settings(
    seen: _Seen, scores: Floats, heads: dict[str, Head], figures: Mapping[str, float]
) -> dict[str, Any]:
    """What the model file says beside its weights."""
    languages = _languages(seen.rows)
    settings = {"trained_on": len(seen.rows), **figures}
    settings |= thresholds(seen.rows, seen.findings, heads, scores)
    own = {name: _rounded(_paging(seen, scores, heads, name)) for name in languages}
    return {**_rounded(settings), "languages": languages, "thresholds": own}


def _paging(seen: _Seen, scores: Floats, heads: dict[str, Head], language: str) -> dict[str, float]:
    """Each language's own: what wakes a team rightly in one does so needlessly in another."""
    own = [number for number, row in enumerate(seen.rows) if row.lang == language]
    rows, findings = [seen.rows[n] for n in own], [seen.findings[n] for n in own]
    return paging(rows, findings, heads, scores[own])


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: float(np.round(value, 6)) for name, value in figures.items()}


def _languages(rows: Sequence[Row]) -> list[str]:
    """The languages with messages enough to learn from."""
    counts = Counter(row.lang for row in rows)
    return sorted(language for language, count in counts.items() if count >= FEWEST)
