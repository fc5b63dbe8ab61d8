"""Messages on their way between phones and the service: keywords, webhooks, callbacks."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from bot.channels.gsm import segments
from bot.emulators.twilio_hooks import Hooks
from bot.emulators.twilio_messages import Direction, RestError, StoredMessage, check_create
from bot.emulators.twilio_people import HELP, START, STOP, Phone, SmsMessage, Texted

_STOPPED = "You have successfully been unsubscribed. Reply START to resubscribe."
_STARTED = "You have successfully been re-subscribed to messages from this number."
_HELPED = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


class Exchange:
    """One number's traffic. `callbacks` are the statuses told after a send, in that order."""

    def __init__(
        self, account_sid: str, number: str, hooks: Hooks, now: Callable[[], datetime]
    ) -> None:
        self.account_sid = account_sid
        self.number = number
        self.phones: dict[str, Phone] = {}
        self.stored: dict[str, StoredMessage] = {}
        self.callbacks: tuple[str, ...] = ("sent", "delivered")
        self._hooks = hooks
        self._now = now
        self._deliveries: dict[str, asyncio.Queue[Coroutine[Any, Any, None]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def phone(self, number: str) -> Phone:
        """The phone with this number, made on first mention."""
        if number not in self.phones:
            self.phones[number] = Phone(number, self._incoming)
        return self.phones[number]

    def create(self, form: Mapping[str, str]) -> StoredMessage:
        """Take a message of the service and bring it to its phone. Raises RestError."""
        check_create(form, self.number)
        phone = self.phone(form["To"])
        if phone.opted_out:
            raise RestError(400, 21610, "Attempt to send to unsubscribed recipient")
        message = self._store("SM", self.number, phone.number, form["Body"], "queued")
        if phone.reachable:
            self._arrive(phone, message.sid, message.body)
        if "StatusCallback" in form:
            self._do(phone, self._tell(message, form["StatusCallback"], phone.reachable))
        return message

    async def close(self) -> None:
        """End webhooks and callbacks under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for queue in self._deliveries.values():
            while not queue.empty():
                queue.get_nowait().close()

    def _store(
        self, kind: str, sender: str, to: str, body: str, status: str, media: int = 0
    ) -> StoredMessage:
        sid = kind + uuid.uuid4().hex  # never the same again, whatever outlives the emulator
        direction: Direction = "outbound-api" if sender == self.number else "inbound"
        stored = StoredMessage(sid, sender, to, body, direction, self._now(), status, media)
        self.stored[sid] = stored
        return stored

    def _arrive(self, phone: Phone, sid: str, text: str, *, automatic: bool = False) -> None:
        size = max(segments(text), 1)
        phone.receive(SmsMessage(sid, text, self._now(), size, automatic))

    def _incoming(self, texted: Texted) -> str:
        phone = self.phone(texted.sender)
        kind = "MM" if texted.media else "SM"
        message = self._store(
            kind, phone.number, self.number, texted.text, "received", texted.media
        )
        self._answer_keyword(phone, texted.text)
        for _ in range(texted.copies):
            self._do(phone, self._hooks.incoming(self._webhook_form(message)))
        return message.sid

    def redeliver(self) -> None:
        """Call the webhook again for all that came in, as a number set to #rc=5&rp=all does."""
        for message in list(self.stored.values()):
            if message.direction == "inbound":
                phone = self.phone(message.sender)
                self._do(phone, self._hooks.incoming(self._webhook_form(message)))

    def _answer_keyword(self, phone: Phone, text: str) -> None:
        """Twilio answers single words itself, and calls the webhook all the same."""
        word = text.strip().upper()
        if word in STOP:
            answer, phone.opted_out = ("" if phone.opted_out else _STOPPED), True
        elif word in START:
            answer, phone.opted_out = (_STARTED if phone.opted_out else ""), False
        else:
            answer = _HELPED if word in HELP else ""
        if answer:
            reply = self._store("SM", self.number, phone.number, answer, "delivered")
            self._arrive(phone, reply.sid, answer, automatic=True)

    def _webhook_form(self, message: StoredMessage) -> dict[str, str]:
        return {
            "ToCountry": "US",
            "SmsMessageSid": message.sid,
            "NumMedia": str(message.media),
            "SmsSid": message.sid,
            "SmsStatus": "received",
            "Body": message.body,
            "To": message.to,
            "NumSegments": str(max(segments(message.body), 1)),
            "MessageSid": message.sid,
            "AccountSid": self.account_sid,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
        }

    async def _tell(self, message: StoredMessage, url: str, reachable: bool) -> None:
        for status in self.callbacks if reachable else ("sent", "undelivered"):
            message.status = status
            form = {
                "SmsSid": message.sid,
                "SmsStatus": status,
                "MessageStatus": status,
                "To": message.to,
                "MessageSid": message.sid,
                "AccountSid": self.account_sid,
                "From": message.sender,
                "ApiVersion": "2010-04-01",
            }
            if status == "undelivered":
                message.error_code = 30003
                form["ErrorCode"] = "30003"
            await self._hooks.call(url, form)

    def _do(self, phone: Phone, call: Coroutine[Any, Any, None]) -> None:
        """One after the other for a phone, so that a demo's conversation keeps its order."""
        if phone.number not in self._deliveries:
            queue: asyncio.Queue[Coroutine[Any, Any, None]] = asyncio.Queue()
            self._deliveries[phone.number] = queue
            self._tasks.append(asyncio.ensure_future(_work(queue)))
        self._deliveries[phone.number].put_nowait(call)


async def _work(queue: asyncio.Queue[Coroutine[Any, Any, None]]) -> None:
    while True:
        await (await queue.get())
