"""All figures of how messages are understood, one after the other.

Run alone on a quiet machine: `python -m tests.bench.understanding [--out FOLDER]`. Measures the
shipped model on the parts of the corpus that it never saw, on other people's texts where they stand
beside the repository (`../shared/data`, said plainly where they do not), what the first answers
say, a model retrained on a police department's own rows, and the speed of the analysis. `--out`
keeps the confusion matrices.
"""

import argparse
import sys
from pathlib import Path

from bot.cli.model import MAPPING, REAL, evaluate
from tests.bench import analyze_speed, number_shown, retrain_ucpd


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, help="folder for the confusion matrices")
    out = parser.parse_args().out
    if not REAL.is_dir():
        sys.stdout.write(f"no data of others at {REAL.name}: only our own texts are measured\n")
    evaluate(file=None, model=None, city=None, real=REAL, mapping=MAPPING, out=out)
    sys.stdout.write("== the emergency number in the first answer\n")
    number_shown.main()
    sys.stdout.write("== a model retrained on a police department's own rows\n")
    retrain_ucpd.main()
    sys.stdout.write("== speed, processor time on one core\n")
    sys.argv[1:] = []
    analyze_speed.main()


if __name__ == "__main__":
    main()
