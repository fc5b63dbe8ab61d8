"""Every text has its translation, with the same fields, and the words it names are understood."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.channels.gsm import downgrade, segments
from bot.conversation.words import find, means
from bot.i18n import mark, say, spoken
from nlp.categories import CATEGORIES
from tests.unit.transcripts import CITY

SOURCES = Path(str(files("bot")))
LANGUAGES = sorted(p.name for p in (SOURCES / "locale").iterdir() if p.is_dir() and p.name != "en")


def _said(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        # say(language, "text"), talk.say("text") and mark("text"): the first literal is the text.
        literals = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
        if name in {"say", "mark"} and literals and isinstance(literals[-1], str):
            yield literals[-1]


@cache
def _texts(folder: str) -> list[str]:
    return sorted({t for path in (SOURCES / folder).rglob("*.py") for t in _said(path)})


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@cache
def _catalogue(language: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for path in sorted((SOURCES / "locale" / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, abort_invalid=True):
                if entry.id and not entry.fuzzy:
                    merged[str(entry.id)] = str(entry.string)
    return merged


def test_the_texts_are_found() -> None:
    found = _texts("conversation")
    assert len(found) > 80
    assert "Call {number} now if anyone is in danger." in found
    assert "on Monday" in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    missing = [text for text in _texts(".") if not _catalogue(language).get(text)]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_has_the_same_fields(language: str) -> None:
    for text, translated in _catalogue(language).items():
        assert _fields(translated) == _fields(text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_translated_for_nobody(language: str) -> None:
    path = SOURCES / "locale" / language / "residents.po"
    with path.open("rb") as file:
        ids = {str(entry.id) for entry in read_po(file, abort_invalid=True) if entry.id}
    known = {category.name for category in CATEGORIES.values()}
    assert ids <= set(_texts(".")) | known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_category_that_a_receipt_names_is_translated(language: str) -> None:
    for category in CATEGORIES.values():
        if category.shown:
            assert category.name in _catalogue(language)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_text_alone_takes_two_segments_at_most(language: str) -> None:
    for text in _texts("conversation"):
        values = dict.fromkeys(_fields(text), "n" * 24)
        assert segments(downgrade(say(language, text, **values))) <= 2, text


CAPITALS = re.compile(r"\b[A-ZÁÉÍÓÚÑ]{2,}\b(?: [A-ZÁÉÍÓÚÑ]{2,}\b)*")
ANSWERS = ("ok", "no", "now", "safe")


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_word_that_a_text_names_is_understood(language: str) -> None:
    said = " | ".join(say(language, text) for text in _texts("conversation"))
    named = set(CAPITALS.findall(said.replace("SMS", "")))
    assert len(named) > 10
    for word in named:
        known = find(word, (language,)) is not None
        assert known or any(means(word, answer, (language,)) for answer in ANSWERS), word


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "named", "meaning"),
    [
        ("If that is not right, reply WRONG.", "WRONG", "wrong"),
        ("For a tip reply MORE.", "MORE", "more"),
        ("To delete the link now, reply FORGET.", "FORGET", "forget"),
        ("To get no messages from us, send STOP.", "STOP", "stop"),
        ("For the words we know, send HELP.", "HELP", "help"),
    ],
)
def test_a_translated_word_means_the_same(
    language: str, text: str, named: str, meaning: str
) -> None:
    assert named in text
    (translated,) = CAPITALS.findall(say(language, text))
    word = find(translated, (language,))
    assert word is not None
    assert word.meaning == meaning


@pytest.mark.parametrize("language", CITY.languages)
def test_the_demo_town_has_words_in_its_languages(language: str) -> None:
    assert language == "en" or language in LANGUAGES


# -- say and spoken -------------------------------------------------------------------------------


def test_an_unknown_language_falls_back_to_english() -> None:
    assert say("tlh", "Hello.") == "Hello."
    assert say("tlh", "We understood: {what}.", what="Noise") == "We understood: Noise."


def test_a_text_without_a_translation_falls_back_to_english() -> None:
    assert say("es", "Nobody translated this {x}.", x=1) == "Nobody translated this 1."


def test_a_text_is_translated_and_filled() -> None:
    assert say("es", "We understood: {what}.", what="Ruido") == "Entendimos: Ruido."


def test_values_are_never_read_as_fields() -> None:
    assert say("en", "Tip: {text}", text="{secret} %s") == "Tip: {secret} %s"


@pytest.mark.parametrize("language", ["", "../es", "es/../es", "es.", "."])
def test_a_strange_language_reads_no_file(language: str) -> None:
    assert say(language, "Hello.") == "Hello."


def test_a_marked_text_is_itself() -> None:
    assert mark("closed") == "closed"


@pytest.mark.parametrize(
    ("languages", "wishes", "expected"),
    [
        (("en", "es"), ("es",), "es"),
        (("en", "es"), ("es-MX",), "es"),
        (("en", "es"), ("ES_mx",), "es"),
        (("en", "es"), ("fr", None, "es"), "es"),
        (("en", "es"), (None,), "en"),
        (("es", "en"), (), "es"),
        (("es", "en"), ("",), "es"),
        ((), ("es",), "en"),
    ],
)
def test_spoken(languages: tuple[str, ...], wishes: tuple[str | None, ...], expected: str) -> None:
    assert spoken(languages, *wishes) == expected
