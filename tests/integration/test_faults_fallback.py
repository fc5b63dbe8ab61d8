"""The static answer for when everything of ours is down."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from bot.channels.gsm import segments
from bot.city import demo_city_path, load_city

COMMAND = Path(sys.executable).with_name("lamplighter")


def test_it_is_twiml_with_the_emergency_number(tmp_path: Path) -> None:
    done = subprocess.run([COMMAND, "fallback"], cwd=tmp_path, capture_output=True, check=True)
    response = ElementTree.fromstring(done.stdout)  # noqa: S314 - our own
    words = response.findtext("Message") or ""
    city = load_city(demo_city_path())
    assert response.tag == "Response"
    assert words.count(city.emergency.general) == len(city.languages)
    assert "Please send it again later." in words
    assert "de nuevo" in words  # the town speaks Spanish too
    assert segments(words) <= 2
