"""Putting a built pack in its place: all of it or nothing."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nlp.gazetteer import format as fmt
from nlp.gazetteer.write import write_index
from nlp.places.toponym import Toponym

_UNFINISHED = ".building-"
_OPERATORS = "city.toml"


def write_pack(
    out: Path,
    files: dict[str, str],
    toponyms: Sequence[Toponym],
    languages: tuple[str, ...],
    notes: Sequence[str],
) -> None:
    """Write everything beside its place, then swap it in by renaming.

    Whatever fails before or during the swap, the old pack stands as it was; what an interrupted
    build left behind is cleared. `city.toml` belongs to the operator and is never written over.
    """
    existed = out.exists()
    _clear(out)
    try:
        with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=out) as folder:
            new = Path(folder)
            write_index(new / fmt.FOLDER, toponyms, languages, notes)
            for file, text in files.items():
                (new / file).write_text(text, encoding="utf-8")
            names = [name for name in files if name != _OPERATORS or not (out / name).exists()]
            swap(new, out, [fmt.FOLDER, *names])
    except BaseException:
        if not existed:
            shutil.rmtree(out, ignore_errors=True)
        raise


def _clear(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def swap(new: Path, out: Path, names: Sequence[str]) -> None:
    """Rename each name of `new` into `out`; undo what was done when one of them fails."""
    old = new / "old"
    old.mkdir()
    done: list[str] = []
    try:
        for name in names:
            done.append(name)
            if (out / name).exists():
                (out / name).rename(old / name)
            (new / name).rename(out / name)
    except BaseException:
        for name in reversed(done):
            if (old / name).exists():
                _remove(out / name)
                (old / name).rename(out / name)
            elif not (new / name).exists():
                _remove(out / name)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
