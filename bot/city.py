"""A city as data: names, numbers, teams and services, read from a city pack."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.citypack import read_areas, read_toml, unknown
from bot.cityrecords import Area, City, CityError, Emergency, Retention, Service, Team
from bot.cityschema import (
    DAYS,
    AreaProperties,
    CityFile,
    ServicesFile,
    ServiceTable,
    TeamsFile,
    TeamTable,
)
from nlp.categories import CATEGORIES

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
    return Path(__file__).parent / "cities" / "demo"


def load_city(path: Path) -> City:
    """The city of a pack folder. Raises CityError, with a line for each thing to mend."""
    if not path.is_dir():
        raise CityError(f"{path}: is no folder; write the path of a city pack")
    file = read_toml(path / "city.toml", CityFile)
    teams = read_toml(path / "teams.toml", TeamsFile, optional=True).teams
    services = read_toml(path / "services.toml", ServicesFile, optional=True).services
    areas = read_areas(path / "areas.geojson")
    owned = {team.slug: _areas_of(team, areas) for team in teams}
    wrong = [
        *_check_areas(areas, teams),
        *_check_teams(teams, owned, services, file, {area.code for area in areas}),
        *_check_services("city.toml: helplines", file.helplines, file, areas),
        *_check_services("services.toml: services", services, file, areas),
        *_check_languages("city.toml: readers", file.readers, file.languages),
    ]
    if wrong:
        raise CityError("\n".join(wrong))
    return _city(path, file, areas, [_team(row, owned[row.slug], file) for row in teams], services)


def _areas_of(team: TeamTable, areas: list[AreaProperties]) -> tuple[str, ...]:
    """Areas a team names itself, then those that name the team, each once."""
    return tuple(dict.fromkeys([*team.areas, *(a.code for a in areas if a.team == team.slug)]))


def _check_areas(areas: list[AreaProperties], teams: list[TeamTable]) -> Iterator[str]:
    slugs = [team.slug for team in teams]
    for code, count in Counter(area.code for area in areas).items():
        if count > 1:
            yield f'areas.geojson: code: "{code}" stands {count} times; write a code once'
    for area in areas:
        if area.team and area.team not in slugs:
            yield f"areas.geojson: {area.code}: team: {unknown(area.team, slugs, 'team')}"


def _check_teams(
    teams: list[TeamTable],
    owned: dict[str, tuple[str, ...]],
    services: list[ServiceTable],
    file: CityFile,
    codes: set[str],
) -> Iterator[str]:
    yield from _repeated("teams.toml: teams", [team.slug for team in teams])
    taken: dict[str, str] = {}
    for team in teams:
        where = f'teams.toml: team "{team.slug}"'
        if not owned[team.slug]:
            yield f"{where}: areas: is empty; write codes from areas.geojson"
        for code in owned[team.slug]:
            if code not in codes:
                yield f"{where}: areas: {unknown(code, list(codes), 'area')}"
            elif taken.setdefault(code, team.slug) != team.slug:
                yield f'{where}: areas: "{code}" belongs to "{taken[code]}"; write it at one team'
        if team.language and team.language not in file.languages:
            yield f"{where}: language: {unknown(team.language, file.languages, 'city language')}"
        yield from _references(where, team, list(owned), [row.slug for row in services])


def _references(
    where: str, team: TeamTable, teams: list[str], services: list[str]
) -> Iterator[str]:
    others = [slug for slug in teams if slug != team.slug]
    for slug in team.deputies:
        if slug not in others:
            yield f"{where}: deputies: {unknown(slug, others, 'other team')}"
    for slug in team.partners:
        if slug not in services:
            yield f"{where}: partners: {unknown(slug, services, 'service')}"


def _repeated(where: str, slugs: list[str]) -> Iterator[str]:
    for slug, count in Counter(slugs).items():
        if count > 1:
            yield f'{where}: slug: "{slug}" stands {count} times; write another for each'


def _check_services(
    where: str, rows: list[ServiceTable], file: CityFile, areas: list[AreaProperties]
) -> Iterator[str]:
    codes = [area.code for area in areas]
    yield from _repeated(where, [row.slug for row in rows])
    for row in rows:
        here = f'{where}, "{row.slug}"'
        yield from _check_languages(f"{here}: name", row.name, file.languages)
        yield from _check_languages(f"{here}: hours", row.hours, file.languages)
        for code in row.areas:
            if code not in codes:
                yield f"{here}: areas: {unknown(code, codes, 'area')}"
        for category in row.categories:
            if category not in CATEGORIES:
                yield f"{here}: categories: {unknown(category, list(CATEGORIES), 'category')}"


def _check_languages(where: str, texts: dict[str, str], languages: list[str]) -> Iterator[str]:
    """Texts may be left out altogether, but not for some of the city's languages only."""
    for language in languages:
        if texts and language not in texts:
            yield f'{where}: {language}: is missing; write the text in "{language}" too'


def _team(row: TeamTable, areas: tuple[str, ...], file: CityFile) -> Team:
    return Team(
        slug=row.slug,
        name=row.name,
        areas=areas,
        timezone=ZoneInfo(row.timezone or file.timezone),
        language=row.language or file.languages[0],
        digest_at=row.digest.at,
        digest_days=tuple(sorted({DAYS.index(day) for day in row.digest.days})),
        watched=tuple(row.watched),
        deputies=tuple(row.deputies),
        partners=tuple(row.partners),
    )


def _service(row: ServiceTable) -> Service:
    return Service(
        slug=row.slug,
        name=dict(row.name),
        kind=row.kind,
        categories=tuple(row.categories),
        phone=row.phone,
        hours=dict(row.hours),
        areas=tuple(row.areas),
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
        areas={a.code: Area(a.code, a.name, a.population, tuple(a.aliases)) for a in areas},
        teams=tuple(teams),
        services=tuple(_service(row) for row in services),
        share_without_consent=file.sharing.without_consent,
        daily_sms_limit=file.limits.daily_sms,
        helplines=tuple(_service(row) for row in file.helplines),
    )
