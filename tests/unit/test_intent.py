"""What people want, by rule, and how it is weighed against the model."""

import pytest

from nlp.analysis import Danger, Intent, Urgency
from nlp.classifier import Prediction
from nlp.judgement import Judgement, Thresholds, judge
from nlp.signs import Signs

WISHES = Signs.load("intent", ["en", "es"])
LIMITS = Thresholds(abstain_below=0.2, emergency_from=0.6, page_from=0.9)


def make_prediction(
    category: str = "noise", intent: str = "report", sure: float = 0.9, **signals: float
) -> Prediction:
    """A prediction that is `sure` of one category and one intent."""
    rest = (1 - sure) / 2
    categories = {category: sure, "other": rest, "question": rest} | {category: sure}
    intents = {"report": rest, "other": rest} | {intent: sure}
    return Prediction(categories, intents, signals)


def judged(prediction: Prediction, text: str = "", danger: Danger | None = None) -> Judgement:
    return judge(prediction, WISHES.of(text), (), danger or Danger(), LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me",
        "stop sending me these messages",
        "dont message me again",
        "take me off this list",
        "unsubscribe",
        "no more texts please",
        "remove my number",
        "abeg stop dey text me",
        "deja de mandarme mensajes",
        "ya no quiero recibir mensajes",
    ],
)
def test_opting_out_in_any_wording(text: str) -> None:
    assert "opt_out" in WISHES.of(text)


@pytest.mark.parametrize(
    "text",
    [
        "please make him stop",
        "he wont stop texting me",
        "my ex keeps messaging me",
        "cars dont stop at the crossing",
        "get them to stop the music",
        "bus stop smashed",
        "tell him to stop calling me",
        "que pare la musica",
    ],
)
def test_somebody_else_should_stop(text: str) -> None:
    assert "opt_out" not in WISHES.of(text)


def test_make_him_stop_is_a_report_whatever_the_model_thinks() -> None:
    answer = judged(make_prediction("other", "opt_out"), "please make him stop")
    assert answer.intent is Intent.REPORT
    assert answer.file


def test_danger_goes_before_opting_out() -> None:
    danger = Danger(emergency=True, page=True)
    answer = judged(make_prediction("violence"), "stop texting me he is killing her", danger)
    assert answer.intent is Intent.REPORT
    assert answer.urgency is Urgency.U0


def test_an_unsure_category_is_other_but_still_filed() -> None:
    prediction = Prediction({"noise": 0.15, "theft": 0.14, "other": 0.1}, {"report": 1.0}, {})
    answer = judged(prediction)
    assert answer.category == "other"
    assert answer.file


def test_suspicion_without_behaviour_is_not_filed() -> None:
    answer = judged(make_prediction("suspicious_activity", behaviour=0.1))
    assert answer.behaviour_missing
    assert not answer.file
    assert judged(make_prediction("suspicious_activity", behaviour=0.9)).file


@pytest.mark.parametrize(
    ("emergency", "page", "expected"),
    [(0.1, 0.1, (False, False)), (0.7, 0.1, (True, False)), (0.7, 0.95, (True, True))],
)
def test_the_model_raises_danger(
    emergency: float, page: float, expected: tuple[bool, bool]
) -> None:
    answer = judged(make_prediction("violence", emergency=emergency, page=page))
    assert (answer.danger.emergency, answer.danger.page) == expected


def test_the_model_never_lowers_danger() -> None:
    danger = Danger(emergency=True, page=True, rules=("fire",))
    assert judged(make_prediction(emergency=0.0, page=0.0), danger=danger).danger == danger


def test_what_goes_on_now_is_more_urgent() -> None:
    assert judged(make_prediction("burglary")).urgency is Urgency.U2
    assert judged(make_prediction("burglary", in_progress=0.9)).urgency is Urgency.U0


@pytest.mark.parametrize("intent", ["praise", "question", "greeting", "help", "spam", "other"])
def test_messages_are_not_filed(intent: str) -> None:
    answer = judged(make_prediction("other", intent))
    assert answer.intent is Intent(intent)
    assert not answer.file
    assert answer.category == (intent if intent in ("praise", "question") else "other")
