"""Which language a message is in."""

import pytest

from nlp.language import LanguageIdentifier

FIVE = LanguageIdentifier(["en", "es", "fr", "pt", "sw"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("street lights out on our road", "en"),
        ("they dey fight for junction", "en"),
        ("no hay luz en mi calle", "es"),
        ("me robaron el celular en la parada", "es"),
        ("il y a un homme avec un couteau dans la rue", "fr"),
        ("nao tem luz na minha rua", "pt"),
        ("taa za barabara zimezima hapa", "sw"),
        ("wezi wameingia nyumba ya jirani", "sw"),
        ("ok", "en"),
        ("", "en"),
        ("???", "en"),
        ("12345", "en"),
    ],
)
def test_short_messages(text: str, language: str) -> None:
    assert FIVE.identify(text) == language


def test_the_first_language_is_the_answer_where_nothing_is_known() -> None:
    assert LanguageIdentifier(["es", "en"]).identify("ok") == "es"
    assert LanguageIdentifier(["sw"]).identify("anything at all") == "sw"


def test_a_broken_text_is_no_error() -> None:
    assert FIVE.identify("\ud800\0") == "en"


def test_a_city_without_languages_is_refused() -> None:
    with pytest.raises(ValueError, match="language"):
        LanguageIdentifier([])
