"""Small counts stay hidden; who may read which report."""

from datetime import UTC, datetime

import pytest

from bot.insight.disclosure import may_read, place_shown, suppressed, team_may_read
from storage.records import ReportView

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


def make_report(
    category: str = "noise",
    *,
    area: str | None = "quay",
    urgency: str = "U3",
    flags: tuple[str, ...] = (),
    may_contact: bool | None = None,
) -> ReportView:
    return ReportView(
        ref="K7Q-42", contact_id=1, area=area, category=category, urgency=urgency, flags=flags,
        source="sms", language="en", redacted_text="…", place_text="Mill Lane", latitude=1.0,
        longitude=2.0, precision_m=50.0, occurred_at=NOW, received_at=NOW, status="open",
        incident_id=None, may_contact=may_contact,
    )  # fmt: skip


class TestSuppressed:
    @pytest.mark.parametrize(
        ("counts", "shown"),
        [
            ({"a": 5, "b": 12}, {"a": "5", "b": "12"}),
            ({"a": 0, "b": 4}, {"a": "<5", "b": "<5"}),
            ({"a": 4, "b": 12, "c": 7}, {"a": "<5", "b": "12", "c": "5+"}),
            ({"a": 4, "b": 3, "c": 7}, {"a": "<5", "b": "<5", "c": "7"}),
            ({"a": 0, "b": 1, "c": 9, "d": 6}, {"a": "<5", "b": "<5", "c": "9", "d": "5+"}),
            ({"a": 0, "b": 5}, {"a": "<5", "b": "5+"}),
            ({"a": 3}, {"a": "<5"}),
            ({}, {}),
        ],
    )
    def test_beside_a_known_sum(self, counts: dict[str, int], shown: dict[str, str]) -> None:
        assert suppressed(counts) == shown

    def test_without_a_sum_nothing_can_be_worked_out(self) -> None:
        assert suppressed({"a": 4, "b": 12}, total_known=False) == {"a": "<5", "b": "12"}

    def test_no_small_count_follows_from_the_sum(self) -> None:
        for small in range(5):
            counts = {"a": small, "b": 9, "c": 6}
            shown = suppressed(counts)
            known = sum(int(text) for text in shown.values() if text.isdigit())
            hidden = [text for text in shown.values() if not text.isdigit()]
            assert len(hidden) == 2
            # What is left for both together fits every small count from 0 to 4.
            assert sum(counts.values()) - known - 5 >= small


class TestReading:
    @pytest.mark.parametrize(
        ("over", "readable"),
        [
            ({"category": "noise"}, True),
            ({"category": "violence"}, True),
            ({"category": "youth_risk"}, True),
            ({"category": "service_feedback"}, False),
            ({"category": "service_feedback", "urgency": "U0"}, False),
            ({"category": "domestic_abuse"}, False),
            ({"category": "sexual_offence", "urgency": "U1"}, False),
            ({"category": "stalking", "may_contact": False}, False),
            ({"category": "stalking", "may_contact": True}, True),
            ({"category": "domestic_abuse", "urgency": "U0"}, True),
            ({"category": "domestic_abuse", "flags": ("child",)}, True),
        ],
    )
    def test_a_team_without_consent(self, over: dict[str, object], readable: bool) -> None:
        report = make_report(**over)  # type: ignore[arg-type]
        assert team_may_read(report, share_without_consent=False) is readable

    def test_where_the_law_demands_it(self) -> None:
        assert team_may_read(make_report("stalking"), share_without_consent=True)
        assert not team_may_read(make_report("service_feedback"), share_without_consent=True)

    @pytest.mark.parametrize(
        ("category", "area", "areas", "in_team", "readable"),
        [
            ("noise", "quay", ("quay",), True, True),
            ("noise", "mill", ("quay",), True, False),
            ("noise", None, ("quay",), True, False),
            ("noise", None, None, False, True),
            ("stalking", "quay", ("quay",), True, False),
            ("stalking", "quay", ("quay",), False, True),
            ("service_feedback", "quay", None, False, True),
            ("stalking", "mill", ("quay",), False, False),
        ],
    )
    def test_by_role_and_area(
        self,
        category: str,
        area: str | None,
        areas: tuple[str, ...] | None,
        in_team: bool,
        readable: bool,
    ) -> None:
        report = make_report(category, area=area)
        allowed = may_read(report, areas, in_team=in_team, share_without_consent=False)
        assert allowed is readable

    def test_sensitive_places_stay_at_the_area(self) -> None:
        assert place_shown(make_report("noise")) == "Mill Lane"
        assert place_shown(make_report("hate_incident")) is None
