"""Every command, loaded, and the table of them for the README."""

# Importing a module registers its commands; the order is that of /help.
from bot.commands import trends as _trends  # noqa: F401, I001
from bot.commands import reports as _reports  # noqa: F401
from bot.commands import team as _team  # noqa: F401
from bot.commands import invites as _invites  # noqa: F401
from bot.commands import staff as _staff  # noqa: F401
from bot.commands import nicknames as _nicknames  # noqa: F401
from bot.commands import guide as _guide  # noqa: F401
from bot.commands.registry import COMMANDS, EVERYONE


def command_table() -> str:
    """The commands as a Markdown table."""
    rows = ["| command | who | does |", "|---|---|---|"]
    for known in COMMANDS.values():
        who = "all staff" if set(known.roles) == set(EVERYONE) else ", ".join(known.roles)
        rows.append(f"| `{known.usage}` | {who} | {known.help} |")
    return "\n".join(rows) + "\n"
