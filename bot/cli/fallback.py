"""`fallback`: what Twilio answers by itself when nothing of ours does."""

from xml.sax.saxutils import escape

import typer

from bot.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("fallback")(fallback)


def fallback() -> None:
    """Print the answer for when everything is down: TwiML with the city's emergency number.

    Host it somewhere else and set its address at the number as the fallback URL.

    Example: lamplighter fallback > fallback.xml
    """
    from bot.channels.gsm import downgrade
    from bot.city import demo_city_path, load_city
    from bot.conversation.emergency import call_line
    from bot.i18n import say

    city = load_city(load_settings().city or demo_city_path())
    lines = [call_line(city, language) for language in city.languages]
    lines += [
        say(language, "We could not read your message. Please send it again later.")
        for language in city.languages
    ]
    # A language that nobody has translated into reads English: say that once.
    words = escape(downgrade("\n".join(dict.fromkeys(lines))))
    typer.echo('<?xml version="1.0" encoding="UTF-8"?>')
    typer.echo(f"<Response><Message>{words}</Message></Response>")
