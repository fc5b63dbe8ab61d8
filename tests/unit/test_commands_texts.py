"""Every text that staff may read has a Spanish form with the same fields."""

import ast
import string
from pathlib import Path

import pytest

import bot
from bot.i18n import say
from bot.insight.baseline import Word
from nlp.categories import CATEGORIES

_ROOT = Path(bot.__file__).parent
_ROOMS = ("city", "commands", "digest", "drawing", "insight")
_SOURCES = sorted(path for room in _ROOMS for path in _ROOT.glob(f"{room}/*.py"))
#: The same in both languages.
_ALIKE = {
    "And {n} more: /open",
    "{arrow} {cell}: {count}, {usual}. {word}.",
}


def _ids(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in ("say", "mark"):
                found |= {
                    arg.value
                    for arg in node.args
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return found


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


MESSAGES = sorted(
    set().union(*map(_ids, _SOURCES))
    | {word.value for word in Word}
    | {category.name for category in CATEGORIES.values()}
)


def test_the_texts_are_found() -> None:
    assert len(MESSAGES) > 100
    assert "WHERE AND WHEN" in MESSAGES


@pytest.mark.parametrize("message", MESSAGES)
def test_spanish_says_it_with_the_same_fields(message: str) -> None:
    spanish = say("es", message)
    assert _fields(spanish) == _fields(message)
    if message not in _ALIKE:
        assert spanish != message, "not translated"
