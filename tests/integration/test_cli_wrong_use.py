"""Wrong words on the command line: exit code 2 and what to write instead."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.city import demo_city_path
from bot.cli import app

DEMO = demo_city_path()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["ask", "trends", "--role", "king"], "officer or coordinator"),
        (["city", "draw", "nowhere", "-o", "m.png"], "nowhere"),
        (["city", "build", "--name", "T", "--areas", str(DEMO / "areas.geojson"), "--places",
          "none.csv", "--timezone", "Europe/Madrid", "--languages", "en", "--emergency", "112",
          "--out", "t"], "none.csv"),
        (["city", "build", "--name", "T", "--areas", str(DEMO / "areas.geojson"), "--places",
          str(DEMO / "places.geojson"), "--timezone", "Mars/Olympus", "--languages", "en",
          "--emergency", "112", "--out", "t"], "Mars/Olympus"),
    ],
)  # fmt: skip
def test_wrong_use_is_told(
    words: list[str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert hint in result.output
    assert list(tmp_path.iterdir()) == []


def test_unknown_areas_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["ask", "trends", "--areas", "mars"])
    assert result.exit_code == 2
    assert "quayside" in result.output


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["analyze", "nowhere.jsonl"], "nowhere.jsonl does not exist: name a file with one JSON"),
        (["analyze", "."], ". is a folder: name a file with one JSON object a line"),
        (["evaluate", "nowhere.jsonl"], "nowhere.jsonl is no file: name one with a labelled"),
    ],
)
def test_a_missing_file_says_what_belongs_there(
    words: list[str], hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, ValueError)  # one line and exit code 1, see bot.cli.main
    assert str(result.exception).startswith(hint)
