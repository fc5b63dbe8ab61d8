"""A resident on paper: lines in, effects out, kept from one turn to the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.gsm import downgrade, segments
from bot.city import City, demo_city_path, load_city
from bot.conversation import effects as fx
from bot.conversation.router import route
from bot.conversation.state import dump, load
from bot.message import Inbound
from nlp.analysis import Analysis, Danger, Intent, Location, Option, Place, Urgency
from nlp.categories import CATEGORIES
from storage.records import ContactView, ReportView

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
CITY: City = load_city(demo_city_path())
OLD_TOWN = Location(
    area="old-town", latitude=38.0, longitude=-40.0, radius_m=60.0, name="Tanner Lane", why="street"
)
QUAYSIDE = replace(OLD_TOWN, area="quayside", name="Net Loft", why="landmark")
NOWHERE = Location()
WHICH = Location(
    options=(
        Option("Old Town", "old-town", 38.0, -40.0, 300.0),
        Option("Quayside", "quayside", 38.01, -40.0, 300.0),
        Option("Heron Park", "heron-park", 38.02, -40.0, 300.0),
    )
)


def seen(category: str = "other", **over: Any) -> Analysis:
    """What the understanding would say: a fileable report for every category of concern."""
    concern = category not in {"praise", "question", "other"}
    intents = {"praise": Intent.PRAISE, "question": Intent.QUESTION, "other": Intent.OTHER}
    base = Analysis(
        language="en",
        intent=intents.get(category, Intent.REPORT),
        category=category,
        categories=((category, 0.9),),
        urgency=CATEGORIES[category].urgency if concern else Urgency.U4,
        flags=(),
        file=concern,
        behaviour_missing=False,
        danger=Danger(),
        places=(),
        location=OLD_TOWN if concern else NOWHERE,
        redacted="redacted words",
    )
    return replace(base, **over)


DANGER = Danger(emergency=True, page=True, rules=("blade",))
PLACED = (Place("Tanner Lane", 0, 11, "street", "Tanner Lane"),)


class Resident:
    """One telephone. `reports` is what the store would hold for it."""

    def __init__(
        self, channel: str = "telegram", language: str | None = "en", city: City = CITY
    ) -> None:
        self.city = city
        self.now = NOON
        self.state = fx.State()
        self.contact = ContactView(7, channel, language, None, None, NOON)
        self.reports: list[ReportView] = []
        self.turns = 0

    def send(self, text: str, analysis: Analysis | None = None, **over: Any) -> fx.Outcome:
        """One message; an analysis that says nothing unless one is given."""
        self.turns += 1
        message = Inbound(
            self.contact.channel, f"m{self.turns}", "+10000000000", text, self.now, **over
        )
        turn = fx.Turn(
            self.city,
            self.contact,
            self.state,
            message,
            analysis or seen(),
            self.now,
            f"K7Q-{40 + self.turns}",
            tuple(reversed(self.reports)),
        )
        outcome = route(turn)
        for reply in replies(outcome):
            assert reply.message.text, "an empty reply"
            assert segments(downgrade(reply.message.text)) <= 2, reply.message.text
            assert all(len(b.data.encode()) <= 64 for b in reply.message.buttons)
        # Every state must survive the way to the database and back.
        self.state = load(dump(outcome.state))
        assert self.state == outcome.state
        for effect in outcome.effects:
            self._apply(effect, turn)
        return outcome

    def wait(self, **much: float) -> None:
        """Let time pass."""
        self.now += timedelta(**much)

    def _apply(self, effect: fx.Effect, turn: fx.Turn) -> None:
        match effect:
            case fx.FileReport(ref, analysis, _):
                self.reports.append(_report(ref, analysis, turn))
            case fx.PlaceReport(ref, area):
                self.reports = [
                    replace(r, area=area, place_text=effect.name) if r.ref == ref else r
                    for r in self.reports
                ]
            case fx.MayContact(ref, allowed):
                self.reports = [
                    replace(r, may_contact=allowed) if r.ref == ref else r for r in self.reports
                ]
            case fx.OptOut():
                self.contact = replace(self.contact, opted_out_at=self.now)
            case fx.OptIn():
                self.contact = replace(self.contact, opted_out_at=None)
            case fx.Remember(language, _) if language:
                self.contact = replace(self.contact, language=language)
            case fx.Forget():
                self.reports, self.contact = [], replace(self.contact, language=None)
            case _:
                pass


def _report(ref: str, analysis: Analysis, turn: fx.Turn) -> ReportView:
    place = analysis.location
    return ReportView(
        ref=ref,
        contact_id=turn.contact.id,
        area=place.area,
        category=analysis.category,
        urgency=analysis.urgency.value,
        flags=analysis.flags,
        source=turn.contact.channel,
        language=analysis.language,
        redacted_text=analysis.redacted,
        place_text=place.name,
        latitude=place.latitude,
        longitude=place.longitude,
        precision_m=place.radius_m,
        occurred_at=turn.now,
        received_at=turn.now,
        status="open",
        incident_id=None,
    )


def names(outcome: fx.Outcome) -> list[str]:
    """The kinds of effects in order, as ["FileReport", "Reply"]; a learned language left out."""
    kinds = [type(effect).__name__ for effect in outcome.effects]
    return [kind for kind in kinds if kind != "Remember"]


def replies(outcome: fx.Outcome) -> list[fx.Reply]:
    """The replies alone."""
    return [effect for effect in outcome.effects if isinstance(effect, fx.Reply)]


def words(outcome: fx.Outcome) -> str:
    """The text of all replies."""
    return "\n".join(reply.message.text for reply in replies(outcome))
