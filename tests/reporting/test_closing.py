"""What comes after approval: closing, reopening, archives, extensions, exemptions, returns through the middle level."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from forms.definition import FormDefinition
from forms.loading import load_definition
from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from reporting import (
    archives,
    checking,
    closing,
    closing_queries,
    closing_views,
    cycle_views,
    granting,
    submission_views,
    submissions,
)
from reporting.archives import ReportedUp
from reporting.errors import ChecksFailed, CycleClosed, CycleNotClosed
from reporting.models import Archive, ArchiveKind, Cycle
from reporting.submissions import CellEdit, HandedIn
from tests.reporting.steps import (
    FIVE,
    SEVEN,
    all_approved,
    approve,
    close,
    correct,
    cycle_of,
    hand_in,
    page,
    recall,
    totals,
)
from tests.reporting.test_submissions import open_topics, read
from tests.world import TINY, World, make_county_with_people, make_world, open_form
from workflow.errors import ActionNotAllowed, ReasonMissing

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database, townships=1, villages=2)


async def reopen(database: Database, world: World, code: str, by: str = "C") -> None:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        await granting.reopen(
            session, actor=actor, submission_id=world.submission(code), version=version, reason="数据有误"
        )


async def newest(database: Database, world: World) -> Archive:
    async with database.transaction(world.identity) as session:
        found = await closing_queries.list_archives(session, county_id=world.county.id, cycle_id=world.opened.id)
    return found[0]


async def check(database: Database, world: World) -> checking.Findings:
    findings = checking.Findings()
    await checking.check_cycle(database, world.county, world.opened, "tiny", findings)
    return findings


class TestClosing:
    async def test_stores_what_is_reported_and_stops_everything(self, database: Database, world: World) -> None:
        await all_approved(database, world)
        await close(database, world)
        stored = await newest(database, world)
        assert stored.kind is ArchiveKind.CLOSING
        assert stored.figures[str(world.county.unit_id)]["sum"]["pc"] == "12"
        for act in (correct, recall):
            with pytest.raises((CycleClosed, ActionNotAllowed)):
                await act(database, world, "A1")
        findings = await check(database, world)
        assert findings.looked_at["archives"] == 1 and not any(findings.breaches.values())

    async def test_takes_what_is_owed_out_of_the_inboxes_and_unclosing_puts_it_back(
        self, database: Database, world: World
    ) -> None:
        await hand_in(database, world, "A1", FIVE)
        assert "fill" in await open_topics(database, world, "A2") and "review" in await open_topics(
            database, world, "A"
        )
        await close(database, world)
        for code in ("A1", "A2", "A"):
            assert await open_topics(database, world, code) == set()
        actor, cycle = world.actor("C"), await cycle_of(database, world)
        async with database.transaction(actor.identity) as session:
            await closing.unclose(session, actor=actor, cycle_id=cycle.id, version=cycle.version, reason="漏报")
        assert await open_topics(database, world, "A2") == {"fill"}
        assert await open_topics(database, world, "A") == {"fill", "review"}
        await approve(database, world, "A1", "A")

    async def test_is_the_countys(self, database: Database, world: World) -> None:
        with pytest.raises(Forbidden):
            await close(database, world, by="A")
        stranger = await make_world(database, townships=1, villages=1)
        with pytest.raises(NotFound):
            async with database.transaction(stranger.actor("C").identity) as session:
                await closing.close(session, actor=stranger.actor("C"), cycle_id=world.opened.id, version=1)

    async def test_wants_the_newest_version_and_unclosing_a_reason(self, database: Database, world: World) -> None:
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            with pytest.raises(Stale):
                await closing.close(session, actor=actor, cycle_id=world.opened.id, version=7)
        await close(database, world)
        async with database.transaction(actor.identity) as session:
            with pytest.raises(ReasonMissing):
                await closing.unclose(session, actor=actor, cycle_id=world.opened.id, version=2, reason=" ")
            with pytest.raises(ActionNotAllowed):
                await closing.close(session, actor=actor, cycle_id=world.opened.id, version=2)

    async def test_a_draft_outlives_it(self, database: Database, world: World) -> None:
        owner = world.actor("A1")
        edits = [CellEdit("pc", None, "3")]
        async with database.transaction(owner.identity) as session:
            await submissions.save_draft(session, actor=owner, submission_id=world.submission("A1"), edits=edits)
        await close(database, world)
        async with database.transaction(owner.identity) as session:
            with pytest.raises(CycleClosed):
                await submissions.save_draft(session, actor=owner, submission_id=world.submission("A1"), edits=edits)
            view = await submission_views.submission_view(session, owner, world.submission("A1"), locale="zh-CN")
        assert view.cells["pc"] == "3" and not view.editable and view.actions == [] and view.cycle_state == "closed"


class TestReopening:
    async def test_one_village_and_those_above_it_act_again_and_say_so(self, database: Database, world: World) -> None:
        await all_approved(database, world)
        await close(database, world)
        await reopen(database, world, "A1")
        await correct(database, world, "A1")
        await hand_in(database, world, "A1", {"pc": "6", "rc": "6"})
        await approve(database, world, "A1", "A")
        assert await totals(database, world, "C") == ("12", "13", True)
        await correct(database, world, "A")
        await hand_in(database, world, "A", {"pc": "0", "rc": "0"})
        await approve(database, world, "A", "C")
        assert await totals(database, world, "C") == ("13", "13", False)
        rows = {row.unit.code: row.after_closing for row in (await page(database, world, "A")).rows}
        assert rows == {"A": True, "A1": True, "A2": False}
        with pytest.raises(CycleClosed):
            await correct(database, world, "A2")
        async with database.transaction(world.identity) as session:
            archive = await closing_views.archive_view(session, world.actor("C"), (await newest(database, world)).id)
        own = [d for d in archive.differences if d.unit.id == world.county.unit_id]
        assert {(d.code, d.then, d.now) for d in own} >= {("pc", "12", "13"), ("rc", "12", "13")}

    async def test_ends(self, database: Database, world: World) -> None:
        await close(database, world)
        await reopen(database, world, "A1")
        assert await open_topics(database, world, "A1") == {"fill"}
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            version = (await read(session, world, "A1")).version
            await granting.reclose(session, actor=actor, submission_id=world.submission("A1"), version=version)
        with pytest.raises(CycleClosed):
            await hand_in(database, world, "A1", FIVE)
        assert await open_topics(database, world, "A1") == set()

    async def test_is_the_countys_and_of_a_closed_cycle(self, database: Database, world: World) -> None:
        with pytest.raises(CycleNotClosed):
            await reopen(database, world, "A1")
        await close(database, world)
        with pytest.raises(Forbidden):
            await reopen(database, world, "A1", by="A")


class TestReportingUp:
    async def test_freezes_a_copy_that_later_figures_leave_alone(self, database: Database, world: World) -> None:
        await all_approved(database, world)
        actor = world.actor("C")
        said = ReportedUp("张退报〔2026〕8号", "市局", date(2026, 11, 8), [("局长", "某某")])
        async with database.transaction(actor.identity) as session:
            archive_id = await closing.report_up(session, actor=actor, cycle_id=world.opened.id, version=1, said=said)
            seen = await closing_views.archive_view(session, actor, archive_id)
        assert seen.document_no == said.document_no and seen.differences == [] and seen.then["pc"] == "12"
        assert (await cycle_of(database, world)).closed_at is None
        await correct(database, world, "A1")
        async with database.transaction(actor.identity) as session:
            assert (await closing_views.archive_view(session, actor, archive_id)).differences == []

    async def test_is_out_of_sight_below_the_county(self, database: Database, world: World) -> None:
        await close(database, world)
        archive = await newest(database, world)
        township = world.actor("A")
        async with database.transaction(township.identity) as session:
            assert (await closing_views.archive_page(session, township, world.opened.id)).items == []
            with pytest.raises(NotFound):
                await closing_views.archive_view(session, township, archive.id)

    async def test_a_falsified_archive_is_found(
        self, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await all_approved(database, world)
        right = archives.fold_reported
        with monkeypatch.context() as patched:
            patched.setattr(
                archives,
                "fold_reported",
                lambda found, county: {**right(found, county), str(county): right([], county)[str(county)]},
            )
            await close(database, world)
        assert len((await check(database, world)).breaches["archives"]) == 1


def with_a_rollup_check() -> FormDefinition:
    check = "  - {code: W9, at: [rollup], expression: pc <= 10, message: '全镇{pc}超过10 | Too many {pc}'}\n"
    return load_definition(TINY + check)


class TestChecksOfRollups:
    async def test_ask_the_township_for_a_reason(self, database: Database) -> None:
        world = await open_form(
            database, await make_county_with_people(database, townships=1, villages=2), with_a_rollup_check()
        )
        for code, cells in (("A1", FIVE), ("A2", SEVEN)):
            await hand_in(database, world, code, cells)
            await approve(database, world, code, "A")
        with pytest.raises(ChecksFailed) as refusal:
            await hand_in(database, world, "A", {"pc": "0", "rc": "0"})
        assert [p.key for p in refusal.value.fields["problems"]] == ["rollup:W9"]
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            done = await submissions.submit(
                session,
                actor=actor,
                submission_id=world.submission("A"),
                version=1,
                given=HandedIn({"pc": "0", "rc": "0"}, {}, {}),
                reasons={"rollup:W9": "两村集中走访"},
            )
            seen = await closing_views.reason_page(session, actor, world.opened.id, None, locale="zh-CN")
        assert done.warnings == 1
        assert [(r.unit.code, r.key, r.said) for r in seen.items] == [("A", "rollup:W9", "两村集中走访")]
        assert [p.key for p in (await page(database, world, "C")).problems] == ["W9"]


async def test_an_open_page_of_a_cycle_tells_what_the_county_may_do(database: Database, world: World) -> None:
    async def actions(session: AsyncSession, code: str) -> list[str]:
        return (await cycle_views.cycle_view(session, world.actor(code), world.opened.id)).actions

    async with database.transaction(world.identity) as session:
        assert await actions(session, "C") == ["close", "report_up"]
    async with database.transaction(world.actor("A").identity) as session:
        assert await actions(session, "A") == []
    await close(database, world)
    async with database.transaction(world.identity) as session:
        assert await actions(session, "C") == ["unclose", "report_up"]


async def test_the_database_refuses_a_closed_cycle_without_its_time(database: Database, world: World) -> None:
    async with database.transaction(world.identity) as session:
        with pytest.raises(Exception, match="ck_cycle_closed_at"):
            await session.execute(update(Cycle).where(Cycle.id == world.opened.id).values(closed_at=clock.now()))
