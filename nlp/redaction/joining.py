"""From tagged words to the stretches of a text that are hidden."""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nlp.redaction.traits import TOKEN

Span = tuple[int, int, str]

#: What is learnt, as `nlp.redaction.redact` writes it in place of the words.
KINDS: Final = ("name", "description", "number", "plate")
#: What may stand between two words of one name, description, number or plate.
_BETWEEN: Final = {
    "name": re.compile(r"[ \-.]{1,2}|['’]"),
    "description": re.compile(r"\W{1,2}(?:\w+\W{1,2}){0,2}"),
    "number": re.compile(r"[ \-/]?"),
    "plate": re.compile(r"[ \-.]{0,2}"),
}
_GENITIVE: Final = re.compile(r"['’][sS]$")


def joined(text: str, hits: NDArray[np.bool_]) -> list[Span]:
    """The stretches of each kind, from which words of the text are tagged (words × KINDS).

    A description keeps together over a word or two ("tall *with a* beard"); a number or plate is
    hidden with the letters that touch it ("14b"), a name without its genitive.
    """
    words = [match.span() for match in TOKEN.finditer(text)]
    found: list[Span] = []
    for column, kind in enumerate(KINDS):
        last: Span | None = None
        for number in np.flatnonzero(hits[:, column]):
            start, end = _whole(text, *words[number], kind)
            if last and _BETWEEN[kind].fullmatch(text, last[1], max(start, last[1])):
                last = found[-1] = (last[0], end, kind)
            else:
                last = (start, end, kind)
                found.append(last)
    return sorted(found)


def _whole(text: str, start: int, end: int, kind: str) -> tuple[int, int]:
    if kind == "name":
        return start, end - 2 if _GENITIVE.search(text, start, end) else end
    if kind != "description":
        while start and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
    return start, end
