"""What areas, teams and categories are called when staff ask about them."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from bot.city import City
from bot.i18n import say
from nlp.categories import CATEGORIES
from nlp.normalise import fold

#: Everyday words for a category, beside its slug and its name.
_ALSO: Final = {
    "violence": ("assault", "assaults", "fight", "fights", "fighting", "violencia", "peleas"),
    "robbery": ("robberies", "mugging", "muggings", "atraco", "atracos"),
    "sexual_offence": ("sexual", "agresion sexual"),
    "harassment": ("acoso",),
    "domestic_abuse": ("domestic", "domestic violence", "violencia domestica"),
    "hate_incident": ("hate", "odio"),
    "youth_risk": ("youth", "children", "jovenes"),
    "drugs": ("drug", "dealing", "drogas"),
    "burglary": ("burglaries", "break ins", "break in", "breakins", "robo en casas"),
    "theft": ("thefts", "stealing", "shoplifting", "hurto", "hurtos", "robos"),
    "vehicle_crime": ("vehicle", "vehicles", "cars", "car crime", "coches"),
    "vandalism": ("graffiti", "damage", "vandalismo", "pintadas"),
    "fraud_scam": ("fraud", "scam", "scams", "estafa", "estafas"),
    "disorder": ("antisocial behaviour", "anti social behaviour", "asb", "desorden"),
    "noise": ("ruido",),
    "road_safety": ("road", "roads", "traffic", "speeding", "trafico"),
    "lighting": ("light", "lights", "street lights", "luz", "alumbrado", "farolas"),
    "abandoned_place": ("abandoned", "empty buildings", "abandonado"),
    "waste_environment": ("waste", "rubbish", "litter", "dumping", "basura"),
    "dogs_animals": ("dogs", "dog", "animals", "perros", "animales"),
    "suspicious_activity": ("suspicious", "sospechoso"),
    "missing_person": ("missing", "desaparecidos"),
    "mental_health_crisis": ("mental health", "salud mental"),
    "hazard": ("hazards", "fire", "gas", "flood", "incendio", "peligro"),
    "feeling_unsafe": ("unsafe", "fear", "miedo"),
    "service_feedback": ("complaints", "quejas"),
}
EVERYWHERE: Final = ("all", "everywhere", "all areas", "todo", "todas", "todas las zonas")
#: Two letters swapped in a word of five give 0.8.
_CLOSE: Final = 0.8
_SHORTEST_GUESS: Final = 4


@dataclass(slots=True)
class Vocabulary:
    """Folded names of a city's areas and teams, and of the categories.

    "Everywhere" names no area: it is what a question without areas means.
    """

    areas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, city: City, language: str) -> "Vocabulary":
        """The names of a city; a word that only one area's name holds stands for that area."""
        known = cls()
        _add_categories(known.categories, language)
        known.areas.update(dict.fromkeys(EVERYWHERE, ()))
        for team in city.teams:
            known.areas.update(dict.fromkeys((plain(team.slug), plain(team.name)), team.areas))
        words: dict[str, set[str]] = {}
        for area in city.areas.values():
            for name in (area.code, area.name, *area.aliases):
                known.areas[plain(name)] = city.parts(area.code)
                for word in plain(name).split():
                    words.setdefault(word, set()).add(area.code)
        for word, codes in words.items():
            if len(codes) == 1 and len(word) >= _SHORTEST_GUESS and word not in known.categories:
                known.areas.setdefault(word, city.parts(*codes))
        return known

    def counts(self, number: str) -> bool:
        """Whether a number is part of an area's name, as in "Beat 12"."""
        return any(number in name.split() for name in self.areas)

    def names(self) -> list[str]:
        """Everything that can be said."""
        return [*self.areas, *self.categories]

    def close(self, phrase: str) -> str | None:
        """The name that a misspelt phrase very likely means."""
        if len(phrase) < _SHORTEST_GUESS:
            return None
        return next(iter(get_close_matches(phrase, self.names(), 1, _CLOSE)), None)

    def nearest(self, phrase: str) -> str | None:
        """A name to ask about: "did you mean …?"."""
        return next(iter(get_close_matches(phrase, self.names(), 1, 0.5)), None)


def plain(text: str) -> str:
    """A name as people type it: no case, accents or punctuation."""
    return " ".join(re.findall(r"[^\W_]+", fold(text).replace("'", "")))


def _add_categories(names: dict[str, str], language: str) -> None:
    for slug, category in CATEGORIES.items():
        for name in (slug, category.name, say(language, category.name), *_ALSO.get(slug, ())):
            names.setdefault(plain(name), slug)
