"""A city is read from its pack, and every mistake in a pack is named with its file and field."""

import json
import shutil
from collections.abc import Callable
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.city import City, CityError, demo_city_path, load_city

CITY = """
name = "Testford"
timezone = "Europe/Dublin"
languages = ["en", "es"]
[emergency]
general = "112"
"""
TEAM = """
[[teams]]
slug = "north"
name = "North team"
areas = ["upper-town"]
digest = { at = "07:30", days = ["fri", "mon", "mon"] }
"""
SERVICE = """
[[services]]
slug = "lamps"
name = { en = "Lamp desk", es = "Alumbrado" }
categories = ["lighting"]
"""
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


def feature(name: str, **more: object) -> dict[str, object]:
    code = name.lower().replace(" ", "-")
    properties = {"code": code, "name": name} | more
    return {"type": "Feature", "properties": properties, "geometry": SQUARE}


def areas(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "city.toml").write_text(CITY, encoding="utf-8")
    (tmp_path / "teams.toml").write_text(TEAM, encoding="utf-8")
    (tmp_path / "services.toml").write_text(SERVICE, encoding="utf-8")
    two = areas(feature("Upper Town"), feature("Low Town", population=120, aliases=["the low"]))
    (tmp_path / "areas.geojson").write_text(two, encoding="utf-8")
    return tmp_path


def load_with(pack: Path, file: str, text: str) -> City:
    (pack / file).write_text(text, encoding="utf-8")
    return load_city(pack)


def complaint_about(pack: Path, file: str, text: str) -> str:
    try:
        load_with(pack, file, text)
    except CityError as error:
        return str(error)
    return ""


def test_a_small_pack_gets_sensible_defaults(pack: Path) -> None:
    city = load_city(pack)
    assert city.name == "Testford"
    assert city.timezone == ZoneInfo("Europe/Dublin")
    assert city.languages == ("en", "es")
    assert city.emergency.general == "112"
    assert city.emergency.relay is None
    assert city.quiet == (time(21), time(8))
    assert (city.retention.bodies, city.retention.links, city.retention.idle_contacts) == (
        30,
        90,
        365,
    )
    assert city.share_without_consent is False
    assert city.daily_sms_limit is None
    assert city.readers == {
        "en": "the liaison team of Testford",
        "es": "el equipo de enlace de Testford",
    }
    assert city.areas["low-town"].population == 120
    assert city.areas["low-town"].aliases == ("the low",)


def test_a_team_takes_zone_and_language_of_the_city(pack: Path) -> None:
    team = load_city(pack).teams[0]
    assert team.timezone == ZoneInfo("Europe/Dublin")
    assert team.language == "en"
    assert team.digest_at == time(7, 30)
    assert team.digest_days == (0, 4)


def test_a_team_may_be_named_at_the_area(pack: Path) -> None:
    both = areas(feature("Upper Town", team="north"), feature("Low Town", team="north"))
    city = load_with(pack, "areas.geojson", both)
    assert city.teams[0].areas == ("upper-town", "low-town")


def test_lookups_know_areas_and_teams(pack: Path) -> None:
    city = load_city(pack)
    north = city.team("north")
    assert north is not None
    assert city.team_of("upper-town") == north
    assert city.team_of("low-town") is None
    assert city.team_of(None) is None
    assert city.team("south") is None
    assert city.area_name("low-town") == "Low Town"
    assert city.area_name("atlantis") is None


def test_teams_and_services_may_be_absent(pack: Path) -> None:
    (pack / "teams.toml").unlink()
    (pack / "services.toml").unlink()
    city = load_city(pack)
    assert city.teams == ()
    assert city.services == ()


def test_a_code_left_out_is_made_from_the_name(pack: Path) -> None:
    nameless = feature("Upper Town")
    nameless["properties"] = {"name": "Upper Town"}
    assert list(load_with(pack, "areas.geojson", areas(nameless)).areas) == ["upper-town"]


def test_open_data_may_bring_other_properties(pack: Path) -> None:
    extra = areas(feature("Upper Town", OBJECTID=7, shape_area=1.5))
    assert "upper-town" in load_with(pack, "areas.geojson", extra).areas


def test_everything_that_can_be_said_is_read(pack: Path) -> None:
    text = (
        CITY.replace("[emergency]", "[emergency]\ntext = '112'\nrelay = '18000'")
        + "[readers]\nen = 'two officers'\nes = 'dos agentes'\n"
        + "[quiet]\nfrom = '22:15'\nto = '06:45'\n"
        + "[retention]\nbodies = 7\n[limits]\ndaily_sms = 50\n[sharing]\nwithout_consent = true\n"
        + "[[helplines]]\nslug = 'ears'\nname = { en = 'Ears', es = 'Oídos' }\nphone = '555-0101'\n"
    )
    city = load_with(pack, "city.toml", text)
    assert (city.emergency.text, city.emergency.relay) == ("112", "18000")
    assert city.readers["es"] == "dos agentes"
    assert city.quiet == (time(22, 15), time(6, 45))
    assert city.retention.bodies == 7
    assert city.daily_sms_limit == 50
    assert city.share_without_consent is True
    assert city.helplines[0].name["es"] == "Oídos"


@pytest.mark.parametrize(
    ("spans", "at", "watched"),
    [
        ('["08:00-18:00"]', time(8), True),
        ('["08:00-18:00"]', time(18), False),
        ('["08:00-12:00", "14:00-18:00"]', time(13), False),
        ('["22:00-06:00"]', time(23), True),
        ('["22:00-06:00"]', time(5, 59), True),
        ('["22:00-06:00"]', time(6), False),
        ('["00:00-00:00"]', time(3), True),
        ("[]", time(12), False),
    ],
)
def test_a_team_watches_in_its_hours(pack: Path, spans: str, at: time, watched: bool) -> None:
    city = load_with(pack, "teams.toml", TEAM + f"watched = {spans}\n")
    assert city.teams[0].watches(at) is watched


Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


def add(more: str) -> Change:
    return lambda text: text + more


MISTAKES: list[tuple[str, Change, list[str]]] = [
    ("city.toml", swap('general = "112"', ""), ["emergency.general", 'general = "112"']),
    ("city.toml", swap('[emergency]\ngeneral = "112"', ""), ["emergency", 'general = "112"']),
    ("city.toml", swap('"112"', '""'), ["emergency.general", "does not fit"]),
    ("city.toml", swap('"112"', "112"), ["emergency.general", "112 does not fit"]),
    ("city.toml", swap('"112"', '"call us"'), ["emergency.general", "'call us'"]),
    ("city.toml", swap("general =", "genral ="), ["emergency.genral", 'did you mean "general"?']),
    ("city.toml", swap("timezone", "time_zone"), ["time_zone", 'did you mean "timezone"?']),
    ("city.toml", add("colour = 1\n"), ["emergency.colour", "known are: general, police"]),
    ("city.toml", swap("Europe/Dublin", "Europe/Dubling"), ["timezone", "no known time zone"]),
    ("city.toml", swap("Europe/Dublin", "../etc/passwd"), ["timezone", "no known time zone"]),
    ("city.toml", swap('"es"', '"xx"'), ["languages, entry 2", "no known language"]),
    ("city.toml", swap('"es"', '"Spanish"'), ["languages, entry 2", "ISO 639-1"]),
    ("city.toml", swap('["en", "es"]', "[]"), ["languages", "main one first"]),
    ("city.toml", swap('name = "Testford"', 'name = "  "'), ["name", "does not fit"]),
    ("city.toml", add("[quiet]\nfrom = '9pm'\n"), ["quiet.from", "'9pm' is no time of day"]),
    ("city.toml", add("[quiet]\nfrom = '25:00'\n"), ["quiet.from", 'from = "21:00"']),
    ("city.toml", add("[quiet]\nto = 8\n"), ["quiet.to", "8 is no time of day"]),
    ("city.toml", add("[quiet]\nstart = '21:00'\n"), ["quiet.start", "known are: from, to"]),
    ("city.toml", add("[retention]\nbodies = 0\n"), ["retention.bodies", "1 to 365"]),
    ("city.toml", add("[limits]\ndaily_sms = -1\n"), ["limits.daily_sms", "2000"]),
    ("city.toml", add("[readers]\nen = 'us'\n"), ["readers", "es: is missing"]),
    ("city.toml", add("[readers]\nenglish = 'us'\n"), ["readers.english", "no known language"]),
    ("city.toml", add("[[helplines]]\nslug = 'a'\n"), ["helplines, entry 1: name", "is missing"]),
    ("city.toml", add("= ="), ["cannot be read as TOML", "line"]),
    ("teams.toml", swap("upper-town", "uper-town"), ["north", 'did you mean "upper-town"?']),
    ("teams.toml", add(TEAM.replace("north", "south")), ["south", 'belongs to "north"']),
    ("teams.toml", add(TEAM), ['"north" stands 2 times']),
    ("teams.toml", swap('["upper-town"]', "[]"), ["north", "areas: is empty"]),
    ("teams.toml", swap("07:30", "7.30"), ["teams, entry 1: digest.at", "'7.30' is no time"]),
    ("teams.toml", swap('"fri"', '"friday"'), ["digest.days, entry 1", "'friday'"]),
    ("teams.toml", swap("digest", "digets"), ["teams, entry 1: digets", 'did you mean "digest"?']),
    ("teams.toml", add('language = "fr"\n'), ["north", '"fr" is no city language']),
    ("teams.toml", add('timezone = "Mars"\n'), ["teams, entry 1: timezone", "'Mars'"]),
    ("teams.toml", add('watched = ["9-17"]\n'), ["watched, entry 1", "'9-17' is no time"]),
    ("teams.toml", add('watched = ["always"]\n'), ["watched, entry 1", "no span of hours"]),
    ("teams.toml", add('deputies = ["north"]\n'), ["deputies", '"north" is no other team']),
    ("teams.toml", add('partners = ["lamp"]\n'), ["partners", 'did you mean "lamps"?']),
    ("services.toml", swap('"lighting"', '"lights"'), ["lamps", "categories", '"lighting"?']),
    ("services.toml", swap(', es = "Alumbrado"', ""), ["lamps", "name: es: is missing"]),
    ("services.toml", add("hours = { en = 'always' }\n"), ["lamps", "hours: es: is missing"]),
    ("services.toml", add('areas = ["moon"]\n'), ["lamps", '"moon" is no area']),
    ("services.toml", add("phone = 5550100\n"), ["services, entry 1: phone", "5550100"]),
    ("services.toml", add(SERVICE), ['"lamps" stands 2 times']),
    ("areas.geojson", lambda _: "{", ["cannot be read as GeoJSON"]),
    ("areas.geojson", lambda _: "[]", ["features", "no areas"]),
    ("areas.geojson", lambda _: areas(), ["features", "no areas"]),
    (
        "areas.geojson",
        lambda _: areas(feature("Upper Town"), feature("Upper Town")),
        ['"upper-town" stands 2 times'],
    ),
    (
        "areas.geojson",
        lambda _: areas(feature("Upper Town", population="many")),
        ["feature 1: population", "'many'"],
    ),
    (
        "areas.geojson",
        lambda _: areas(feature("Upper Town", code="Upper Town")),
        ["feature 1: code", "lower case with hyphens"],
    ),
    (
        "areas.geojson",
        lambda _: areas(feature("Upper Town", team="nort")),
        ["upper-town", "team", 'did you mean "north"?'],
    ),
    (
        "areas.geojson",
        lambda _: areas(feature("Upper Town") | {"geometry": {"type": "Point"}}),
        ["feature 1: geometry", "write a Polygon"],
    ),
    ("areas.geojson", lambda _: '{"features": [null]}', ["feature 1: geometry"]),
    (
        "areas.geojson",
        lambda _: areas(feature("Upper Town") | {"properties": "Upper Town"}),
        ["feature 1: name", "is missing"],
    ),
]


@pytest.mark.parametrize(("file", "change", "words"), MISTAKES)
def test_a_mistake_is_named(pack: Path, file: str, change: Change, words: list[str]) -> None:
    text = change((pack / file).read_text(encoding="utf-8"))
    with pytest.raises(CityError) as caught:
        load_with(pack, file, text)
    line = next(
        (line for line in str(caught.value).splitlines() if all(w in line for w in words)), None
    )
    assert line is not None, str(caught.value)
    assert line.startswith(f"{file}: ")


@pytest.mark.parametrize("file", ["city.toml", "areas.geojson"])
def test_a_missing_file_is_named(pack: Path, file: str) -> None:
    (pack / file).unlink()
    with pytest.raises(CityError, match=f"^{file}: is missing"):
        load_city(pack)


def test_a_path_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="is no folder"):
        load_city(tmp_path / "nowhere")


def test_bytes_that_are_no_text_are_named(pack: Path) -> None:
    (pack / "city.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(CityError, match=r"city\.toml: cannot be read"):
        load_city(pack)


def test_all_mistakes_of_a_file_come_at_once(pack: Path) -> None:
    with pytest.raises(CityError) as caught:
        load_with(pack, "city.toml", "nam = 'x'\nlanguages = ['en']\n")
    lines = str(caught.value).splitlines()
    assert len(lines) == 4
    assert all(line.startswith("city.toml: ") for line in lines)


def test_the_demo_pack_without_its_emergency_number_is_refused(tmp_path: Path) -> None:
    shutil.copytree(demo_city_path(), tmp_path / "town")
    file = tmp_path / "town" / "city.toml"
    text = file.read_text(encoding="utf-8")
    assert 'general = "112"' in text
    file.write_text(text.replace('general = "112"', ""), encoding="utf-8")
    with pytest.raises(CityError, match=r"city\.toml: emergency\.general: is missing; write"):
        load_city(tmp_path / "town")


WORTHLESS = ["3", "true", '""', "[]", "[[]]", "{}", "{ a = 1 }", "[{ a = 1 }]", "1979-05-27"]


@pytest.mark.parametrize("value", WORTHLESS)
@pytest.mark.parametrize(
    "key",
    [
        *("name", "timezone", "languages", "emergency", "readers", "quiet", "retention", "limits"),
        *("sharing", "helplines"),
    ],
)
def test_no_value_of_another_type_brings_another_error(pack: Path, key: str, value: str) -> None:
    """An empty table or list is fine where nothing is needed; the rest is a CityError."""
    rest = [line for line in CITY.splitlines() if not line.startswith(key)]
    if key == "emergency":
        rest = [line for line in rest if "emergency" not in line and "general" not in line]
    text = f"{key} = {value}\n" + "\n".join(rest)
    needed = ("name", "timezone", "languages", "emergency")
    fine = key not in needed and value == ("[]" if key == "helplines" else "{}")
    complaint = complaint_about(pack, "city.toml", text)
    assert complaint == "" if fine else f"city.toml: {key}" in complaint


@pytest.mark.parametrize("value", ["3", '"x"', "[]", "{}", "null", "true", '{"type": []}'])
@pytest.mark.parametrize("key", ["properties", "geometry"])
def test_strange_features_are_errors_of_the_pack(pack: Path, key: str, value: str) -> None:
    strange = feature("Upper Town") | {key: json.loads(value)}
    with pytest.raises(CityError, match=r"^areas\.geojson: feature 1"):
        load_with(pack, "areas.geojson", areas(strange))
