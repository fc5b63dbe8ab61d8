"""What an OpenStreetMap object is to people, from its tags; None for what nobody would name."""

from collections.abc import Mapping

_STREETS = frozenset(
    f"{kind}{link}"
    for kind in ("motorway", "trunk", "primary", "secondary", "tertiary")
    for link in ("", "_link")
) | frozenset(
    (
        "unclassified",
        "residential",
        "living_street",
        "pedestrian",
        "service",
        "road",
        "footway",
        "path",
        "cycleway",
        "steps",
        "track",
        "bridleway",
        "construction",
        "busway",
        "corridor",
    )
)
_PLACES = {
    **dict.fromkeys(
        ("suburb", "neighbourhood", "quarter", "borough", "village", "hamlet", "town", "locality"),
        "district",
    ),
    **dict.fromkeys(("isolated_dwelling", "farm", "city_block", "plot"), "building"),
    **dict.fromkeys(("island", "islet", "archipelago"), "district"),
    "square": "square",
}
_AMENITIES = {
    **dict.fromkeys(
        ("school", "kindergarten", "college", "university", "music_school", "language_school"),
        "school",
    ),
    **dict.fromkeys(("hospital", "clinic", "doctors", "dentist", "pharmacy"), "hospital"),
    **dict.fromkeys(("bus_station", "ferry_terminal", "taxi"), "station"),
    "place_of_worship": "worship",
    "monastery": "worship",
    "library": "library",
    "marketplace": "market",
    "grave_yard": "cemetery",
}
_LEISURE = dict.fromkeys(
    ("park", "garden", "playground", "nature_reserve", "common", "dog_park"), "park"
)
_LANDUSE = {
    "residential": "estate",
    "cemetery": "cemetery",
    "allotments": "allotments",
    "forest": "forest",
    "recreation_ground": "park",
    "village_green": "park",
    "reservoir": "water",
    "basin": "water",
}
_NATURAL = {"water": "water", "bay": "water", "beach": "beach", "wood": "forest", "strait": "water"}
_RAILWAY = {
    **dict.fromkeys(("station", "halt", "subway_entrance"), "station"),
    **dict.fromkeys(("tram_stop", "stop", "platform"), "stop"),
}
_TRANSPORT = {"station": "station", "platform": "stop", "stop_position": "stop"}
_WATERWAYS = frozenset(("river", "stream", "canal", "ditch", "drain", "tidal_channel"))
# One key after the other: what comes first says most about what people call the place.
_TABLES: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("place", _PLACES),
    ("amenity", _AMENITIES),
    ("railway", _RAILWAY),
    ("public_transport", _TRANSPORT),
    ("leisure", _LEISURE),
    ("natural", _NATURAL),
    ("landuse", _LANDUSE),
)
_OTHERS = (
    ("shop", "shop"),
    ("healthcare", "hospital"),
    ("bridge", "bridge"),
    ("amenity", "landmark"),
    ("leisure", "landmark"),
    ("tourism", "landmark"),
    ("historic", "landmark"),
    ("man_made", "landmark"),
    ("office", "landmark"),
    ("craft", "shop"),
    ("building", "building"),
    ("landuse", "landmark"),
    ("natural", "landmark"),
    ("aeroway", "landmark"),
    ("emergency", "landmark"),
    ("barrier", "landmark"),
    ("junction", "landmark"),
)
_LOCAL_LEVELS = frozenset(("9", "10", "11", "12"))


def is_street(tags: Mapping[str, str]) -> bool:
    """Whether a way is a street, road or path that is drawn as a line."""
    return tags.get("highway") in _STREETS and tags.get("area") != "yes"


def is_waterway(tags: Mapping[str, str]) -> bool:
    """Whether a way is running water that is drawn as a line."""
    return tags.get("waterway") in _WATERWAYS


def kind_of(tags: Mapping[str, str]) -> str | None:
    """The kind of a point or ground; None for countries, railway lines and the like."""
    if tags.get("boundary") == "administrative":
        return "district" if tags.get("admin_level") in _LOCAL_LEVELS else None
    highway = tags.get("highway")
    if highway in ("bus_stop", "platform"):
        return "stop"
    if highway in _STREETS:
        return "square" if highway == "pedestrian" else None
    for key, table in _TABLES:
        if tags.get(key) in table:
            return table[tags[key]]
    if highway in ("services", "rest_area", "elevator", "toll_gantry"):
        return "landmark"
    if tags.get("shop") == "mall":
        return "market"
    if "waterway" in tags:
        return "water"
    return next((kind for key, kind in _OTHERS if tags.get(key, "no") != "no"), None)
