"""When a resident tells where "the cage" is, the words are learnt: as a choice, a pin or a name."""

from dataclasses import replace

import pytest

from bot.conversation import effects as fx
from bot.conversation.state import dump, load
from nlp.analysis import Location
from tests.unit.transcripts import NOWHERE, OLD_TOWN, WHICH, Resident, seen

PIN = replace(OLD_TOWN, name=None, why="pin", radius_m=50.0)
CAGE = Location(unheard="the cage")
TEXT = "kids smashing bottles behind the cage"


def heard(outcome: fx.Outcome) -> list[fx.HearName]:
    return [effect for effect in outcome.effects if isinstance(effect, fx.HearName)]


def told(resident: Resident, category: str = "vandalism", **over: object) -> None:
    values = {"location": CAGE, "redacted": TEXT} | over
    assert heard(resident.send(TEXT, seen(category, **values))) == []


def test_a_pin_tells_where_it_is() -> None:
    resident = Resident()
    told(resident)
    outcome = resident.send("", seen(location=PIN), pin=(38.0, -40.0))
    assert heard(outcome) == [fx.HearName("the cage", PIN)]
    assert resident.state.unheard is None  # once is enough


def test_a_choice_tells_where_it_is() -> None:
    resident = Resident()
    told(resident, location=replace(WHICH, unheard="the cage"))
    [name] = heard(resident.send("B"))
    assert (name.words, name.location.area, name.location.name) == (
        "the cage", "quayside", "Quayside",
    )  # fmt: skip


def test_a_name_tells_where_it_is() -> None:
    resident = Resident()
    told(resident)
    [name] = heard(resident.send("Tanner Lane", seen(location=OLD_TOWN)))
    assert name.location.name == "Tanner Lane"


@pytest.mark.parametrize(
    ("category", "over"),
    [
        ("domestic_abuse", {}),  # its place is never finer than the area
        ("vandalism", {"redacted": "kids behind [name]"}),  # it may be a person
        ("vandalism", {"location": NOWHERE}),
    ],
)
def test_what_is_not_learnt(category: str, over: dict[str, object]) -> None:
    resident = Resident()
    told(resident, category, **over)
    assert resident.state.unheard is None
    assert heard(resident.send("", seen(location=PIN), pin=(38.0, -40.0))) == []


def test_a_later_report_is_not_about_the_earlier_words() -> None:
    resident = Resident()
    told(resident)
    resident.send("music on Tanner Lane", seen("noise", location=OLD_TOWN))
    assert resident.state.unheard is None


def test_the_words_are_kept_between_turns() -> None:
    state = fx.State(unheard="the cage")
    assert load(dump(state)).unheard == "the cage"
    assert load(dump(fx.State())).unheard is None
