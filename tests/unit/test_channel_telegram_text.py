"""An outbound message as Telegram messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup

from bot.channels.telegram_text import keyboard, parts
from bot.emulators.telegram_html import plain
from bot.message import Button, Outbound

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("message", "html"),
    [
        (Outbound("Hello"), "Hello"),
        (Outbound("a < b & c > d"), "a &lt; b &amp; c &gt; d"),
        (Outbound("<b>not bold</b>"), "&lt;b&gt;not bold&lt;/b&gt;"),
        (Outbound('say "it\'s"'), 'say "it\'s"'),
        (Outbound("text", title="Title"), "<b>Title</b>\ntext"),
        (Outbound("text", title="R&D <1>"), "<b>R&amp;D &lt;1&gt;</b>\ntext"),
        (Outbound("  padded \n"), "padded"),
        (Outbound("*star* _line_ {x} %s"), "*star* _line_ {x} %s"),
    ],
)
def test_html_of_one_part(message: Outbound, html: str) -> None:
    assert [part.html for part in parts(message)] == [html]


@pytest.mark.parametrize(
    ("length", "image", "photos"),
    [
        (10, False, [False]),
        (4096, False, [False]),
        (4097, False, [False, False]),
        (10, True, [True]),
        (1024, True, [True]),
        (1025, True, [True, False]),
        (4096, True, [True, False]),
        (4097, True, [True, False, False]),
    ],
)
def test_image_first_and_long_text_in_parts(length: int, image: bool, photos: list[bool]) -> None:
    made = parts(Outbound("x" * length, image=PNG if image else None))
    assert [part.photo is not None for part in made] == photos
    assert "".join(part.html for part in made) == "x" * length


def test_emoji_count_twice() -> None:
    assert len(parts(Outbound("🔥" * 2048))) == 1
    assert len(parts(Outbound("🔥" * 2049))) == 2


def test_only_the_first_part_has_the_title_and_only_the_last_the_buttons() -> None:
    made = parts(Outbound("word " * 1700, title="Digest", buttons=(Button("Yes", "y"),)))
    assert [part.html.startswith("<b>Digest</b>") for part in made] == [True, False, False]
    assert [part.markup is not None for part in made] == [False, False, True]


def test_buttons_stand_one_under_another() -> None:
    markup = keyboard(Outbound("?", buttons=(Button("Mill Street", "a"), Button("Mill Road", "b"))))
    assert isinstance(markup, InlineKeyboardMarkup)
    shown = [[(b.text, b.callback_data) for b in row] for row in markup.inline_keyboard]
    assert shown == [[("Mill Street", "a")], [("Mill Road", "b")]]


def test_a_position_is_asked_for_under_the_given_words() -> None:
    markup = keyboard(Outbound("?", share_location=True, share_label="Enviar mi ubicación"))
    assert isinstance(markup, ReplyKeyboardMarkup)
    button = markup.keyboard[0][0]
    assert (button.text, button.request_location) == ("Enviar mi ubicación", True)


def test_buttons_win_over_the_position() -> None:
    message = Outbound("?", share_location=True, buttons=(Button("A", "a"),))
    assert isinstance(keyboard(message), InlineKeyboardMarkup)


def test_no_buttons_no_keyboard() -> None:
    assert keyboard(Outbound("Hello")) is None


@given(
    st.text(alphabet=st.sampled_from("<>&\"'b/ \n🔥é;#x"), min_size=1, max_size=6000),
    st.none() | st.text(alphabet="T<&>", min_size=1, max_size=20),
    st.booleans(),
)
def test_every_text_parses_within_the_limits(text: str, title: str | None, image: bool) -> None:
    shown = []
    for part in parts(Outbound(text, title=title, image=PNG if image else None)):
        limit = 1024 if part.photo else 4096
        shown.append(plain(part.html))
        assert len(shown[-1].encode("utf-16-le")) // 2 <= limit
    assert "".join("".join(shown).split()) == "".join(f"{title or ''}{text}".split())
