"""The categories of a concern, read from `categories.toml`."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from nlp.analysis import Urgency

#: Categories of messages that are no concern and are never filed.
MESSAGE_TYPES: Final = frozenset({"praise", "question", "other"})


@dataclass(frozen=True, slots=True)
class Category:
    """One category: `owners` are the services that can act, `iccs` indicative codes.

    `sensitive` ones are never shown finer than the area; only `shown` ones are named in a receipt.
    """

    slug: str
    code: str
    name: str
    urgency: Urgency
    owners: tuple[str, ...]
    iccs: tuple[str, ...]
    sensitive: bool
    shown: bool


def _category(slug: str, row: dict[str, Any]) -> Category:
    return Category(
        slug=slug,
        code=row["code"],
        name=row["name"],
        urgency=Urgency(row["urgency"]),
        owners=tuple(row["owners"]),
        iccs=tuple(row["iccs"]),
        sensitive=row.get("sensitive", False),
        shown=row.get("shown", False),
    )


def read_categories() -> dict[str, Category]:
    """Read the shipped categories, keyed by slug, in the order of the file."""
    text = (files("nlp") / "categories.toml").read_text(encoding="utf-8")
    return {slug: _category(slug, row) for slug, row in tomllib.loads(text).items()}


CATEGORIES: Final[dict[str, Category]] = read_categories()
