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
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import StorageError

_NONCE = 12
_KEY = 32
_MOST = 255


class KeyringError(StorageError):
    """The keys file is missing, unreadable, or not the one this database was made with."""


class SealBroken(Exception):
    """A sealed value does not open: another key, another purpose, or changed bytes."""


class Keyring:
    """Numbered keys; the highest number of each kind is used for new values.

    One that was read from a file reads it again when it meets a value sealed with a newer key: so
    that a process that was running during a rotation goes on, and seals with the new key from then.
    """

    def __init__(
        self,
        seals: Mapping[int, bytes],
        pseudonyms: Mapping[int, bytes],
        path: Path | None = None,
    ) -> None:
        for number, key in (*seals.items(), *pseudonyms.items()):
            if len(key) != _KEY or not 1 <= number <= _MOST:
                raise KeyringError("a key must be 32 bytes and numbered from 1 to 255")
        if not seals or not pseudonyms:
            raise KeyringError("the keys file needs at least one seal key and one pseudonym key")
        self._path = path
        self._seals = {number: AESGCM(key) for number, key in seals.items()}
        self.newest = max(seals)
        self._pseudonym_number = max(pseudonyms)
        self._pseudonym_key = pseudonyms[self._pseudonym_number]

    @classmethod
    def fresh(cls) -> Self:
        """New random keys that are written nowhere."""
        return cls({1: secrets.token_bytes(_KEY)}, {1: secrets.token_bytes(_KEY)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a keys file. Raises KeyringError with a sentence that an operator can act on."""
        try:
            content = json.loads(path.read_text("utf-8"))
            return cls(_decode(content["seal"]), _decode(content["pseudonym"]), path)
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
        _write_new(path, json.dumps(content, indent=1) + "\n")
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
        """What was sealed. Raises SealBroken."""
        cipher = (self._seals.get(data[0]) or self._read_again(data[0])) if data else None
        if cipher is None:
            raise SealBroken("sealed with a key that the keys file does not hold")
        try:
            return cipher.decrypt(data[1 : 1 + _NONCE], data[1 + _NONCE :], about.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("the sealed value does not belong here or was changed") from None

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
            self._seals, self.newest = fresh._seals, fresh.newest
        return self._seals.get(number)


def rotate(path: Path) -> Keyring:
    """Add a new seal key to the file and use it from now on; older values still open.

    A crash leaves the old file or the new one, whole. Raises KeyringError for a file that is full.
    """
    number = Keyring.load(path).newest + 1
    if number > _MOST:
        raise KeyringError(f"The keys file {path} holds all the {_MOST} keys that it can.")
    content = json.loads(path.read_text("utf-8"))
    content["seal"][str(number)] = _encode(secrets.token_bytes(_KEY))
    draft, owner = _draft(path, json.dumps(content, indent=1) + "\n"), path.stat()
    if os.geteuid() == 0:
        # The service must still be able to read what its operator wrote.
        os.chown(draft, owner.st_uid, owner.st_gid)
    draft.replace(path)
    _sync_folder(path.parent)
    return Keyring.load(path)


def exposed(path: Path) -> bool:
    """Whether others than the owner may read the keys file."""
    return bool(path.stat().st_mode & 0o077)


_KINDS = ("seal", "pseudonym")


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decode(keys: Mapping[str, str]) -> dict[int, bytes]:
    return {int(number): base64.b64decode(key, validate=True) for number, key in keys.items()}


def _write_new(path: Path, text: str) -> None:
    # A hard link appears whole or not at all and never replaces a file: a crash leaves no half key.
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        raise KeyringError(f"There is a keys file at {path} already; it stays.") from None
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _draft(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # mode 0600, O_EXCL
    with os.fdopen(handle, "w") as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
    return Path(name)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
