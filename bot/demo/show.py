"""The demo on a terminal: who wrote what, and what came back."""

from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.demo.people import Person, Seen


class Screen:
    """Prints conversations as they happen; pictures go to a folder."""

    def __init__(self, folder: Path, console: Console | None = None) -> None:
        self._folder = folder
        self._console = console or Console(highlight=False, soft_wrap=False)
        self.pictures: list[Path] = []

    def heading(self, words: str) -> None:
        """A new part of the day."""
        self._console.print()
        self._console.rule(Text(words, style="bold"), align="left", style="yellow")

    def note(self, words: str) -> None:
        """A word to the spectator."""
        self._console.print(Text(words, style="italic dim"))

    def said(self, now: datetime, person: Person, line: str, note: str | None = None) -> None:
        """Somebody wrote to the service."""
        head = Text(f"{now:%H:%M}  ", style="dim")
        head.append(f"{person.name} ", style="bold cyan")
        head.append(f"({person.channel})", style="cyan")
        if note:
            head.append(f"  {note}", style="italic dim")
        self._console.print(head)
        self._console.print(Padding(Text(line), (0, 0, 0, 7)))

    def heard(self, person: Person, seen: Seen, name: str | None = None) -> None:
        """The service wrote to somebody."""
        words = Text(f"to {person.name}: ", style="dim yellow").append(seen.text, style="yellow")
        self._console.print(Padding(words, (0, 0, 0, 9)))
        buttons = (*seen.buttons, "share my position") if seen.asks_place else seen.buttons
        if buttons:
            labels = "  ".join(f"[{label}]" for label in buttons)
            self._console.print(Padding(Text(labels, style="dim"), (0, 0, 0, 9)))
        self._keep(seen, name or f"picture-{len(self.pictures) + 1}")

    def letter(self, person: Person, seen: Seen, name: str) -> None:
        """Something longer for staff: a digest, a trend."""
        title = f"{person.name}, {person.channel}"
        self._console.print(Panel(Text(seen.text), title=title, title_align="left", width=78))
        self._keep(seen, name)

    def _keep(self, seen: Seen, name: str) -> None:
        if seen.photo:
            path = self._folder / f"{name}.png"
            path.write_bytes(seen.photo)
            self.pictures.append(path)
            self._console.print(Padding(Text(f"picture: {path}", style="green"), (0, 0, 0, 9)))
