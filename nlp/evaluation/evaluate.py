"""How well messages are understood, on labelled rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from nlp.analysis import Analysis, Query
from nlp.learning.corpus import Row
from nlp.learning.scoring import LabelScore, Share, label_scores, macro_f1
from nlp.redaction.redact import Hidden, hidden_in


class Understands(Protocol):
    """What can be evaluated: an Analyzer."""

    def analyze_many(self, queries: Sequence[Query]) -> list[Analysis]:
        """Analyse texts, in order."""
        ...


_Pair = tuple[Row, Analysis]
_Test = Callable[[_Pair], bool]

#: What is measured as a share: name, which messages count, which of them are right (a "false" or
#: "needless" share is better the smaller it is).
_SHARES: Final[tuple[tuple[str, _Test, _Test], ...]] = (
    ("category right", lambda p: True, lambda p: p[1].category in (p[0].category, *p[0].also)),
    ("intent right", lambda p: True, lambda p: p[1].intent == p[0].intent),
    ("language right", lambda p: True, lambda p: p[1].language == p[0].lang),
    ("danger recall", lambda p: p[0].emergency, lambda p: p[1].danger.emergency),
    (
        "danger recall, worded",
        lambda p: p[0].emergency and p[0].worded,
        lambda p: p[1].danger.emergency,
    ),
    (
        "danger recall, indirect",
        lambda p: p[0].emergency and not p[0].worded,
        lambda p: p[1].danger.emergency,
    ),
    ("danger recall, or asked", lambda p: p[0].emergency, lambda p: _alarmed(p[1])),
    ("danger false alarms", lambda p: not p[0].emergency, lambda p: p[1].danger.emergency),
    (
        "danger false alarms, hard negatives",
        lambda p: (p[0].unsure or p[0].hard_negative) and not p[0].emergency,
        lambda p: p[1].danger.emergency,
    ),
    ("paging precision", lambda p: p[1].danger.page, lambda p: p[0].page),
    ("paging recall", lambda p: p[0].page, lambda p: p[1].danger.page),
    ("opt-out recall", lambda p: p[0].intent == "opt_out", lambda p: p[1].intent == "opt_out"),
    ("opt-out false", lambda p: p[0].intent != "opt_out", lambda p: p[1].intent == "opt_out"),
    ("identity-only stopped", lambda p: _identity_only(p[0]), lambda p: not p[1].file),
    (
        "behaviour let through",
        lambda p: p[0].category == "suspicious_activity" and p[0].file,
        lambda p: p[1].file,
    ),
    ("reports filed", lambda p: p[0].file, lambda p: p[1].file),
    ("needlessly filed", lambda p: not p[0].file, lambda p: p[1].file),
    ("urgency right", lambda p: p[0].urgency is not None, lambda p: p[1].urgency == p[0].urgency),
    (
        "urgency within one level",
        lambda p: p[0].urgency is not None,
        lambda p: abs(p[1].urgency.rank - int((p[0].urgency or "U0")[1])) <= 1,
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one evaluation. `macro_f1` is over the categories that occur in the rows.

    `strict` is the same where only the first category counts; `calibration` is the expected
    calibration error of the category over ten equal bins (Guo et al. 2017).
    """

    rows: int
    macro_f1: float
    labels: tuple[LabelScore, ...]
    shares: dict[str, Share] = field(default_factory=dict)
    strict: float = 0.0
    calibration: float = 0.0
    pairs: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """A table for people: shares with Wilson's 95 % intervals, then the categories."""
        lines = [
            f"{self.rows} messages, macro-F1 of the category {self.macro_f1:.3f} "
            f"(strict {self.strict:.3f}), calibration error {self.calibration:.3f}",
            "",
        ]
        for name, share in self.shares.items():
            low, high = share.interval
            value = "     –" if share.value is None else f"{share.value:6.1%}"
            of = f"{share.hits}/{share.total}"
            lines.append(f"{name:<38}{value}  ({low:.1%} to {high:.1%})  {of}")
        lines += ["", f"{'category':<24}{'precision':>10}{'recall':>8}{'F1':>7}{'n':>6}"]
        for score in self.labels:
            figures = f"{score.precision:10.2f}{score.recall:8.2f}{score.f1:7.2f}{score.support:6d}"
            lines.append(f"{score.label:<24}{figures}")
        return "\n".join(lines) + "\n"


def evaluate(analyzer: Understands, rows: Iterable[Row]) -> Report:
    """Analyse labelled messages and count what was right.

    An acceptable other category (`also`) counts as right; of the answers only what people would
    see is judged, so that abstaining ("other") costs recall.
    """
    known = list(rows)
    answers = analyzer.analyze_many([Query(row.text) for row in known])
    pairs = list(zip(known, answers, strict=True))
    truth = [a.category if a.category in row.also else row.category for row, a in pairs]
    labels = label_scores(truth, [answer.category for answer in answers])
    shares = {name: _share(pairs, counts, right) for name, counts, right in _SHARES}
    shares |= _redaction(pairs)
    mean = sum(label.f1 for label in labels) / len(labels) if labels else 0.0
    given = [answer.category for answer in answers]
    return Report(
        len(known),
        mean,
        tuple(labels),
        shares,
        strict=macro_f1([row.category for row in known], given),
        calibration=_calibration(answers, truth),
        pairs=tuple(zip(truth, given, strict=True)),
    )


def _calibration(answers: Sequence[Analysis], truth: Sequence[str]) -> float:
    """How far the likeliest category's probability is from its share of right ones, on average."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for answer, true in zip(answers, truth, strict=True):
        slug, share = answer.categories[0]
        bins.setdefault(min(9, int(share * 10)), []).append((share, slug == true))
    gaps = (abs(sum(p - right for p, right in own)) for own in bins.values())
    return sum(gaps) / len(truth) if truth else 0.0


def by_language(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each language, the languages in order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.lang, []).append(row)
    return dict(sorted(groups.items()))


def _share(pairs: Sequence[_Pair], counts: _Test, right: _Test) -> Share:
    counted = [pair for pair in pairs if counts(pair)]
    return Share(sum(map(right, counted)), len(counted))


def _alarmed(analysis: Analysis) -> bool:
    return analysis.danger.emergency or analysis.danger.unsure


def _identity_only(row: Row) -> bool:
    suspicion = row.category == "suspicious_activity" and row.intent == "report"
    return row.identity_only or (suspicion and not row.file)


def _redaction(pairs: Sequence[_Pair]) -> dict[str, Share]:
    """Of the spans that identify somebody those hidden, of the other messages those touched, and
    of the places named those of which something was hidden beside a house number.
    """
    hidden: list[bool] = []
    touched: list[bool] = []
    eaten: list[bool] = []
    for row, analysis in pairs:
        kept = analysis.category in ("missing_person", "hate_incident")
        spans = hidden_in(row.text, analysis.redacted)
        wanted = [span for span in row.pii if not (kept and span[2] == "descriptor")]
        hidden += [_meets(spans, start, end) for start, end, _ in wanted]
        if not row.pii:
            touched.append(bool(spans))
        others = [span for span in spans if span.kind != "number"]
        eaten += [_meets(others, start, end) for start, end in row.places]
    return {
        "redaction recall": Share(sum(hidden), len(hidden)),
        "redaction needless": Share(sum(touched), len(touched)),
        "places eaten by redaction": Share(sum(eaten), len(eaten)),
    }


def _meets(spans: Iterable[Hidden], start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in spans)
