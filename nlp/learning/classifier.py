"""The heads over the features of a text, calibrated: plain arrays, no scikit-learn at run time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from nlp.learning.features import FeatureSpace, Sample
from nlp.learning.weights import Floats, Weights

FORMAT: Final = 3


class ModelError(RuntimeError):
    """The model folder is missing, broken or of another format: train it anew."""


@dataclass(frozen=True, slots=True)
class Head:
    """Columns `start:stop` of the weights: one for each label, or one in all for yes or no.

    A head of several labels is calibrated by temperature (softmax of slope · score), one of a
    single label by Platt's sigmoid of slope · score + shift.
    """

    labels: tuple[str, ...]
    start: int
    stop: int
    slope: float
    shift: float = 0.0

    def probabilities(self, scores: Floats) -> Floats:
        """Turn the columns of raw scores (texts × all columns) into probabilities."""
        own = scores[:, self.start : self.stop] * self.slope + self.shift
        if self.stop - self.start == 1:
            return np.asarray(1 / (1 + np.exp(-np.clip(own, -30, 30))), dtype=np.float32)
        raised = np.exp(own - own.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Calibrated probabilities for one text: of each category, each intent and each signal.

    Categories are those of concerns, given that the text tells of one. Signals are yes-or-no heads:
    `emergency`, `page`, `behaviour` and one for each flag.
    """

    categories: dict[str, float]
    intents: dict[str, float]
    signals: dict[str, float]


class Classifier:
    """Judges texts in batches by sparse matrix products."""

    def __init__(
        self,
        space: FeatureSpace,
        weights: Weights,
        heads: dict[str, Head],
        settings: dict[str, Any],
    ) -> None:
        self.space = space
        self.heads = heads
        self.settings = settings
        self._weights = weights

    @property
    def languages(self) -> frozenset[str]:
        """The languages (ISO 639-1) that the model has learnt."""
        return frozenset(self.settings["languages"])

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Load a model folder, by default the shipped one. Raises ModelError."""
        folder = folder or default_model()
        try:
            about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
                found = {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError) as error:
            raise ModelError(f"cannot read the model in {folder.name}: {error}") from error
        if about.get("format") != FORMAT:
            raise ModelError(f"the model in {folder.name} has another format; train it anew")
        names = found["names"].tobytes().decode("utf-8").split("\n")
        space = FeatureSpace(names, tuple(about["edges"]), found["idf"].astype(np.float32))
        heads = {
            name: Head(**{**head, "labels": tuple(head["labels"])})
            for name, head in about["heads"].items()
        }
        return cls(space, Weights.of_arrays(found), heads, about["settings"])

    def save(self, folder: Path) -> None:
        """Write `model.json` and `weights.npz`."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "format": FORMAT,
            "edges": self.space.edges,
            "settings": self.settings,
            "heads": {
                name: {
                    "labels": head.labels,
                    "start": head.start,
                    "stop": head.stop,
                    "slope": head.slope,
                    "shift": head.shift,
                }
                for name, head in self.heads.items()
            },
        }
        text = json.dumps(about, indent=1, ensure_ascii=False)
        (folder / "model.json").write_text(f"{text}\n", encoding="utf-8")
        arrays: dict[str, Any] = self._weights.arrays()
        arrays["names"] = np.frombuffer("\n".join(self.space.names).encode(), dtype=np.uint8)
        arrays["idf"] = self.space.idf.astype(np.float16)
        np.savez_compressed(folder / "weights.npz", **arrays)

    def scores(self, samples: Sequence[Sample]) -> Floats:
        """Raw scores (texts × columns)."""
        return self._weights.scores(self.space.matrix(samples))

    def predict(self, samples: Sequence[Sample]) -> list[Prediction]:
        """Judge texts with their marks, in their order."""
        if not samples:
            return []
        scores = self.scores(samples)
        tables = {name: head.probabilities(scores).tolist() for name, head in self.heads.items()}
        signals = [name for name in self.heads if name not in ("category", "intent")]
        return [
            Prediction(
                dict(zip(self.heads["category"].labels, tables["category"][row], strict=True)),
                dict(zip(self.heads["intent"].labels, tables["intent"][row], strict=True)),
                {name: tables[name][row][0] for name in signals},
            )
            for row in range(len(samples))
        ]


def default_model() -> Path:
    """The folder of the model that ships with the package."""
    return Path(str(files("nlp") / "models" / "concern"))
