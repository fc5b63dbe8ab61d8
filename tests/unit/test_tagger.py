"""Finding words that tell who somebody is: traits of words, tagging, and joining words to spans."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp.learning.corpus import Row
from nlp.learning.marking import NOTHING, SKIPPED, answers_of, marked
from nlp.learning.people import learn_people
from nlp.redaction.joining import KINDS, joined
from nlp.redaction.redact import Hidden, hidden_in, hidden_spans, redact, redacted_with
from nlp.redaction.tagger import FILE, Tagger, TaggerError, possible
from nlp.redaction.traits import OFFSETS, SLOTS, TOKEN, joined_slots, level, trait

NAME, DESCRIPTION, NUMBER, PLATE = range(4)

#: Words that follow a name, or do not, in messages made up for the smallest tagger.
NAMES = ("ada", "bram", "cleo", "dov", "femi", "gita", "hugo", "jomo", "kofi", "mira", "olu", "pia")
THINGS = (
    "bins",
    "cans",
    "dogs",
    "lamps",
    "pipes",
    "rats",
    "vans",
    "bikes",
    "carts",
    "fumes",
    "rugs",
)


def row(text: str, *pii: tuple[int, int, str]) -> Row:
    return Row(text, "en", "report", "noise", pii=pii)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    named = [row(f"it was {name} who shouted", (7, 7 + len(name), "name")) for name in NAMES]
    others = [row(f"there are {thing} by the gate") for thing in THINGS]
    return Tagger(learn_people([*named, *others] * 4))


def hits(text: str, **tagged: list[int]) -> np.ndarray:
    found = np.zeros((len(TOKEN.findall(text)), len(KINDS)), np.bool_)
    for kind, words in tagged.items():
        found[words, KINDS.index(kind)] = True
    return found


@pytest.mark.parametrize(
    ("text", "tagged", "hidden"),
    [
        ("ask big Tone now", {"name": [1, 2]}, ["big Tone"]),
        ("Ann, Bob", {"name": [0, 2]}, ["Ann", "Bob"]),
        ("it was Pia's dog", {"name": [2]}, ["Pia"]),
        ("P. Quentric here", {"name": [0, 2]}, ["P. Quentric"]),
        ("at 14b again", {"number": [1]}, ["14b"]),
        ("from 12 to 20", {"number": [1, 3]}, ["12", "20"]),
        ("tall with a beard ran", {"description": [0, 3]}, ["tall with a beard"]),
        ("reg AB12 CDE.", {"plate": [1, 2, 3]}, ["AB12 CDE"]),
        ("nothing here", {}, []),
    ],
)
def test_joined(text: str, tagged: dict[str, list[int]], hidden: list[str]) -> None:
    spans = joined(text, hits(text, **tagged))
    assert [text[start:end] for start, end, _ in spans] == hidden


def test_kinds_stay_apart() -> None:
    text = "Pia at 9"
    assert joined(text, hits(text, name=[0], number=[2])) == [(0, 3, "name"), (7, 8, "number")]


@pytest.mark.parametrize(
    ("word", "as_word", "capital", "numeral", "short"),
    [
        ("Pia", True, True, False, True),
        ("banging", True, False, False, False),
        ("12", False, False, True, False),
        ("twelve", True, False, True, False),
        ("иван", False, False, False, True),
        (",", False, False, False, False),
    ],
)
def test_what_a_word_can_be(
    word: str, *, as_word: bool, capital: bool, numeral: bool, short: bool
) -> None:
    seen = trait(word)
    found = (seen.word, seen.capital, seen.numeral, seen.short)
    assert found == (as_word, capital, numeral, short)
    assert len(seen.slots) == len(OFFSETS)
    assert all((slots >= 0).all() and (slots < SLOTS).all() for slots in seen.slots)


def test_the_genitive_is_no_part_of_a_word() -> None:
    assert trait("Pia's").home == trait("pia").home
    assert trait("Pia's").codes[0] == trait("PIA").codes[0]
    assert trait("pia").codes[1] != trait("PIA").codes[1]


def test_neighbours_change_what_is_seen_together() -> None:
    codes = np.array([(*trait(word).codes, 0) for word in ("my", "mate", "dave")], np.uint32)
    forward, backward = joined_slots(codes), joined_slots(codes[::-1])
    assert forward.shape == backward.shape
    assert not (forward[0] == backward[2]).all()
    assert (forward[:1] == joined_slots(codes[:3])[:1]).all()


def test_how_common_words_are() -> None:
    assert level(np.array([0, 1, 3, 40, 5000])).tolist() == [0, 1, 2, 5, 7]


def test_only_rare_or_capital_words_can_be_names() -> None:
    word, capital = (True, False, False, False), (True, True, False, False)
    allowed = possible(np.array([word, word, capital]), np.array([2, 7, 7]))
    assert allowed[:, NAME].tolist() == [True, False, True]
    assert not allowed[:, NUMBER].any()


def test_a_short_mark_beside_a_figure_can_be_of_a_plate() -> None:
    traits = [trait(word) for word in ("AB", "12", "CDE", "van")]
    flags = np.array([(t.word, t.capital, t.numeral, t.short) for t in traits])
    assert possible(flags, np.zeros(4, np.int64))[:, PLATE].tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("text", "pii", "answers"),
    [
        ("flat 14 stinks", (0, 7, "house_number"), [SKIPPED, NUMBER, NOTHING]),
        ("flat twelve", (0, 11, "house_number"), [SKIPPED, NUMBER]),
        ("the blue door", (4, 13, "house_number"), [NOTHING, NUMBER, SKIPPED]),
        ("Mrs Hill", (0, 8, "name"), [SKIPPED, NAME]),
        ("a tall man", (0, 10, "descriptor"), [SKIPPED, DESCRIPTION, DESCRIPTION]),
        ("on 07700 900123", (3, 15, "phone"), [NOTHING, SKIPPED, SKIPPED]),
    ],
)
def test_what_is_learnt_of_a_marked_text(
    text: str, pii: tuple[int, int, str], answers: list[int]
) -> None:
    assert answers_of(row(text, pii)) == answers


def test_a_text_that_nobody_looked_through_teaches_nothing() -> None:
    assert answers_of(replace(row("it was zane"), unmarked=True)) == [SKIPPED] * 3


def test_words_of_two_messages_are_no_neighbours() -> None:
    known = marked([row("one pia"), row("two")])
    assert known.ids.tolist() == [0, 0, 1, 2, 0, 0, 3, 0, 0]
    assert known.plain.tolist() == [False, False, True, True, False, False, True, False, False]


def test_an_unknown_name_is_found_by_its_neighbours(tagger: Tagger) -> None:
    assert tagger.tag_many(["it was zane who shouted"]) == [[(7, 11, "name")]]
    assert tagger.tag_many(["there are zanes by the gate"]) == [[]]


def test_a_text_is_tagged_alike_in_any_company(tagger: Tagger) -> None:
    texts = ["", "it was zane who shouted", "there are pots by the gate", "\0", "it was kofi"]
    assert tagger.tag_many(texts) == [tagger.tag_many([text])[0] for text in texts]


def test_many_different_words_are_forgotten_again(tagger: Tagger) -> None:
    for start in range(0, 40_000, 10_000):
        tagger.tag_many([" ".join(f"x{n}y" for n in range(start, start + 10_000))])
    assert tagger.tag_many(["it was zane who shouted"]) == [[(7, 11, "name")]]


@pytest.mark.parametrize("text", ["\ud800", "9" * 5000, "a " * 5000, "é" * 300, "\u0301", "İ", "ß"])
def test_no_text_breaks_the_tagger(tagger: Tagger, text: str) -> None:
    assert len(tagger.tag_many([text])) == 1


def test_training_is_deterministic() -> None:
    rows = [row(f"it was {name} who shouted", (7, 7 + len(name), "name")) for name in NAMES]
    rows += [row(f"there are {thing} by the gate") for thing in THINGS]
    first, second = learn_people(rows), learn_people(rows)
    assert (first.weights == second.weights).all()
    assert (first.base == second.base).all()


def test_a_tagger_is_stored(tagger: Tagger, tmp_path: Path) -> None:
    assert Tagger.load(tmp_path) is None
    rows = [row(f"it was {name} who shouted", (7, 7 + len(name), "name")) for name in NAMES]
    learn_people([*rows, *(row(f"there are {thing}") for thing in THINGS)]).save(tmp_path)
    loaded = Tagger.load(tmp_path)
    assert loaded is not None
    assert loaded.tag_many(["it was zane who shouted"]) == [[(7, 11, "name")]]


def test_a_broken_tagger_is_told_of(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"PK nothing")
    with pytest.raises(TaggerError, match="cannot read"):
        Tagger.load(tmp_path)
    np.savez(tmp_path / FILE, weights=np.zeros((1, 1)))
    with pytest.raises(TaggerError, match="cannot read"):
        Tagger.load(tmp_path)


def test_the_tagger_decides_on_names_and_rules_on_form() -> None:
    text = "darren, call 07700 900123"
    assert redact(text, tagged=[]) == "darren, call [phone]"
    assert redact(text, tagged=[(0, 6, "name")]) == "[name], call [phone]"
    assert redact("tall lad", tagged=[(0, 8, "description")], keep_descriptions=True) == "tall lad"


@pytest.mark.parametrize(
    "text", ["my neighbour darren at no 14", "ring 07700 900123", "nothing", "[x] (y) by flat 9b"]
)
def test_what_was_hidden_can_be_told_from_the_redacted_text(text: str) -> None:
    spans = hidden_spans(text)
    assert hidden_in(text, redacted_with(text, spans)) == spans


def test_a_text_that_was_not_redacted_hides_nothing() -> None:
    assert hidden_in("one", "two") == []
    assert hidden_in("my son Pia", "my son [name]") == [Hidden(7, 10, "name")]
