"""Reading the labelled messages of `nlp/corpus/`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self

from nlp.analysis import Intent
from nlp.categories import CATEGORIES

#: Messages in files of this ending are only ever tested on.
TEST_SUFFIX: Final = "_test.jsonl"


class CorpusError(ValueError):
    """A line of a corpus file lacks a text or has a label that does not exist."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message. `also` are other categories that are right as well.

    `urgency` is None where the author gave none. `pii` are (start, end, kind) in characters, and
    `places` (start, end) of the places named, where the author marked any; `unmarked` where nobody
    looked for personal data. Test parts also say
    whether danger is `worded`, and which messages only look like danger (`hard_negative`, also
    `unsure`) or tell of a person without behaviour (`identity_only`).
    """

    text: str
    lang: str
    intent: str
    category: str
    also: tuple[str, ...] = ()
    urgency: str | None = None
    flags: tuple[str, ...] = ()
    file: bool = False
    emergency: bool = False
    page: bool = False
    unsure: bool = False
    pii: tuple[tuple[int, int, str], ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    unmarked: bool = False
    voice: str = ""
    worded: bool = False
    hard_negative: bool = False
    identity_only: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Build from a decoded line. Raises CorpusError."""
        try:
            row = cls(
                text=data["text"],
                lang=data.get("lang", "en"),
                intent=Intent(data.get("intent", "report")).value,
                category=data["category"],
                also=tuple(data.get("also") or ()),
                urgency=data.get("urgency"),
                flags=tuple(data.get("flags") or ()),
                file=bool(data.get("file")),
                emergency=bool(data.get("emergency")),
                page=bool(data.get("page")),
                unsure=bool(data.get("unsure")),
                pii=tuple((int(a), int(b), str(kind)) for a, b, kind in data.get("pii") or ()),
                places=tuple((int(a), int(b)) for a, b in data.get("places") or ()),
                unmarked=bool(data.get("unmarked")),
                voice=data.get("voice") or "",
                worded=bool(data.get("worded")),
                hard_negative=bool(data.get("hard_negative")),
                identity_only=bool(data.get("identity_only")),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusError(f"not a labelled message: {error}") from error
        if unknown := {row.category, *row.also} - CATEGORIES.keys():
            raise CorpusError(f"no such category: {', '.join(sorted(unknown))}")
        return row


def read_rows(path: Path) -> Iterator[Row]:
    """Read a JSONL file, skipping empty lines. Raises CorpusError naming the line."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield Row.from_json(json.loads(line))
            except (CorpusError, json.JSONDecodeError) as error:
                raise CorpusError(f"{path.name}, line {number}: {error}") from error


def corpus_paths(*, testing: bool = False) -> list[Path]:
    """List the shipped corpus files to train on, or those only for testing, by name."""
    folder = Path(str(files("nlp") / "corpus"))
    paths = sorted(folder.glob("*.jsonl"))
    return [path for path in paths if path.name.endswith(TEST_SUFFIX) == testing]


def training_rows(paths: Iterable[Path] | None = None) -> list[Row]:
    """Read the messages to train on, each text once. Raises CorpusError."""
    seen: dict[str, Row] = {}
    for path in corpus_paths() if paths is None else paths:
        for row in read_rows(path):
            seen.setdefault(row.text, row)
    return list(seen.values())
