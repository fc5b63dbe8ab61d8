"""All figures of finding and resolving places, one after the other, each in a process of its own.

Run alone on a quiet machine: `python -m tests.bench.geocode [--quick]`; about seven minutes on one
core, `--quick` about two. What needs data or packages that are not there says so and is left out.
"""

import argparse
import subprocess
import sys

STEPS = (
    ("A million names", "gazetteer_million", (), ("--names", "100000", "--texts", "2000")),
    ("Montgomery County, seed 31", "geocode_montgomery", ("--seed", "31"), None),
    ("Montgomery County, seed 43", "geocode_montgomery", ("--seed", "43"), None),
    ("Montgomery County, seed 77", "geocode_montgomery", ("--seed", "77"), None),
    (
        "Montgomery County, 300 texts",
        "geocode_montgomery",
        None,
        ("--texts", "300", "--seed", "31"),
    ),
    ("Spans in crisis tweets", "geocode_spans", (), ("--texts", "300")),
    ("Side by side", "geocode_beside", (), ("--texts", "200")),
    ("Cities in their own words", "geocode_cities", (), ()),
    ("The whole analysis", "analyze_speed", (), None),
)


def main() -> int:
    """Run every step and say which failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer names and texts")
    options = parser.parse_args()
    failed = []
    for title, module, whole, few in STEPS:
        arguments = few if options.quick else whole
        if arguments is None:
            continue
        command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
        print(f"\n== {title}: python -m tests.bench.{' '.join([module, *arguments])}", flush=True)
        if subprocess.run(command, check=False).returncode:
            failed.append(module)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall ran")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
