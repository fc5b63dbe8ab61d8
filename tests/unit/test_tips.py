"""Tips: true, short, in every language, and never where they could shame or endanger."""

import tomllib
from pathlib import Path

import pytest

import bot
from bot.channels import gsm
from bot.city import City, demo_city_path, load_city
from bot.tips import AUDIENCES, all_tips, service_for, tip_for
from nlp.categories import CATEGORIES

LANGUAGES = ("en", "es")
FOLDER = Path(bot.__file__).parent / "tips"
SENSITIVE = [slug for slug, category in CATEGORIES.items() if category.sensitive]

# Words that scare, blame or promise; a tip has no use for them.
UNWELCOME = ("don't worry", "your fault", "should have", "guarantee", "no se preocupe", "garantiza")


def table(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(demo_city_path())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tip_has_words_and_no_words_are_left_over(language: str) -> None:
    index, words = table("index"), table(language)
    assert set(words["tips"]) == set(index)
    assert set(words["evidence"]) == {row["evidence"] for row in index.values()}


@pytest.mark.parametrize("row", table("index").items(), ids=lambda row: str(row[0]))
def test_a_tip_is_about_a_known_category_and_audience(row: tuple[str, dict[str, str]]) -> None:
    slug, tip = row
    assert tip["category"] in CATEGORIES
    assert tip["audience"] in AUDIENCES
    assert tip["strength"] in {"A", "B", "C"}, "what does not work is no advice"
    assert slug == slug.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tip_fits_one_sms_and_with_its_evidence_two(language: str) -> None:
    for tip in all_tips(language):
        assert gsm.segments(gsm.downgrade(tip.text)) == 1, tip.id
        assert gsm.segments(gsm.downgrade(tip.evidence)) == 1, tip.id
        both = f"{tip.text}\n\n{tip.evidence} ({tip.strength})"
        assert gsm.segments(gsm.downgrade(both)) <= 2, tip.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tip_is_whole_sentences_without_unwelcome_words(language: str) -> None:
    for tip in all_tips(language):
        for text in (tip.text, tip.evidence):
            assert text[-1] in ".?!", tip.id
            assert text == text.strip()
            assert "{" not in text
            assert not any(word in text.lower() for word in UNWELCOME), tip.id


def test_the_languages_say_the_same_numbers() -> None:
    """A figure that stands in one language only is a slip of the pen."""

    def figures(language: str, key: str) -> set[str]:
        text = table(language)["evidence"][key].replace(",", "").replace("1.634", "1634")
        return {word for word in text.replace("%", " ").split() if word.isdigit()}

    for key in table("en")["evidence"]:
        assert figures("en", key) == figures("es", key), key


@pytest.mark.parametrize("category", SENSITIVE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resident_gets_no_tip_on_a_sensitive_category(category: str, language: str) -> None:
    assert tip_for(category, language) is None


@pytest.mark.parametrize("category", ["violence", "robbery", "hazard", "praise", "other", "", "x"])
def test_no_tip_where_none_is_decent_or_known(category: str) -> None:
    assert tip_for(category, "en") is None


@pytest.mark.parametrize(
    "category",
    [
        "abandoned_place",
        "burglary",
        "disorder",
        "dogs_animals",
        "drugs",
        "feeling_unsafe",
        "fraud_scam",
        "lighting",
        "noise",
        "road_safety",
        "suspicious_activity",
        "theft",
        "vandalism",
        "vehicle_crime",
        "waste_environment",
    ],
)
def test_a_resident_gets_a_tip_on_everyday_matters(category: str) -> None:
    tip = tip_for(category, "es")
    assert tip is not None
    assert tip.category == category
    assert tip.audience in {"resident", "community"}


def test_the_strongest_comes_first_and_no_tip_twice() -> None:
    seen: list[str] = []
    letters = []
    while tip := tip_for("burglary", "en", exclude=seen):
        seen.append(tip.id)
        letters.append((tip.audience, tip.strength))
    assert seen[0] == "mend-entry-today"
    assert len(seen) == len(set(seen)) == 7
    # a resident's own tips come before those for neighbours together
    assert letters == sorted(letters, key=lambda pair: (pair[0] == "community", pair[1]))


@pytest.mark.parametrize(
    ("category", "audience", "expected"),
    [
        ("burglary", "shop", "empty-till"),
        ("burglary", "school", "one-entrance"),
        ("violence", "partner", "injury-counts"),
        ("youth_risk", "school", "mentors"),
        ("harassment", "community", "bystander-course"),
        ("burglary", "burglar", None),
    ],
)
def test_others_get_tips_for_themselves(category: str, audience: str, expected: str | None) -> None:
    tip = tip_for(category, "en", audience)
    assert (tip.id if tip else None) == expected


def test_a_language_without_tips_gets_english() -> None:
    assert tip_for("noise", "sw") == tip_for("noise", "en")
    assert tip_for("noise", "es") != tip_for("noise", "en")


@pytest.mark.parametrize(
    ("category", "area", "expected"),
    [
        ("lighting", "old-town", "lights-desk"),
        ("noise", "saltings", "saltings-homes"),
        ("noise", "eastbank", "town-housing"),
        ("noise", None, "town-housing"),
        ("hazard", "quayside", "harbour-office"),
        ("hazard", None, "utilities-fault-line"),
        ("domestic_abuse", "millbrook", "safe-harbour"),
        ("mental_health_crisis", None, "crisis-nurses"),
        ("praise", "old-town", None),
    ],
)
def test_the_service_that_fits_category_and_area(
    city: City, category: str, area: str | None, expected: str | None
) -> None:
    service = service_for(city, category, area, "es")
    assert (service.slug if service else None) == expected


def test_no_service_in_a_language_without_its_words(city: City) -> None:
    assert service_for(city, "lighting", None, "sw") is None
