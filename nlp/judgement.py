"""What all the signs about one message come to: intent, category, urgency, flags, filing."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from nlp.analysis import Danger, Intent, Urgency
from nlp.categories import CATEGORIES, MESSAGE_TYPES
from nlp.classifier import Prediction

#: Probability from which a yes-or-no head raises its flag.
MODEL_FLAG: Final = 0.5
_OPT_OUT: Final = 0.6
#: The rule that sees somebody else who should stop ("please make him stop").
NO_OPT_OUT: Final = "opt_out_not"
_REPORTS: Final = ("report", "follow_up")
#: What is worse while it is going on.
_IN_PROGRESS: Final = {
    "burglary": Urgency.U0,
    "robbery": Urgency.U0,
    "violence": Urgency.U0,
    "hazard": Urgency.U0,
    "sexual_offence": Urgency.U0,
    "domestic_abuse": Urgency.U0,
    "suspicious_activity": Urgency.U1,
    "vehicle_crime": Urgency.U2,
    "theft": Urgency.U2,
    "vandalism": Urgency.U2,
    "disorder": Urgency.U2,
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities that come with the model.

    Below the first the category is "other"; from the others on the model alone shows the emergency
    number, or wakes a team.
    """

    abstain_below: float
    emergency_from: float = 1.0
    page_from: float = 1.0


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
    prediction: Prediction,
    wishes: Collection[str],
    flag_signs: Collection[str],
    danger: Danger,
    limits: Thresholds,
) -> Judgement:
    """Combine the model with the rules; `wishes` and `flag_signs` are signs found by rule."""
    danger = _with_model(danger, prediction, limits)
    flags = _flags(prediction, flag_signs)
    intent = _intent(prediction, wishes, danger)
    ranked = sorted(prediction.categories.items(), key=lambda item: -item[1])
    category = _category(intent, ranked, limits.abstain_below)
    reported = intent in (Intent.REPORT, Intent.FOLLOW_UP)
    missing = (
        reported
        and category == "suspicious_activity"
        and prediction.signals.get("behaviour", 1.0) < 0.5
        and not danger.emergency
    )
    return Judgement(
        intent=intent,
        category=category,
        categories=tuple((slug, round(share, 4)) for slug, share in ranked),
        urgency=_urgency(category, flags, danger),
        flags=flags if reported else (),
        file=intent is Intent.REPORT and not missing,
        behaviour_missing=missing,
        danger=danger,
    )


def _with_model(danger: Danger, prediction: Prediction, limits: Thresholds) -> Danger:
    """The model raises what the rules say and never lowers it."""
    if danger.emergency and danger.page:
        return danger
    emergency = prediction.signals.get("emergency", 0.0) >= limits.emergency_from
    page = prediction.signals.get("page", 0.0) >= limits.page_from and not danger.unsure
    if not (emergency or page):
        return danger
    return replace(
        danger,
        emergency=danger.emergency or emergency,
        page=danger.page or page,
        unsure=danger.unsure and not (danger.emergency or emergency),
        rules=(*danger.rules, "model"),
    )


def _flags(prediction: Prediction, signs: Collection[str]) -> tuple[str, ...]:
    heads = prediction.signals.items()
    no_flags = ("file", "emergency", "page", "behaviour")
    raised = {name for name, share in heads if share >= MODEL_FLAG and name not in no_flags}
    return tuple(sorted(raised.union(signs)))


def _intent(prediction: Prediction, wishes: Collection[str], danger: Danger) -> Intent:
    shares = prediction.intents
    if not danger.emergency:
        by_model = shares.get("opt_out", 0.0) >= _OPT_OUT and NO_OPT_OUT not in wishes
        if "opt_out" in wishes or by_model:
            return Intent.OPT_OUT
        if "spam" in wishes and shares.get("report", 0.0) < 0.8:
            return Intent.SPAM
    concern = 1 - sum(prediction.categories.get(slug, 0.0) for slug in MESSAGE_TYPES)
    told = sum(shares.get(intent, 0.0) for intent in _REPORTS)
    if danger.emergency or (concern + told) / 2 >= 0.5:
        follows = "follow_up" in wishes and not danger.emergency
        followed = shares.get("follow_up", 0.0) > shares.get("report", 0.0)
        return Intent.FOLLOW_UP if follows or followed else Intent.REPORT
    return _message(shares, wishes)


def _message(shares: dict[str, float], wishes: Collection[str]) -> Intent:
    """The likeliest intent of a message that is no report."""
    for wish in ("opt_in", "help", "follow_up"):
        if wish in wishes:
            return Intent(wish)
    others = {intent: share for intent, share in shares.items() if intent not in _REPORTS}
    best = Intent(max(others, key=others.__getitem__)) if others else Intent.OTHER
    return Intent.REPORT if best is Intent.OPT_OUT and NO_OPT_OUT in wishes else best


def _category(intent: Intent, ranked: list[tuple[str, float]], abstain_below: float) -> str:
    if intent in (Intent.PRAISE, Intent.QUESTION):
        return intent.value
    if intent not in (Intent.REPORT, Intent.FOLLOW_UP):
        return "other"
    slug, share = next((item for item in ranked if item[0] not in MESSAGE_TYPES), ("other", 0.0))
    return slug if share >= abstain_below else "other"


def _urgency(category: str, flags: Collection[str], danger: Danger) -> Urgency:
    """The most urgent of the category's default, the danger, and what is going on now."""
    found = [CATEGORIES[category].urgency]
    if danger.page:
        found.append(Urgency.U0)
    if danger.emergency:
        found.append(Urgency.U1)
    if "in_progress" in flags and category in _IN_PROGRESS:
        found.append(_IN_PROGRESS[category])
    if category == "dogs_animals" and "injury" in flags:
        found.append(Urgency.U1)
    return min(found, key=lambda urgency: urgency.rank)
