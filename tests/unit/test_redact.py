"""Hiding who is who, and nothing else."""

import pytest

from nlp.analysis import Place
from nlp.redaction.redact import hidden_spans, redact

HIDDEN = [
    ("my neighbour darren keeps banging", "my neighbour [name] keeps banging"),
    ("his name is kwabena he did it", "his name is [name] he did it"),
    ("Mrs Pargeter died", "Mrs [name] died"),
    ("call me on 07700 900123 pls", "call me on [phone] pls"),
    ("ring +1 (555) 010-4477", "ring [phone]"),
    ("mail jo.k@example.org now", "mail [email] now"),
    ("hes @joe_99 on there", "hes [handle] on there"),
    ("white van AB12 CDE again", "white van [plate] again"),
    ("no 14 is dealing", "no [number] is dealing"),
    ("music from flat 9b", "music from flat [number]"),
    ("dogs barking at 22", "dogs barking at [number]"),
    ("come to 27 Larch Way", "come to [number] Larch Way"),
    ("tall black guy in a hoodie at the stop", "[description] at the stop"),
    ("el de la calle Robles 31", "el de la calle Robles [number]"),
    ("um homem preto de moletom", "[description]"),
    ("un individu de type asiatique photographie", "[description] photographie"),
    ("o vizinho do 802 grita", "o vizinho do [number] grita"),
]

KEPT = [
    "my brother's jacket is gone",
    "leo kuna kelele",
    "una sombra, ella llora",
    "meet at 4 by the number 9 bus",
    "it starts at 22:30",
    "lamp post 14 flickering",
    "5 cars hit, 3 men ran",
    "happens at 11pm on the 20th",
    "Victoria Road is dark",
    "black bags dumped again",
    "i called 3 times",
    "speeding at 60 mph",
    "will you come in may",
]


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
def test_hidden(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize("text", KEPT)
def test_kept(text: str) -> None:
    assert redact(text) == text


def test_a_place_is_not_a_name() -> None:
    text = "trouble by Fatima Towers"
    place = Place("Fatima Towers", 11, 24, "landmark")
    assert redact(text, [place]) == text


def test_the_number_of_an_address_goes_and_its_street_stays() -> None:
    place = Place("12 Mill Lane", 8, 20, "address")
    assert redact("fire at 12 Mill Lane", [place]) == "fire at [number] Mill Lane"


def test_a_missing_person_may_be_described() -> None:
    text = "my son is missing, white lad in a red hoodie"
    assert redact(text, keep_descriptions=True) == text
    assert "[description]" in redact(text)


@pytest.mark.parametrize(
    "text", ["", "\0", "\ud800", "9" * 5000, "a@" * 3000, "no " * 3000, "in a red " * 900]
)
def test_no_text_breaks_it(text: str) -> None:
    spans = hidden_spans(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert redact(text).count("[") == len(spans)
