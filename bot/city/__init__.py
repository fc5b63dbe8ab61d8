"""A city as data: names, numbers, teams and services, read from a city pack."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.city.checks import complaints, parts_of, with_parts
from bot.city.files import read_areas, read_toml
from bot.city.records import Area, City, CityError, Emergency, Retention, Service, Team
from bot.city.schema import (
    DAYS,
    AreaProperties,
    CityFile,
    ServicesFile,
    ServiceTable,
    TeamsFile,
    TeamTable,
)

__all__ = [
    "Area",
    "City",
    "CityError",
    "Emergency",
    "Retention",
    "Service",
    "Team",
    "demo_city_path",
    "load_city",
]

#: Who reads, where city.toml does not say it; English stands in for other languages.
READERS = {"en": "the liaison team of {city}", "es": "el equipo de enlace de {city}"}


def demo_city_path() -> Path:
    """The fictional town that ships with the package."""
    return Path(__file__).parents[1] / "cities" / "demo"


def load_city(path: Path) -> City:
    """The city of a pack folder. Raises CityError, with a line for each thing to mend."""
    if not path.is_dir():
        raise CityError(f"{path}: is no folder; write the path of a city pack")
    file = read_toml(path / "city.toml", CityFile)
    teams = read_toml(path / "teams.toml", TeamsFile, optional=True).teams
    services = read_toml(path / "services.toml", ServicesFile, optional=True).services
    areas, owners = read_areas(path / "areas.geojson")
    if wrong := list(complaints(file, areas, teams, services)):
        raise CityError("\n".join(wrong))
    city = _city(path, file, areas, [_team(row, areas, file, teams) for row in teams], services)
    return replace(city, attribution=owners)


def _team(
    row: TeamTable, areas: list[AreaProperties], file: CityFile, teams: list[TeamTable]
) -> Team:
    return Team(
        slug=row.slug,
        name=row.name,
        areas=with_parts(row, areas, teams),
        timezone=ZoneInfo(row.timezone or file.timezone),
        language=row.language or file.languages[0],
        digest_at=row.digest.at,
        digest_days=tuple(sorted({DAYS.index(day) for day in row.digest.days})),
        watched=tuple(row.watched),
        deputies=tuple(row.deputies),
        partners=tuple(row.partners),
        names=dict(row.names),
    )


def _area(row: AreaProperties) -> Area:
    return Area(row.code, row.name, row.population, tuple(row.aliases), row.within)


def _service(row: ServiceTable, areas: list[AreaProperties]) -> Service:
    return Service(
        slug=row.slug,
        name=dict(row.name),
        kind=row.kind,
        categories=tuple(row.categories),
        phone=row.phone,
        hours=dict(row.hours),
        areas=tuple(code for named in row.areas for code in parts_of(named, areas)),
        text=row.text,
    )


def _city(
    path: Path,
    file: CityFile,
    areas: list[AreaProperties],
    teams: list[Team],
    services: list[ServiceTable],
) -> City:
    readers = {
        language: READERS.get(language, READERS["en"]).format(city=file.name)
        for language in file.languages
    }
    return City(
        path=path,
        name=file.name,
        timezone=ZoneInfo(file.timezone),
        languages=tuple(dict.fromkeys(file.languages)),
        emergency=Emergency(**file.emergency.model_dump()),
        readers=readers | file.readers,
        quiet=(file.quiet.start, file.quiet.end),
        retention=Retention(**file.retention.model_dump()),
        areas={a.code: _area(a) for a in areas},
        teams=tuple(teams),
        services=tuple(_service(row, areas) for row in services),
        share_without_consent=file.sharing.without_consent,
        daily_sms_limit=file.limits.daily_sms,
        helplines=tuple(_service(row, areas) for row in file.helplines),
    )
