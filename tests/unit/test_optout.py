"""STOP, START and HELP on both channels: one confirmation, never two, never none."""

import pytest

from bot.conversation import effects as fx
from nlp.analysis import Intent
from tests.unit.transcripts import WHICH, Resident, names, replies, seen, words


@pytest.mark.parametrize(
    "text", ["STOP", "stop", "Stop", "STOPALL", "unsubscribe", "CANCEL", "END", "quit"]
)
def test_the_carrier_confirms_its_own_words(text: str) -> None:
    assert names(Resident("sms").send(text)) == ["OptOut"]


@pytest.mark.parametrize(
    "text", ["STOP!", "ＳＴＯＰ", "stop all", "opt out", "baja", "alto", "revoke"]
)
def test_words_that_the_carrier_does_not_know_are_confirmed_by_us(text: str) -> None:
    assert names(Resident("sms").send(text)) == ["OptOut", "Reply"]


@pytest.mark.parametrize("text", ["STOP", "stop", "END", "cancel", "baja"])
def test_other_channels_are_confirmed_by_us(text: str) -> None:
    assert names(Resident("telegram").send(text)) == ["OptOut", "Reply"]


@pytest.mark.parametrize("channel", ["sms", "telegram"])
def test_other_words_for_it(channel: str) -> None:
    outcome = Resident(channel).send("please stop texting me", seen(intent=Intent.OPT_OUT))
    assert names(outcome) == ["OptOut", "Reply"]
    assert "no more messages" in words(outcome)


def test_the_second_stop_is_not_confirmed_again() -> None:
    resident = Resident()
    resident.send("STOP")
    assert names(resident.send("STOP")) == ["OptOut"]
    assert names(resident.send("leave me alone", seen(intent=Intent.OPT_OUT))) == ["OptOut"]


def test_stop_closes_every_question() -> None:
    resident = Resident()
    resident.send("Music", seen("noise", location=WHICH))
    resident.send("STOP")
    assert resident.state.question is None
    assert resident.state.pending == ()


def test_stop_and_start_again() -> None:
    resident = Resident()
    resident.send("STOP")
    assert resident.contact.opted_out_at is not None
    assert names(resident.send("START")) == ["OptIn", "Reply"]
    assert resident.contact.opted_out_at is None


@pytest.mark.parametrize("text", ["START", "unstop", "Start"])
def test_the_carrier_confirms_start(text: str) -> None:
    assert names(Resident("sms").send(text)) == ["OptIn"]


def test_yes_is_start_only_where_the_carrier_holds_an_opt_out() -> None:
    resident = Resident("sms")
    resident.send("they broke in", seen("burglary"))
    assert "MayContact" in names(resident.send("YES"))
    resident.send("STOP")
    assert names(resident.send("YES")) == ["OptIn"]
    assert names(resident.send("YES")) == ["Reply"]


def test_opting_in_with_other_words() -> None:
    resident = Resident()
    resident.send("STOP")
    outcome = resident.send("you may write to me again", seen(intent=Intent.OPT_IN))
    assert names(outcome) == ["OptIn", "Reply"]


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("text", ["HELP", "info", "/help", "ayuda", "help!"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_help_begins_with_the_emergency_number(channel: str, text: str, language: str) -> None:
    outcome = Resident(channel, language).send(text)
    assert names(outcome) == ["Reply"]
    assert "112" in words(outcome).splitlines()[0]


def test_help_in_other_words() -> None:
    outcome = Resident().send("how does this work", seen(intent=Intent.HELP))
    assert "112" in words(outcome).splitlines()[0]


def test_whoever_opted_out_and_reports_is_still_answered() -> None:
    resident = Resident()
    resident.send("STOP")
    assert names(resident.send("Light out", seen("lighting"))) == ["FileReport", "Reply"]


# -- the first contact ----------------------------------------------------------------------------


def test_the_first_start_greets() -> None:
    outcome = Resident().send("", seen(), started=True)
    assert names(outcome) == ["Reply"]
    assert "An automated service of Otterhithe answers" in words(outcome)
    assert "liaison officers" in words(outcome)


def test_starting_again_after_stop_opts_in() -> None:
    resident = Resident()
    resident.send("STOP")
    assert names(resident.send("", seen(), started=True)) == ["OptIn", "Reply"]


def test_a_start_with_a_code_redeems_it() -> None:
    outcome = Resident().send("ABCD2345EFGH", seen(), started=True)
    assert outcome.effects == (fx.Redeem("ABCD2345EFGH"),)
    assert replies(outcome) == []
