"""The shape of a city pack's files; a field's description says what to write in it."""

from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock(value: object) -> object:
    """Times are written "HH:MM"; pydantic alone would also take a count of seconds."""
    if isinstance(value, str) and len(value) == 5 and value[2] == ":":
        return time.fromisoformat(value)
    raise ValueError("is no time of day")


def _span(value: object) -> object:
    if isinstance(value, str) and value.count("-") == 1:
        return tuple(_clock(part.strip()) for part in value.split("-"))
    raise ValueError("is no span of hours")


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ValueError("is no known time zone") from error
    return value


def _known_language(value: str) -> str:
    try:
        known = len(value) == 2 and Locale.parse(value).language == value
    except (UnknownLocaleError, ValueError):
        known = False
    if not known:
        raise ValueError("is no known language")
    return value


Clock = Annotated[time, BeforeValidator(_clock)]
Span = Annotated[tuple[time, time], BeforeValidator(_span)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Language = Annotated[str, AfterValidator(_known_language)]
Number = Annotated[str, Field(pattern=r"^[+0-9][0-9 ()*#-]{1,19}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Category = Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$")]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
ByLanguage = dict[Language, Words]


class Section(BaseModel):
    """Unknown keys are errors: a misspelt key must not silently keep its default."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class EmergencyTable(Section):
    general: Number = Field(
        description='the number people call when life is in danger, such as general = "112"'
    )
    police: Number | None = Field(None, description='the police, such as police = "112"')
    fire: Number | None = Field(None, description='the fire brigade, such as fire = "112"')
    medical: Number | None = Field(None, description='the ambulance, such as medical = "112"')
    text: Number | None = Field(None, description="the number that takes emergency text messages")
    relay: Number | None = Field(None, description="the relay service for deaf callers")


class QuietTable(Section):
    start: Clock = Field(
        time(21), alias="from", description='when texting ends, such as from = "21:00"'
    )
    end: Clock = Field(
        time(8), alias="to", description='when texting may begin, such as to = "08:00"'
    )


class RetentionTable(Section):
    bodies: int = Field(30, ge=1, le=365, description="days, 1 to 365, such as bodies = 30")
    links: int = Field(90, ge=1, le=365, description="days, 1 to 365, such as links = 90")
    idle_contacts: int = Field(365, ge=30, le=1825, description="days, 30 to 1825")


class LimitsTable(Section):
    daily_sms: int | None = Field(
        None, ge=1, description="the most SMS segments a day, such as daily_sms = 2000"
    )


class SharingTable(Section):
    without_consent: bool = Field(
        default=False,
        description="true only where the law makes the police see sensitive reports unasked",
    )


class ServiceTable(Section):
    slug: Slug = Field(description='a short name such as slug = "street-lights"')
    name: ByLanguage = Field(
        min_length=1, description='its name in every language, such as name = { en = "…" }'
    )
    kind: Slug = Field("service", description='what it is, such as kind = "council"')
    categories: list[Category] = Field(
        default_factory=list, description='category slugs, such as categories = ["lighting"]'
    )
    phone: Number | None = Field(None, description='its number, such as phone = "555-0142"')
    text: Number | None = Field(None, description="its number for text messages")
    hours: ByLanguage = Field(
        default_factory=dict, description='its hours, such as hours = { en = "every day 8-20" }'
    )
    areas: list[Slug] = Field(
        default_factory=list, description="codes from areas.geojson, or leave it out: everywhere"
    )


class CityFile(Section):
    """`city.toml`."""

    name: Words = Field(description='the city\'s name, such as name = "Otterhithe"')
    timezone: Zone = Field(description='an IANA name, such as timezone = "Europe/Dublin"')
    languages: list[Language] = Field(
        min_length=1,
        description='ISO 639-1 codes, the main one first, such as languages = ["en", "es"]',
    )
    emergency: EmergencyTable = Field(
        description='a table [emergency] with the line general = "112" (your own number)'
    )
    readers: ByLanguage = Field(
        default_factory=dict,
        description='who reads the messages, by language: en = "the liaison officers of …"',
    )
    quiet: QuietTable = Field(default_factory=lambda: QuietTable(), description="from and to")
    retention: RetentionTable = Field(
        default_factory=lambda: RetentionTable(), description="bodies, links, idle_contacts"
    )
    limits: LimitsTable = Field(default_factory=lambda: LimitsTable(), description="daily_sms")
    sharing: SharingTable = Field(
        default_factory=lambda: SharingTable(), description="without_consent"
    )
    helplines: list[ServiceTable] = Field(
        default_factory=list, description="tables [[helplines]] with slug, name, phone, hours"
    )


class DigestTable(Section):
    at: Clock = Field(description='the local time of the digest, such as at = "07:30"')
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(
        min_length=1, description='days such as days = ["mon", "thu"]'
    )


class TeamTable(Section):
    slug: Slug = Field(description='a short name such as slug = "harbour"')
    name: Words = Field(description='the team\'s name, such as name = "Harbour liaison team"')
    names: dict[Language, Words] = Field(
        default_factory=dict, description='names in other languages: { es = "Equipo del puerto" }'
    )
    areas: list[Slug] = Field(default_factory=list, description="codes from areas.geojson")
    timezone: Zone | None = Field(None, description="an IANA name, or leave it out: the city's")
    language: Language | None = Field(None, description="one of the city's languages")
    digest: DigestTable = Field(description='digest = { at = "07:30", days = ["mon", "thu"] }')
    watched: list[Span] = Field(
        default_factory=list, description='hours when it reads, such as watched = ["08:00-18:00"]'
    )
    deputies: list[Slug] = Field(default_factory=list, description="slugs of other teams")
    partners: list[Slug] = Field(
        default_factory=list, description="slugs of services in services.toml"
    )


class TeamsFile(Section):
    """`teams.toml`."""

    teams: list[TeamTable] = Field(default_factory=list, description="tables [[teams]]")


class ServicesFile(Section):
    """`services.toml`."""

    services: list[ServiceTable] = Field(default_factory=list, description="tables [[services]]")


class AreaProperties(BaseModel):
    """Properties of a feature of `areas.geojson`; open data brings others, which are left alone."""

    code: Slug = Field(description='the name in lower case with hyphens, such as "old-town"')
    name: Words = Field(description="the area's name")
    population: int | None = Field(None, ge=0, description="how many live there, or leave it out")
    aliases: list[Words] = Field(default_factory=list, description="a list of other names")
    team: Slug | None = Field(None, description="the slug of a team in teams.toml")
    within: Slug | None = Field(None, description="the code of the larger area that holds it")
