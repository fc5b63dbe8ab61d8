"""Words with a fixed meaning: in every language, however they are typed."""

import tomllib
from importlib.resources import files

import pytest

from bot.conversation.words import find, fold, letter, means, reference

BOTH = ("en", "es")
LISTS = {
    language: tomllib.loads(
        (files("bot.conversation") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    )
    for language in BOTH
}


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "STOP!!!",
        "'stop'",
        "“STOP”",
        "S.T.O.P.",
        "s t o p",
        "ＳＴＯＰ",
        "ЅТОР",
        "STΟP",
        "ST0P",
        "st\u200bop",
        "\u202eSTOP\u202c",
        "stop 🛑",
        "/stop",
        "Unsubscribe",
        "CANCEL",
        "end",
        "quit",
        "opt out",
        "opt-out",
        "alto",
        "PARE",
        "parar",
        "darme de baja",
        "BAJA",
    ],
)
def test_stop_in_every_spelling(text: str) -> None:
    word = find(text, BOTH)
    assert word is not None
    assert word.meaning == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "stop him",
        "please make him stop",
        "the bus stop is dark",
        "bus stop",
        "they never stop",
        "stop the noise please",
        "non-stop music",
        "para la calle 8",
        "es el fin de la calle",
        "end of the road",
        "",
        "   ",
        "🛑",
        "stop " * 30,
    ],
)
def test_near_misses_are_no_stop(text: str) -> None:
    word = find(text, BOTH)
    assert word is None or word.meaning != "stop"


@pytest.mark.parametrize(
    ("text", "meaning", "rest"),
    [
        ("START", "start", ""),
        ("unstop", "start", ""),
        ("HELP?", "help", ""),
        ("info", "help", ""),
        ("Ayuda!", "help", ""),
        ("STATUS", "status", ""),
        ("Status k7q-42", "status", "k7q-42"),
        ("status K7Q42", "status", "K7Q42"),
        ("/status K7Q-42", "status", "K7Q-42"),
        ("estado K7Q-42", "status", "K7Q-42"),
        ("WRONG", "wrong", ""),
        ("wrong K7Q-42", "wrong", "K7Q-42"),
        ("That's wrong", "wrong", ""),
        ("That\u2019s wrong.", "wrong", ""),
        ("error", "wrong", ""),
        ("está mal", "wrong", ""),
        ("ESTA MAL", "wrong", ""),
        ("MORE", "more", ""),
        ("más", "more", ""),
        ("mas", "more", ""),
        ("my data", "mydata", ""),
        ("MyData", "mydata", ""),
        ("mis datos", "mydata", ""),
        ("FORGET", "forget", ""),
        ("olvidar", "forget", ""),
        ("JOIN ABCD2345EFGH", "join", "ABCD2345EFGH"),
        ("join abcd-1234", "join", "abcd-1234"),
        ("hola", "hello", ""),
        ("Good morning!", "hello", ""),
        ("wrong number", "who", ""),
        ("¿Quién es?", "who", ""),
    ],
)
def test_word(text: str, meaning: str, rest: str) -> None:
    word = find(text, BOTH)
    assert word is not None
    assert (word.meaning, word.rest) == (meaning, rest)


@pytest.mark.parametrize(
    "text",
    [
        "wrong man was arrested",
        "status of the road",
        "more noise again",
        "join the watch",
        "join neighbours",
        "forget about it",
        "help he fell",
        "start of the month",
    ],
)
def test_a_sentence_is_no_word(text: str) -> None:
    assert find(text, BOTH) is None


def test_a_word_counts_only_in_the_languages_of_the_city() -> None:
    assert find("olvidar", ("en",)) is None
    assert find("olvidar", BOTH) is not None


def test_english_words_count_in_every_city() -> None:
    assert find("FORGET", ("es",)) is not None


@pytest.mark.parametrize("language", ["", "xx", "../en", "en/..", "e.n"])
def test_an_unknown_language_brings_no_words_and_no_harm(language: str) -> None:
    assert find("olvidar", (language,)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "A"),
        (" B. ", "B"),
        ("(c)", "C"),
        ("D!", "D"),
        ("option b", "B"),
        ("letra C", "C"),
        ("Ａ", "A"),
        ("А", "A"),
        ("e", None),
        ("ab", None),
        ("a b", None),
        ("a house", None),
        ("", None),
        ("1", None),
    ],
)
def test_letter(text: str, expected: str | None) -> None:
    assert letter(text) == expected


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("OK", "ok"),
        ("ok.", "ok"),
        ("Okay!", "ok"),
        ("yes", "ok"),
        ("Sí", "ok"),
        ("si", "ok"),
        ("NO", "no"),
        ("no thanks", "no"),
        ("NOW", "now"),
        ("ahora mismo", "now"),
        ("safe", "safe"),
        ("I'm safe", "safe"),
        ("A SALVO", "safe"),
        ("nobody", "safe"),
        ("don't know", "unknown"),
        ("no sé", "unknown"),
    ],
)
def test_answer_words(text: str, meaning: str) -> None:
    assert means(text, meaning, BOTH)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ok then come", "ok"),
        ("not now", "now"),
        ("no", "ok"),
        ("yes", "no"),
        ("safe house", "safe"),
    ],
)
def test_near_answers(text: str, meaning: str) -> None:
    assert not means(text, meaning, BOTH)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("about K7Q-42 again", "K7Q-42"),
        ("k7q 42", "K7Q-42"),
        ("(K7Q42)", "K7Q-42"),
        ("Ｋ７Ｑ-42", "K7Q-42"),
        ("K7Q-43", None),
        ("XK7Q-42", None),
        ("the house", None),
    ],
)
def test_reference(text: str, expected: str | None) -> None:
    assert reference(text, ["ABC-11", "K7Q-42"]) == expected


def test_folding_is_stable() -> None:
    for words in LISTS.values():
        for entries in words.values():
            for entry in entries:
                assert fold(fold(entry)) == fold(entry)
                assert fold(entry)


@pytest.mark.parametrize("language", BOTH)
def test_no_command_means_two_things(language: str) -> None:
    """A word of one command may not be the word of another, nor an answer that changes things."""
    commands = (
        "stop",
        "start",
        "help",
        "status",
        "wrong",
        "more",
        "mydata",
        "forget",
        "hello",
        "who",
        "thanks",
    )
    owner: dict[str, str] = {}
    for meaning in (*commands, "ok", "no", "now"):
        for words in LISTS[language][meaning]:
            assert owner.setdefault(fold(words), meaning) == meaning, words


def test_every_language_has_every_word() -> None:
    assert set(LISTS["en"]) == set(LISTS["es"])
