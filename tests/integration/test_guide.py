"""The operator's guide: its commands for a town of one's own, run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.city import load_city

ROOT = Path(__file__).parents[2]
EXTRACT = ROOT.parent / "shared" / "data" / "osm" / "helsinki_centre.osm.pbf"


def blocks() -> list[str]:
    """The shell blocks of the chapter "Your town"."""
    guide = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    chapter = guide.partition("## Your town\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", chapter, re.S)


@pytest.mark.skipif(not EXTRACT.is_file(), reason="no extract at ../shared/data/osm")
def test_a_town_of_ones_own(tmp_path: Path) -> None:
    shutil.copy(EXTRACT, tmp_path / "region.osm.pbf")
    tools = tmp_path / "tools"
    tools.mkdir()
    command = tools / "lamplighter"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{MAIN}" "$@"\n')
    command.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    for block in blocks():
        done = subprocess.run(
            ["sh", "-e", "-c", block],
            cwd=tmp_path,
            env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    city = load_city(tmp_path / "helsinki")
    assert [team.areas for team in city.teams] == [("a1",)]
    assert city.attribution == ("© OpenStreetMap contributors (ODbL)",)
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    assert len(blocks()) == 3


MAIN = "from bot.cli import main; main()"
