"""What the shapes of a city pack's files cannot say: references between them that must hold."""

from collections import Counter
from collections.abc import Iterator

from bot.city.files import unknown
from bot.city.schema import AreaProperties, CityFile, ServiceTable, TeamTable
from nlp.categories import CATEGORIES
from nlp.places.areas import larger_ones


def complaints(
    file: CityFile,
    areas: list[AreaProperties],
    teams: list[TeamTable],
    services: list[ServiceTable],
) -> Iterator[str]:
    """One line for each reference that leads nowhere and each thing said twice."""
    yield from _check_areas(areas, teams)
    yield from _check_teams(teams, areas, services, file)
    yield from _check_services("city.toml: helplines", file.helplines, file, areas)
    yield from _check_services("services.toml: services", services, file, areas)
    yield from _check_languages("city.toml: readers", file.readers, file.languages)


def areas_of(team: TeamTable, areas: list[AreaProperties]) -> tuple[str, ...]:
    """Areas a team names itself, then those that name the team, each once."""
    return tuple(dict.fromkeys([*team.areas, *(a.code for a in areas if a.team == team.slug)]))


def parts_of(code: str, areas: list[AreaProperties]) -> tuple[str, ...]:
    """An area and, of a larger one, all that lies in it."""
    within = {area.code: area.within for area in areas if area.within}
    inside = (area.code for area in areas if code in larger_ones(area.code, within))
    return (code, *(part for part in inside if part != code))


def with_parts(
    team: TeamTable, areas: list[AreaProperties], teams: list[TeamTable]
) -> tuple[str, ...]:
    """A team's areas with all their parts, but for those that another team names."""
    own = areas_of(team, areas)
    others = {code for row in teams if row is not team for code in areas_of(row, areas)}
    parts = (part for code in own for part in parts_of(code, areas))
    return tuple(dict.fromkeys([*own, *(part for part in parts if part not in others)]))


def _check_areas(areas: list[AreaProperties], teams: list[TeamTable]) -> Iterator[str]:
    slugs = [team.slug for team in teams]
    for code, count in Counter(area.code for area in areas).items():
        if count > 1:
            yield f'areas.geojson: code: "{code}" stands {count} times; write a code once'
    codes = [area.code for area in areas]
    for area in areas:
        if area.team and area.team not in slugs:
            yield f"areas.geojson: {area.code}: team: {unknown(area.team, slugs, 'team')}"
        if area.within and area.within not in codes:
            yield f"areas.geojson: {area.code}: within: {unknown(area.within, codes, 'area')}"
    within = {area.code: area.within for area in areas if area.within}
    for code in within:
        if code in larger_ones(code, within):
            yield f'areas.geojson: {code}: within: "{within[code]}" lies within it; write one only'


def _check_teams(
    teams: list[TeamTable],
    areas: list[AreaProperties],
    services: list[ServiceTable],
    file: CityFile,
) -> Iterator[str]:
    slugs = [team.slug for team in teams]
    yield from _repeated("teams.toml: teams", slugs)
    taken: dict[str, str] = {}
    for team in teams:
        where = f'teams.toml: team "{team.slug}"'
        yield from _check_owned(where, team, areas, taken)
        if team.language and team.language not in file.languages:
            yield f"{where}: language: {unknown(team.language, file.languages, 'city language')}"
        yield from _check_references(where, team, slugs, [row.slug for row in services])


def _check_owned(
    where: str, team: TeamTable, areas: list[AreaProperties], taken: dict[str, str]
) -> Iterator[str]:
    """`taken` maps codes to the team that has them so far; this team's are added."""
    codes = [area.code for area in areas]
    owned = areas_of(team, areas)
    if not owned:
        yield f"{where}: areas: is empty; write codes from areas.geojson"
    for code in owned:
        if code not in codes:
            yield f"{where}: areas: {unknown(code, codes, 'area')}"
        elif taken.setdefault(code, team.slug) != team.slug:
            yield f'{where}: areas: "{code}" belongs to "{taken[code]}"; write it at one team'


def _check_references(
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
