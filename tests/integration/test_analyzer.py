"""The whole of understanding, on the demo town."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nlp.analysis import Intent, Query
from nlp.analyzer import Analyzer, analysis_to_dict
from nlp.learning.classifier import default_model

PACK = Path(__file__).parents[2] / "bot" / "cities" / "demo"
MEGABYTES = 1024 * 1024


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer.load(PACK, ["en", "es"])


@pytest.mark.parametrize(
    ("text", "category", "intent"),
    [
        ("street lights out on our road for two weeks", "lighting", "report"),
        ("loud music from next door until 4am", "noise", "report"),
        ("someone nicked my bike from the rack", "theft", "report"),
        ("stop texting me", "other", "opt_out"),
        ("hello", "other", "greeting"),
        ("thank you so much for fixing it", "praise", "praise"),
    ],
)
def test_plain_messages(analyzer: Analyzer, text: str, category: str, intent: str) -> None:
    [answer] = analyzer.analyze_many([Query(text)])
    assert (answer.category, answer.intent) == (category, Intent(intent))
    assert answer.file is (intent == "report")


def test_danger_is_urgent_and_wakes_somebody(analyzer: Analyzer) -> None:
    [answer] = analyzer.analyze_many([Query("man stabbed outside the shop, not breathing")])
    assert answer.urgency.value == "U0"
    assert answer.danger.page
    assert answer.file


def test_answers_keep_the_order_across_languages(analyzer: Analyzer) -> None:
    texts = ["no hay luz en la calle", "music too loud again", "ayuda por favor", "hello", ""]
    answers = analyzer.analyze_many([Query(text) for text in texts])
    assert [answer.language for answer in answers] == ["es", "en", "es", "en", "en"]
    alone = [analyzer.analyze_many([Query(text)])[0] for text in texts]
    assert [a.category for a in answers] == [a.category for a in alone]
    assert analyzer.analyze_many([]) == []


@pytest.mark.parametrize("text", ["", "\0", "\ud800 help", "x" * 10_000, "😀😀", "a b " * 2000])
def test_no_text_breaks_it(analyzer: Analyzer, text: str) -> None:
    [answer] = analyzer.analyze_many([Query(text)])
    assert answer.language in ("en", "es")


KNOWN_MISTAKES = [
    ("strange bloke in a hoodie walking around, doesnt look like hes from here", "report", False),
    ("another smash at Mill Lane. that junction is terrible", "report", True),
    ("me robaron la bici anoche en la estación de autobuses, el candado cortado", "report", True),
    ("please make him stop", "report", True),
]


@pytest.mark.parametrize(("text", "intent", "filed"), KNOWN_MISTAKES)
def test_mistakes_once_made(analyzer: Analyzer, text: str, intent: str, filed: bool) -> None:
    [answer] = analyzer.analyze_many([Query(text)])
    assert (answer.intent, answer.file) == (Intent(intent), filed)


def test_a_language_the_model_has_not_learnt_is_left_to_rules_and_people() -> None:
    analyzer = Analyzer.load(PACK, ["ru"])
    texts = ["помогите, он не дышит", "отпишите меня от рассылки", "фонарь во дворе не светит"]
    danger, leaving, lamp = analyzer.analyze_many([Query(text) for text in texts])
    assert danger.danger.page
    assert leaving.intent is Intent.OPT_OUT
    assert (lamp.intent, lamp.category, lamp.file) == (Intent.REPORT, "other", True)


def test_names_and_numbers_are_hidden(analyzer: Analyzer) -> None:
    [answer] = analyzer.analyze_many([Query("my neighbour darren at no 14 deals drugs")])
    assert "darren" not in answer.redacted
    assert "14" not in answer.redacted


def test_a_line_of_analyze(analyzer: Analyzer) -> None:
    [answer] = analyzer.analyze_many([Query("lights out again")])
    line = json.loads(json.dumps(analysis_to_dict(7, answer)))
    assert line["id"] == 7
    expected = (
        "language intent category categories urgency flags file places area latitude longitude"
    )
    assert line.keys() >= {*expected.split(), "radius_m", "confidence", "redacted"}
    assert sum(share for _, share in line["categories"]) == pytest.approx(1, abs=0.01)


def test_scikit_learn_is_not_imported_to_analyse() -> None:
    script = (
        "import sys; from pathlib import Path; from nlp.analysis import Query;"
        "from nlp.analyzer import Analyzer;"
        f"Analyzer.load(Path({str(PACK)!r}), ['en']).analyze_many([Query('hi')]);"
        "print(any(name.split('.')[0] == 'sklearn' for name in sys.modules))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_new_words_are_forgotten_once_enough_are_known() -> None:
    analyzer = Analyzer.load(PACK, ["en"])
    analyzer.analyze_many([Query("a light is out on Mill Lane")])
    [strings] = [pipeline.vocab.strings for pipeline in analyzer._pipelines.values()]
    known = len(strings)
    analyzer.analyze_many([Query("a light is out on Mill Lane, wobblestrop")])
    assert "wobblestrop" in strings
    analyzer.words_kept = known
    analyzer.analyze_many([Query("a light is out on Mill Lane, flimmerquill")])
    assert "flimmerquill" not in strings
    assert len(strings) < known + 10


def test_the_shipped_model_is_small() -> None:
    assert sum(path.stat().st_size for path in default_model().iterdir()) < 15 * MEGABYTES


def test_likely_danger_shows_the_number(analyzer: Analyzer) -> None:
    text = "there's smoke pouring out of the flat above the launderette, someone shouts inside"
    [analysis] = analyzer.analyze_many([Query(text)])
    assert analysis.danger.emergency


def test_rubbish_lying_there_is_nobody_lying_there(analyzer: Analyzer) -> None:
    text = "hay bolsas de basura y un colchón tirados en la calle"
    [analysis] = analyzer.analyze_many([Query(text)])
    assert not analysis.danger.emergency
