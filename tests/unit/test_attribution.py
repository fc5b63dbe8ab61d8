"""Open data asks to be named: the credit stays in the pack and goes wherever the map is shown."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.gsm import downgrade, segments
from bot.city import load_city
from nlp.citypack.pack import Town, build_pack
from nlp.gazetteer.gazetteer import Gazetteer
from tests.unit.smalltown import area_features, build_town, place_features, write
from tests.unit.transcripts import CITY, Resident, words

OSM = "© OpenStreetMap contributors (ODbL)"
TOWN = Town(timezone="Etc/UTC", languages=("en",), emergency="112")


def test_credits_of_sources_and_of_the_operator_stay_in_the_pack(tmp_path: Path) -> None:
    areas = write(tmp_path / "a.geojson", area_features(), attribution="© Smalltown council")
    places = write(tmp_path / "p.geojson", place_features())
    pack = tmp_path / "pack"
    build_pack("S", areas, [places], pack, attribution=[" Bus stops: Smalltown Bus ", ""], **TOWN)
    both = ("Bus stops: Smalltown Bus", "© Smalltown council")
    assert Gazetteer.open(pack).attribution == both
    assert load_city(pack).attribution == both
    assert json.loads((pack / "areas.geojson").read_text())["attribution"] == "; ".join(both)


def test_a_pack_built_from_a_pack_keeps_the_credit(tmp_path: Path) -> None:
    first = build_town(tmp_path)
    again = tmp_path / "again"
    places = write(tmp_path / "more.geojson", place_features())
    build_pack("S", first / "areas.geojson", [places], again, **TOWN)
    assert load_city(again).attribution == ("© Smalltown council",)


def test_a_town_of_nobody_else_names_nobody() -> None:
    assert CITY.attribution == ()
    assert "Map:" not in words(Resident().send("HELP"))


@pytest.mark.parametrize(
    ("text", "language"), [("HELP", "en"), ("ayuda", "es"), ("who are you", "en")]
)
def test_residents_hear_it_when_they_ask_for_help(text: str, language: str) -> None:
    resident = Resident("sms", language, city=replace(CITY, attribution=(OSM,)))
    answer = words(resident.send(text))
    assert "(c) OpenStreetMap contributors (ODbL)" in answer
    assert segments(downgrade(answer)) <= 2
