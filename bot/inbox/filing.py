"""From what was understood to what is kept: privacy is decided here, once, before storing."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from nlp.analysis import Analysis, Location
from nlp.categories import CATEGORIES
from nlp.places.spatial import snap
from storage.records import NewReport

#: Reports are joined into one incident only when their place is known to this many metres.
JOIN_RADIUS_M = 150.0


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """What is stored of a place, beside its area."""

    latitude: float | None = None
    longitude: float | None = None
    precision_m: float | None = None
    point: tuple[float, float] | None = None
    place_text: str | None = None
    joinable: bool = False


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
    """The report to file, with as much of its place as its category lets us keep."""
    kept = kept_place(analysis.category, analysis.location)
    local = received_at.astimezone(zone)
    return NewReport(
        ref=ref,
        contact_id=contact_id,
        area=analysis.location.area,
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
        latitude=kept.latitude,
        longitude=kept.longitude,
        precision_m=kept.precision_m,
        point=kept.point,
        place_text=kept.place_text,
        joinable=kept.joinable,
    )


def kept_place(category: str, place: Location) -> KeptPlace:
    """A sensitive category keeps the area alone; any other a snapped point, and where it was.

    Reports are joined into one incident only when their place is known to `JOIN_RADIUS_M`.
    """
    if CATEGORIES[category].sensitive or place.latitude is None or place.longitude is None:
        return KeptPlace()
    latitude, longitude = snap(place.latitude, place.longitude)
    return KeptPlace(
        latitude=latitude,
        longitude=longitude,
        precision_m=place.radius_m,
        point=(place.latitude, place.longitude),
        place_text=place.name,
        joinable=place.radius_m is not None and place.radius_m <= JOIN_RADIUS_M,
    )
