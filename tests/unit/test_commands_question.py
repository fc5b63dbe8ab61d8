"""Staff questions in any order, misspelt, in two languages."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.city import City, demo_city_path, load_city
from bot.commands.menu import command_table
from bot.commands.question import Asked, read_question
from bot.commands.registry import COMMANDS, commands_for, menu
from bot.commands.vocabulary import Vocabulary, plain

ZONE = ZoneInfo("Atlantic/Azores")


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(demo_city_path())


@pytest.fixture(scope="module")
def vocabulary(city: City) -> Vocabulary:
    return Vocabulary.of(city, "es")


def read(text: str, vocabulary: Vocabulary) -> Asked:
    return read_question(text.split(), vocabulary, ZONE)


@pytest.mark.parametrize(
    ("text", "areas", "category", "weeks"),
    [
        ("old-town theft 8w", ("old-town",), "theft", 8),
        ("8w theft old-town", ("old-town",), "theft", 8),
        ("theft old town 8 weeks", ("old-town",), "theft", 8),
        ("Old Town", ("old-town",), None, None),
        ("OLD TOWN NOISE", ("old-town",), "noise", None),
        ("noise in the old town over the last 12 weeks", ("old-town",), "noise", 12),
        ("olt town nosie", ("old-town",), "noise", None),
        ("millbrok", ("millbrook",), None, None),
        ("station", ("station-fields",), None, None),
        ("castle hill street lighting", ("castle-hill",), "lighting", None),
        ("waste_environment", None, "waste_environment", None),
        ("Violence, threats or weapons", None, "violence", None),
        ("anti-social behaviour quayside", ("quayside",), "disorder", None),
        ("quayside millbrook", ("quayside", "millbrook"), None, None),
        ("ruido quayside 4 semanas", ("quayside",), "noise", 4),
        ("robos en quayside", ("quayside",), "theft", None),
        ("all noise", None, "noise", None),
        ("todas las zonas", None, None, None),
        ("20", None, None, 20),
        ("99w", None, None, 52),
        ("0w", None, None, 1),
        ("", None, None, None),
    ],
)
def test_areas_category_and_weeks(
    text: str,
    areas: tuple[str, ...] | None,
    category: str | None,
    weeks: int | None,
    vocabulary: Vocabulary,
) -> None:
    asked = read(text, vocabulary)
    assert (asked.areas, asked.category, asked.weeks) == (areas, category, weeks)
    assert asked.unknown == ()


def test_a_team_stands_for_its_areas(city: City, vocabulary: Vocabulary) -> None:
    for team in city.teams:
        assert read(team.slug, vocabulary).areas == team.areas
        assert read(f"noise {team.name} 8w", vocabulary).areas == team.areas


def test_every_area_and_category_answers_to_its_names(city: City, vocabulary: Vocabulary) -> None:
    for area in city.areas.values():
        for name in (area.code, area.name, *area.aliases):
            assert read(name, vocabulary).areas == (area.code,), name


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("noise 2026-11-22T07", datetime(2026, 11, 22, 7, tzinfo=ZONE)),
        ("2026-11-22T07:45 noise", datetime(2026, 11, 22, 7, tzinfo=ZONE)),
        ("2026-11-22", datetime(2026, 11, 22, 23, tzinfo=ZONE)),
        ("noise", None),
    ],
)
def test_a_moment_in_the_past(text: str, until: datetime | None, vocabulary: Vocabulary) -> None:
    assert read(text, vocabulary).until == until


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("blorb", ("blorb",)),
        ("old-town blorb", ("blorb",)),
        ("near the canal are dark", ("near", "canal", "are", "dark")),
        ("2026-13-45", ("2026", "13", "45")),
        ("x" * 300, ("x" * 300,)),
    ],
)
def test_what_we_do_not_know(text: str, unknown: tuple[str, ...], vocabulary: Vocabulary) -> None:
    assert read(text, vocabulary).unknown == unknown


def test_an_import_is_named_by_its_source(vocabulary: Vocabulary) -> None:
    assert read("theft import:911", vocabulary).source == "import:911"


def test_a_number_in_a_name_is_no_number_of_weeks() -> None:
    beats = Vocabulary(areas={"beat 12": ("beat-12",), "beat 13": ("beat-13",)})
    asked = read("beat 12 8w", beats)
    assert (asked.areas, asked.weeks) == (("beat-12",), 8)


def test_the_nearest_name_is_offered(vocabulary: Vocabulary) -> None:
    assert vocabulary.nearest("qayzide") == "quayside"
    assert vocabulary.nearest("zzzzzz") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [("Old-Town", "old town"), ("St. Mary's", "st marys"), ("Égalité  7", "egalite 7"), ("!", "")],
)
def test_plain(text: str, names: str) -> None:
    assert plain(text) == names


class TestRegistry:
    def test_the_commands(self) -> None:
        assert list(COMMANDS) == [
            "trends", "areas", "open", "report", "take", "correct", "digest", "whoami", "leave",
            "invite", "staff", "nickname", "help",
        ]  # fmt: skip

    def test_officers_neither_invite_nor_name_places(self) -> None:
        names = {role: {c.name for c in commands_for(role)} for role in ("officer", "coordinator")}
        assert names["coordinator"] - names["officer"] == {"invite", "nickname"}
        assert commands_for("resident") == []

    @pytest.mark.parametrize("role", ["resident", "officer", "coordinator", "administrator"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_menus_fit_telegram(self, role: str, language: str) -> None:
        entries = menu(role, language)
        assert entries
        for name, about in entries:
            assert name.isascii()
            assert name.islower()
            assert 1 <= len(name) <= 32
            assert 3 <= len(about) <= 256

    def test_menus_speak_the_language(self) -> None:
        assert dict(menu("officer"))["areas"] == "this week in each area, against the usual"
        assert "semana" in dict(menu("officer", "es"))["areas"]

    def test_residents_are_not_shown_staff_commands(self) -> None:
        assert [name for name, _ in menu("resident")] == [
            "help", "status", "mydata", "forget", "stop",
        ]  # fmt: skip

    def test_the_table_lists_each_command_once(self) -> None:
        table = command_table()
        assert table.startswith("| command | who | does |\n|---|---|---|\n")
        for known in COMMANDS.values():
            assert table.count(f"`{known.usage}`") == 1
        assert "| `/invite role areas [as name]` | coordinator, administrator |" in table
