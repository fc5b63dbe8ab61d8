"""Messages in two cities' ways of speaking, against packs of open data.

Run: `python -m tests.bench.geocode_cities [--misses] [--own]`. Builds Nairobi (English, Swahili,
Sheng) and Porto Alegre (Portuguese) on a grid and asks where each message is about.

`cities/*.jsonl` hold 150 messages a city by an author who knew the data and not the code, each with
the points that it may mean and how far from one of them an answer may lie. A message is right when
the answer lies there, or when the question "which one?" offers a place that does; where nothing is
named, when nothing is found and nothing offered. `--own` measures the shorter lists below, by which
the rules were made: there the truth is the place's name.
"""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.analysis import Location, Query
from nlp.citypack.pack import Town, build_pack
from nlp.geocoder.geocoder import Geocoder
from nlp.places.spatial import metres_between

DATA = Path(__file__).parents[3] / "shared" / "data"
_PARTS = ("roads", "landmarks", "areas")
Cases = tuple[tuple[str, str], ...]
NAIROBI: Cases = (
    ("wezi wako hapo pangani girls jioni", "Pangani Girls"),
    ("nimeibiwa simu karibu na yaya center", "Yaya Center"),
    ("mugged outside Garden City Mall last nite", "Garden City Mall"),
    ("kuna fujo nyuma ya pangani shopping center", "Pangani Shopping Center"),
    ("matatu inapark vibaya pangani matatu stage", "Pangani Matatu Stage"),
    ("stima imezima roysambu stage, giza totoro", "Roysambu Stage"),
    ("accident roysambu roundabout pole pole", "Roysambu Roundabout"),
    ("makarao wanaitisha kitu kidogo hapo roasters roundabout", "Roasters Roundabout"),
    ("taka zimejaa mkabala na radiant hospital pangani", "Radiant Hospital Pangani"),
    ("kelele usiku hidden tavern pangani", "Hidden Tavern - Pangani"),
    ("watoi wanavuta bangi uwanja wa pangani recreational field", "Pangani Recreational Field"),
    ("nduthi zinaibia watu roysambu foot bridge", "Roysambu Foot Bridge"),
    ("kanisa deliverance church pangani wanapiga kelele", "Deliverance Church Pangani"),
    ("street lights zimeharibika juja rd na outer ring rd", "Juja Road & Outer Ring Road"),
    ("corner ya outering road na juja road kuna shimo", "Juja Road & Outer Ring Road"),
    ("pale kona ya Juja Road na Outer Ring kuna takataka", "Juja Road & Outer Ring Road"),
    ("hawkers wameziba njia yaya centre", "Yaya Center"),
    ("Mtu amelewa anatusumbua roysambu hotel", "Roysambu Hotel"),
    ("shule ya roysambu primary school fence broken", "Roysambu Primary School"),
    ("maji machafu inatoka karibu na pangani mosque", "Pangani Mosque"),
    ("vijana wanapigana roysambu bus station", "Roysambu Bus Station"),
    ("gari imeachwa mbele ya java garden city since monday", "Java Garden City"),
    ("bodaboda wanasumbua wasichana pangani girls bus stop", "Pangani Girls Bus Stop"),
    ("tumechoka na noise ya zulu roasters", "Zulu Roasters"),
    ("sikh temple pangani, watu wanalala nje", "Sikh Temple,Pangani"),
    ("conmen at equity bank garden city branch", "Equity Bank Garden City Branch"),
    ("barclays pangani branch atm queue wamepora mama", "Barclays Bank - Pangani Branch"),
    ("pickpockets at the roysambu terminus", "Roysambu Terminus"),
    ("club afrique roysambu fujo kila wikendi", "Club Afrique Roysambu"),
    ("lesedi school roysambu watoto wanatembea kwa barabara hatari", "Lesedi School Roysambu"),
    ("shimo kubwa old mombasa road", "Old Mombasa Road"),
    ("mafuriko juja road", "Juja Road"),
    ("traffic lights dead on outer ring road", "Outer Ring Road"),
    ("potholes thika lane yote", "Thika Lane"),
    ("kilimani kuna wezi wa viatu", "Kilimani"),
    ("uchafu imejaa parklands", "Parklands"),
    ("roysamboo stage wanaiba simu", "Roysambu Stage"),
    ("garden citty mall parking kuna mtu anafuata watu", "Garden City Mall Parking"),
    ("niko na shida hapa mtaani", ""),
    ("jirani yangu anapiga bibi yake kila usiku", ""),
    ("mnasaidia aje watu wa huku kwetu", ""),
    ("asante sana kwa kazi nzuri", ""),
    ("naogopa kutoka nje usiku, hakuna taa kwa ploti yetu", ""),
)
PORTO_ALEGRE: Cases = (
    ("assalto na esquina da Borges com a Riachuelo", "Avenida Borges de Medeiros & Rua Riachuelo"),
    ("poste caido na av ipiranga com silva só", "Avenida Ipiranga & Rua Silva Só"),
    ("buraco na félix da cunha x tobias da silva", "Rua Félix da Cunha & Rua Tobias da Silva"),
    (
        "semaforo apagado na assis brasil com a francisco trein",
        "Avenida Assis Brasil & Avenida Francisco Trein",
    ),
    (
        "acidente Santos Dumont esquina Almirante Barroso",
        "Avenida Santos Dumont & Rua Almirante Barroso",
    ),
    ("lixo na esquina da pernambuco e santa rita", "Avenida Pernambuco & Rua Santa Rita"),
    ("rua jau com ouro preto alagada", "Rua Jaú & Rua Ouro Preto"),
    (
        "cruzamento da Copacabana com a travessa Itaperuna sem placa",
        "Avenida Copacabana & Travessa Itaperuna",
    ),
    (
        "domingos martins com vista alegre, carro abandonado",
        "Rua Domingos Martins & Rua Vista Alegre",
    ),
    ("som alto perto do terminal alameda", "Terminal Alameda"),
    ("briga no terminal triangulo", "Terminal Triângulo"),
    ("furto no shopping joão pessoa", "Shopping João Pessoa"),
    ("moradores de rua dormindo na rodoviária de porto alegre", "Rodoviária de Porto Alegre"),
    ("vidro quebrado no colégio americano", "Colégio Americano"),
    ("pichação no monumento ao rotary club", "Monumento ao Rotary Club"),
    ("escuro na praça montevideu", "Praça Montevidéu"),
    ("assalto na travessa dos venezianos", "Travessa dos Venezianos"),
    ("R. Padre Chagas barulho de bar toda noite", "Rua Padre Chagas"),
    ("esgoto aberto na rua vigário josé inácio", "Rua Vigário José Inácio"),
    ("tem gente vendendo droga na rua cerro azul", "Rua Cerro Azul"),
    ("cachorro solto na rua querubim costa", "Rua Querubim Costa"),
    ("rua doutor veridiano farias sem luz", "Rua Doutor Veridiano Farias"),
    ("dr veridiano farias sem luz ha 3 dias", "Rua Doutor Veridiano Farias"),
    ("Veridiano Farias com Faria Santos", "Rua Doutor Veridiano Farias & Rua Faria Santos"),
    ("a rua pedro velho com santa clara virou lixao", "Rua Pedro Velho & Rua Santa Clara"),
    (
        "joao bastian e matias jose bins, carro na calçada",
        "Rua João Bastian & Rua Matias José Bins",
    ),
    ("rua da praia com a dr flores, trombadinhas", "Rua Doutor Flores & Rua dos Andradas"),
    ("lima e silva entre a república e a luiz afonso: barulho", "Rua General Lima e Silva"),
    (
        "protásio alves com lucas de oliveira: atropelamento",
        "Avenida Coronel Lucas de Oliveira & Avenida Protásio Alves",
    ),
    ("pernambco com santa rita fios soltos", "Avenida Pernambuco & Rua Santa Rita"),
    ("travesa itaperuna alagou", "Travessa Itaperuna"),
    ("mataram o silêncio aqui, socorro", ""),
    ("meu vizinho bate na mulher", ""),
    ("obrigado pela ajuda de ontem", ""),
    ("tem um homem estranho na minha rua", ""),
    ("quando vocês respondem?", ""),
)


@dataclass(frozen=True, slots=True)
class City:
    """One city: its sources, languages and messages."""

    name: str
    sources: tuple[Path, ...]
    languages: tuple[str, ...]
    own: Cases

    def messages(self) -> list[dict[str, Any]]:
        """What the author wrote."""
        file = Path(__file__).parent / "cities" / f"{self.name}.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


CITIES = (
    City(
        "nairobi",
        tuple(DATA / "nairobi" / f"nairobi_{part}.geojson" for part in _PARTS),
        ("en", "sw"),
        NAIROBI,
    ),
    City(
        "porto_alegre",
        (
            DATA / "osm" / "porto_alegre_centre.osm.pbf",
            DATA / "osm" / "poa_points_of_interest.csv",
        ),
        ("pt",),
        PORTO_ALEGRE,
    ),
)


def named_right(truth: str, geocoder: Geocoder, text: str) -> bool:
    """Whether the answer, or the question that is asked, bears the name that was meant."""
    places, location = geocoder.locate(Query(text))
    if not truth:
        return location.area is None and not location.options
    if location.options:
        names = {place.name for place in places} | {
            option.label.split(",")[0] for option in location.options
        }
        return truth in names
    return location.name == truth


def verdict(message: dict[str, Any], location: Location) -> str:
    """right, asked (rightly), wrong, missed, or invented where nothing is named."""
    points = [(spot["lat"], spot["lon"]) for spot in message["truth"]]
    if not points:
        silent = location.area is None and not location.options
        return "right" if silent and not location.outside else "invented"
    near = message["radius_m"]
    if location.latitude is not None and location.longitude is not None:
        found = _near((location.latitude, location.longitude), points, near)
        return "right" if found else "wrong"
    offered = [(o.latitude, o.longitude) for o in location.options if o.latitude is not None]
    if any(_near((lat, lon or 0.0), points, near) for lat, lon in offered):
        return "asked"
    return "wrong" if location.area or offered else "missed"


def _near(spot: tuple[float, float], points: Sequence[tuple[float, float]], metres: float) -> bool:
    return any(metres_between(*spot, *point) <= metres for point in points)


def named(source: Path, folder: Path) -> Path:
    """The source; a table whose names are ids ("beira_rio_stadium") with names made of them."""
    if source.suffix != ".csv":
        return source
    rows = source.read_text(encoding="utf-8").splitlines()
    made = folder / source.name
    lines = ["name,lat,lon", *(row.replace("_", " ") for row in rows[1:])]
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


def measure(city: City, *, misses: bool, own: bool) -> None:
    """Build a pack, ask, print."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack"
        town = Town(timezone="UTC", languages=city.languages, emergency="112")
        sources = [named(source, Path(folder)) for source in city.sources]
        build_pack(city.name, None, sources, pack, grid_km=3, **town)
        geocoder = Geocoder.open(pack)
        if own:
            _own(city, geocoder, misses=misses)
            return
        messages = city.messages()
        found = [geocoder.locate(Query(message["text"]))[1] for message in messages]
        verdicts = [verdict(*pair) for pair in zip(messages, found, strict=True)]
        counts = Counter(verdicts)
        share = 100 * (counts["right"] + counts["asked"]) / len(messages)
        print(f"{city.name}: {len(messages)} messages, right {share:.1f} %: {dict(counts)}")
        for message, location, word in zip(messages, found, verdicts, strict=True):
            if misses and word not in ("right", "asked"):
                meant = "; ".join(sorted({spot["name"] for spot in message["truth"]})) or "nowhere"
                labels = [option.label for option in location.options]
                print(f"    {word}: {message['text']} | {meant} | {location.name} {labels}")


def _own(city: City, geocoder: Geocoder, *, misses: bool) -> None:
    wrong = [(text, truth) for text, truth in city.own if not named_right(truth, geocoder, text)]
    share = 100 * (1 - len(wrong) / len(city.own))
    print(f"{city.name}: {len(city.own)} messages of our own, right {share:.1f} %")
    for text, truth in wrong if misses else ():
        print(f"    {text} | meant {truth or 'nowhere'}")


def main() -> int:
    """Measure both cities; plain words where the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="print what was not right")
    parser.add_argument("--own", action="store_true", help="the lists that the rules were made by")
    options = parser.parse_args()
    for city in CITIES:
        if not all(path.is_file() for path in city.sources):
            print(f"{city.name}: skipped: no data at ../shared/data beside the repository")
            continue
        measure(city, misses=options.misses, own=options.own)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
