"""An outbound message as the Telegram messages that carry it."""

import html
from dataclasses import dataclass, field

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from bot.channels.lengths import split, utf16_units
from bot.message import Outbound

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup


@dataclass(frozen=True, slots=True)
class Part:
    """One message of the Bot API: `html` is its text, or the caption of `photo` (PNG)."""

    html: str
    photo: bytes | None = field(default=None, repr=False)
    markup: Markup | None = None


def parts(message: Outbound) -> list[Part]:
    """The messages to send in order; buttons stand under the last, where the reader ends."""
    texts = _texts(message, CAPTION_LIMIT if message.image else TEXT_LIMIT)
    if message.image and len(texts) > 1:
        texts = ["", *_texts(message, TEXT_LIMIT)]
    photos = [message.image, *[None] * (len(texts) - 1)]
    markups = [*[None] * (len(texts) - 1), keyboard(message)]
    return [
        Part(text, photo, markup)
        for text, photo, markup in zip(texts, photos, markups, strict=True)
    ]


def keyboard(message: Outbound) -> Markup | None:
    """Buttons one under another: on a phone two long place names do not fit side by side.

    A message carries one keyboard only. Buttons win over the position button, since a position can
    also be sent from the app's own menu.
    """
    if message.buttons:
        rows = [[InlineKeyboardButton(b.label, callback_data=b.data)] for b in message.buttons]
        return InlineKeyboardMarkup(rows)
    if message.share_location:
        button = KeyboardButton(message.share_label, request_location=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    return None


def _texts(message: Outbound, limit: int) -> list[str]:
    """HTML of each part. Limits count what is left after the markup is read, so they are kept on
    the plain text."""
    title = message.title or ""
    body = split(f"{title}\n{message.text}" if title else message.text, limit) or [""]
    texts = [html.escape(part, quote=False) for part in body]
    shown = html.escape(title.strip(), quote=False)
    if shown and utf16_units(title) <= limit and texts[0].startswith(shown):
        texts[0] = f"<b>{shown}</b>{texts[0][len(shown) :]}"
    return texts
