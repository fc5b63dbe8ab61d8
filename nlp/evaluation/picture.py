"""The confusion matrix as a picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np


def draw_confusion(truth: Sequence[str], answers: Sequence[str], path: Path) -> None:
    """Write a PNG: a row for each right category, a column for each answer, shares of the row."""
    # Drawing is only needed here, and slow to import.
    from matplotlib.figure import Figure

    labels = sorted({*truth, *answers})
    numbers = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)))
    for true, answer in zip(truth, answers, strict=True):
        counts[numbers[true], numbers[answer]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2 + 0.34 * len(labels)
    figure = Figure(figsize=(side + 1, side), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=8)
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.set_xlabel("answered")
    axes.set_ylabel("right")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            shade = "white" if shares[row, column] > 0.5 else "black"
            axes.text(
                column, row, str(int(count)), ha="center", va="center", fontsize=6, color=shade
            )
    figure.colorbar(image, ax=axes, shrink=0.6, label="share of the row")
    figure.savefig(path)
