"""What a city is to the rest of the service: frozen values, read once at start."""

from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo


class CityError(ValueError):
    """The city pack cannot be used.

    Every line of the message says which file and field, and what to write there.
    """


@dataclass(frozen=True, slots=True)
class Area:
    """The unit we count by: a beat, ward or neighbourhood; `within` is the code of a larger one."""

    code: str
    name: str
    population: int | None = None
    aliases: tuple[str, ...] = ()
    within: str | None = None


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
    """A liaison team: its areas and when its digest is due (local times of its own zone).

    `digest_days` counts from Monday = 0. A span of `watched` whose end is not after its start runs
    past midnight; no span at all: nobody has said when the team reads. `deputies` are slugs of
    teams that stand in, `partners` slugs of services beyond the police that work with it.
    """

    slug: str
    name: str
    areas: tuple[str, ...]
    timezone: ZoneInfo
    language: str
    digest_at: time
    digest_days: tuple[int, ...]
    watched: tuple[tuple[time, time], ...] = ()
    deputies: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def called(self, language: str) -> str:
        """The team's name in a language, else the one it goes by."""
        return self.names.get(language, self.name)

    def watches(self, at: time) -> bool:
        """Whether somebody of the team reads at this local time of day."""
        return any(
            start <= at < end if start < end else at >= start or at < end
            for start, end in self.watched
        )


@dataclass(frozen=True, slots=True)
class Service:
    """Who helps with what, where and when.

    `name` and `hours` are keyed by language. `areas` empty: everywhere.
    """

    slug: str
    name: dict[str, str]
    kind: str
    categories: tuple[str, ...]
    phone: str | None
    hours: dict[str, str]
    areas: tuple[str, ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """Days until things are dropped."""

    bodies: int = 30
    links: int = 90
    idle_contacts: int = 365


@dataclass(frozen=True, slots=True)
class City:
    """One deployment's city. Times of residents' messages follow `timezone`; `quiet` is local.

    `readers` says who reads the messages, by language. `helplines` are for people in distress and
    hold the same shape as services. `attribution` are the credits of whose data the map is made;
    they go wherever it is shown. `daily_sms_limit` is the spend ceiling in segments.
    """

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
    helplines: tuple[Service, ...] = ()
    attribution: tuple[str, ...] = ()

    def team_of(self, area: str | None) -> Team | None:
        """The team that answers for an area; None where no team does."""
        return next((team for team in self.teams if area in team.areas), None)

    def team(self, slug: str) -> Team | None:
        """The team of that slug."""
        return next((team for team in self.teams if team.slug == slug), None)

    def parts(self, code: str) -> tuple[str, ...]:
        """An area and, of a larger one, all that lies in it at any depth."""
        inside = [area.code for area in self.areas.values() if area.within == code]
        return (code, *(part for one in inside for part in self.parts(one)))

    def is_larger(self, code: str) -> bool:
        """Whether other areas are parts of this one."""
        return any(area.within == code for area in self.areas.values())

    def area_name(self, area: str | None) -> str | None:
        """The name of an area, None for an unknown one."""
        known = self.areas.get(area) if area else None
        return known.name if known else None
