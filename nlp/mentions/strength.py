"""How much a name counts as a place."""

from enum import IntEnum


class Strength(IntEnum):
    """NONE: not a place. WEAK: counts with a partner. STRONG: counts alone."""

    NONE = 0
    WEAK = 1
    STRONG = 2
