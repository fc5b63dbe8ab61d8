"""What our features and heads reach on a university police's own labels, trained on its own rows.

`python -m tests.bench.retrain_ucpd` prints accuracy and macro-F1 on the part kept apart; says so
where the data is not beside the repository.
"""

import json
import sys
from pathlib import Path

import numpy as np

from nlp.learning.features import Sample
from nlp.learning.heads import fit
from nlp.learning.scoring import Share, macro_f1
from nlp.learning.targets import Target
from nlp.rules.findings import LANGUAGES, Finder

DATA = Path(__file__).parents[3] / "shared" / "data" / "ucpd" / "shared_train_dev.jsonl"


def main() -> None:
    """Train on the train part and print the figures of the other."""
    if not DATA.is_file():
        sys.stdout.write(f"no data at {DATA.name}: nothing measured\n")
        return
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    finder = Finder(LANGUAGES)
    samples = [Sample(row["text"], finder.find(row["text"], "en").marks) for row in rows]
    labels = sorted({row["label"] for row in rows})
    truth = np.array([[int(row["label"] == label) for label in labels] for row in rows])
    learnt = np.flatnonzero([row["split"] == "train" for row in rows])
    kept = np.flatnonzero([row["split"] != "train" for row in rows])
    target = Target("label", tuple(labels), truth[learnt], np.ones(len(learnt), dtype=bool))
    space, weights = fit([samples[n] for n in learnt], [target])
    scores = weights.scores(space.matrix([samples[n] for n in kept]))
    answers = [labels[n] for n in scores.argmax(axis=1)]
    right = [rows[n]["label"] for n in kept]
    share = Share(sum(map(str.__eq__, right, answers)), len(kept))
    low, high = share.interval
    sys.stdout.write(
        f"{len(learnt)} rows learnt, {len(kept)} kept: accuracy {share.value:.3f} "
        f"({low:.3f} to {high:.3f}), macro-F1 {macro_f1(right, answers):.3f}\n"
    )


if __name__ == "__main__":
    main()
