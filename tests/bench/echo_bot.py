"""A trivial bot on python-telegram-bot that says every text back: what the library alone can do.

Run by `tests.bench.replies`: `python -m tests.bench.echo_bot TOKEN URL polling|webhook PORT`.
Webhooks come in by a bare aiohttp server.
"""

import asyncio
import sys
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say it back."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def build(token: str, url: str) -> Any:
    """The bot, with as many connections as help it."""
    builder = Application.builder().token(token).base_url(f"{url}/bot")
    builder = builder.concurrent_updates(64).connection_pool_size(64).pool_timeout(60)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    return application


async def serve(application: Any, port: int) -> None:
    """Take webhooks in until the process ends."""

    async def take(request: web.Request) -> web.Response:
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return web.Response()

    server = web.Application()
    server.router.add_post("/hook", take)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with application:
        await application.bot.set_webhook(f"http://127.0.0.1:{port}/hook")
        await application.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    bot = build(sys.argv[1], sys.argv[2])
    if sys.argv[3] == "polling":
        bot.run_polling(timeout=5)
    else:
        asyncio.run(serve(bot, int(sys.argv[4])))
