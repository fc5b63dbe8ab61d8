"""The categories that ship."""

import json
from pathlib import Path

import pytest

from nlp.analysis import Urgency
from nlp.categories import CATEGORIES, MESSAGE_TYPES

SHARED = Path(__file__).parents[3] / "shared" / "domain" / "taxonomy.json"

SENSITIVE = {
    "domestic_abuse",
    "sexual_offence",
    "stalking",
    "hate_incident",
    "youth_risk",
    "mental_health_crisis",
    "service_feedback",
    "harassment",
    "missing_person",
}
SHOWN = {
    "lighting",
    "noise",
    "waste_environment",
    "road_safety",
    "dogs_animals",
    "vandalism",
    "abandoned_place",
}


def test_there_are_thirty_with_distinct_codes() -> None:
    assert len(CATEGORIES) == 30
    assert len({category.code for category in CATEGORIES.values()}) == 30
    assert CATEGORIES.keys() >= MESSAGE_TYPES


def test_sensitive_ones_are_never_named_in_a_receipt() -> None:
    assert {slug for slug, own in CATEGORIES.items() if own.sensitive} == SENSITIVE
    assert {slug for slug, own in CATEGORIES.items() if own.shown} == SHOWN


@pytest.mark.parametrize(
    ("slug", "urgency"),
    [
        ("missing_person", "U0"),
        ("violence", "U1"),
        ("stalking", "U2"),
        ("lighting", "U3"),
        ("noise", "U4"),
    ],
)
def test_default_urgency(slug: str, urgency: str) -> None:
    assert CATEGORIES[slug].urgency is Urgency(urgency)


def test_every_category_has_somebody_who_can_act_and_a_name() -> None:
    for category in CATEGORIES.values():
        assert category.owners
        assert category.name


def test_the_slugs_are_those_of_the_taxonomy() -> None:
    if not SHARED.is_file():
        pytest.skip("the shared taxonomy is not beside this repository")
    rows = json.loads(SHARED.read_text(encoding="utf-8"))
    assert [row["id"] for row in rows] == list(CATEGORIES)
    assert [row["service_code"] for row in rows] == [own.code for own in CATEGORIES.values()]
