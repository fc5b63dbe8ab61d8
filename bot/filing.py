"""From what was understood to what is kept: privacy is decided here, once, before storing."""

from datetime import datetime
from zoneinfo import ZoneInfo

from nlp.analysis import Analysis, Location
from nlp.categories import CATEGORIES
from nlp.spatial import snap
from storage.records import NewReport

#: Reports are joined into one incident only when their place is known to this many metres.
JOIN_RADIUS_M = 150.0


def new_report(
    ref: str,
    analysis: Analysis,
    text: str,
    *,
    contact_id: int,
    channel: str,
    received_at: datetime,
    zone: ZoneInfo,
) -> NewReport:
    """The report to file. A sensitive category keeps the area alone; any other a snapped point."""
    place = analysis.location
    local = received_at.astimezone(zone)
    return NewReport(
        ref=ref,
        contact_id=contact_id,
        area=place.area,
        category=analysis.category,
        categories=analysis.categories[:5],
        urgency=analysis.urgency.value,
        flags=analysis.flags,
        source=channel,
        language=analysis.language,
        redacted_text=analysis.redacted,
        text=text,
        occurred_at=received_at,
        received_at=received_at,
        local_day=local.date(),
        local_hour=local.hour,
        joinable=joinable(analysis.category, place),
        **kept_place(analysis.category, place),
    )


def joinable(category: str, place: Location) -> bool:
    """Whether reports like this one may be joined: precise, and not of a sensitive category."""
    precise = place.radius_m is not None and place.radius_m <= JOIN_RADIUS_M
    return precise and not CATEGORIES[category].sensitive


def kept_place(category: str, place: Location) -> dict[str, object]:
    """The columns of a place as far as its category lets us keep them."""
    if CATEGORIES[category].sensitive or place.latitude is None or place.longitude is None:
        return {}
    latitude, longitude = snap(place.latitude, place.longitude)
    return {
        "latitude": latitude,
        "longitude": longitude,
        "precision_m": place.radius_m,
        "point": (place.latitude, place.longitude),
        "place_text": place.name,
    }
