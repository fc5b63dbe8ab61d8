"""The command `lamplighter`: data to stdout, words to stderr; 0 done, 1 failed, 2 wrong use."""

import sys

import typer

from bot.city import CityError
from bot.cli import (
    city,
    demo,
    export,
    fallback,
    inbox,
    keys,
    model,
    questions,
    records,
    service,
    staff,
)
from bot.settings import SettingsError
from storage.errors import StorageError

app = typer.Typer(
    name="lamplighter",
    help="Residents text a concern; the area's liaison officers get a digest; everyone hears what "
    "was done.\n\nNew here? Try: lamplighter demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for part in (demo, service, inbox, fallback, staff, keys, city, model, questions, export, records):
    part.add_to(app)


def main() -> None:
    """Run the command; an operator's mistake is one line that says what to do, not a traceback."""
    try:
        app()
    except (SettingsError, CityError, StorageError, OSError, ValueError) as error:
        sys.stderr.write(f"lamplighter: {error}\n")
        raise SystemExit(1) from None
