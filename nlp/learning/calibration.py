"""From raw scores of held-out messages to probabilities, and the thresholds that act on them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from nlp.learning.classifier import Head
from nlp.learning.corpus import Row
from nlp.learning.scoring import Share, macro_f1
from nlp.learning.targets import Numbers, Target, is_concern
from nlp.learning.weights import Floats
from nlp.rules.findings import Findings

#: The share of calm messages that may show the emergency number, by rules and model together.
FALSE_ALARMS: Final = 0.05
#: The same among those that are marked as perhaps dangers: more doubtful than mere look-alikes.
HARD_FALSE_ALARMS: Final = 0.20
#: The share of calm messages that may, beside those, be asked whether anyone is in danger.
ASKED: Final = 0.10
#: The share of real danger, spoken of openly, that the model may talk out of the number.
MISSED_OPEN: Final = 0.01
#: The same of danger spoken of in words that also have harmless uses.
MISSED_DOUBTFUL: Final = 0.10
#: The share of right ones among the messages that wake a team.
PAGE_PRECISION: Final = 0.80
#: The share of other messages that may be taken for an opt-out by the model alone.
FALSE_OPT_OUTS: Final = 0.01
#: The share of told behaviour that may be taken for none.
LOST_BEHAVIOUR: Final = 0.05


def calibrate(targets: Sequence[Target], scores: Floats) -> dict[str, Head]:
    """The heads, calibrated on held-out scores."""
    heads: dict[str, Head] = {}
    start = 0
    for target in targets:
        stop = start + len(target.labels)
        own = scores[target.chosen, start:stop].astype(np.float64)
        truth = target.truth[target.chosen]
        if stop - start == 1:
            slope, shift = _platt(own[:, 0], truth[:, 0])
        else:
            slope, shift = _temperature(own, truth != 0), 0.0
        heads[target.name] = Head(target.labels, start, stop, slope, shift)
        start = stop
    return heads


def _temperature(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The slope at which held-out messages are least surprising (Guo et al. 2017)."""

    def surprise(log_slope: float) -> float:
        raised = np.exp((scores - scores.max(axis=1, keepdims=True)) * np.exp(log_slope))
        shares = raised / raised.sum(axis=1, keepdims=True)
        return float(-np.log((shares * right).sum(axis=1) + 1e-12).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-3, 4), method="bounded").x))


def _platt(scores: NDArray[np.float64], truth: Numbers) -> tuple[float, float]:
    """Slope and shift of the sigmoid fitted to held-out messages (Platt 1999)."""

    def surprise(line: NDArray[np.float64]) -> float:
        margin = np.where(truth == 1, 1, -1) * (line[0] * scores + line[1])
        return float(np.logaddexp(0, -margin).mean())

    slope, shift = minimize(surprise, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(shift)


def abstention(rows: Sequence[Row], head: Head, scores: Floats) -> tuple[float, dict[str, float]]:
    """The probability below which "other" serves better, and the figures without abstaining."""
    known = [number for number, row in enumerate(rows) if is_concern(row)]
    shares = head.probabilities(scores[known])
    best, sure = shares.argmax(axis=1), shares.max(axis=1)
    answers = [head.labels[number] for number in best]
    truth = [
        rows[number].category if answer not in rows[number].also else answer
        for number, answer in zip(known, answers, strict=True)
    ]
    right = [answer == true for answer, true in zip(answers, truth, strict=True)]
    figures = {"macro_f1": macro_f1(truth, answers), "accuracy": float(np.mean(right))}
    candidates = np.arange(0.0, 0.51, 0.02)
    gains = [
        macro_f1(truth, [a if p >= t else "other" for a, p in zip(answers, sure, strict=True)])
        for t in candidates
    ]
    return float(candidates[int(np.argmax(gains))]), figures


def thresholds(
    rows: Sequence[Row], findings: Sequence[Findings], heads: dict[str, Head], scores: Floats
) -> dict[str, float]:
    """From which probabilities on the model acts alone or lets a rule act."""
    shares = {name: head.probabilities(scores) for name, head in heads.items()}
    settings: dict[str, float] = {}
    if "emergency" in heads:
        settings |= _emergency(rows, findings, shares["emergency"][:, 0])
    if "opt_out" in heads["intent"].labels:
        staying = np.array([row.intent != "opt_out" for row in rows])
        column = heads["intent"].labels.index("opt_out")
        settings["opt_out_from"] = float(
            np.quantile(shares["intent"][staying, column], 1 - FALSE_OPT_OUTS)
        )
    if "behaviour" in heads:
        told = np.array([row.category == "suspicious_activity" and row.file for row in rows])
        settings["behaviour_below"] = float(
            np.quantile(shares["behaviour"][told, 0], LOST_BEHAVIOUR)
        )
    return settings


def paging(
    rows: Sequence[Row], findings: Sequence[Findings], heads: dict[str, Head], scores: Floats
) -> dict[str, float]:
    """From which probabilities on a team is woken: by the model alone, or by a rule with it."""
    if "page" not in heads:
        return {}
    woken = np.array([row.page for row in rows], bool)
    ruled = np.array([found.danger.page for found in findings], bool)
    page = heads["page"].probabilities(scores)[:, 0]
    alone = _precise(page, woken)
    return {"page_from": alone, "page_with_rule": min(alone, _precise(page[ruled], woken[ruled]))}


def _emergency(
    rows: Sequence[Row], findings: Sequence[Findings], shares: Floats
) -> dict[str, float]:
    """From which probabilities on the emergency number is shown.

    Recall first: where a rule speaks, few real dangers may be lost. What that leaves of both shares
    of false alarms is spent on messages in which no rule speaks.
    """
    real = np.array([row.emergency for row in rows])
    hard = ~real & np.array([row.unsure for row in rows])
    needed = np.full(len(rows), np.inf)
    settings: dict[str, float] = {}
    for name, missed, spoken in (
        ("emergency_with_rule", MISSED_OPEN, [found.danger.emergency for found in findings]),
        ("emergency_with_doubt", MISSED_DOUBTFUL, [found.danger.likely for found in findings]),
    ):
        group = np.array(spoken)
        if (group & real).any():
            settings[name] = float(np.quantile(shares[group & real], missed))
            needed[group] = settings[name]
    alarmed = shares >= needed
    lowest = 0.0
    for calm, allowed in ((~real, FALSE_ALARMS), (hard, HARD_FALSE_ALARMS)):
        room = max(0.0, allowed * calm.sum() - (calm & alarmed).sum())
        quiet = np.sort(shares[calm & ~alarmed])[::-1]
        if len(quiet) > int(room):
            lowest = max(lowest, float(quiet[int(room)]) + 1e-6)
    silent = np.sort(shares[~real & ~alarmed & (shares < lowest)])[::-1]
    asked = int(ASKED * (~real).sum())
    unsure = float(silent[asked]) if asked < len(silent) else 1.0
    return settings | {"emergency_from": lowest, "unsure_from": unsure}


def _precise(shares: Floats, right: NDArray[np.bool_]) -> float:
    """The lowest probability from which on the share of right ones is surely high enough."""
    order = np.argsort(-shares, kind="stable")
    hits, totals = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    lower = [Share(int(h), int(n)).interval[0] for h, n in zip(hits, totals, strict=True)]
    sure = np.flatnonzero(np.array(lower) >= PAGE_PRECISION)
    return float(shares[order][sure[-1]]) if len(sure) else 1.0
