"""Logs carry ids only: one JSON formatter, one filter that masks what must never be written."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# A bot token anywhere (also inside a URL), and anything that looks like a phone number or chat id.
_SECRETS = re.compile(r"\d{6,}:[\w-]{30,}|\+\d{7,15}|(?<!\w)-?\d{9,}(?!\w)")
_CHATTY = (
    "httpx", "httpcore", "aiohttp.access", "aiosqlite", "apscheduler", "asyncio", "matplotlib",
    "sqlalchemy", "telegram", "twilio",
)  # fmt: skip


def mask(text: str) -> str:
    """`text` without tokens, phone numbers and chat ids."""
    return _SECRETS.sub("[hidden]", text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message and the ids given in `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record; an exception is told by its type and place, its words masked."""
        row = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        row |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info and record.exc_info[0]:
            row["error"] = record.exc_info[0].__name__
            row["trace"] = _frames(record)
        return json.dumps(row, default=str)


class TextFormatter(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message and ids."""
        extra = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        words = [
            f"{datetime.fromtimestamp(record.created, UTC):%H:%M:%S}",
            record.levelname.lower(),
        ]
        words += [mask(record.getMessage()), *(f"{k}={v}" for k, v in extra.items())]
        if record.exc_info and record.exc_info[0]:
            words += [record.exc_info[0].__name__, _frames(record)]
        return " ".join(words)


def _frames(record: logging.LogRecord) -> str:
    """File and line of each frame, without the source or the exception's words.

    Both can hold a resident's text.
    """
    trace = record.exc_info[2] if record.exc_info else None
    places = []
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return " > ".join(places)


def set_up(level: str = "INFO", style: str = "json") -> None:
    """Log to stderr; libraries that put URLs with tokens into their lines speak from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
