"""Whoever writes for the first time hears that a machine answers, whatever they wrote."""

import pytest

from nlp.analysis import Intent
from tests.unit.transcripts import NOWHERE, Resident, seen, words


@pytest.mark.parametrize(
    "text",
    ["B", "STATUS", "MORE", "MYDATA", "FORGET", "WRONG", "thanks", "hi", "who is this", "HELP",
     "/foo", "anything", "START"],
)  # fmt: skip
def test_every_first_reply_says_so_once(text: str) -> None:
    said = words(Resident().send(text))
    assert said.count("utomat") == 1, said


def test_questions_say_so_too() -> None:
    pin = seen(location=seen("noise").location)
    for resident, analysis, over in (
        (Resident(), pin, {"pin": (38.0, -40.0)}),
        (Resident(), seen("suspicious_activity", behaviour_missing=True), {}),
        (Resident(), seen(intent=Intent.FOLLOW_UP, location=NOWHERE), {}),
    ):
        text = "" if over else "same as last time"
        assert "This is an automatic reply." in words(resident.send(text, analysis, **over))


def test_later_replies_do_not() -> None:
    resident = Resident()
    resident.send("hi")
    assert "utomat" not in words(resident.send("STATUS"))


def test_a_lone_unclear_word_is_told_of_the_words() -> None:
    assert "send HELP" in words(Resident().send("STATSU"))
    assert "send HELP" not in words(Resident().send("well now then"))


@pytest.mark.parametrize(
    ("text", "start"),
    [("any news?", "We have nothing"), ("delete everything", "This drops the link"),
     ("¿hay novedades?", "No tenemos nada"), ("borrar todo", "Esto borra")],
)  # fmt: skip
def test_everyday_ways_to_say_a_word(text: str, start: str) -> None:
    resident = Resident(language=None)
    assert words(resident.send(text)).startswith(start[:12])


def test_a_second_more_says_that_nothing_is_left() -> None:
    resident = Resident()
    resident.send("rubbish on Tanner Lane", seen("waste_environment"))
    said = [words(resident.send("MORE")) for _ in range(9)]
    assert "Tip:" in said[0]
    assert said[-1].startswith("We have no more tips on this.")
