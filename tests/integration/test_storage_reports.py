"""Reports: filed with incident and counts, moved, added to, found, opened on the record."""

import asyncio
from datetime import timedelta

import pytest

from storage.records import NewReport, ReportView
from storage.references import unused_refs
from storage.reports import TextGone, UnknownReport
from storage.sealing import Keyring
from storage.store import Store
from storage.work import Work
from tests.integration.storage_factories import NOW, make_contact, make_report

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
METRE = 1 / 111_320


async def file(store: Store, *reports: NewReport) -> list[ReportView]:
    async with store.begin() as work:
        return await work.reports.file_many(list(reports))


async def tallies(
    store: Store, source: str = "bot"
) -> dict[tuple[str | None, str], tuple[int, int]]:
    async with store.begin() as work:
        counts = await work.trends.hourly(None, TODAY, TOMORROW, source=source)
        return {(c.area, c.category): (c.incidents, c.reports) for c in counts}


async def test_what_was_filed_is_found_again(store: Store) -> None:
    contact = await make_contact(store)
    (view,) = await file(store, make_report(contact_id=contact, flags=("children",)))
    async with store.begin() as work:
        assert await work.reports.get("k7q-42") == view
        assert await work.reports.of_contact(contact) == [view]
        assert await work.reports.get("A2A-22") is None
    assert (view.ref, view.area, view.category, view.flags) == (
        "K7Q-42",
        "mill",
        "lighting",
        ("children",),
    )
    assert view.occurred_at == NOW
    assert view.occurred_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("second", "incidents"),
    [
        ({}, 1),
        ({"latitude": 51.5 + 149 * METRE}, 1),
        ({"latitude": 51.5 - 149 * METRE}, 1),
        ({"latitude": 51.5 + 152 * METRE}, 2),
        ({"longitude": -0.12 + 239 * METRE}, 1),
        ({"longitude": -0.12 + 245 * METRE}, 2),
        ({"occurred_at": NOW + timedelta(hours=24)}, 1),
        ({"occurred_at": NOW - timedelta(hours=24)}, 1),
        ({"occurred_at": NOW + timedelta(hours=24, seconds=1)}, 2),
        ({"category": "noise"}, 2),
        ({"joinable": False}, 2),
        ({"latitude": None}, 2),
        ({"source": "telegram"}, 1),
        ({"source": "import:311"}, 2),
        ({"area": "market"}, 1),
    ],
)
async def test_which_reports_tell_of_one_happening(
    store: Store, second: dict[str, object], incidents: int
) -> None:
    one, two = await file(store, make_report(), make_report(ref="A2A-22", **second))
    joined = one.incident_id == two.incident_id
    assert joined == (incidents == 1)
    everything = [*(await tallies(store)).values(), *(await tallies(store, "import:311")).values()]
    assert sum(n for n, _ in everything) == incidents
    assert sum(n for _, n in everything) == 2


async def test_the_nearest_incident_is_joined(store: Store) -> None:
    near, far, new = await file(
        store,
        make_report(ref="A"),
        make_report(ref="B", latitude=51.5 + 200 * METRE),
        make_report(ref="C", latitude=51.5 + 120 * METRE),
    )
    assert near.incident_id != far.incident_id == new.incident_id


async def test_counts_are_kept_by_area_category_day_and_hour(store: Store) -> None:
    await file(
        store,
        make_report(ref="A"),
        make_report(ref="B"),
        make_report(ref="C", area="market", joinable=False),
        make_report(ref="D", area=None, joinable=False, local_hour=3),
        make_report(ref="E", category="noise", local_day=TOMORROW),
    )
    async with store.begin() as work:
        everywhere = await work.trends.hourly(None, TODAY, TOMORROW)
        assert [(c.area, c.hour, c.incidents, c.reports) for c in everywhere] == [
            (None, 3, 1, 1),
            ("market", 19, 1, 1),
            ("mill", 19, 1, 2),
        ]
        mill = await work.trends.hourly(("mill",), TODAY, TOMORROW + timedelta(days=1))
        assert [(c.category, c.day) for c in mill] == [("lighting", TODAY), ("noise", TOMORROW)]
        assert await work.trends.hourly(("mill",), TODAY, TOMORROW, ("noise",)) == []
        assert await work.trends.hourly((), TODAY, TOMORROW) == []


async def test_baselines_never_mix_sources(store: Store) -> None:
    await file(store, make_report(ref="A"), make_report(ref="B", source="import:911"))
    assert await tallies(store) == {("mill", "lighting"): (1, 1)}
    assert await tallies(store, "import:911") == {("mill", "lighting"): (1, 1)}


async def test_placing_moves_the_counts(store: Store) -> None:
    await file(
        store,
        make_report(ref="A"),
        make_report(ref="B", area=None, joinable=False, latitude=None, longitude=None),
    )
    assert await tallies(store) == {("mill", "lighting"): (1, 1), (None, "lighting"): (1, 1)}
    async with store.begin() as work:
        view = await work.reports.place(
            "B", "mill", 51.5, -0.12, 30.0, (51.5, -0.12), "Mill Lane", joinable=True
        )
        assert (view.area, view.place_text, view.precision_m) == ("mill", "Mill Lane", 30.0)
    assert await tallies(store) == {("mill", "lighting"): (1, 2)}


async def test_the_first_report_of_an_incident_can_leave_it(store: Store) -> None:
    await file(store, make_report(ref="A"), make_report(ref="B"), make_report(ref="C"))
    async with store.begin() as work:
        moved = await work.reports.reclassify("A", "noise", urgency="U2", flags=("night",))
        assert (moved.category, moved.urgency, moved.flags) == ("noise", "U2", ("night",))
    assert await tallies(store) == {("mill", "noise"): (1, 1), ("mill", "lighting"): (1, 2)}
    async with store.begin() as work:
        await work.reports.reclassify("B", "noise")
        await work.reports.reclassify("C", "noise")
    assert await tallies(store) == {("mill", "noise"): (1, 3)}


async def test_counts_always_agree_with_the_reports(store: Store) -> None:
    """Twenty reports pushed to and fro end where a fresh filing would have put them."""
    await file(
        store, *(make_report(ref=f"R{n}", latitude=51.5 + n * 60 * METRE) for n in range(20))
    )
    for step in range(60):
        async with store.begin() as work:
            ref, category = f"R{step * 7 % 20}", ("noise", "lighting", "waste")[step % 3]
            await work.reports.reclassify(ref, category)
    async with store.begin() as work:
        reports = await work.reports.search(None, NOW, NOW + timedelta(days=1))
    for category in ("noise", "lighting", "waste"):
        mine = [report for report in reports if report.category == category]
        incidents = {report.incident_id for report in mine}
        assert (await tallies(store)).get(("mill", category)) == (len(incidents), len(mine))


async def test_later_words_only_ever_raise_the_urgency(store: Store) -> None:
    await file(store, make_report(urgency="U3"))
    at = NOW + timedelta(minutes=3)
    async with store.begin() as work:
        worse = await work.reports.add(
            "K7Q-42", "Now sparks", "Now sparks, Ada", at, "U1", ("fire",)
        )
        assert (worse.urgency, worse.flags) == ("U1", ("fire",))
        calmer = await work.reports.add("k7q-42", "Still dark", "Still dark", at, "U4", ("fire",))
        assert (calmer.urgency, calmer.flags) == ("U1", ("fire",))
        assert await work.reports.followups("K7Q-42") == [(at, "Now sparks"), (at, "Still dark")]


async def test_status_consent_and_dispute(store: Store) -> None:
    await file(store, make_report())
    async with store.begin() as work:
        assert (await work.reports.set_status("K7Q-42", "fixed")).status == "fixed"
        assert (await work.reports.set_contact_consent("K7Q-42", allowed=True)).may_contact is True
        assert (await work.reports.dispute("K7Q-42")).status == "disputed"
        with pytest.raises(UnknownReport):
            await work.reports.set_status("A2A-22", "fixed")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, ["D", "C", "B", "A"]),
        ({"areas": ("mill",)}, ["D", "C", "A"]),
        ({"areas": ()}, []),
        ({"categories": ("noise",)}, ["C"]),
        ({"source": "bot"}, ["C", "B", "A"]),
        ({"source": "telegram"}, ["B"]),
        ({"source": "import:911"}, ["D"]),
        ({"status": "fixed"}, ["C"]),
        ({"limit": 2}, ["D", "C"]),
        ({"since": NOW + timedelta(hours=1)}, ["D", "C", "B"]),
        ({"until": NOW + timedelta(hours=1)}, ["A"]),
    ],
)
async def test_search(store: Store, chosen: dict[str, object], expected: list[str]) -> None:
    hour = timedelta(hours=1)
    await file(
        store,
        make_report(ref="A"),
        make_report(ref="B", area="market", source="telegram", received_at=NOW + hour),
        make_report(ref="C", category="noise", status="fixed", received_at=NOW + 2 * hour),
        make_report(ref="D", source="import:911", received_at=NOW + 3 * hour),
    )
    asked = {"areas": None, "since": NOW, "until": NOW + 9 * hour} | chosen
    async with store.begin() as work:
        found = await work.reports.search(**asked)  # type: ignore[arg-type]
        assert [view.ref for view in found] == expected


async def test_reading_the_words_is_audited(store: Store) -> None:
    await file(store, make_report())
    async with store.begin() as work:
        await work.reports.add("K7Q-42", "more", "and Bo was there", NOW, "U3")
        words = await work.reports.open_text("k7q-42", "staff:3", "call back", NOW)
        assert words == "The lamp is out, call Ada\nand Bo was there"
    async with store.begin() as work:
        (entry,) = await work.audit.tail(5)
        assert (entry.actor, entry.action, entry.subject) == (
            "staff:3",
            "open_text",
            "K7Q-42: call back",
        )
    await store.purge(NOW + timedelta(days=31), 30, 90, 365)
    async with store.begin() as work:
        with pytest.raises(TextGone):
            await work.reports.open_text("K7Q-42", "staff:3", "call back", NOW)


async def test_an_import_can_be_repeated(store: Store) -> None:
    records = [
        make_report(ref=f"911-{n}", source="import:911", latitude=51.5 + n * 40 * METRE)
        for n in range(1200)
    ]
    async with store.begin() as work:
        assert len(await work.reports.file_many(records[:700])) == 700
    first = await tallies(store, "import:911")
    async with store.begin() as work:
        assert await work.reports.file_many(records[:700]) == []
        assert len(await work.reports.file_many(records)) == 500
    assert (await tallies(store, "import:911"))[("mill", "lighting")][1] == 1200
    assert first[("mill", "lighting")][1] == 700


async def test_fresh_references_are_unused(store: Store) -> None:
    async with store.begin() as work:
        refs = set()
        for _ in range(100):
            ref = await work.reports.new_ref()
            await work.reports.file(make_report(ref=ref))
            refs.add(ref)
        assert len(refs) == 100


async def break_in_a_savepoint(work: Work) -> None:
    async with work.savepoint():
        await work.reports.file(make_report(ref="B", joinable=False))
        raise ZeroDivisionError


async def test_a_savepoint_fails_alone(store: Store) -> None:
    async with store.begin() as work:
        await work.reports.file(make_report(ref="A", joinable=False))
        with pytest.raises(ZeroDivisionError):
            await break_in_a_savepoint(work)
        await work.reports.file(make_report(ref="C", joinable=False))
    assert await tallies(store) == {("mill", "lighting"): (2, 2)}
    async with store.begin() as work:
        assert await work.reports.get("B") is None


async def test_two_open_batches_count_one_happening_once(postgres_url: str, keys: Keyring) -> None:
    async with Store(postgres_url, keys) as store:
        written = asyncio.Event()

        async def first() -> None:
            async with store.begin() as work:
                await work.gather([])
                await work.reports.file(make_report(ref="A"))
                await work.scatter()  # written, and not committed for a while
                written.set()
                await asyncio.sleep(0.5)

        async def second(ref: str, away: float) -> None:
            await written.wait()
            await file(store, make_report(ref=ref, latitude=51.5 + away * METRE))

        await asyncio.gather(first(), second("B", 20), second("C", -149), second("D", 1000))
        assert await tallies(store) == {("mill", "lighting"): (2, 4)}


async def test_a_report_that_leaves_and_one_that_joins_agree(
    postgres_url: str, keys: Keyring
) -> None:
    async with Store(postgres_url, keys) as store:
        await file(store, make_report(ref="A"))

        async def correct() -> None:
            async with store.begin() as work:
                await work.reports.reclassify("A", "noise")
                await asyncio.sleep(0.3)

        async def join() -> None:
            await asyncio.sleep(0.1)
            await file(store, make_report(ref="B"))

        await asyncio.gather(correct(), join())
        assert await tallies(store) == {("mill", "noise"): (1, 1), ("mill", "lighting"): (1, 1)}


async def test_batches_that_are_open_at_once_draw_different_references(
    postgres_url: str, keys: Keyring
) -> None:
    async with Store(postgres_url, keys) as store, store.begin() as one, store.begin() as two:
        # Of 123,823 references: without the locks about 32 would lie in both hands.
        drawn = [await unused_refs(work.session, 2000) for work in (one, two)]
        assert len(set(drawn[0])) == len(set(drawn[1])) == 2000
        assert not set(drawn[0]) & set(drawn[1])
