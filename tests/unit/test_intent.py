"""What people want, by rule, and how it is weighed against the model."""

import pytest

from nlp.analysis import Danger, Intent, Urgency
from nlp.judgement import Judgement, judge
from nlp.learning.classifier import Prediction
from nlp.rules.findings import Finder, Findings
from nlp.thresholds import Thresholds

FINDER = Finder(["en", "es"])
LIMITS = Thresholds(abstain_below=0.2, emergency_from=0.6, page_from=0.9)


def make_prediction(
    category: str = "noise", intent: str = "report", sure: float = 0.9, **signals: float
) -> Prediction:
    """A prediction that is `sure` of one category and one intent."""
    rest = (1 - sure) / 2
    categories = {category: sure, "drugs": rest, "lighting": rest} | {category: sure}
    intents = {"report": rest, "other": rest} | {intent: sure}
    return Prediction(categories, intents, signals)


def wishes(text: str) -> frozenset[str]:
    """The intents that the rules see in a text."""
    return FINDER.find(text, "en").wishes


def judged(
    prediction: Prediction, text: str = "", danger: Danger | None = None, *, placed: bool = False
) -> Judgement:
    findings = Findings(wishes=wishes(text), danger=danger or Danger())
    return judge(prediction, findings, LIMITS, placed=placed)


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
    assert "opt_out" in wishes(text)


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
    assert "opt_out" not in wishes(text)


def test_make_him_stop_is_a_report_whatever_the_model_thinks() -> None:
    answer = judged(make_prediction("harassment", "opt_out"), "please make him stop")
    assert answer.intent is Intent.REPORT
    assert answer.file


def test_danger_goes_before_opting_out() -> None:
    danger = Danger(emergency=True, page=True)
    answer = judged(make_prediction("violence"), "stop texting me he is killing her", danger)
    assert answer.intent is Intent.REPORT
    assert answer.urgency is Urgency.U0


def test_an_unsure_category_is_other_but_still_filed() -> None:
    prediction = Prediction({"noise": 0.15, "theft": 0.14}, {"report": 1.0}, {})
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


def test_rules_of_danger_stand_where_the_model_is_silent() -> None:
    danger = Danger(emergency=True, page=True, rules=("fire",))
    assert judged(make_prediction(), danger=danger).danger == danger


@pytest.mark.parametrize(
    ("emergency", "open_words", "doubtful_words"),
    [
        (0.02, (False, True), (False, True)),
        (0.1, (True, False), (False, True)),
        (0.4, (True, False), (True, False)),
    ],
)
def test_the_model_asks_where_it_all_but_excludes_what_a_rule_says(
    emergency: float, open_words: tuple[bool, bool], doubtful_words: tuple[bool, bool]
) -> None:
    limits = Thresholds(
        abstain_below=0.2,
        emergency_from=0.6,
        emergency_with_rule=0.05,
        emergency_with_doubt=0.3,
    )
    prediction = make_prediction(emergency=emergency, page=0.0)
    for danger, expected in (
        (Danger(emergency=True, rules=("fire",)), open_words),
        (Danger(unsure=True, likely=True, rules=("fire",)), doubtful_words),
    ):
        found = judge(prediction, Findings(danger=danger), limits).danger
        assert (found.emergency, found.unsure) == expected


def test_a_rule_wakes_nobody_against_the_model() -> None:
    danger = Danger(emergency=True, page=True, rules=("fire",))
    findings = Findings(danger=danger)
    limits = Thresholds(abstain_below=0.2, page_with_rule=0.2)
    doubted = judge(make_prediction(emergency=0.5, page=0.1), findings, limits).danger
    assert (doubted.emergency, doubted.page) == (True, False)
    assert judge(make_prediction(emergency=0.5, page=0.3), findings, limits).danger.page


def test_a_message_that_names_a_place_is_not_dropped() -> None:
    prediction = Prediction({"noise": 0.2}, {"report": 0.3, "other": 0.6}, {})
    assert judged(prediction).intent is Intent.OTHER
    filed = judged(prediction, placed=True)
    assert (filed.file, filed.category) == (True, "other")
    small_talk = Prediction({"noise": 0.2}, {"report": 0.1, "greeting": 0.8}, {})
    assert not judged(small_talk, placed=True).file


def test_a_rule_alone_does_not_unsubscribe() -> None:
    likely = Prediction({"theft": 1.0}, {"report": 0.8, "opt_out": 0.2}, {})
    assert judged(likely, "no more texts please").intent is Intent.OPT_OUT
    sure = Prediction({"theft": 1.0}, {"report": 0.99, "opt_out": 0.01}, {})
    assert judged(sure, "no more texts please").intent is Intent.REPORT


def test_all_shares_together_are_one() -> None:
    shares = dict(judged(make_prediction(sure=0.8)).categories)
    assert sum(shares.values()) == pytest.approx(1, abs=0.001)
    assert shares["other"] == pytest.approx(0.2, abs=0.001)


def test_what_goes_on_now_is_more_urgent() -> None:
    assert judged(make_prediction("burglary")).urgency is Urgency.U2
    assert judged(make_prediction("burglary", in_progress=0.9)).urgency is Urgency.U0


@pytest.mark.parametrize("intent", ["praise", "question", "greeting", "help", "spam", "other"])
def test_messages_are_not_filed(intent: str) -> None:
    answer = judged(make_prediction("noise", intent))
    assert answer.intent is Intent(intent)
    assert not answer.file
    assert answer.category == (intent if intent in ("praise", "question") else "other")


def test_a_language_has_its_own_thresholds_where_the_model_learnt_it() -> None:
    settings = {
        "abstain_below": 0.3,
        "trained_on": 9.0,
        "thresholds": {"fr": {"page_from": 0.7}, "es": {"page_from": 0.4, "unsure_from": 0.2}},
    }
    french, spanish, other = (Thresholds.of_model(settings, name) for name in ("fr", "es", "ru"))
    assert (french.page_from, french.unsure_from, french.abstain_below) == (0.7, 1.0, 0.3)
    assert (spanish.page_from, spanish.unsure_from) == (0.4, 0.2)
    assert other == Thresholds(abstain_below=0.3)


@pytest.mark.parametrize(("share", "asked"), [(0.1, False), (0.3, True), (0.7, False)])
def test_a_message_without_a_word_of_danger_may_raise_the_question(
    share: float, asked: bool
) -> None:
    limits = Thresholds(abstain_below=0.2, emergency_from=0.6, unsure_from=0.2)
    danger = judge(make_prediction(emergency=share), Findings(), limits).danger
    assert (danger.unsure, danger.emergency) == (asked, share > 0.6)
