"""Settings from the environment, from `.env`, or for secrets from files named by `…_FILE`.

One class, one line of help a knob: `deploy/env.example` and the operator's table are made from it.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "LAMPLIGHTER_"


class SettingsError(ValueError):
    """A setting cannot be used; the message names it and says what to write."""


class FromFiles(PydanticBaseSettingsSource):
    """Reads `LAMPLIGHTER_X` from the file that `LAMPLIGHTER_X_FILE` names (containers' secrets)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The stripped content of the file, or None where no file is named."""
        if field_name.endswith("_file"):
            return None, field_name, False
        name = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        value = Path(name).read_text("utf-8").strip() if name else None
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values that come from files."""
        found = {name: self.get_field_value(f, name)[0] for name, f in self._fields()}
        return {name: value for name, value in found.items() if value is not None}

    def _fields(self) -> list[tuple[str, FieldInfo]]:
        return list(self.settings_cls.model_fields.items())


class Settings(BaseSettings):
    """What a deployment may set. Every field is read from `LAMPLIGHTER_` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    database_url: str = Field(
        "sqlite+aiosqlite:///lamplighter.sqlite",
        description="Where all is kept; postgresql+asyncpg://user:password@host/name for many",
    )
    city: Path | None = Field(None, description="Folder of the city pack; empty for the demo town")
    keys_file: Path = Field(
        Path("lamplighter-keys.json"),
        description="Keys that seal addresses and texts; keep a copy elsewhere",
    )
    host: str = Field("127.0.0.1", description="Address that the web role listens on")
    port: int = Field(8080, ge=0, le=65535, description="Port that the web role listens on")
    watch_port: int | None = Field(
        None, ge=0, le=65535,
        description="Port of /healthz, /readyz and /metrics in a process without the web role",
    )  # fmt: skip
    public_url: str | None = Field(
        None, description="https address under which the providers reach us, as set there"
    )
    telegram_token: SecretStr | None = Field(None, description="Token of the bot, from @BotFather")
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", description="polling needs no public address; webhook needs PUBLIC_URL"
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None,
        description="Secret that Telegram repeats in every webhook call (1-256 of A-Za-z0-9_-)",
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org", description="Bot API server; an emulator or an own server"
    )
    telegram_rate: float = Field(30.0, gt=0, description="Telegram messages a second, all chats")
    twilio_mode: Literal["webhook", "polling"] = Field(
        "webhook", description="webhook needs PUBLIC_URL; polling lists new messages instead"
    )
    twilio_account_sid: str | None = Field(None, description="Account SID (AC…)")
    twilio_auth_token: SecretStr | None = Field(
        None, description="Auth token; while rotating, new and old separated by a comma"
    )
    twilio_from: str | None = Field(None, description="Our number, E.164 (+15550100)")
    twilio_api_url: str = Field(
        "https://api.twilio.com", description="Twilio's API; an emulator can stand in"
    )
    twilio_rate: float = Field(
        1.0, gt=0, description="Text messages a second that the number may send"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged; ids only at every level"
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="json for machines, text to read"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Explicit values, then the environment, then secrets in files, then `.env`."""
        return init_settings, env_settings, FromFiles(settings_cls), dotenv_settings

    @property
    def embedded(self) -> bool:
        """Whether everything is kept in a SQLite file of this machine."""
        return self.database_url.startswith("sqlite")

    @property
    def has_telegram(self) -> bool:
        """Whether a bot is set up."""
        return self.telegram_token is not None

    @property
    def has_sms(self) -> bool:
        """Whether a Twilio number is set up."""
        return self.twilio_account_sid is not None


def load_settings(**values: Any) -> Settings:  # noqa: ANN401
    """Read the settings; `SettingsError` names what is wrong in the operator's words."""
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(error))) from None
    except OSError as error:
        raise SettingsError(f"a settings file cannot be read: {error.filename}") from None
    missing = _incomplete(settings)
    if missing:
        raise SettingsError("\n".join(missing))
    return settings


def _explain(error: ValidationError) -> list[str]:
    return [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]


def _incomplete(settings: Settings) -> list[str]:
    rules = [
        (settings.has_sms and settings.twilio_auth_token is None, "TWILIO_AUTH_TOKEN", "SMS"),
        (settings.has_sms and settings.twilio_from is None, "TWILIO_FROM", "SMS"),
    ]
    if settings.has_sms and settings.twilio_mode == "webhook":
        rules.append((settings.public_url is None, "PUBLIC_URL", "SMS webhooks"))
    if settings.has_telegram and settings.telegram_mode == "webhook":
        secret = settings.telegram_webhook_secret
        rules.append((settings.public_url is None, "PUBLIC_URL", "Telegram webhooks"))
        rules.append((secret is None, "TELEGRAM_WEBHOOK_SECRET", "Telegram webhooks"))
    return [f"{PREFIX}{name} is needed for {use}: set it" for bad, name, use in rules if bad]


def env_example() -> str:
    """The text of `deploy/env.example`: every setting with its help and its default."""
    lines = ["# Settings of Lamplighter. Remove the # of a line to set it.", ""]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else str(field.default)
        lines += [f"# {field.description}", f"#{PREFIX}{name.upper()}={default}", ""]
    lines += [
        "# Secrets may lie in files: LAMPLIGHTER_TELEGRAM_TOKEN_FILE=/run/secrets/telegram",
        "",
    ]
    return "\n".join(lines)
