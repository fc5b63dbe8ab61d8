"""Phone numbers, e-mail addresses, handles, plates and house numbers in a text."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

Span = tuple[int, int, str]

_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_HANDLE: Final = re.compile(r"(?<![\w@.])@\w{2,32}")
_SOCIAL: Final = re.compile(
    r"\b(?:insta(?:gram)?|ig|snap(?:chat)?|tiktok|twitter|telegram|facebook|fb|username|handle|"
    r"user)"
    r"(?: (?:is|name|account|page))?[ :=]{1,3}@?([a-z0-9]{1,24}[._][a-z0-9._]{1,24}|"
    r"[a-z]{2,20}\d{1,6})\b",
    re.IGNORECASE,
)
#: A row of digits with the marks people put between them.
_DIGITS: Final = re.compile(r"(?<![\w.])\+?\(?\d(?:[ ().\-/\u2010-\u2015]{0,3}\d){5,15}(?![\w])")
_DATE: Final = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}(?:[ T]\d.*)?")
_SPOKEN: Final = re.compile(
    r"\b(?:(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple|treble|"
    r"cero|"
    r"uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|sifuri|moja|mbili|tatu|nne|tano|sita|saba|"
    r"nane|tisa"
    r")[ ,-]{1,2}){6,15}(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|cero|uno|"
    r"dos|tres|"
    r"cuatro|cinco|seis|siete|ocho|nueve|sifuri|moja|mbili|tatu|nne|tano|sita|saba|nane|tisa)\b",
    re.IGNORECASE,
)
_PLATES: Final = re.compile(
    r"\b(?:[A-Z]{2}\d{2} ?[A-Z]{3}|K[A-Z]{2} ?\d{3} ?[A-Z]|[A-Z]{3}[- ]?\d{3} ?[A-Z]{2}|"
    r"[A-Z]{2}[- ]?\d{1,2}[- ]?[A-Z]{1,3}[- ]?\d{4}|\d{2,3}-[A-Z]{1,2}-\d{1,6}|[A-Z]{3}[- ]\d{4}|"
    r"\d{4} ?[A-Z]{3}|[A-Z]{2}-\d{3}-[A-Z]{2}|[A-Z]{2} ?\d{3,4}[- ]\d{2}|\d[A-Z]{3}\d{3}|"
    r"[A-Z]{2} \d{2} [A-Z]{2} GP|[A-Z]{3}\d[A-Z]\d{2}|[A-Z]{2} ?\d{3} ?[A-Z]{2}|"
    r"\d{2}-\d{2}-[A-Z]{2}|"
    r"[A-Z]{2}-\d{2}-[A-Z]{2}|T ?\d{3} ?[A-Z]{3})\b"
)
_PLATES_LOWER: Final = re.compile(
    r"\b(?:[a-z]{2}\d{2} ?[a-z]{3}|k[a-z]{2} ?\d{3}[a-z]|[a-z]{3}-?\d{3}[a-z]{2})\b"
)
_PLATE_CUE: Final = re.compile(
    r"\b(?:reg(?:istration)?|plates?|number ?plates?|licen[sc]e(?: plates?| no\.?)?|tag|"
    r"matr[ií]cula|patente|placas?|"
    r"plaque|immatricul\w*|namba)(?: (?:number|no|num|is|was|of|es|ya|nambari|starts?|starting|"
    r"begins|with|ends?|ending|in|plate|like|something)){0,3}"
    r"[ :.#-]{1,3}([A-Z0-9]{2,4}[ -]?(?=[A-Z0-9 -]{0,6}\d)[A-Z0-9]{1,5}(?:[ -]?[A-Z]{1,3})?|"
    r"[A-Z]{3}\b|[A-Z]*\d[A-Z0-9]*)\b",
    re.IGNORECASE,
)
_HOUSE_CUE: Final = re.compile(
    r"\b(?:no\.?|nos\.?|number|num|nr|flat|flt|apt\.?|appartment|apartment|unit|house|hse|hs|"
    r"room|rm|door|plot|suite|villa|"
    r"bungalow|shop no|casa|departamento|depto|dpto|piso|apto|n[uú]mero|nº|n°|num[eé]ro|"
    r"appart(?:ement)?|porte|chambre|"
    r"nyumba|namba|nambari|bloco|lote|house no\.?|house number|plot no\.?|flat no\.?|stand|erf|"
    r"hut|trailer|lot|ap[eê]|ap|apart[oa]|apartamento|portal|interior|torre|manzana|na\.|"
    r"(?:vecin[oa]s?|vizinh[oa]s?|voisine?s?|jirani|due[ñn][oa]) (?:del|do|da|du|dela|de la|no|wa))"
    r"(?: (?:no|number|num|nr)\.?)? ?[#:.]? ?(\d{1,5}(?:[ -]?[a-z])?|[a-z]\d{1,4})\b"
    r"(?!\s*(?:bus|tram|train|route|line|matatu|th|st|nd|rd|priority|times|%|am\b|pm\b|mph|"
    r"people|kids|men|lads))",
    re.IGNORECASE,
)
_BUS: Final = re.compile(
    r"\b(?:bus|tram|train|route|line|matatu|linea|ligne|linha|platform|gate|junction|exit|bay|"
    r"lamp|lamppost|post|pole|column|pitch|court|lane|crime|case|ref|reference|emergency|phone|"
    r"mobile|contact)\W{0,2}$",
    re.IGNORECASE,
)
_AT: Final = re.compile(
    r"\b(?:at|outside|next door at|opposite|from|above|below|behind|by|en el|au|in) "
    r"(\d{1,4}[a-c]?)\b"
    r"(?!\s*(?:[:.]\d|am\b|pm\b|a\.m|p\.m|o'?clock|oclock|ish\b|mph|kmh|km|hrs|h\b|hours|min|"
    r"mins|minutes|secs|%|yrs|years|"
    r"days|weeks|months|times|st\b|nd\b|rd\b|th\b|in the|this|tonight|tonite|last|every|and \d|"
    r"to \d|-\s?\d|till|until|"
    r"people|kids|men|lads|cars|of|different|pounds|quid|dollars|euros|metres|meters|feet|miles|"
    r"yards|stops|houses|doors|bus|tram|block))",
    re.IGNORECASE,
)
#: "Calle Robles 31", "Rua das Flores, 120": the number stands behind in Spanish and Portuguese.
_AFTER_STREET: Final = re.compile(
    r"\b(?:calle|c/|avenida|av\.?|pasaje|paseo|camino|carrera|cra\.?|rua|travessa|alameda|"
    r"estrada|largo)(?: (?:de|del|la|las|los|da|do|das|dos|e))*(?: [^\W\d_]{2,20}){1,3}"
    r",? (?:n[º°.o]*\.? ?)?(\d{1,4}[a-d]?)\b"
    r"(?!\s*(?:horas?|hs?\b|min|a[nñ]os|anos|dias|d[ií]as|[:%]))",
    re.IGNORECASE,
)
_BEFORE_STREET: Final = re.compile(
    r"(?<![\w/.:£$€-])(\d{1,5}[a-d]?)(?=,? (?:[A-Za-z'’]{2,20} ){1,3}"
    r"(?:street|st|road|rd|lane|ln|avenue|ave|way|close|drive|dr|court|ct|crescent|cres|terrace|"
    r"gardens|gdns|grove|place|pl|view|"
    r"row|walk|mews|square|sq|boulevard|blvd|parade|rise|green|estate|buildings|house|heights|"
    r"villas)\b)",
    re.IGNORECASE,
)
_NOT_A_HOUSE: Final = re.compile(
    r" (?:\w+ )?(?:men|man|lads?|boys?|girls?|kids|people|cars?|vans?|times|days?|weeks?|"
    r"months?|years?|hours?|mins?|minutes|am|pm|block|on|"
    r"in|at|by|from|of|and|to|near|outside|guys?|women|dogs?|lights?|st|nd|rd|th|shots|mph|down|"
    r"along|lamps?|bikes?|street lights?|youths|teens|blokes|teenagers)\b",
    re.IGNORECASE,
)
_NUMBER_BEFORE: Final = re.compile(r"(?<![\w/.:£$€-])(\d{1,5}[a-d]?),? $", re.IGNORECASE)


def numbers(text: str, places: Sequence[Span] = (), *, houses: bool = True) -> list[Span]:
    """What identifies by its letters and digits; `places` are (start, end, kind).

    Without `houses` only those numbers of houses are found that belong to one of the places.
    """
    found: list[Span] = []
    if "@" in text:
        found += [(*m.span(), "email") for m in _EMAIL.finditer(text)]
        found += [(*m.span(), "handle") for m in _HANDLE.finditer(text)]
    found += [(*m.span(1), "handle") for m in _SOCIAL.finditer(text)]
    found += [(*m.span(), "phone") for m in _SPOKEN.finditer(text)]
    if any(char.isdigit() for char in text):
        found += [*_phones(text), *_plates(text), *_houses_of_places(text, places)]
        found += _houses(text, places) if houses else []
    return found


def _phones(text: str) -> Iterator[Span]:
    for match in _DIGITS.finditer(text):
        digits = sum(char.isdigit() for char in match[0])
        if digits >= 7 and not _DATE.fullmatch(match[0]):
            yield (*match.span(), "phone")


def _plates(text: str) -> Iterator[Span]:
    for pattern in (_PLATES, _PLATES_LOWER):
        for match in pattern.finditer(text):
            yield (*match.span(), "plate")
    for match in _PLATE_CUE.finditer(text):
        yield (*match.span(1), "plate")


def _houses(text: str, places: Sequence[Span]) -> Iterator[Span]:
    for match in _HOUSE_CUE.finditer(text):
        if not _BUS.search(text[max(0, match.start() - 12) : match.start()]):
            yield (*match.span(1), "number")
    for match in _AT.finditer(text):
        number = int(re.sub(r"\D", "", match[1]))
        if (number > 12 or match[1][-1].isalpha()) and not _within(match.start(1), places, "block"):
            yield (*match.span(1), "number")
    yield from _houses_of_streets(text, places)


def _houses_of_streets(text: str, places: Sequence[Span]) -> Iterator[Span]:
    for match in _AFTER_STREET.finditer(text):
        yield (*match.span(1), "number")
    for match in _BEFORE_STREET.finditer(text):
        block = _within(match.start(1), places, "block")
        if not block and not _NOT_A_HOUSE.match(text, match.end(1)):
            yield (*match.span(1), "number")


def _houses_of_places(text: str, places: Sequence[Span]) -> Iterator[Span]:
    for start, end, kind in places:
        if kind == "address" and (inner := re.match(r"\d{1,5}[a-d]?\b", text[start:end])):
            yield (start, start + inner.end(), "number")
        elif kind == "street" and (before := _NUMBER_BEFORE.search(text, max(0, start - 8), start)):
            yield (*before.span(1), "number")


def _within(position: int, places: Sequence[Span], kind: str) -> bool:
    return any(start <= position < end and is_ == kind for start, end, is_ in places)
