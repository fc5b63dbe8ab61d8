"""Sentences of staff: danger first, questions led to their command, concerns left to themselves."""

from datetime import timedelta

import pytest

from bot.city import City
from bot.commands.plain_words import lead_to_command
from bot.commands.registry import CommandContext
from bot.commands.run import is_command
from bot.commands.terminal import answer
from nlp.analysis import Analysis, Intent
from storage.records import StaffView
from storage.store import Store
from tests.integration.seeded_history import NOW, empty, otterhithe
from tests.integration.worker_house import House
from tests.unit.transcripts import seen

__all__ = ["empty", "otterhithe"]

LEAD = StaffView(id=4, contact_id=4, role="coordinator", team=None, areas=())
QUESTION = seen("question")
UNCLEAR = seen("other", intent=Intent.REPORT, file=True)
BREAK_IN = seen("burglary")


async def led(
    store: Store, city: City, text: str, analysis: Analysis, language: str = "en"
) -> str | None:
    """The command that a sentence is led to."""
    async with store.begin() as work:
        context = CommandContext(work, city, LEAD, language, NOW, lambda: "CODE")
        answers = lead_to_command(context, text, analysis)
    if answers is None:
        return None
    (message,) = answers
    (button,) = message.buttons
    assert button.data in message.text
    return button.data


@pytest.mark.parametrize(
    ("text", "analysis", "command"),
    [
        ("what's up in Heron Park this week?", UNCLEAR, "/trends heron-park"),
        ("Whats going on in Quayside and Saltings", QUESTION, "/trends quayside saltings"),
        ("how many break-ins in Castle Hill in the last 6 weeks?", BREAK_IN,
         "/trends castle-hill burglary 6w"),
        ("is there more noise in millbrook?", QUESTION, "/trends millbrook noise"),
        ("how is vehicle crime", QUESTION, "/trends vehicle_crime"),
        ("Heron Park, anything new there?", UNCLEAR, "/trends heron-park"),
        # Nothing that we know is named: the conversation answers.
        ("what's up?", QUESTION, None),
        ("is there anybody in the office today?", QUESTION, None),
        # Members of staff are residents too.
        ("why is the street light in Castle Hill still out?", seen("lighting"), None),
        ("someone broke into my shed in Quayside", BREAK_IN, None),
        ("Castle Hill is so dark at night", UNCLEAR, None),
        ("there were three break-ins in Quayside, what can I do?", BREAK_IN, None),
        ("whats happening in Heron Park, kids smash the shelter", seen("vandalism"), None),
        ("what is going on in Quayside, they are breaking into the shop", BREAK_IN, None),
        ("how is it that the lamp in Castle Hill is out again?", seen("lighting"), None),
        ("whats happening in Heron Park", seen("vandalism", file=False, intent=Intent.QUESTION),
         "/trends heron-park"),
        ("thanks, Heron Park looks good", seen("praise"), None),
    ],
)  # fmt: skip
async def test_a_question_for_numbers_is_led_to_its_command(
    empty: Store, otterhithe: City, text: str, analysis: Analysis, command: str | None
) -> None:
    assert await led(empty, otterhithe, text, analysis) == command


async def test_in_spanish(empty: Store, otterhithe: City) -> None:
    asked = "¿cuántos robos hubo en Quayside?"
    assert await led(empty, otterhithe, asked, BREAK_IN, "es") == "/trends quayside theft"


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("/help", True),
        ("/help take", True),
        ("/help my dad has collapsed", False),
        ("/help fire", False),
        ("/trends violence old-town", True),
        ("/trends there is a man with a knife", False),
        ("/correct K7Q-42 violence", True),
        ("/report K7Q-42", True),
        ("/report a man with a knife", False),
        ("/take him to a doctor", False),
        ("/open", True),
        ("/open the door he is dying", False),
        ("/nickname the shooting range = Heron Park", True),
        ("/nickname yes 3", True),
        ("/nickname he has a gun", False),
        ("/staff remove 3", True),
        ("/staff is being attacked", False),
        ("/invite officer old-town", True),
        ("/leave yes", True),
        ("/leave him alone he has a knife", False),
        ("/fire in my kitchen", False),
        ("trends violence", False),
    ],
)
async def test_which_texts_may_speak_of_danger_and_be_commands(
    empty: Store, otterhithe: City, text: str, certain: bool
) -> None:
    async with empty.begin() as work:
        context = CommandContext(work, otterhithe, LEAD, "en", NOW, lambda: "CODE")
        assert is_command(context, text) is certain


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("help my dad has collapsed", "Call 112 now if anyone is in danger."),
        ("/help my dad has collapsed", "Call 112 now if anyone is in danger."),
        ("take my dad to hospital he is bleeding", "Call 112 now if anyone is in danger."),
        ("report of a man with a knife", "Call 112 now if anyone is in danger."),
        ("open window at the school, someone climbs in", "That reads like a message"),
        ("areas near the canal are dark at night", "That reads like a message"),
        ("how many break-ins in quayside?", "0 incidents in the 7 days"),
        ("help", "Danger to life: call 112."),
        ("help take", "Danger to life: call 112.\n/take"),
        ("report", "Which report?"),
        ("take K7Q-42", "I find no report K7Q-42"),
        ("blorb", "I do not know “blorb”"),
        ("/xyzzy", "I do not know /xyzzy"),
    ],
)
async def test_the_terminal_tells_messages_from_questions(
    empty: Store, otterhithe: City, text: str, first: str
) -> None:
    async with empty.begin() as work:
        (message,) = await answer(work, otterhithe, LEAD, text, NOW)
    assert message.text.startswith(first)
    if "112 now" in first or "message" in first:
        assert "nothing is filed" in message.text


async def test_danger_behind_a_slash_reaches_the_team(store: Store) -> None:
    house = House(store)
    try:
        await house.text("hello", sender=1)
        await house.work_off()
        async with store.begin() as work:
            contact = await work.contacts.by_address("sms", "+15550100001")
            assert contact
            soon = house.clock.now() + timedelta(days=1)
            await work.staff.invite("CODE", "officer", "town", (), soon, house.clock.now())
            assert await work.staff.redeem("CODE", contact.id, house.clock.now())
        await house.outbox()
        await house.text("/help my dad has collapsed", sender=1)
        await house.work_off()
        sent = await house.outbox()
        assert "emergency" in {item.kind for item in sent}
        assert (await house.reports(1))[-1] == "/help my dad has collapsed"
    finally:
        await house.close()
