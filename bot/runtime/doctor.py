"""Checks a deployment and says what to mend."""

from dataclasses import dataclass

from bot.channels.base import SendError
from bot.channels.telegram import TelegramChannel
from bot.city import City, CityError, demo_city_path, load_city
from bot.clock import SystemClock
from bot.outbox.ceiling import FULL_DAYS
from bot.runtime.wiring import open_channels
from bot.settings import Settings, SettingsError, load_settings
from storage.keycheck import meet_latest
from storage.resealing import can_go_on, sealed_before
from storage.schema import schema_state
from storage.sealing import Keyring, KeyringError, exposed
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    ok: bool
    subject: str
    words: str


async def examine() -> list[Finding]:
    """Everything that can be checked without sending a message."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [Finding(ok=False, subject="settings", words=str(error))]
    findings = [Finding(ok=True, subject="settings", words="complete")]
    findings += [_city(settings), *_ceiling(settings)]
    findings += [_keys(settings), await _database(settings)]
    if all(finding.ok for finding in findings):
        findings += await _rotation(settings)
    return findings + await _channels(settings)


def _city(settings: Settings) -> Finding:
    try:
        city: City = load_city(settings.city or demo_city_path())
    except CityError as error:
        return Finding(ok=False, subject="city", words=str(error))
    which = "" if settings.city else " (the demo town: set LAMPLIGHTER_CITY for your own)"
    words = f"{city.name}, {len(city.areas)} areas, {len(city.teams)} teams{which}"
    return Finding(ok=True, subject="city", words=words)


def _ceiling(settings: Settings) -> list[Finding]:
    """What text messages may cost; said, not demanded."""
    if not settings.has_sms:
        return []
    try:
        limit = load_city(settings.city or demo_city_path()).daily_sms_limit
    except CityError:
        return []
    without = "none: set daily_sms under [limits] in city.toml, or a flood costs what it costs"
    words = f"{limit} segments a day, {limit * FULL_DAYS} a month" if limit else without
    return [Finding(ok=True, subject="spending ceiling", words=words)]


def _keys(settings: Settings) -> Finding:
    path = settings.keys_file
    if not path.exists():
        first = "will be made on the first run"
        words = first if settings.embedded else f"{path} is missing: copy it here"
        return Finding(ok=settings.embedded, subject="keys", words=words)
    try:
        Keyring.load(path)
    except KeyringError as error:
        return Finding(ok=False, subject="keys", words=str(error))
    if exposed(path):
        return Finding(ok=False, subject="keys", words=f"others may read {path}: chmod 600 {path}")
    return Finding(ok=True, subject="keys", words="readable; is there a copy off this machine?")


async def _database(settings: Settings) -> Finding:
    url = settings.database_url
    kind = "SQLite, one worker process" if settings.embedded else "PostgreSQL"
    try:
        state = await schema_state(url)
    except Exception as error:  # noqa: BLE001 - any driver's error means the same to the operator
        words = f"{kind} does not answer ({type(error).__name__}): check LAMPLIGHTER_DATABASE_URL"
        return Finding(ok=False, subject="database", words=words)
    fresh = settings.embedded and state == "empty"
    ok = state == "current" or fresh
    words = f"{kind}, schema {state}" + ("" if ok else ": run lamplighter migrate")
    return Finding(ok=ok, subject="database", words=words)


async def _rotation(settings: Settings) -> list[Finding]:
    """A change of keys that was begun and is not done."""
    if not settings.keys_file.exists():
        return []
    keys = Keyring.load(settings.keys_file)
    store = Store(settings.database_url, keys)
    try:
        async with store.read() as work:
            await meet_latest(work.session, keys)
            unfinished = keys.newest > 1 and await can_go_on(work.session, keys)
            left = await sealed_before(work.session, keys.newest) if unfinished else 0
    finally:
        await store.close()
    words = f"{left} values are under an older key: lamplighter keys rotate goes on with them"
    if keys.latest > keys.newest:
        words = f"key {keys.latest} waits: is it on every machine? Then lamplighter keys rotate"
        return [Finding(ok=False, subject="keys", words=words)]
    return [Finding(ok=False, subject="keys", words=words)] if left else []


async def _channels(settings: Settings) -> list[Finding]:
    if not (settings.has_telegram or settings.has_sms):
        words = "none: set LAMPLIGHTER_TELEGRAM_TOKEN or the LAMPLIGHTER_TWILIO_ settings"
        return [Finding(ok=False, subject="channels", words=words)]
    # Throw-away keys: looking must not make or need the real ones.
    channels = open_channels(settings, Keyring.fresh(), SystemClock())
    findings = []
    if channels.telegram:
        findings.append(await _telegram(channels.telegram))
    if channels.twilio:
        words = f"webhook {settings.public_url}/sms: set it at the number, with #rc=5&rp=all"
        findings.append(Finding(ok=True, subject="sms", words=words))
    await channels.close()
    return findings


async def _telegram(channel: TelegramChannel) -> Finding:
    try:
        name = await channel.username()
    except SendError as error:
        words = f"does not answer ({error.reason}): check LAMPLIGHTER_TELEGRAM_TOKEN and network"
        return Finding(ok=False, subject="telegram", words=words)
    return Finding(ok=True, subject="telegram", words=f"answers as @{name}")
