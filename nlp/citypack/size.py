"""Sources that do not fit: told before they are read, not by a killed process."""

import resource
from pathlib import Path

from nlp.citypack.errors import SourceError

_CGROUP = Path("/sys/fs/cgroup/memory.max")
_MEMINFO = Path("/proc/meminfo")
TIMES = 8
"""Memory that reading a file of text takes, as a multiple of its size (measured: 5 to 7)."""


def check_size(path: Path, limit: int | None = None) -> None:
    """Raise SourceError for a file that needs more memory than `limit` bytes (or there is)."""
    size = path.stat().st_size if path.is_file() else 0
    if path.is_file() and not size:
        raise SourceError(path.name, "it is empty", "Download or export it again")
    room = memory_limit() if limit is None else limit
    if size * TIMES > room:
        raise SourceError(
            path.name,
            f"it is {size / 1e9:.1f} GB, too large to be read with {room / 1e9:.1f} GB of memory",
            "Cut out your town, for example with `ogr2ogr -clipsrc` or from an .osm.pbf extract, "
            "which may be of any size",
        )


def memory_limit() -> int:
    """Bytes that this process may use: the least of its own, the container's and the machine's."""
    limits = [resource.getrlimit(resource.RLIMIT_AS)[0], _container(), _machine()]
    return min(limit for limit in limits if limit > 0)


def _container() -> int:
    text = _CGROUP.read_text().strip() if _CGROUP.is_file() else ""
    return int(text) if text.isdigit() else -1


def _machine() -> int:
    if not _MEMINFO.is_file():
        return 8_000_000_000
    fields = dict(line.split(":", 1) for line in _MEMINFO.read_text().splitlines() if ":" in line)
    return int(fields["MemAvailable"].split()[0]) * 1024
