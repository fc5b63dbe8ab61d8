"""Tips for prevention with their evidence, and the service that helps with a category."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.city.records import City, Service
from nlp.categories import CATEGORIES

#: Who may be told a tip: residents also act together, everyone else only for themselves.
AUDIENCES = {
    "resident": ("resident", "community"),
    "community": ("community",),
    "school": ("school",),
    "shop": ("shop",),
    "partner": ("partner",),
}


@dataclass(frozen=True, slots=True)
class Tip:
    """One piece of advice. `evidence` is a sentence, `strength` A (tested) to C (sound practice).

    Each of `text` and `evidence` is one SMS segment at most, both together are two.
    """

    id: str
    category: str
    audience: str
    text: str
    evidence: str
    strength: str


@cache
def _table(name: str) -> dict[str, dict[str, str]]:
    source = files("bot") / "tips" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}


@cache
def all_tips(language: str) -> tuple[Tip, ...]:
    """Every tip in a language, strongest evidence first; English where the language has none."""
    words = _table(language) or _table("en")
    tips = [
        Tip(
            id=slug,
            category=row["category"],
            audience=row["audience"],
            text=words["tips"][slug],
            evidence=words["evidence"][row["evidence"]],
            strength=row["strength"],
        )
        for slug, row in _table("index").items()
    ]
    return tuple(sorted(tips, key=lambda tip: tip.strength))


def tip_for(
    category: str,
    language: str,
    audience: str = "resident",
    exclude: Collection[str] = (),
) -> Tip | None:
    """The tip with the strongest evidence whose id is not in `exclude`.

    A resident gets none on a sensitive category: another person may hold the phone, and advice
    after harm sounds like blame. An unknown audience gets none either.
    """
    known = CATEGORIES.get(category)
    if known is None or (known.sensitive and audience == "resident"):
        return None
    fitting = (
        tip
        for audience_of_tip in AUDIENCES.get(audience, ())
        for tip in all_tips(language)
        if tip.audience == audience_of_tip and tip.category == category
    )
    return next((tip for tip in fitting if tip.id not in exclude), None)


def service_for(city: City, category: str, area: str | None, language: str) -> Service | None:
    """The first service for a category that works in the area and has words in the language.

    Where the area is unknown only services that work everywhere count. The city's helplines
    follow its services.
    """
    return next(
        (
            service
            for service in (*city.services, *city.helplines)
            if category in service.categories
            and (not service.areas or area in service.areas)
            and language in service.name
        ),
        None,
    )
