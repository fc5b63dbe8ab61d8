"""Names said in part, cut short, in another order or an old spelling; and other towns."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nlp.analysis import Location, Query
from nlp.citypack.pack import Town, build_pack
from nlp.gazetteer.forms import How, forms
from nlp.gazetteer.gazetteer import Gazetteer
from nlp.gazetteer.words import load_words
from nlp.geocoder.geocoder import Geocoder

Lines = Mapping[str, tuple[tuple[float, float], tuple[float, float]]]
AVENUES: Lines = {
    "Avenida Presidente Teodoro Lavigne": ((0.002, 52.012), (0.018, 52.012)),
    "Rua General Otavio Barcelos": ((0.010, 52.003), (0.010, 52.018)),
    "Rua Otavio Menor": ((0.0105, 52.0115), (0.0105, 52.0125)),
    "Rua Moacir de Sequeira": ((0.004, 52.003), (0.004, 52.018)),
    "Rua Lima e Serpa": ((0.002, 52.005), (0.018, 52.005)),
    "Rua Fagundes": ((0.012, 52.008), (0.012, 52.010)),
    "Rua Luz": ((0.016, 52.014), (0.016, 52.016)),
    "Rua Nossa Senhora do Rosa": ((0.014, 52.014), (0.014, 52.016)),
    "Rua Novo Hamburgo": ((0.012, 52.014), (0.012, 52.016)),
}
SIGHTS = {
    "Barco Garça Real": (0.003, 52.008),
    "Terminal Ferroviário de Lagamar": (0.006, 52.008),
    "Escadaria 24 de Abril": (0.008, 52.008),
    "PopMarket": (0.009, 52.009),
    "Café Zenite Kombucha": (0.0150, 52.0180),
    "Banca Jornais Kombucha": (0.0151, 52.0181),
    "Beira-Cais (antigo trapiche)": (0.017, 52.008),
    "Porto Alegre": (0.004, 52.018),
}
ROADS: Lines = {
    "Tembo Road": ((0.002, 52.012), (0.018, 52.012)),
    "Old Kifaru Road": ((0.010, 52.003), (0.010, 52.018)),
    "Outer Ring Road": ((0.004, 52.003), (0.004, 52.018)),
}
STAGES = {
    "Legend Dental Centre Rubanda": (0.003, 52.008),
    "Mamba Road Lagooni Footbridge": (0.006, 52.008),
}


@pytest.fixture(scope="module")
def porto(tmp_path_factory: pytest.TempPathFactory) -> Geocoder:
    return town(tmp_path_factory.mktemp("porto"), ("pt",), AVENUES, SIGHTS, {})


@pytest.fixture(scope="module")
def lagoon(tmp_path_factory: pytest.TempPathFactory) -> Geocoder:
    parts = {"Rubanda": (0.016, 52.016), "Pangoni": (0.002, 52.002)}
    return town(tmp_path_factory.mktemp("lagoon"), ("en", "sw"), ROADS, STAGES, parts)


def town(
    folder: Path,
    languages: tuple[str, ...],
    streets: Lines,
    sights: Mapping[str, tuple[float, float]],
    districts: Mapping[str, tuple[float, float]],
) -> Geocoder:
    ring = [[0.0, 52.0], [0.02, 52.0], [0.02, 52.02], [0.0, 52.02], [0.0, 52.0]]
    ward = feature("Ward", "ward", "Polygon", [ring])
    places = [feature(n, "street", "LineString", [*map(list, xy)]) for n, xy in streets.items()]
    places += [feature(name, "landmark", "Point", list(xy)) for name, xy in sights.items()]
    places += [feature(name, "district", "Point", list(xy)) for name, xy in districts.items()]
    for file, features in (("areas", [ward]), ("places", places)):
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / f"{file}.geojson").write_text(text, encoding="utf-8")
    pack = folder / "pack"
    known = Town(timezone="Etc/UTC", languages=languages, emergency="112")
    build_pack("Porto Alegre", folder / "areas.geojson", [folder / "places.geojson"], pack, **known)
    return Geocoder.open(pack)


def feature(name: str, kind: str, shape: str, coordinates: list[Any]) -> dict[str, Any]:
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"name": name, "kind": kind}, "geometry": geometry}


def located(geocoder: Geocoder, text: str) -> Location:
    return geocoder.locate(Query(text))[1]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("buraco na Lavigne", "Avenida Presidente Teodoro Lavigne", id="last name"),
        pytest.param("a Lavigne alagou", "Avenida Presidente Teodoro Lavigne", id="article"),
        pytest.param("buraco na gen. Barcellos", None, id="a title and the last name alone"),
        pytest.param("na Otávio Barcellos", "Rua General Otavio Barcelos", id="double letters"),
        pytest.param("na Moacyr Sequeira", "Rua Moacir de Sequeira", id="old y, no joining word"),
        pytest.param("a Lima e Serpa às escuras", "Rua Lima e Serpa", id="article, two words"),
        pytest.param("lixo na Nossa Senhora do Rosa", "Rua Nossa Senhora do Rosa", id="common"),
        pytest.param("lama na escadaria da 24 de abril", "Escadaria 24 de Abril", id="added word"),
        pytest.param("óleo perto do Garça Real", "Barco Garça Real", id="two words of a name"),
        pytest.param(
            "sujeira no terminal ferroviario", "Terminal Ferroviário de Lagamar", id="with its kind"
        ),
        pytest.param("rato atrás do (Pop Market)", "PopMarket", id="two words for one"),
        pytest.param("briga no beira-cais", "Beira-Cais (antigo trapiche)", id="brackets"),
        pytest.param("Fagundes alagada de novo", "Rua Fagundes", id="what only a street is"),
        pytest.param("lixo ao longo da fagundes", "Rua Fagundes", id="along"),
        pytest.param("falta luz na Lavigne, a luz caiu", "Avenida Presidente Teodoro Lavigne"),
    ],
)
def test_portuguese_names_in_part(porto: Geocoder, text: str, name: str | None) -> None:
    assert located(porto, text).name == name


def test_a_name_is_never_half_of_a_crossing_that_nobody_meant(porto: Geocoder) -> None:
    assert located(porto, "falta de luz na Moacir de Sequeira").latitude is not None


def test_of_two_streets_the_long_one_is_called_by_its_first_name(porto: Geocoder) -> None:
    crossing = located(porto, "esquina da Otavio com a Lavigne")
    assert crossing.name == "Avenida Presidente Teodoro Lavigne & Rua General Otavio Barcelos"


def test_names_that_share_a_word_at_one_spot_tell_that_spot(porto: Geocoder) -> None:
    offered = located(porto, "menino perdido perto do Kombucha")
    assert offered.area == "ward"
    assert abs((offered.latitude or 0) - 52.018) < 0.001


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("buraco na Novo Hamburgo", False),
        ("Novo Hamburgo: rua em frente cheia de lama", True),
        ("na Lavigne em Caxias do Sul tem um buraco", True),
        ("buraco na Lavigne em Canoas", True),
        ("buraco na Lavigne, minha irma mora em Canoas", False),
        ("buraco na Lavigne em Porto Alegre", False),
        ("na Lavigne em frente ao bar", False),
    ],
)
def test_another_town_is_nowhere_here(porto: Geocoder, text: str, foreign: bool) -> None:
    location = located(porto, text)
    assert (location.area is None and not location.options) == foreign


@pytest.mark.parametrize(
    "text", ["até as 5 da manhã", "um carro na luz", "a Otavio me ligou", "Fagundes caiu"]
)
def test_ordinary_words_are_no_places(porto: Geocoder, text: str) -> None:
    assert located(porto, text) == Location(unheard=located(porto, text).unheard)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mashimo kwa barabara ya Tembo", "Tembo Road"),
        ("lori barabara ya zamani ya Kifaru", "Old Kifaru Road"),
        ("potholes on outering rd", "Outer Ring Road"),
        ("stima imepotea Ruband since jana", "Rubanda"),
        ("moto pale Pangs", "Pangoni"),
        ("gutter near Legend Dental in Rubanda", "Legend Dental Centre Rubanda"),
        ("steps of Lagooni footbridge are broken", "Mamba Road Lagooni Footbridge"),
    ],
)
def test_names_as_nairobi_says_them(lagoon: Geocoder, text: str, name: str) -> None:
    assert located(lagoon, text).name == name


def test_two_streets_with_a_relation_between_are_a_crossing(lagoon: Geocoder) -> None:
    found = located(lagoon, "pothole on Old Kifaru Road just after the Tembo Road junction")
    assert found.name == "Old Kifaru Road & Tembo Road"


@pytest.mark.parametrize(
    ("name", "languages", "key", "how"),
    [
        ("Avenida Neusa Goulart Brizola", ("pt",), "neusa brizola", How.PART),
        ("Avenida Plínio Brasil Milano", ("pt",), "plinio b milano", How.PART),
        ("Rua Coronel Bordini", ("pt",), "bordini", How.PART),
        ("Rua Gonçalo de Carvalho", ("pt",), "r goncalo carvalho", How.ALIAS),
        ("Juja Road", ("en", "sw"), "rd juja", How.ALIAS),
    ],
)
def test_forms(name: str, languages: tuple[str, ...], key: str, how: How) -> None:
    assert dict(forms(name, load_words(languages), street=True))[key] is how


def test_few_names_hold_a_rare_word(porto: Geocoder) -> None:
    gazetteer: Gazetteer = porto.gazetteer
    assert sorted(gazetteer.holding("kombucha")) == [
        "banca jornais kombucha",
        "cafe zenite kombucha",
    ]
    assert gazetteer.holding("nowhere") == []


def test_the_citys_own_name_is_no_place_in_it(porto: Geocoder) -> None:
    placed = located(porto, "buraco na Lavigne em Porto Alegre")
    assert placed == located(porto, "buraco na Lavigne")
    assert located(porto, "assalto em Porto Alegre").latitude is None
