from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, env_example, load_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No setting of this machine, and no .env."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LAMPLIGHTER_{name.upper()}", raising=False)
    return monkeypatch


def test_the_example_file_is_made_from_the_settings() -> None:
    assert (ROOT / "deploy/env.example").read_text("utf-8") == env_example()


def test_every_setting_has_a_line_of_help() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_defaults_need_no_account(clean: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert settings.embedded
    assert not settings.has_telegram
    assert not settings.has_sms


def test_a_secret_may_lie_in_a_file(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123:abc\n", encoding="utf-8")
    clean.setenv("LAMPLIGHTER_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    token = load_settings().telegram_token
    assert token is not None
    assert token.get_secret_value() == "123:abc"


def test_the_environment_beats_the_file(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite+aiosqlite:///a.sqlite", encoding="utf-8")
    clean.setenv("LAMPLIGHTER_DATABASE_URL_FILE", str(tmp_path / "url"))
    clean.setenv("LAMPLIGHTER_DATABASE_URL", "sqlite+aiosqlite:///b.sqlite")
    assert load_settings().database_url.endswith("b.sqlite")


def test_dotenv_is_read(clean: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LAMPLIGHTER_PORT=9001\n", encoding="utf-8")
    assert load_settings().port == 9001


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "LAMPLIGHTER_TWILIO_AUTH_TOKEN"),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"}, "LAMPLIGHTER_TWILIO_FROM"),
        ({"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook"}, "LAMPLIGHTER_PUBLIC_URL"),
        (
            {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook", "PUBLIC_URL": "https://a"},
            "LAMPLIGHTER_TELEGRAM_WEBHOOK_SECRET",
        ),
        ({"TELEGRAM_MODE": "smoke signals"}, "LAMPLIGHTER_TELEGRAM_MODE"),
        ({"PORT": "ninety"}, "LAMPLIGHTER_PORT"),
        ({"TELEGRAM_TOKEN_FILE": "/nowhere/at/all"}, "/nowhere/at/all"),
    ],
)
def test_what_is_wrong_is_named(
    clean: pytest.MonkeyPatch, values: dict[str, str], named: str
) -> None:
    for name, value in values.items():
        clean.setenv(f"LAMPLIGHTER_{name}", value)
    with pytest.raises(SettingsError, match=named):
        load_settings()


def test_secrets_do_not_show(clean: pytest.MonkeyPatch) -> None:
    clean.setenv("LAMPLIGHTER_TELEGRAM_TOKEN", "123:verysecret")
    assert "verysecret" not in repr(load_settings())
