"""A city as data: names, numbers, teams and services, read from a city pack."""

from dataclasses import dataclass
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo


class CityError(ValueError):
    """The city pack cannot be used.

    The message says which file and field, and what to write there.
    """


@dataclass(frozen=True, slots=True)
class Area:
    """The unit we count by: a beat, ward or neighbourhood."""

    code: str
    name: str
    population: int | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Emergency:
    """Numbers for danger to life.

    `text` and `relay` are for people who cannot speak on the phone.
    """

    general: str
    police: str | None = None
    fire: str | None = None
    medical: str | None = None
    text: str | None = None
    relay: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A liaison team: its areas and when its digest is due (local times of its own zone)."""

    slug: str
    name: str
    areas: tuple[str, ...]
    timezone: ZoneInfo
    language: str
    digest_at: time
    digest_days: tuple[int, ...]
    watched: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """Who helps with what, where and when.

    `text` is keyed by language. `areas` empty: everywhere.
    """

    slug: str
    name: dict[str, str]
    kind: str
    categories: tuple[str, ...]
    phone: str | None
    hours: dict[str, str]
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """Days until things are dropped."""

    bodies: int = 30
    links: int = 90
    idle_contacts: int = 365


@dataclass(frozen=True, slots=True)
class City:
    """One deployment's city. Times of residents' messages follow `timezone`; `quiet` is local."""

    path: Path
    name: str
    timezone: ZoneInfo
    languages: tuple[str, ...]
    emergency: Emergency
    readers: dict[str, str]
    quiet: tuple[time, time]
    retention: Retention
    areas: dict[str, Area]
    teams: tuple[Team, ...]
    services: tuple[Service, ...]
    share_without_consent: bool = False
    daily_sms_limit: int | None = None

    def team_of(self, area: str | None) -> Team | None:
        """The team that answers for an area; None where no team does."""
        return next((team for team in self.teams if area in team.areas), None)

    def area_name(self, area: str | None) -> str | None:
        """The name of an area, None for an unknown one."""
        known = self.areas.get(area) if area else None
        return known.name if known else None
