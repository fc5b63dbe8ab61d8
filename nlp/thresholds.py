"""From which probabilities on the model acts, alone or together with a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities that come with the model, for messages in one language.

    Below `abstain_below` the category is "other"; from `emergency_from` and `page_from` on the
    model alone shows the emergency number, or wakes a team; a rule wakes a team from
    `page_with_rule` on. Words that only may speak of danger show the number from
    `emergency_with_doubt` on, and words that do so openly from `emergency_with_rule` on: below it
    the model is all but certain that they are meant otherwise, and the resident is asked. Where no
    word speaks of danger, the resident is asked from `unsure_from` on.
    Below `behaviour_below` suspicion of a person lacks any behaviour.
    """

    abstain_below: float
    emergency_from: float = 1.0
    page_from: float = 1.0
    page_with_rule: float = 0.0
    emergency_with_rule: float = 0.0
    emergency_with_doubt: float = 1.0
    unsure_from: float = 1.0
    opt_out_from: float = 0.6
    behaviour_below: float = 0.5

    @classmethod
    def of_model(cls, settings: Mapping[str, Any], language: str) -> Self:
        """Those of a model's settings, where it has learnt the language the language's own."""
        own = {**settings, **settings.get("thresholds", {}).get(language, {})}
        return cls(**{field: own[field] for field in cls.__slots__ if field in own})
