"""Telegram's HTML: what stays of a text when its markup is read.

Source: core.telegram.org/bots/api#html-style; errors as the Bot API server words them.
"""

import html
import re

_TAGS = frozenset(
    {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "span"}
    | {"tg-spoiler", "blockquote", "tg-emoji"}
)
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<attributes>(?:\s[^<>]*)?)>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


class MarkupError(ValueError):
    """The text is not Telegram's HTML."""


def plain(text: str) -> str:
    """The text as a reader sees it, trimmed as the server does. Raises MarkupError."""
    shown: list[str] = []
    open_tags: list[str] = []
    position = 0
    while (at := text.find("<", position)) >= 0:
        shown.append(_unescape(text[position:at]))
        tag = _TAG.match(text, at)
        if tag is None:
            raise MarkupError(f"Unclosed start tag at byte offset {at}")
        _nest(open_tags, tag["name"].lower(), closing=bool(tag["close"]), at=at)
        position = tag.end()
    if open_tags:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    shown.append(_unescape(text[position:]))
    return "".join(shown).strip()


def _nest(open_tags: list[str], name: str, *, closing: bool, at: int) -> None:
    if name not in _TAGS:
        raise MarkupError(f'Unsupported start tag "{name}" at byte offset {at}')
    if not closing:
        open_tags.append(name)
    elif not open_tags or open_tags.pop() != name:
        raise MarkupError(f"Unexpected end tag at byte offset {at}")


def _unescape(text: str) -> str:
    """Telegram knows four named entities; any other "&" stays as it is."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)
