"""Messages in our own words around real places of a real county, where its data is at hand.

The data lies beside the repository, in `../shared/data/montgomery`, and is never copied into it.
"""

import csv
import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from nlp.citypack.pack import build_pack

DATA = Path(__file__).parents[2] / "shared" / "data" / "montgomery"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the county's data is not here (../shared/data/montgomery)"
)

#: What a resident might text of a kind of call. Sorted by the first words of the dispatcher's code.
FRAMES = {
    "VEHICLE ACCIDENT": (
        "two cars crashed {place}, bits all over the road",
        "another smash {place}. that junction is terrible",
        "fender bender {place} nobody hurt but its blocking everything",
        "crash again {place}, third one this month, someone needs to fix that corner",
    ),
    "DISABLED VEHICLE": (
        "broken down truck blocking the lane {place}",
        "car stuck with its hazards on {place}, people swerving round it",
        "dead pickup sitting in the roadway {place} no lights on it",
    ),
    "ROAD OBSTRUCTION": (
        "big branch down across the road {place}",
        "theres a couch in the middle of the street {place}",
        "traffic light lying on the ground {place}",
        "tree limb hanging over the road {place} cars cant get by",
    ),
    "HAZARDOUS ROAD": (
        "road flooded and icy {place}",
        "huge pothole {place}, popped my tire",
        "spilled gravel all over the turn {place}, motorbike nearly went down",
    ),
    "GAS-ODOR/LEAK": ("strong smell of gas {place}", "can smell gas outside {place} pretty bad"),
    "FIRE ALARM": (
        "alarm in the building {place} has been going for an hour",
        "some alarm wont stop ringing {place}",
    ),
    "DEBRIS": ("trash bags split open in the road {place}",),
    "": (
        "street light out {place}",
        "someone dumped mattresses {place}",
        "loud music every night {place}",
        "cars racing {place} around midnight",
        "no working street lamps {place}, pitch dark",
        "graffiti all over the wall {place}",
        "dog running loose {place}, no owner around",
    ),
}
PLACES = (
    "at {a} and {b} in {town}",
    "on the corner of {a} & {b}, {town}",
    "at {a} & {b} {town}",
    "where {a} meets {b} in {town}",
    "by {a} and {b}, {town}",
    "{a} x {b} {town}",
)


@dataclass(frozen=True, slots=True)
class Told:
    """A message and the truth about its place (WGS 84)."""

    text: str
    township: str
    latitude: float
    longitude: float


def build_county(folder: Path) -> Path:
    """The county as a city pack, with a team of one township and a team of the rest."""
    pack = folder / "montgomery"
    build_pack(
        "Montgomery County",
        areas=DATA / "areas.geojson",
        places=[DATA / "intersections.jsonl"],
        out=pack,
        area_code="code",
        area_name="name",
        timezone="America/New_York",
        languages=("en",),
        emergency="911",
    )
    return pack


def write_teams(pack: Path, township: str) -> None:
    """`town` answers for one township, `county` for all others."""
    codes = [
        f["properties"]["code"]
        for f in json.loads((pack / "areas.geojson").read_text())["features"]
    ]
    others = [code for code in codes if code != township]
    daily = 'digest = { at = "07:00", days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] }'
    rows = [("town", "Town team", [township]), ("county", "County team", others)]
    (pack / "teams.toml").write_text(
        "\n".join(
            f'[[teams]]\nslug = "{slug}"\nname = "{name}"\nareas = {json.dumps(areas)}\n{daily}\n'
            for slug, name, areas in rows
        ),
        encoding="utf-8",
    )


def tell(count: int, seed: int = 7) -> list[Told]:
    """`count` messages around crossings that the pack knows, each at another call's place."""
    lines = (DATA / "intersections.jsonl").read_text("utf-8").splitlines()
    known = {(row["addr"], row["twp"]) for row in map(json.loads, lines)}
    with gzip.open(DATA / "calls.csv.gz", "rt", encoding="utf-8") as file:
        calls = [row for row in csv.DictReader(file) if (row["addr"], row["twp"]) in known]
    chance = random.Random(seed)
    chance.shuffle(calls)
    seen: set[str] = set()
    told: list[Told] = []
    for call in calls:
        if call["addr"] not in seen and len(told) < count:
            seen.add(call["addr"])
            told.append(_told(chance, call))
    return told


def _told(chance: random.Random, call: dict[str, str]) -> Told:
    a, _, b = call["addr"].partition(" & ")
    if chance.random() < 0.3:
        a, b = b, a
    style = chance.choice((str.lower, str.title, str.upper))
    place = chance.choice(PLACES).format(a=style(a), b=style(b), town=style(call["twp"]))
    kind = next((k for k in FRAMES if k and call["sub"].startswith(k)), "")
    text = chance.choice(FRAMES[kind]).format(place=place)
    return Told(
        text=text,
        township=call["twp"].lower().replace(" ", "-"),
        latitude=float(call["lat"]),
        longitude=float(call["lng"]),
    )
