import re
from pathlib import Path

from bot.commands.menu import command_table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_it_is_short_and_shows_the_command_early() -> None:
    lines = README.splitlines()
    assert len(lines) <= 150
    assert "sh deploy/demo.sh" in lines[:25]


def test_the_commands_are_those_of_the_code() -> None:
    assert command_table() in README


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) >= 4
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_file_that_is_named_exists() -> None:
    named = re.findall(r"`((?:bot|nlp|storage|deploy|tests)/[\w/.]+)`", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
