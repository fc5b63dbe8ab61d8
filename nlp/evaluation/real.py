"""Measuring on other people's data: a mapping file says what their labels mean in our words."""

import gzip
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nlp.analysis import Query
from nlp.evaluation.evaluate import Understands
from nlp.learning.scoring import Share

#: Texts measured of one set at most, taken at even steps.
MOST: Final = 4000


@dataclass(frozen=True, slots=True)
class RealReport:
    """The figures of one set; `majority` is the share of its commonest label, None without one."""

    name: str
    rows: int
    shares: dict[str, Share]
    majority: float | None = None

    def text(self) -> str:
        """A few lines for people."""
        lines = [f"{self.name}: {self.rows} texts"]
        for name, share in self.shares.items():
            low, high = share.interval
            value = "     –" if share.value is None else f"{share.value:6.1%}"
            lines.append(f"  {name:<36}{value}  ({low:.1%} to {high:.1%})  {share.total}")
        if self.majority is not None:
            lines.append(f"  {'always the commonest label':<36}{self.majority:6.1%}")
        return "\n".join(lines)


def evaluate_real(analyzer: Understands, mapping: Path, data: Path) -> RealReport | None:
    """Measure by one mapping file; None where its data is not there.

    Raises ValueError for a mapping that cannot be read.
    """
    rules = tomllib.loads(mapping.read_text("utf-8"))
    source = data / rules["file"]
    if not source.is_file():
        return None
    rows = list(_rows(source, rules.get("label")))
    rows = rows[:: max(1, len(rows) // MOST)]
    answers = analyzer.analyze_many([Query(text) for text, _ in rows])
    pairs = [(labels, answer) for (_, labels), answer in zip(rows, answers, strict=True)]
    shares: dict[str, Share] = {}
    majority = _categories(pairs, rules.get("categories", {}), shares)
    for label in rules.get("not_filed", []):
        filed = [answer.file for labels, answer in pairs if label in labels]
        shares[f"wrongly filed {label}".strip()] = Share(sum(filed), len(filed))
    for name, key in (("danger seen", "danger"), ("danger false alarms", "calm")):
        if wanted := set(rules.get(key, [])):
            alarms = [a.danger.emergency for labels, a in pairs if wanted & labels]
            shares[name] = Share(sum(alarms), len(alarms))
    return RealReport(mapping.stem, len(rows), shares, majority)


def _categories(
    pairs: Sequence[tuple[set[str], Any]],
    categories: dict[str, list[str]],
    shares: dict[str, Share],
) -> float | None:
    """Count what is right of the labels that have a category; returns the commonest's share."""
    if not categories:
        return None
    known = [(label, a) for labels, a in pairs for label in labels if label in categories]
    right = [answer.category in categories[label] for label, answer in known]
    shares["category right"] = Share(sum(right), len(right))
    shares["filed"] = Share(sum(answer.file for _, answer in known), len(known))
    answered = Counter(slug for label, _ in known for slug in categories[label])
    return answered.most_common(1)[0][1] / len(known) if known else None


def _rows(source: Path, label: str | None) -> Iterator[tuple[str, set[str]]]:
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found = row.get(label) if label else ""
            yield row["text"], set(found or ["none"]) if isinstance(found, list) else {str(found)}
