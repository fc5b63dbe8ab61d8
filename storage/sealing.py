"""Keys outside the database: pseudonyms of addresses, and sealing of what must not lie in clear.

A plain hash of every phone number of a continent takes hours on one core, so a pseudonym is an
HMAC-SHA256 under a secret key. Sealing is AES-256-GCM with the purpose as associated data, so that
a sealed value moved to another row does not open. Layout: key number (1 byte), nonce (12), text.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import StorageError
from storage.keyfile import replace_whole, write_new

_NONCE = 12
_KEY = 32
_MOST = 255


class KeyringError(StorageError):
    """The keys file is missing, unreadable, or not the one this database was made with."""


class SealBroken(Exception):
    """A sealed value does not open: another key, another purpose, or changed bytes."""


class UnknownKey(SealBroken):
    """A value was sealed with a key that the keys file does not hold (yet)."""


class Keyring:
    """Numbered keys; the highest number of each kind is used for new values.

    A file may name a lower seal key to use: then the newer one only opens, until a value sealed
    with it is met. So every machine can have it before the first one uses it. One that was read
    from a file reads it again when it meets a value sealed with a newer key: so that a process that
    was running during a rotation goes on, and seals with the new key from then.
    """

    def __init__(
        self,
        seals: Mapping[int, bytes],
        pseudonyms: Mapping[int, bytes],
        path: Path | None = None,
        using: int | None = None,
    ) -> None:
        for number, key in (*seals.items(), *pseudonyms.items()):
            if len(key) != _KEY or not 1 <= number <= _MOST:
                raise KeyringError("a key must be 32 bytes and numbered from 1 to 255")
        if not seals or not pseudonyms:
            raise KeyringError("the keys file needs at least one seal key and one pseudonym key")
        self._path = path
        self._seals = {number: AESGCM(key) for number, key in seals.items()}
        self.newest = max(seals) if using is None else using
        if self.newest not in seals:
            raise KeyringError("the keys file names a seal key to use that it does not hold")
        self._pseudonym_number = max(pseudonyms)
        self._pseudonym_key = pseudonyms[self._pseudonym_number]

    @property
    def latest(self) -> int:
        """The highest number of a seal key: `newest`, unless that is not the latest yet."""
        return max(self._seals)

    @classmethod
    def fresh(cls) -> Self:
        """New random keys that are written nowhere."""
        return cls({1: secrets.token_bytes(_KEY)}, {1: secrets.token_bytes(_KEY)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a keys file. Raises KeyringError with a sentence that an operator can act on."""
        try:
            content = json.loads(path.read_text("utf-8"))
            seals, pseudonyms = _decode(content["seal"]), _decode(content["pseudonym"])
            return cls(seals, pseudonyms, path, content.get("using"))
        except FileNotFoundError:
            raise KeyringError(
                f"There is no keys file at {path}. Without it nothing sealed can be read:"
                " put your copy back, or set LAMPLIGHTER_KEYS_FILE to where it is."
            ) from None
        except OSError as error:
            raise KeyringError(f"Cannot read the keys file {path}: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KeyringError(
                f"The keys file {path} is damaged. Put your copy of it back."
            ) from None

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make new keys in a file that only its owner can read. Never replaces a file."""
        content = {kind: {"1": _encode(secrets.token_bytes(_KEY))} for kind in _KINDS}
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_new(path, json.dumps(content, indent=1) + "\n")
        except FileExistsError:
            raise KeyringError(f"There is a keys file at {path} already; it stays.") from None
        return cls.load(path)

    def pseudonym(self, channel: str, address: str) -> str:
        """The name under which we know an address; phone numbers must come as E.164."""
        value = f"{channel}:{address}".encode()
        digest = hmac.new(self._pseudonym_key, value, hashlib.sha256).hexdigest()
        return f"v{self._pseudonym_number}:{digest}"

    def seal(self, data: bytes, about: str) -> bytes:
        """Seal `data`; it opens only with the same `about` (purpose and row)."""
        nonce = os.urandom(_NONCE)
        number = self.newest
        return bytes([number]) + nonce + self._seals[number].encrypt(nonce, data, about.encode())

    def open(self, data: bytes, about: str) -> bytes:
        """What was sealed. Raises SealBroken, UnknownKey where a newer file may open it."""
        cipher = (self._seals.get(data[0]) or self._read_again(data[0])) if data else None
        if cipher is None:
            raise (UnknownKey if data else SealBroken)("the keys file does not hold its key")
        try:
            clear = cipher.decrypt(data[1 : 1 + _NONCE], data[1 + _NONCE :], about.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("the sealed value does not belong here or was changed") from None
        self.newest = max(self.newest, data[0])
        return clear

    def _read_again(self, number: int) -> AESGCM | None:
        """The cipher of a key that came to the file since; None where it holds no such key."""
        if self._path is None or number < self.newest:
            return None
        try:
            fresh = Keyring.load(self._path)
        except KeyringError:
            return None
        # Pseudonyms are other keys: a file with others of those is another deployment's.
        if fresh._pseudonym_key == self._pseudonym_key:
            self._seals, self.newest = fresh._seals, max(self.newest, fresh.newest)
        return self._seals.get(number)


def rotate(path: Path, *, later: bool = False) -> Keyring:
    """Add a new seal key to the file and use it from now on, or `later`; older values still open.

    A crash leaves the old file or the new one, whole. Raises KeyringError for a file that is full.
    """
    keys = Keyring.load(path)
    if keys.latest == _MOST:
        raise KeyringError(f"The keys file {path} holds all the {_MOST} keys that it can.")
    content = json.loads(path.read_text("utf-8"))
    content["seal"][str(keys.latest + 1)] = _encode(secrets.token_bytes(_KEY))
    return _rewritten(path, content, keys.newest if later else None)


def use_latest(path: Path) -> Keyring:
    """Use from now on the key that was added for later."""
    return _rewritten(path, json.loads(path.read_text("utf-8")), None)


def _rewritten(path: Path, content: dict[str, Any], using: int | None) -> Keyring:
    content |= {"using": using}
    kept = {name: value for name, value in content.items() if value is not None}
    replace_whole(path, json.dumps(kept, indent=1) + "\n")
    return Keyring.load(path)


def exposed(path: Path) -> bool:
    """Whether others than the owner may read the keys file."""
    return bool(path.stat().st_mode & 0o077)


_KINDS = ("seal", "pseudonym")


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decode(keys: Mapping[str, str]) -> dict[int, bytes]:
    return {int(number): base64.b64decode(key, validate=True) for number, key in keys.items()}
