"""Texts in every language: English message ids, gettext catalogues read as they are."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from babel.messages.pofile import read_po

#: The language of the message ids: the last resort, it needs no catalogue.
SOURCE: Final = "en"

_LOCALE: Final = files("bot") / "locale"


def say(language: str, message: str, /, **values: object) -> str:
    """The message in `language`, its {fields} filled in; in English where nobody translated it."""
    text = _catalogue(language).get(message, message)
    return text.format(**values) if values else text


def mark(message: str) -> str:
    """Marks a message id kept in a table, so that translators find it; returns it as it is."""
    return message


def spoken(languages: Iterable[str], *wishes: str | None) -> str:
    """The first wish that is one of `languages` (a region, as in es-MX, is ignored), else the
    first language."""
    offered = list(languages)
    for wish in wishes:
        code = (wish or "").replace("_", "-").split("-")[0].lower()
        if code in offered:
            return code
    return offered[0] if offered else SOURCE


@lru_cache(maxsize=64)
def _catalogue(language: str) -> dict[str, str]:
    """Every translated message of all the files of one language, merged in order of file name."""
    messages: dict[str, str] = {}
    for path in _files(language):
        with path.open("rb") as file:
            for entry in read_po(file, locale=None, abort_invalid=True):
                if entry.id and isinstance(entry.id, str) and entry.string and not entry.fuzzy:
                    messages[entry.id] = str(entry.string)
    return messages


def _files(language: str) -> list[Traversable]:
    folder = _LOCALE / language
    # A language comes from a contact's record or a phone's setting: never let it climb folders.
    if not language.isalpha() or not folder.is_dir():
        return []
    return sorted((p for p in folder.iterdir() if p.name.endswith(".po")), key=lambda p: p.name)
