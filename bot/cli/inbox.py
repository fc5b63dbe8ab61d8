"""`inbox` and `inbox retry`: messages that could not be dealt with."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.storing import with_store

if TYPE_CHECKING:
    from storage.work import Work


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    inbox = typer.Typer(help="Messages that could not be dealt with: list them, try them again.")
    inbox.callback(invoke_without_command=True)(letters)
    inbox.command("retry")(retry)
    app.add_typer(inbox, name="inbox")


def letters(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="How many at most, the newest first.")] = 50,
) -> None:
    """List the dead letters: id, when, channel, reason; never what they say.

    Example: lamplighter inbox
    """
    if context.invoked_subcommand:
        return

    async def look(work: "Work") -> list[str]:
        return [
            f"{letter.id}\t{letter.received_at:%Y-%m-%d %H:%M}Z\t{letter.channel}\t"
            f"{letter.reason}{'' if letter.kept else ' (its body is purged)'}"
            for letter in await work.inbox.dead(limit)
        ]

    lines = asyncio.run(with_store(look))
    for line in lines:
        typer.echo(line)
    if not lines:
        typer.echo("no dead letters", err=True)


def retry(
    number: Annotated[int | None, typer.Argument(help="The id that the list shows.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Let a dead letter, or all of them, be worked on again.

    Example: lamplighter inbox retry 42
    """
    if (number is None) != every:
        raise typer.BadParameter("name one id, or --all")
    count = asyncio.run(with_store(lambda work: work.inbox.retry(number)))
    if not count and number is not None:
        typer.echo(f"{number} is no dead letter, or its body is purged", err=True)
        raise typer.Exit(1)
    typer.echo(f"{count} will be tried again", err=True)
