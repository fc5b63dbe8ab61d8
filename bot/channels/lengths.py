"""Lengths as providers count them, and cutting a long text where a reader would."""


def utf16_units(text: str) -> int:
    """Length in UTF-16 code units, the measure of Telegram's and of Twilio's limits."""
    return len(text) + sum(ord(c) > 0xFFFF for c in text)


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` UTF-16 units, cut at line ends, else at spaces, else anywhere."""
    parts: list[str] = []
    rest = text.strip()
    while utf16_units(rest) > limit:
        head = _prefix(rest, limit)
        cut = _cut(head, followed_by=rest[len(head)])
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _prefix(text: str, limit: int) -> str:
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return text[:index]
    return text


def _cut(head: str, followed_by: str) -> int:
    for separator in ("\n", " "):
        if followed_by == separator:
            return len(head)
        at = head.rfind(separator)
        # A cut in the first half would make a short stump of a part; a later space reads better.
        if at > len(head) // 2:
            return at + 1
    return len(head)


def readable(text: str) -> str:
    """The text without what no database takes: NUL, and halves of surrogate pairs (as U+FFFD)."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "")
