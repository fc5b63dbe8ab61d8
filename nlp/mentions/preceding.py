"""The words right before a name."""

from collections.abc import Sequence

from nlp.gazetteer.gazetteer import Gazetteer


def preceded(keys: Sequence[str], first: int, cues: frozenset[str], gazetteer: Gazetteer) -> bool:
    """Whether one of `cues` ("at", "near the", "corner of") stands right before."""
    words = gazetteer.words
    before = first - 1
    while before >= 0 and keys[before] not in cues:
        if keys[before] not in words.passed:
            return False
        before -= 1
    return before >= 0
