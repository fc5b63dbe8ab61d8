import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """The root logger writes here, and is put back after the test."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.set_up("DEBUG", "json")
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    out = io.StringIO()
    handler.setStream(out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize(
    "secret",
    [
        "https://api.telegram.org/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe",
        "call +447700900123 now",
        "chat 5000000123 is gone",
        "-1001234567890123",
    ],
)
def test_tokens_numbers_and_chats_are_masked(stream: io.StringIO, secret: str) -> None:
    logging.getLogger("anything").error(secret)
    line = stream.getvalue()
    assert "[hidden]" in line
    for part in ("AAHdqTcv", "7700900123", "5000000123", "1001234567890"):
        assert part not in line


def test_a_line_is_json_with_its_ids(stream: io.StringIO) -> None:
    logging.getLogger("bot.inbox.worker").warning("message failed", extra={"inbound": 17})
    row = json.loads(stream.getvalue())
    assert row["message"] == "message failed"
    assert row["inbound"] == 17
    assert row["level"] == "warning"
    assert row["time"].endswith("+00:00")


def test_an_exception_is_told_without_its_words(stream: io.StringIO) -> None:
    try:
        raise ValueError("my name is Ann and I live at 4 Mill Lane")
    except ValueError:
        logging.getLogger("bot.inbox.worker").exception("message failed")
    line = stream.getvalue()
    assert "Mill Lane" not in line
    row = json.loads(line)
    assert row["error"] == "ValueError"
    assert "test_logs.py" in row["trace"]


def test_libraries_that_log_urls_are_quiet(stream: io.StringIO) -> None:
    logging.getLogger("httpx").info("POST /bot1:a/sendMessage")
    assert stream.getvalue() == ""
