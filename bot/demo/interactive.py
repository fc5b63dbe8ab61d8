"""After the demo: write as a resident, an officer or a coordinator yourself."""

import asyncio
import sys

from bot.demo.people import Person
from bot.demo.show import Screen
from bot.demo.stage import Stage

HELP = """Write as anybody; an empty line or Ctrl-D ends it.
  /as resident | sms | officer | coordinator | administrator     who you are
  /press A                                                       press a button
Try: street light out on Mill Lane"""
ROLES = {
    "resident": ("You", "telegram"),
    "sms": ("You by SMS", "sms"),
    "officer": ("Officer Hale", "telegram"),
    "coordinator": ("Coordinator", "telegram"),
    "administrator": ("Administrator", "telegram"),
}


async def converse(stage: Stage, screen: Screen) -> None:
    """Read lines from the terminal until there are no more."""
    screen.heading("Your turn")
    screen.note(HELP)
    person = stage.cast.get(*ROLES["resident"])
    while line := await _ask(f"{person.name}> "):
        if line.startswith("/as "):
            role = ROLES.get(line[4:].strip())
            if role is None:
                screen.note(f"choose from {', '.join(ROLES)}")
            else:
                person = stage.cast.get(*role)
            continue
        await _turn(stage, screen, person, line)


async def _turn(stage: Stage, screen: Screen, person: Person, line: str) -> None:
    if line.startswith("/press "):
        person.answer(line[7:].strip())
    else:
        person.write(line)
    await stage.settle()
    for other in stage.cast.people.values():
        for seen in other.unread():
            screen.heard(other, seen)


async def _ask(prompt: str) -> str:
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line: str = await asyncio.to_thread(sys.stdin.readline)
    return line.strip()
