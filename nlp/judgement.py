"""What all the signs about one message come to: intent, category, urgency, flags, filing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from nlp.analysis import Danger, Intent, Urgency
from nlp.learning.classifier import Prediction
from nlp.rules.findings import Findings
from nlp.thresholds import Thresholds
from nlp.urgency import urgency_of

#: Probability from which a yes-or-no head raises its flag.
MODEL_FLAG: Final = 0.5
#: Told by this probability, a message is a report; from the other on even one that looks like spam.
_LIKELY: Final = 0.6
_SURE: Final = 0.8
#: A second category this near the likeliest one, and not fainter than that, is looked at as well.
_NEARLY: Final = 0.4
_FAINT: Final = 0.1
#: What is taken of a text in a language that the model has not learnt: the rules decide, and what
#: they do not know is filed for a person to look at.
UNLEARNT: Final = Prediction({}, {"report": 0.9, "opt_out": 0.1}, {})
#: Below this probability of opting out the model is against it.
_AGAINST: Final = 0.03
#: The rule that sees somebody else who should stop ("please make him stop").
NO_OPT_OUT: Final = "opt_out_not"
_REPORTS: Final = ("report", "follow_up")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answers about one message that do not depend on places."""

    intent: Intent
    category: str
    categories: tuple[tuple[str, float], ...]
    urgency: Urgency
    flags: tuple[str, ...]
    file: bool
    behaviour_missing: bool
    danger: Danger


def judge(
    prediction: Prediction, findings: Findings, limits: Thresholds, *, placed: bool = False
) -> Judgement:
    """Combine the model with the rules; `placed` says that the text names a place of the city."""
    danger = _with_model(findings.danger, prediction, limits)
    flags = _flags(prediction, findings.flags)
    intent = _intent(prediction, findings.wishes, danger, limits, placed=placed)
    ranked = ranked_categories(prediction)
    doubtful = not danger.emergency and _told(prediction) < _LIKELY
    category = _category(intent, prediction, limits.abstain_below, doubtful=doubtful)
    reported = intent in (Intent.REPORT, Intent.FOLLOW_UP)
    missing = (
        reported
        and _suspects(category, prediction)
        and prediction.signals.get("behaviour", 1.0) < limits.behaviour_below
        and not danger.emergency
    )
    return Judgement(
        intent=intent,
        category=category,
        categories=tuple((slug, round(share, 4)) for slug, share in ranked),
        urgency=urgency_of(category, flags, danger),
        flags=flags if reported else (),
        file=intent is Intent.REPORT and not missing,
        behaviour_missing=missing,
        danger=danger,
    )


def _suspects(category: str, prediction: Prediction) -> bool:
    """Whether the message may be about a suspicious person: the likeliest answer, or nearly."""
    share = prediction.categories.get("suspicious_activity", 0.0)
    likeliest = prediction.categories.get(category, 0.0)
    return category == "suspicious_activity" or share > max(_NEARLY * likeliest, _FAINT)


def ranked_categories(prediction: Prediction) -> list[tuple[str, float]]:
    """All categories with their shares, which sum to 1, the likeliest first."""
    told = _told(prediction)
    shares = {slug: share * told for slug, share in prediction.categories.items()}
    asked = sum(prediction.intents.get(name, 0.0) for name in ("question", "help"))
    thanked = prediction.intents.get("praise", 0.0)
    shares |= {"question": asked, "praise": thanked, "other": max(0.0, 1 - told - asked - thanked)}
    return sorted(shares.items(), key=lambda item: -item[1])


def _told(prediction: Prediction) -> float:
    """The probability that a concern is told, now or again."""
    return sum(prediction.intents.get(intent, 0.0) for intent in _REPORTS)


def _with_model(danger: Danger, prediction: Prediction, limits: Thresholds) -> Danger:
    """Rules without a model stand; with one both decide, each rule with its own threshold."""
    if "emergency" not in prediction.signals:
        return danger
    share, sure = prediction.signals["emergency"], prediction.signals.get("page", 0.0)
    page = sure >= (limits.page_with_rule if danger.page else limits.page_from)
    emergency = page or share >= _needed(danger, limits)
    return Danger(
        emergency=emergency,
        page=page,
        unsure=not emergency and (danger.unsure or danger.emergency or share >= limits.unsure_from),
        rules=danger.rules if danger.emergency or not emergency else (*danger.rules, "model"),
    )


def _needed(danger: Danger, limits: Thresholds) -> float:
    """The probability from which on the resident sees the emergency number."""
    if danger.emergency:
        return min(limits.emergency_with_rule, limits.emergency_from)
    return (
        min(limits.emergency_with_doubt, limits.emergency_from)
        if danger.likely
        else (limits.emergency_from)
    )


def _flags(prediction: Prediction, signs: Collection[str]) -> tuple[str, ...]:
    heads = prediction.signals.items()
    no_flags = ("emergency", "page", "behaviour")
    raised = {name for name, share in heads if share >= MODEL_FLAG and name not in no_flags}
    return tuple(sorted(raised.union(signs)))


def _intent(
    prediction: Prediction,
    wishes: Collection[str],
    danger: Danger,
    limits: Thresholds,
    *,
    placed: bool,
) -> Intent:
    shares = prediction.intents
    if danger.emergency:
        return Intent.REPORT
    if _opts_out(shares, wishes, limits):
        return Intent.OPT_OUT
    told = _told(prediction)
    if "spam" in wishes and told < _SURE:
        return Intent.SPAM
    if told >= _LIKELY:
        follows = shares.get("follow_up", 0.0) > shares.get("report", 0.0)
        return Intent.FOLLOW_UP if "follow_up" in wishes or follows else Intent.REPORT
    intent = _message(shares, wishes)
    return Intent.REPORT if placed and intent is Intent.OTHER else intent


def _opts_out(shares: dict[str, float], wishes: Collection[str], limits: Thresholds) -> bool:
    """A rule needs the model not to be against it, since dropping a concern costs most."""
    if NO_OPT_OUT in wishes:
        return False
    share = shares.get("opt_out", 0.0)
    return share >= limits.opt_out_from or ("opt_out" in wishes and share >= _AGAINST)


def _message(shares: dict[str, float], wishes: Collection[str]) -> Intent:
    """The likeliest intent of a message that is no report."""
    for wish in ("opt_in", "help", "follow_up"):
        if wish in wishes:
            return Intent(wish)
    others = {
        intent: share for intent, share in shares.items() if intent not in (*_REPORTS, "opt_out")
    }
    best = Intent(max(others, key=others.__getitem__)) if others else Intent.OTHER
    stopping = max(shares.get("opt_out", 0.0), 0.0) > others.get(best.value, 0.0)
    return Intent.REPORT if stopping and NO_OPT_OUT in wishes else best


def _category(
    intent: Intent, prediction: Prediction, abstain_below: float, *, doubtful: bool
) -> str:
    """The category; a report that is `doubtful`, filed for the place it names, has none."""
    if intent in (Intent.PRAISE, Intent.QUESTION):
        return intent.value
    if intent not in (Intent.REPORT, Intent.FOLLOW_UP) or not prediction.categories:
        return "other"
    if doubtful and intent is Intent.REPORT:
        return "other"
    slug, share = max(prediction.categories.items(), key=lambda item: item[1])
    return slug if share >= abstain_below else "other"
