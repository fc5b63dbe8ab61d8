"""`city build`, `city check` and `city draw`: a town as data."""

import sys
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

#: So many areas without a team are named.
_SHOWN = 12


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    city = typer.Typer(help="City packs: build one from open data, check it, look at it.")
    city.command("build")(build)
    city.command("check")(check)
    city.command("draw")(draw)
    app.add_typer(city, name="city", no_args_is_help=True)


def _option(words: str) -> object:
    return typer.Option(help=words)


def _source(words: str) -> object:
    return typer.Option(help=words, exists=True, dir_okay=False)


def build(
    name: Annotated[str, _option("Name of the town.")],
    places: Annotated[list[Path], _source(".osm.pbf, .geojson, .csv or .jsonl; repeatable.")],
    timezone: Annotated[str, _option("IANA name, such as Europe/Lisbon.")],
    languages: Annotated[str, _option("Codes separated by commas, main one first.")],
    emergency: Annotated[str, _option("Number for danger to life.")],
    out: Annotated[Path, _option("Folder of the new pack.")],
    areas: Annotated[Path | None, _source("GeoJSON polygons of the areas.")] = None,
    grid: Annotated[float | None, _option("No polygons? Make squares of so many km.")] = None,
    area_code: Annotated[str | None, _option("Property with the area's code.")] = None,
    area_name: Annotated[str | None, _option("Property with the area's name.")] = None,
    area_within: Annotated[str | None, _option("Property with the larger area's name.")] = None,
    admin_level: Annotated[
        list[int] | None, _option("No polygons? Take the extract's of this level; repeatable.")
    ] = None,
    inside: Annotated[str | None, _option("Only those inside this administrative area.")] = None,
    place_area: Annotated[str | None, _option("Property of a place with its area.")] = None,
    attribution: Annotated[
        list[str] | None, _option("Credit that a source asks for; repeatable.")
    ] = None,
) -> None:
    """Build a city pack from open data.

    Example: lamplighter city build --name Kettlebridge --areas wards.geojson
    --places region.osm.pbf --places landmarks.csv --timezone Europe/London
    --languages en --emergency 999 --out kettlebridge
    """
    from nlp.citypack.pack import build_pack

    _check_zone(timezone)
    report = build_pack(
        name,
        areas=areas,
        places=places,
        out=out,
        area_code=area_code,
        area_name=area_name,
        area_within=area_within,
        admin_levels=admin_level or (),
        inside=inside,
        place_area=place_area,
        attribution=attribution or (),
        grid_km=grid,
        timezone=timezone,
        languages=tuple(code.strip() for code in languages.split(",") if code.strip()),
        emergency=emergency,
        progress=_progress if sys.stderr.isatty() else None,
    )
    typer.echo(report.text(), err=True)
    typer.echo(f"Look at it: lamplighter city draw {out} -o map.png", err=True)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise typer.BadParameter(
            f"--timezone: {name!r} is no known time zone; write an IANA name, such as Europe/Dublin"
        ) from None


def _progress(words: str) -> None:
    typer.echo(words, err=True)


def check(pack: Annotated[Path, typer.Argument(help="Folder of the pack.")]) -> None:
    """Say what is wrong or missing in a pack.

    Example: lamplighter city check kettlebridge
    """
    from bot.city import load_city
    from nlp.citypack.pack import check_pack

    city = load_city(pack)
    findings = check_pack(pack)
    for finding in findings:
        typer.echo(str(finding))
    unheard = [code for code in city.areas if city.team_of(code) is None]
    if not city.teams:
        typer.echo("note: teams.toml names no team yet: nobody gets a digest")
    elif unheard:
        more = f" and {len(unheard) - _SHOWN} more" if len(unheard) > _SHOWN else ""
        typer.echo(f"note: no team in teams.toml for {', '.join(unheard[:_SHOWN])}{more}")
    wrong = [finding for finding in findings if finding.wrong]
    typer.echo(f"{city.name}: {len(city.areas)} areas, {len(wrong)} things to mend", err=True)
    if wrong:
        raise typer.Exit(1)


def draw(
    pack: Annotated[Path, typer.Argument(help="Folder of the pack.", exists=True, file_okay=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="The picture to write.")],
) -> None:
    """Draw areas, streets and places.

    Example: lamplighter city draw kettlebridge -o map.png
    """
    from bot.drawing.city_map import draw_city

    picture = draw_city(pack)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(picture)
    typer.echo(f"{output} is written", err=True)
