"""`analyze`, `train` and `evaluate`: what the understanding makes of texts, and how well."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.city import demo_city_path, load_city

#: Lines understood together: enough to fill a batch, few enough for the output to flow.
CHUNK = 256
_ROOT = Path(__file__).parents[2]
#: Real data that stands beside the repository where a developer has it, and what it means.
REAL = _ROOT.parent / "shared" / "data"
MAPPING = _ROOT / "tests" / "bench" / "mapping"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("analyze")(analyze)
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def analyze(
    file: Annotated[str, typer.Argument(help="JSONL with id and text a line; - for stdin.")],
    city: Annotated[Path | None, typer.Option(help="City pack; the demo town by default.")] = None,
    home_area: Annotated[str | None, typer.Option(help="Area code taken as the sender's.")] = None,
) -> None:
    """Understand texts: JSONL in, JSONL out, one analysis a line, in order.

    Example: echo '{"id": 1, "text": "street light out on Mill Lane"}' | lamplighter analyze -
    """
    from nlp.analysis import Query
    from nlp.analyzer import Analyzer, analysis_to_dict

    pack = city or demo_city_path()
    analyzer = Analyzer.load(pack, load_city(pack).languages)
    rows = read_rows(file)
    while chunk := list(islice(rows, CHUNK)):
        queries = [Query(row["text"], home_area) for row in chunk]
        for row, analysis in zip(chunk, analyzer.analyze_many(queries), strict=True):
            typer.echo(json.dumps(analysis_to_dict(row["id"], analysis), ensure_ascii=False))


def read_rows(file: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file, one a line; an error names the line and what is missing."""
    if file != "-":
        _found(Path(file))
    stream = sys.stdin if file == "-" else Path(file).open(encoding="utf-8")  # noqa: SIM115
    with stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                row["id"], row["text"] + ""
            except (ValueError, KeyError, TypeError):
                raise ValueError(
                    f"{file}, line {number}: write one JSON object a line, "
                    'with "id" and "text": {"id": 1, "text": "…"}'
                ) from None
            yield row


def _found(file: Path) -> None:
    """Raises ValueError that says what to write, where there is no such file."""
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "does not exist"
        raise ValueError(
            f"{file} {what}: name a file with one JSON object a line, such as "
            '{"id": 1, "text": "street light out on Mill Lane"}, or - for what is typed or piped'
        )


def train(
    data: Annotated[
        list[Path] | None, typer.Option(help="More labelled JSONL, such as corrections.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the model; the built-in one.")] = None,
) -> None:
    """Train the classifier from the corpus, and from a deployment's corrections.

    Example: lamplighter train --data corrections.jsonl --out our-model
    """
    from nlp.learning.training import train_model

    typer.echo(train_model(data or [], out).text())


def evaluate(
    file: Annotated[
        Path | None, typer.Argument(help="Labelled JSONL; all shipped test parts by default.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="Folder of the model.")] = None,
    city: Annotated[Path | None, typer.Option(help="City pack; the demo town by default.")] = None,
    real: Annotated[
        Path,
        typer.Option(help="Folder of real data, skipped if absent.", show_default="../shared/data"),
    ] = REAL,
    mapping: Annotated[
        Path,
        typer.Option(help="What the labels of real data mean.", show_default="tests/bench/mapping"),
    ] = MAPPING,
    out: Annotated[Path | None, typer.Option(help="Folder for confusion matrices as PNG.")] = None,
) -> None:
    """Measure accuracy on labelled texts; without a file also on real data, where there is any.

    Example: lamplighter evaluate held_out.jsonl --out figures
    """
    from nlp.analyzer import Analyzer
    from nlp.evaluation.evaluate import by_language
    from nlp.evaluation.evaluate import evaluate as measure
    from nlp.evaluation.picture import draw_confusion
    from nlp.evaluation.real import evaluate_real
    from nlp.learning.corpus import corpus_paths, read_rows
    from nlp.rules.findings import LANGUAGES

    if file and not file.is_file():
        raise ValueError(
            f"{file} is no file: name one with a labelled message a line, as in "
            "nlp/corpus/README.md, or none for the parts that are shipped"
        )
    paths = [file] if file else corpus_paths(testing=True)
    groups = by_language(row for path in paths for row in read_rows(path))
    analyzer = Analyzer.load(city or demo_city_path(), LANGUAGES, model)
    for language, rows in groups.items():
        report = measure(analyzer, rows)
        typer.echo(f"== {language}\n{report.text()}")
        if out:
            out.mkdir(parents=True, exist_ok=True)
            truth, answers = zip(*report.pairs, strict=True)
            draw_confusion(truth, answers, out / f"confusion-{language}.png")
    for path in [] if file else sorted(mapping.glob("*.toml")):
        if found := evaluate_real(analyzer, path, real):
            typer.echo(found.text())
