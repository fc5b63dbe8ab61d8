"""Sources as places of the index: streets cut by area, crossings worked out, addresses kept."""

from collections.abc import Sequence

from nlp.citypack.ground import Ground
from nlp.citypack.place import PlaceSource
from nlp.citypack.points import address_places, listed_crossings, point_places
from nlp.citypack.streets import line_crossings, line_places
from nlp.gazetteer.names import key_of
from nlp.gazetteer.words import Words
from nlp.places.toponym import Toponym


def compile_places(sources: Sequence[PlaceSource], ground: Ground, words: Words) -> list[Toponym]:
    """Everything the sources tell, once: what a source lists beats what is computed."""
    lines, listed, addresses, others = _sorted_out(sources)
    crossings, streets = listed_crossings(listed, ground, words)
    drawn = line_places(lines, ground, words)
    have = {(key_of(place.name, words), place.area) for place in drawn if place.kind == "street"}
    streets = [s for s in streets if (key_of(s.name, words), s.area) not in have]
    known = {_crossing_key(place, words) for place in crossings}
    met = [
        place
        for place in line_crossings(lines, ground, words)
        if _crossing_key(place, words) not in known
    ]
    points = [*point_places(others, ground), *address_places(addresses, ground)]
    return [*drawn, *streets, *crossings, *met, *points]


def _sorted_out(sources: Sequence[PlaceSource]) -> tuple[list[PlaceSource], ...]:
    """(lines, listed crossings, addresses, everything else)."""
    lines, listed = list[PlaceSource](), list[PlaceSource]()
    addresses, others = list[PlaceSource](), list[PlaceSource]()
    for source in sources:
        if source.geometry.geom_type.endswith("LineString"):
            lines.append(source)
        elif source.kind == "intersection" and "&" in source.name:
            listed.append(source)
        elif source.kind == "address" and source.streets:
            addresses.append(source)
        else:
            others.append(source)
    return lines, listed, addresses, others


def _crossing_key(place: Toponym, words: Words) -> tuple[frozenset[str], str | None]:
    return frozenset(key_of(name, words) for name in place.streets), place.area
