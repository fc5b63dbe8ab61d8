"""/help."""

from bot.commands.registry import COMMANDS, CommandContext, Words, command, commands_for
from bot.i18n import mark
from bot.message import Outbound


def _names_one(words: Words) -> bool:
    return len(words) == 1 and words[0].removeprefix("/").lower() in COMMANDS


@command("/help [command]", mark("what you can ask"), fits=_names_one)
async def show_help(context: CommandContext, words: Words) -> list[Outbound]:
    """The commands of the asker's role; the emergency number comes first here too."""
    number = context.city.emergency.general
    lines = [context.say("Danger to life: call {number}.", number=number)]
    wanted = words[0].removeprefix("/").lower() if words else None
    lines += [
        f"{known.usage}: {context.say(known.help)}"
        for known in commands_for(context.staff.role)
        if wanted in (None, known.name)
    ]
    if wanted is not None and len(lines) == 1:
        lines.append(
            context.say("I do not know /{name}. /help lists all commands.", name=wanted[:20])
        )
    if wanted is None:
        lines.append(context.say("Example: /trends old-town noise 8w"))
        if context.city.attribution:
            owners = "; ".join(context.city.attribution)
            lines.append(context.say("Map: {owners}", owners=owners))
    return [Outbound("\n".join(lines))]
