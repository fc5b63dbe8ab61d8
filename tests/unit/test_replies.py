"""Replies fit two SMS segments with the longest names; the emergency line comes first and alone."""

from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.gsm import downgrade, segments
from bot.city import City, Emergency, Retention, Service, Team
from bot.conversation.emergency import emergency_reply
from bot.conversation.lines import compose, fits, short
from bot.conversation.reading import reading, when
from nlp.analysis import Danger, Intent, Location, Option
from nlp.categories import CATEGORIES
from tests.unit.transcripts import CITY, NOON, OLD_TOWN, Resident, replies, seen, words

LONG = "Saint Bartholomew-upon-the-Upper-Riverside Conservation and Regeneration Quarter"
MARKED = "Świętochłowice-Zgórsko nad Łódzką Ścieżką Żółtych Źródeł i Gęsich Śladów Północ"
CYRILLIC = "Набережная улица Академика Королёва возле Центрального рынка и вокзала Южный"


def _city(name: str) -> City:
    """The demo town with one name for everything, as long as it is."""
    return replace(
        CITY,
        name=name,
        areas={code: replace(area, name=name) for code, area in CITY.areas.items()},
        teams=tuple(replace(team, name=name) for team in CITY.teams),
        readers=dict.fromkeys(CITY.languages, name),
        emergency=Emergency("112 or 0800 555 0100 100", text="+44 7700 900 900 900", relay="1"),
        services=tuple(
            replace(
                service,
                name=dict.fromkeys(CITY.languages, name),
                hours=dict.fromkeys(CITY.languages, name),
            )
            for service in CITY.services
        ),
    )


def _places(name: str) -> list[Location]:
    options = tuple(Option(f"{name} {n}", "quayside") for n in range(4))
    return [
        replace(OLD_TOWN, name=name),
        Location(options=options),
        Location(outside=True, options=options),
        Location(),
    ]


@pytest.mark.parametrize("name", [LONG, MARKED, CYRILLIC, "€" * 80, "Ö"])
@pytest.mark.parametrize("language", CITY.languages)
@pytest.mark.parametrize("category", ["abandoned_place", "burglary", "stalking", "violence"])
def test_the_longest_names_still_fit(name: str, language: str, category: str) -> None:
    """`Resident.send` asserts the length of every reply; this drives it through the longest."""
    assert category in CATEGORIES
    dangers = (Danger(), Danger(unsure=True), Danger(emergency=True, page=True))
    for place, danger in product(_places(name), dangers):
        resident = Resident("sms", language, _city(name))
        # Friday night: nobody reads until tomorrow, or until Monday, which takes the most words.
        resident.now = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)
        analysis = seen(category, language=language, location=place, danger=danger)
        assert "K7Q-41" in words(resident.send("...", analysis, attachment=True))
        for text in ("OK", "A", "SAFE", "WRONG", "no", "STATUS", "MORE", "MYDATA"):
            resident.send(text)
        resident.send("FORGET")
        resident.send("FORGET")


@pytest.mark.parametrize("name", [LONG, MARKED, CYRILLIC])
@pytest.mark.parametrize("language", CITY.languages)
@pytest.mark.parametrize("intent", list(Intent))
def test_small_talk_fits_too(name: str, language: str, intent: Intent) -> None:
    """`Resident.send` asserts the length of every reply; here everything is answered."""
    resident = Resident("telegram", language, _city(name))
    first, second = (resident.send("...", seen(intent=intent, language=language)) for _ in range(2))
    quiet = {Intent.SPAM, Intent.OPT_OUT}  # nothing more is said to who stopped, or to spam
    assert replies(first)
    assert bool(replies(second)) is (intent not in quiet)
    for text in ("hi", "who is this", "HELP", "START", "/nothing", "", "STOP"):
        assert replies(resident.send(text, seen(language=language))), text


@pytest.mark.parametrize("category", [slug for slug, known in CATEGORIES.items() if known.shown])
@pytest.mark.parametrize("language", CITY.languages)
def test_every_tip_and_service_fits(category: str, language: str) -> None:
    resident = Resident("sms", language)
    resident.send("...", seen(category, language=language))
    told: list[str] = []
    while "Tip: " in (text := words(resident.send("MORE"))) or "Consejo: " in text:
        assert text not in told
        told.append(text)
        assert len(told) < 20


def test_a_category_with_tips_tells_one_and_its_evidence() -> None:
    resident = Resident()
    resident.send("Light out", seen("lighting"))
    outcome = resident.send("MORE")
    assert {reply.kind for reply in replies(outcome)} == {"tip"}
    assert "Council lights desk, 555-0120" in words(outcome)
    assert len(resident.state.tips) == 1


def test_no_tip_where_a_team_was_woken() -> None:
    resident = Resident()
    resident.send("a stabbing", seen("violence", danger=Danger(emergency=True, page=True)))
    assert "Tip" not in words(resident.send("MORE"))


def test_more_about_nothing() -> None:
    assert "no tip for you" in words(Resident().send("MORE"))


# -- the emergency line ---------------------------------------------------------------------------


def _bare(emergency: Emergency) -> City:
    return City(
        path=Path("nowhere"),
        name="X",
        timezone=ZoneInfo("UTC"),
        languages=("en",),
        emergency=emergency,
        readers={},
        quiet=(time(21), time(8)),
        retention=Retention(),
        areas={},
        teams=(),
        services=(),
    )


@pytest.mark.parametrize("language", ["en", "es", "xx", "", "../es"])
@pytest.mark.parametrize(
    "emergency",
    [
        Emergency("999"),
        Emergency("999", text="999"),
        Emergency("999", relay="18000"),
        Emergency("999", police="101", fire="102", medical="103"),
    ],
)
@pytest.mark.parametrize("rules", [(), ("fire",), ("suicide",), ("blade", "child")])
def test_the_emergency_number_stands_in_the_first_line(
    language: str, emergency: Emergency, rules: tuple[str, ...]
) -> None:
    reply = emergency_reply(_bare(emergency), language, Danger(emergency=True, rules=rules))
    assert "999" in reply.text.splitlines()[0]
    assert len(reply.text.splitlines()[0]) <= 160
    assert segments(downgrade(reply.text)) <= 2


def test_those_who_cannot_speak_are_told_how() -> None:
    texted = emergency_reply(_bare(Emergency("999", text="998")), "en", Danger())
    relayed = emergency_reply(_bare(Emergency("999", relay="997")), "en", Danger())
    assert "text 998" in texted.text
    assert "use 997" in relayed.text


# -- lines ----------------------------------------------------------------------------------------


@given(st.text(" @AZaz9_-ñéáÓ¿¡\n€[`ÀÖЖ😀", min_size=120, max_size=320))
def test_the_quick_count_agrees_with_the_standard(text: str) -> None:
    assert fits(text) == (segments(downgrade(text)) <= 2)


@pytest.mark.parametrize("letter", [" ", "~", "a", "Z", "@", "ñ", "á", "Ú", "¿", "€", "`", "Ж"])
@pytest.mark.parametrize("length", [134, 135, 153, 306, 307])
def test_the_quick_count_at_the_limits(letter: str, length: int) -> None:
    text = letter * length
    assert fits(text) == (segments(downgrade(text)) <= 2)


def test_wanted_lines_are_left_out_when_they_do_not_fit() -> None:
    text = compose(("needed " * 20,), ("x" * 400, "small"))
    assert text.endswith("small")
    assert "x" * 400 not in text


def test_nothing_needed_still_makes_a_text() -> None:
    assert compose((), ("one", "two")) == "one\ntwo"


def test_the_first_line_is_never_cut() -> None:
    first = "Reference: K7Q-42. " + "a" * 60
    text = compose((first, "Ж" * 90, "Ж" * 90))
    assert text.splitlines()[0] == first
    assert fits(text)


@pytest.mark.parametrize(
    ("name", "limit", "expected"),
    [
        ("Mill Road", 20, "Mill Road"),
        ("Saint Bartholomew Street", 20, "Saint Bartholomew.."),
        ("Donaudampfschifffahrt", 10, "Donaudam.."),
        ("", 5, ""),
    ],
)
def test_short(name: str, limit: int, expected: str) -> None:
    assert short(name, limit) == expected
    assert len(short(name, limit)) <= limit


# -- when somebody reads --------------------------------------------------------------------------

ZONE = ZoneInfo("Europe/Madrid")


def _team(*watched: tuple[time, time], days: tuple[int, ...] = (0, 1, 2, 3, 4)) -> Team:
    return Team("t", "Team", ("a",), ZONE, "en", time(7, 30), days, watched)


DAY = (time(8), time(18))
NIGHT = (time(22), time(6))


@pytest.mark.parametrize(
    ("team", "local", "watching", "at"),
    [
        (_team(DAY), "2026-03-04 12:00", True, "2026-03-04 18:00"),
        (_team(DAY), "2026-03-04 08:00", True, "2026-03-04 18:00"),
        (_team(DAY), "2026-03-04 18:00", False, "2026-03-05 08:00"),
        (_team(DAY), "2026-03-04 07:59", False, "2026-03-04 08:00"),
        (_team(NIGHT), "2026-03-04 23:00", True, "2026-03-05 06:00"),
        (_team(NIGHT), "2026-03-04 05:59", True, "2026-03-04 06:00"),
        (_team(NIGHT), "2026-03-04 06:00", False, "2026-03-04 22:00"),
        (_team(DAY, NIGHT), "2026-03-04 19:00", False, "2026-03-04 22:00"),
        (_team(), "2026-03-04 12:00", False, "2026-03-05 07:30"),
        (_team(), "2026-03-06 12:00", False, "2026-03-09 07:30"),
        (_team(days=(2,)), "2026-03-04 08:00", False, "2026-03-11 07:30"),
    ],
)
def test_reading(team: Team, local: str, watching: bool, at: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)
    seen_hours = reading(team, now)
    assert seen_hours is not None
    assert seen_hours.watching is watching
    assert f"{seen_hours.at:%Y-%m-%d %H:%M}" == at


def test_a_team_that_watches_day_and_night() -> None:
    hours = reading(_team((time(0), time(0))), NOON)
    assert hours is not None
    assert hours.watching


def test_a_team_without_hours_and_digests() -> None:
    assert reading(_team(days=()), NOON) is None


@pytest.mark.parametrize(
    ("language", "at", "expected"),
    [
        ("en", "2026-03-04 16:00", "today at 16:00"),
        ("en", "2026-03-05 08:00", "tomorrow at 08:00"),
        ("en", "2026-03-09 07:30", "on Monday at 07:30"),
        ("es", "2026-03-04 16:00", "hoy a las 16:00"),
        ("es", "2026-03-09 07:30", "el lunes a las 07:30"),
    ],
)
def test_when(language: str, at: str, expected: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    assert when(language, moment, datetime(2026, 3, 4, 11, 0, tzinfo=UTC)) == expected


def test_services_of_another_area_are_not_named() -> None:
    elsewhere = Service(
        "s", {"en": "Far office"}, "x", ("lighting",), "1", {"en": "always"}, ("eastbank",)
    )
    city = replace(CITY, services=(elsewhere,), helplines=())
    resident = Resident(city=city)
    resident.send("Light out", seen("lighting"))
    assert "Far office" not in words(resident.send("MORE"))
