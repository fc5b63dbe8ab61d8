"""Keys: pseudonyms that cannot be guessed, seals that open only where they belong."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sealing import (
    Keyring,
    KeyringError,
    SealBroken,
    UnknownKey,
    exposed,
    rotate,
    use_latest,
)

KEYS = Keyring.fresh()


@given(st.binary(max_size=2000), st.text(st.characters(codec="utf-8"), max_size=60))
def test_what_was_sealed_opens(data: bytes, about: str) -> None:
    assert KEYS.open(KEYS.seal(data, about), about) == data


def test_the_same_text_never_looks_the_same() -> None:
    assert len({KEYS.seal(b"help", "inbound:sms:1") for _ in range(50)}) == 50


def test_a_seal_costs_29_bytes() -> None:
    assert len(KEYS.seal(b"x" * 100, "a")) == 129


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (lambda sealed: sealed, "inbound:sms:2"),
        (lambda sealed: sealed[:-1], "inbound:sms:1"),
        (lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), "inbound:sms:1"),
        (lambda sealed: sealed[:5] + bytes([sealed[5] ^ 1]) + sealed[6:], "inbound:sms:1"),
        (lambda sealed: b"\x09" + sealed[1:], "inbound:sms:1"),
        (lambda sealed: sealed[:4], "inbound:sms:1"),
        (lambda sealed: b"", "inbound:sms:1"),
    ],
    ids=["other row", "cut", "text changed", "nonce changed", "other key", "short", "empty"],
)
def test_what_was_moved_or_changed_does_not_open(change: object, about: str) -> None:
    sealed = KEYS.seal(b"help", "inbound:sms:1")
    with pytest.raises(SealBroken):
        KEYS.open(change(sealed), about)  # type: ignore[operator]


def test_another_keyring_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        Keyring.fresh().open(KEYS.seal(b"help", "a"), "a")


def test_a_pseudonym_is_stable_versioned_and_hides_the_address() -> None:
    name = KEYS.pseudonym("sms", "+15550100")
    assert name == KEYS.pseudonym("sms", "+15550100")
    assert re.fullmatch(r"v1:[0-9a-f]{64}", name)
    assert "5550100" not in name


def test_channels_keys_and_addresses_have_pseudonyms_of_their_own() -> None:
    other = Keyring.fresh()
    names = {
        KEYS.pseudonym("sms", "+15550100"),
        KEYS.pseudonym("telegram", "+15550100"),
        KEYS.pseudonym("sms", "+15550101"),
        other.pseudonym("sms", "+15550100"),
    }
    assert len(names) == 4


def test_a_known_vector() -> None:
    """HMAC-SHA256 computed with `openssl dgst -sha256 -mac HMAC`."""
    keys = Keyring({1: bytes(32)}, {1: b"k" * 32})
    assert keys.pseudonym("sms", "+15550100") == (
        "v1:1ffbb03136785659c0f58bea359fa4ccecb9142b90b7a0027ac646557bcf1a0d"
    )


def test_created_keys_are_only_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    sealed = Keyring.create(path).seal(b"x", "a")
    assert path.stat().st_mode & 0o777 == 0o600
    assert not exposed(path)
    assert Keyring.load(path).open(sealed, "a") == b"x"
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]
    path.chmod(0o644)
    assert exposed(path)


def test_creating_never_replaces(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    Keyring.create(path)
    before = path.read_bytes()
    with pytest.raises(KeyringError, match="already"):
        Keyring.create(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]


def test_rotation_seals_anew_and_opens_the_old(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = Keyring.create(path)
    old, name = first.seal(b"old", "a"), first.pseudonym("sms", "+1555")
    second = rotate(path)
    new = second.seal(b"new", "a")
    assert (old[0], new[0]) == (1, 2)
    assert second.open(old, "a") == b"old"
    assert second.pseudonym("sms", "+1555") == name
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]


def test_who_holds_the_old_keys_learns_the_new_one_when_it_meets_it(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    running, elsewhere = Keyring.create(path), tmp_path / "elsewhere.json"
    elsewhere.write_bytes(path.read_bytes())
    other = Keyring.load(elsewhere)
    new = rotate(path).seal(b"new", "a")
    assert running.seal(b"x", "a")[0] == 1
    assert running.open(new, "a") == b"new"
    assert running.seal(b"x", "a")[0] == 2, "and seals with it from then on"
    with pytest.raises(SealBroken):
        other.open(new, "a")  # its machine has no copy of the new file yet
    elsewhere.write_bytes(path.read_bytes())
    assert other.open(new, "a") == b"new"


def test_a_key_for_later_opens_and_seals_nothing_until_it_is_met(tmp_path: Path) -> None:
    path, copy = tmp_path / "keys.json", tmp_path / "copy.json"
    Keyring.create(path)
    first = rotate(path, later=True)
    copy.write_bytes(path.read_bytes())
    assert (first.newest, first.latest, first.seal(b"x", "a")[0]) == (1, 2, 1)
    started_since = Keyring.load(path)
    assert started_since.seal(b"x", "a")[0] == 1
    second = use_latest(path)
    new = second.seal(b"new", "a")
    assert (second.newest, new[0]) == (2, 2)
    assert Keyring.load(path).newest == 2
    for other in (first, started_since, Keyring.load(copy)):
        assert other.open(new, "a") == b"new"
        assert other.seal(b"x", "a")[0] == 2, "met, so all the machines have it"
    assert rotate(copy, later=True).latest == 3


@pytest.mark.parametrize("using", [3, "2", None, 0])
def test_a_key_to_use_must_be_there(tmp_path: Path, using: object) -> None:
    path = tmp_path / "keys.json"
    Keyring.create(path)
    rotate(path)
    content = json.loads(path.read_text()) | {"using": using}
    path.write_text(json.dumps(content))
    if using is None:
        assert Keyring.load(path).newest == 2
        return
    with pytest.raises(KeyringError, match="does not hold"):
        Keyring.load(path)


def test_only_a_key_that_the_file_lacks_is_unknown() -> None:
    sealed = KEYS.seal(b"help", "a")
    for value, unknown in ((b"\x09" + sealed[1:], True), (sealed[:-1], False), (b"", False)):
        with pytest.raises(SealBroken) as problem:
            KEYS.open(value, "a")
        assert isinstance(problem.value, UnknownKey) is unknown


@pytest.mark.parametrize("call", [rotate, use_latest])
def test_a_write_that_fails_leaves_no_second_copy(
    tmp_path: Path, call: Callable[[Path], Keyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.json"
    Keyring.create(path)
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(PermissionError):
        call(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"]


def test_what_a_killed_process_left_is_swept_and_a_draft_in_hand_is_not(tmp_path: Path) -> None:
    path, left, fresh = (tmp_path / name for name in ("keys.json", ".keys-left", ".keys-fresh"))
    Keyring.create(path)
    left.write_text("all the keys")
    fresh.write_text("being written")
    os.utime(left, (0, 0))
    rotate(path)
    assert {entry.name for entry in tmp_path.iterdir()} == {"keys.json", ".keys-fresh"}


def test_another_deployments_file_in_the_same_place_teaches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    running = Keyring.create(path)
    path.unlink()
    Keyring.create(path)
    sealed = rotate(path).seal(b"theirs", "a")
    with pytest.raises(SealBroken):
        running.open(sealed, "a")
    path.unlink()
    with pytest.raises(SealBroken):
        running.open(sealed, "a")
    assert running.newest == 1


def test_a_full_file_is_told_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key = "A" * 43 + "="
    path.write_text(json.dumps({"seal": {"255": key}, "pseudonym": {"1": key}}))
    before = path.read_bytes()
    with pytest.raises(KeyringError, match="all the 255 keys"):
        rotate(path)
    assert path.read_bytes() == before


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="put your copy back"):
        Keyring.load(tmp_path / "keys.json")


GOOD = "A" * 43 + "="


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        json.dumps({"seal": {"1": GOOD}}),
        json.dumps({"seal": {"1": "short"}, "pseudonym": {"1": GOOD}}),
        json.dumps({"seal": {"one": GOOD}, "pseudonym": {"1": GOOD}}),
        json.dumps({"seal": {"1": 5}, "pseudonym": {"1": GOOD}}),
        json.dumps({"seal": [], "pseudonym": {"1": GOOD}}),
        "\x00",
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(KeyringError, match=r"keys\.json is damaged"):
        Keyring.load(path)


@pytest.mark.parametrize(
    ("seals", "pseudonyms", "word"),
    [
        ({1: bytes(16)}, {1: bytes(32)}, "32 bytes"),
        ({0: bytes(32)}, {1: bytes(32)}, "1 to 255"),
        ({256: bytes(32)}, {1: bytes(32)}, "1 to 255"),
        ({}, {1: bytes(32)}, "at least one"),
        ({1: bytes(32)}, {}, "at least one"),
    ],
)
def test_unfit_keys_are_refused(
    seals: dict[int, bytes], pseudonyms: dict[int, bytes], word: str
) -> None:
    with pytest.raises(KeyringError, match=word):
        Keyring(seals, pseudonyms)
