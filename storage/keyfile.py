"""Writing the keys file: whole or not at all, for its owner's eyes, and leaving no second copy."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_DRAFT = ".keys-"
#: Seconds after which a draft is no longer being written by anybody.
_STALE = 60.0


def write_new(path: Path, text: str) -> None:
    """Make the file. Raises FileExistsError where there is one."""
    # A hard link appears whole or not at all and never replaces a file: a crash leaves no half key.
    with _draft(path, text) as draft:
        os.link(draft, path)
    _sync_folder(path.parent)


def replace_whole(path: Path, text: str) -> None:
    """Put other words into the file, which stays its owner's; a crash leaves the old or the new."""
    with _draft(path, text) as draft:
        owner = path.stat()
        if os.geteuid() == 0:
            # The service must still be able to read what its operator wrote.
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(path)
    _sync_folder(path.parent)


def sweep_drafts(path: Path) -> None:
    """Delete what a process left that was killed while it wrote: all the keys are in it."""
    for draft in path.parent.glob(f"{_DRAFT}*"):
        with suppress(FileNotFoundError):
            if abs(time.time() - draft.stat().st_mtime) > _STALE:
                draft.unlink()


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    sweep_drafts(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_DRAFT)  # mode 0600, O_EXCL
    try:
        with os.fdopen(handle, "w") as draft:
            draft.write(text)
            draft.flush()
            os.fsync(draft.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
