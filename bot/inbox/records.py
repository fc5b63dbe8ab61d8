"""Past records of others, as police or council keep them, turned into reports for baselines."""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.inbox.filing import kept_place
from nlp.analysis import Location
from nlp.categories import CATEGORIES
from nlp.places.areas import Areas
from storage.records import NewReport

#: How well a record's point is taken to be known, in metres.
_RADIUS_M = 50.0


class MapError(ValueError):
    """The category map cannot be used; the message says what to write."""


@dataclass(frozen=True, slots=True)
class CategoryMap:
    """Which category a label of theirs means; "" for none. A label may end in * for all that
    begin so: the longest beginning counts."""

    column: str
    categories: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> "CategoryMap":
        """Read a map. Raises MapError."""
        try:
            content = tomllib.loads(path.read_text("utf-8"))
            known = cls(str(content["column"]), dict(content["categories"]))
        except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
            raise MapError(
                f'{path} cannot be read ({type(error).__name__}): write column = "title" and, '
                'under [categories], a line such as "Traffic*" = "road_safety"'
            ) from None
        wrong = [slug for slug in known.categories.values() if slug and slug not in CATEGORIES]
        if wrong:
            raise MapError(f"{path}: {wrong[0]} is no category; known: {', '.join(CATEGORIES)}")
        return known

    def category(self, label: str) -> str | None:
        """The category of a label, "" where it is left out on purpose, None for an unknown one."""
        if label in self.categories:
            return self.categories[label]
        begins = [
            key for key in self.categories if key.endswith("*") and label.startswith(key[:-1])
        ]
        return self.categories[max(begins, key=len)] if begins else None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a record tells its place and time; `form` as for strptime, ISO 8601 if none."""

    lat: str
    lon: str
    when: str
    form: str | None = None

    def missing(self, header: Iterable[str], labels: CategoryMap) -> list[str]:
        """Names that the header lacks."""
        return sorted({self.lat, self.lon, self.when, labels.column} - set(header))


@dataclass(slots=True)
class Left:
    """What was not taken: unreadable or outside rows, and labels that the map does not know."""

    unreadable: int = 0
    outside: int = 0
    unknown: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class RecordReader:
    """Turns rows into reports of one source, such as "import:911"; `left` counts the others."""

    source: str
    columns: Columns
    labels: CategoryMap
    areas: Areas
    zone: ZoneInfo
    language: str
    left: Left = field(default_factory=Left)
    _seen: Counter[str] = field(default_factory=Counter)

    def read(self, rows: Iterable[Mapping[str, str]]) -> Iterator[NewReport]:
        """One report a row that can be read, lies in the city and has a category."""
        for row in rows:
            label = (row.get(self.labels.column) or "").strip()
            category = self.labels.category(label)
            if category is None:
                self.left.unknown[label] += 1
            elif category and (report := self._report(row, label, category)):
                yield report

    def _report(self, row: Mapping[str, str], label: str, category: str) -> NewReport | None:
        try:
            lat, lon = float(row[self.columns.lat]), float(row[self.columns.lon])
            when = self._when(row[self.columns.when].strip())
        except (ValueError, TypeError, AttributeError):
            self.left.unreadable += 1
            return None
        area = self.areas.at(lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None
        if area is None:
            self.left.outside += 1
            return None
        kept = kept_place(category, Location(area, lat, lon, _RADIUS_M))
        local = when.astimezone(self.zone)
        return NewReport(
            ref=self._ref(f"{when.isoformat()}|{lat:.6f}|{lon:.6f}|{label}"),
            contact_id=None,
            area=area,
            category=category,
            categories=((category, 1.0),),
            urgency=CATEGORIES[category].urgency.value,
            flags=(),
            source=self.source,
            language=self.language,
            redacted_text="",
            text="",
            occurred_at=when,
            received_at=when,
            local_day=local.date(),
            local_hour=local.hour,
            latitude=kept.latitude,
            longitude=kept.longitude,
            precision_m=kept.precision_m,
            status="closed",
        )

    def _when(self, text: str) -> datetime:
        form = self.columns.form
        when = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
        return when if when.tzinfo else when.replace(tzinfo=self.zone)

    def _ref(self, told: str) -> str:
        """The same for the same row in every import; rows that are all alike are numbered."""
        self._seen[told] += 1
        digest = hashlib.sha256(f"{self.source}|{told}|{self._seen[told]}".encode()).hexdigest()
        return f"{self.source.removeprefix('import:').upper()}-{digest[:12].upper()}"
