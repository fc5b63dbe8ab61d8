"""Whole conversations on paper: what a resident writes, and what follows from it."""

from dataclasses import replace

import pytest

from bot.conversation import effects as fx
from nlp.analysis import Intent, Place
from tests.unit.transcripts import (
    DANGER,
    NOWHERE,
    QUAYSIDE,
    WHICH,
    Resident,
    names,
    seen,
    words,
)

# One line of a transcript: the resident's words, what was understood, the expected effects and a
# piece of the reply.
Line = tuple[str, object, list[str], str]

TRANSCRIPTS: dict[str, list[Line]] = {
    "a rich message needs one turn": [
        ("Street light out in Tanner Lane", seen("lighting"), ["FileReport", "Reply"], "K7Q-41"),
    ],
    "without a place one question, answered by a letter": [
        (
            "Street light out",
            seen("lighting", location=WHICH),
            ["FileReport", "Reply"],
            "B Quayside",
        ),
        ("b", None, ["PlaceReport", "Reply"], "K7Q-41 is placed at Quayside"),
    ],
    "the name of an offered place is an answer too": [
        ("Street light out", seen("lighting", location=WHICH), ["FileReport", "Reply"], "Heron"),
        ("heron park!", None, ["PlaceReport", "Reply"], "Heron Park"),
    ],
    "a place in words": [
        ("Music again", seen("noise", location=NOWHERE), ["FileReport", "Reply"], "Where is it?"),
        (
            "by the Net Loft",
            seen(location=QUAYSIDE),
            ["PlaceReport", "Reply"],
            "Net Loft, Quayside",
        ),
    ],
    "a place with more about it is kept as well": [
        ("Music again", seen("noise", location=NOWHERE), ["FileReport", "Reply"], "Where is it?"),
        (
            "the bar next to the Net Loft every night",
            seen("noise", location=QUAYSIDE),
            ["PlaceReport", "AddToReport", "Reply"],
            "Net Loft",
        ),
    ],
    "a letter that was not offered is asked about": [
        ("Music", seen("noise", location=WHICH), ["FileReport", "Reply"], "C Heron Park"),
        ("D", None, ["Reply"], "C Heron Park"),
        ("c", None, ["PlaceReport", "Reply"], "Heron Park"),
    ],
    "a letter to nothing is asked about": [
        ("A", None, ["Reply"], "no open question"),
    ],
    "a digit to nothing is asked about": [
        ("3", None, ["Reply"], "no open question"),
    ],
    "ok, no, now and safe to nothing are asked about": [
        ("OK", None, ["Reply"], "no open question"),
        ("no", None, ["Reply"], "no open question"),
        ("SAFE", None, ["Reply"], "no open question"),
        ("NOW", None, ["Reply"], "call 112"),
    ],
    "another matter during the question for the place is a new report": [
        ("Music", seen("noise", location=WHICH), ["FileReport", "Reply"], "Quayside"),
        ("a pothole in Tanner Lane", seen("waste_environment"), ["FileReport", "Reply"], "K7Q-42"),
    ],
    "nobody must know the place": [
        ("Music", seen("noise", location=WHICH), ["FileReport", "Reply"], "Quayside"),
        ("don't know", None, ["Reply"], "without a place"),
        ("A", None, ["Reply"], "no open question"),
    ],
    "words that no map knows are kept": [
        ("Music", seen("noise", location=NOWHERE), ["FileReport", "Reply"], "Where is it?"),
        ("behind old Joe's yard", None, ["AddToReport", "Reply"], "keep your words"),
    ],
    "a keyword holds whatever question is open": [
        ("Music", seen("noise", location=WHICH), ["FileReport", "Reply"], "Quayside"),
        ("STOP", None, ["OptOut", "Reply"], "no more messages"),
        ("A", None, ["Reply"], "no open question"),
    ],
    "WRONG brings a person, and the next words go along": [
        ("Light out", seen("lighting"), ["FileReport", "Reply"], "reply WRONG"),
        ("wrong", None, ["DisputeReport", "Reply"], "What would be right?"),
        (
            "it is by the Net Loft",
            seen(location=QUAYSIDE),
            ["AddToReport", "PlaceReport", "Reply"],
            "",
        ),
        ("lovely day", None, ["Reply"], "could not tell"),
    ],
    "WRONG about nothing": [
        ("WRONG", None, ["Reply"], "no message of yours"),
    ],
    "the same words twice are one report": [
        ("Light out in Tanner Lane", seen("lighting"), ["FileReport", "Reply"], "K7Q-41"),
        ("Light out in Tanner Lane", seen("lighting"), ["AddToReport", "Reply"], "K7Q-41"),
    ],
    "the same matter elsewhere is another report": [
        ("Light out in Tanner Lane", seen("lighting"), ["FileReport", "Reply"], "K7Q-41"),
        (
            "and one at the Net Loft",
            seen("lighting", location=QUAYSIDE),
            ["FileReport", "Reply"],
            "42",
        ),
    ],
    "a greeting, then the matter": [
        ("hi", None, ["Reply"], "An automated service of Otterhithe answers"),
        ("hello", None, ["Reply"], "Hello."),
        ("Light out", seen("lighting"), ["FileReport", "Reply"], "we got your message"),
    ],
    "thanks, questions, the unclear": [
        ("the park is so nice now", seen("praise"), ["Reply"], "good to hear"),
        ("when is the next meeting", seen("question"), ["Reply"], "cannot answer questions"),
        ("asdf", None, ["Reply"], "could not tell"),
    ],
    "spam is answered once at most": [
        ("WIN A PHONE", seen(intent=Intent.SPAM), ["Reply"], "automatic"),
        ("WIN A PHONE NOW", seen(intent=Intent.SPAM), [], ""),
    ],
    "thanks are answered and close nothing": [
        ("Music", seen("noise", location=WHICH), ["FileReport", "Reply"], "Quayside"),
        ("ok thanks!", None, ["Reply"], "welcome"),
        ("A", None, ["PlaceReport", "Reply"], "Old Town"),
    ],
    "who is this": [
        ("who is this?", None, ["Reply"], "automated service"),
        ("wrong number", None, ["Reply"], "send STOP"),
    ],
    "an unknown command gets a hint": [
        ("/trends", None, ["Reply"], "Send HELP"),
    ],
    "a staff code by word": [
        ("JOIN ABCD2345EFGH", None, ["Redeem"], ""),
        ("join the neighbourhood watch", seen("question"), ["Reply"], "questions"),
    ],
    "consent may be given and refused": [
        ("they broke in", seen("burglary"), ["FileReport", "Reply"], "OK or NO"),
        ("no", None, ["MayContact", "Reply"], "will not write"),
    ],
    "yes is an answer": [
        ("they broke in", seen("burglary"), ["FileReport", "Reply"], "OK or NO"),
        ("Yes", None, ["MayContact", "Reply"], "may write"),
    ],
    "forget asks once": [
        ("Light out", seen("lighting"), ["FileReport", "Reply"], ""),
        ("forget", None, ["Reply"], "Reply FORGET again"),
        ("no", None, ["Reply"], "nothing was changed"),
        ("FORGET", None, ["Reply"], "Reply FORGET again"),
        ("FORGET", None, ["Forget", "Reply"], "Nothing links you"),
        ("STATUS", None, ["Reply"], "nothing to show"),
    ],
    "my data are counts": [
        ("Light out", seen("lighting"), ["FileReport", "Reply"], ""),
        ("he hit me", seen("domestic_abuse"), ["FileReport", "Reply"], ""),
        ("my data", None, ["Reply"], "linked to you: 2"),
    ],
    "status names what may be named": [
        ("Light out", seen("lighting"), ["FileReport", "Reply"], ""),
        ("they broke in", seen("burglary"), ["FileReport", "Reply"], ""),
        ("STATUS", None, ["Reply"], "K7Q-42 of 4 Mar: received.\nK7Q-41 of 4 Mar, Street lighting"),
        ("status k7q 41", None, ["Reply"], "K7Q-41"),
        ("STATUS XYZ-99", None, ["Reply"], "nothing to show"),
    ],
}


@pytest.mark.parametrize("title", TRANSCRIPTS)
def test_transcript(title: str) -> None:
    resident = Resident()
    for text, analysis, expected, piece in TRANSCRIPTS[title]:
        outcome = resident.send(text, analysis)  # type: ignore[arg-type]
        assert names(outcome) == expected, (text, words(outcome))
        assert piece in words(outcome), text


# -- the order of things --


def test_suspicion_during_a_question_is_asked_what_the_person_did() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    odd = seen("suspicious_activity", file=False, behaviour_missing=True)
    assert "What did the person do" in words(resident.send("odd man in Tanner Lane", odd))


def test_a_question_that_carries_a_concern_is_the_concern() -> None:
    outcome = Resident().send(
        "who mends the light in Tanner Lane?", seen("lighting", intent=Intent.QUESTION)
    )
    assert names(outcome) == ["FileReport", "Reply"]


def test_a_bare_place_is_the_answer_even_if_it_looks_like_another_matter() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=NOWHERE))
    place = (Place("Tanner Lane", 6, 17, "street", "Tanner Lane"),)
    outcome = resident.send("it is Tanner Lane", seen("road_safety", places=place))
    assert names(outcome) == ["PlaceReport", "Reply"]


def test_a_correction_is_awaited_for_an_hour() -> None:
    resident = Resident()
    resident.send("Light out", seen("lighting"))
    resident.send("WRONG")
    resident.wait(minutes=61)
    assert names(resident.send("Dogs in Tanner Lane", seen("dogs_animals"))) == [
        "FileReport",
        "Reply",
    ]


def test_a_language_is_not_learned_from_whom_we_forget() -> None:
    resident = Resident(language="en")
    resident.send("borrar mis datos")
    outcome = resident.send("borrar mis datos", seen(language="es"))
    assert [type(effect) for effect in outcome.effects] == [fx.Forget, fx.Reply]


def test_what_is_unclear_but_a_concern_is_filed_for_a_person() -> None:
    outcome = Resident().send("its the thing again", seen("other", file=True))
    assert names(outcome) == ["FileReport", "Reply"]


def test_at_night_the_emergency_line_says_that_nobody_reads() -> None:
    resident = Resident()
    resident.now = resident.now.replace(hour=23)
    text = words(resident.send("he has a knife", seen("violence", danger=DANGER)))
    assert "Nobody reads at this hour" in text


def test_a_greeting_does_not_close_the_question() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    resident.send("hello", seen(intent=Intent.GREETING))
    assert names(resident.send("A")) == ["PlaceReport", "Reply"]


def test_routing_is_pure() -> None:
    first, second = Resident(), Resident()
    analysis = seen("noise", location=WHICH)
    assert first.send("Music", analysis) == second.send("Music", analysis)
    assert replace(first.state) == second.state
