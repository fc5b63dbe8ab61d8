"""`lamplighter demo` as a stranger runs it: a process, a folder, a terminal's text."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(240)
COMMAND = Path(sys.executable).with_name("lamplighter")
PNG = b"\x89PNG\r\n"


def run(folder: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in an empty folder; a setting of this machine must not matter."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LAMPLIGHTER_")}
    return subprocess.run(
        [COMMAND, *words],
        cwd=folder,
        env=clean,
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def played(folder: Path) -> str:
    """What the demo printed, with a few lines of our own at the end."""
    own = "street light out on Beacon Road in Castle Hill\n/as officer\n/areas\n"
    done = run(folder, "demo", "--interactive", "--out", "pictures", said=own)
    assert done.returncode == 0, done.stderr
    return done.stdout


def flat(text: str) -> str:
    """Without the terminal's line breaks and frames."""
    return re.sub(r"[\s│]+", " ", text)


def after(played: str, name: str) -> str:
    """What was said from a resident's first line on, until the next resident's."""
    start = played.index(f" {name} (")
    return flat(re.split(r"\n\d\d:\d\d  ", played[start:])[0])


def test_the_emergency_number_comes_before_anything_else(played: str) -> None:
    answer = after(played, "Nadia").split("to Nadia: ")[1]
    assert answer.startswith("Call 112 now")


def test_the_team_hears_of_it_at_once(played: str) -> None:
    assert "Urgente:" in after(played, "Nadia")  # the harbour team speaks Spanish


def test_both_languages_are_spoken(played: str) -> None:
    assert "Gracias, recibimos su mensaje" in flat(played)
    assert "Thank you, we got your message" in flat(played)


def test_what_must_stay_hidden_does(played: str) -> None:
    answer = after(played, "Anon").split("to Anon: ", 1)[1].lower()
    for word in ("abuse", "partner", "house", "money", "leave"):
        assert word not in answer


def test_a_double_delivery_is_one_report(played: str) -> None:
    assert len(re.findall("to Gwen", after(played, "Gwen"))) == 1


def test_no_place_leads_to_one_question_and_a_letter_answers_it(played: str) -> None:
    assert "Where is it?" in after(played, "Old Tom")
    assert "placed at Mill Lane" in flat(played)


def test_the_digest_finds_the_planted_rise(played: str) -> None:
    digest = flat(played[played.index("The next morning") :])
    assert re.search(r"Vehicle crime, Station Fields: \d+ incidents, usual \d+–\d+", digest)


def test_the_pictures_are_where_it_says(played: str, folder: Path) -> None:
    for name in ("digest-town", "digest-harbour", "trends"):
        assert f"{name}.png" in flat(played)
        assert (folder / "pictures" / f"{name}.png").read_bytes().startswith(PNG)


def test_one_may_go_on_writing(played: str) -> None:
    own = flat(played[played.index("Your turn") :])
    assert "Beacon Road, Castle Hill" in own
    assert "Station Fields" in own


def test_no_number_or_chat_id_is_printed(played: str) -> None:
    assert not re.search(r"\+1555010\d+|\b50000\d\d\b", played)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--help"], 0, "demo"),
        (["run", "--help"], 0, "Example"),
        (["staff", "invite", "--help"], 0, "Example"),
        (["city", "build", "--help"], 0, "Example"),
        (["analyze", "--help"], 0, "Example"),
        ([], 2, "demo"),
        (["dance"], 2, "dance"),
        (["run"], 1, "LAMPLIGHTER_TELEGRAM_TOKEN"),
        (["run", "--roles", "drummer"], 2, "web, worker"),
        (["staff", "invite", "--role", "king"], 2, "officer or coordinator"),
        (["staff", "invite", "--role", "officer", "--areas", "atlantis"], 2, "old-town"),
        (["city", "check", "nowhere"], 1, "nowhere"),
        (["digest", "--team", "nobody"], 2, "town"),
        (["ask", "trend", "--now", "yesterday"], 2, "2026"),
    ],
)
def test_commands_teach(tmp_path: Path, words: list[str], status: int, said: str) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == status
    assert said in flat(done.stdout + done.stderr)
    assert "Traceback" not in done.stderr


def test_a_pack_without_an_emergency_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text(
        'name = "Nowhere"\ntimezone = "UTC"\nlanguages = ["en"]\n[emergency]\n', encoding="utf-8"
    )
    (tmp_path / ".env").write_text("LAMPLIGHTER_CITY=.\nLAMPLIGHTER_TELEGRAM_TOKEN=1:a\n", "utf-8")
    done = run(tmp_path, "run")
    assert done.returncode == 1
    assert "city.toml" in done.stderr
    assert "general" in done.stderr


def test_analyze_answers_a_line_for_a_line(tmp_path: Path) -> None:
    lines = '{"id": 7, "text": "lamp out on Beacon Road"}\n{"id": "b", "text": "hola"}\n'
    done = run(tmp_path, "analyze", "-", said=lines)
    assert done.returncode == 0, done.stderr
    assert [re.search(r'"id": ("b"|7)', line) is not None for line in done.stdout.splitlines()] == [
        True,
        True,
    ]
    broken = run(tmp_path, "analyze", "-", said="not json\n")
    assert broken.returncode == 1
    assert "line 1" in broken.stderr


def test_doctor_says_what_to_mend(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor")
    assert done.returncode == 1
    lines = {line.split(":")[0].split()[-1]: line[:4] for line in done.stdout.splitlines()}
    assert lines == {
        "settings": "ok  ",
        "city": "ok  ",
        "keys": "ok  ",
        "database": "ok  ",
        "channels": "MEND",
    }
    assert "LAMPLIGHTER_TELEGRAM_TOKEN" in done.stdout


def test_the_first_code_and_an_invitation_come_from_the_terminal(tmp_path: Path) -> None:
    first = run(tmp_path, "staff", "bootstrap")
    assert first.returncode == 0, first.stderr
    assert re.fullmatch(r"[A-Z2-9]{12}", first.stdout.strip())
    assert (tmp_path / "lamplighter-keys.json").stat().st_mode & 0o077 == 0
    assert "copy the file" in first.stderr.lower()
    officer = run(tmp_path, "staff", "invite", "--role", "officer", "--team", "town")
    assert officer.returncode == 0, officer.stderr
    assert officer.stdout.strip() != first.stdout.strip()
    assert first.stdout.strip().encode() not in (tmp_path / "lamplighter.sqlite").read_bytes()
