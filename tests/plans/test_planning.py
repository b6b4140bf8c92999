"""年度工作计划: county → township → village, reviewed, changed with a reason, followed by item, summed up in words."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import update

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from plans.planning import sheets, views
from plans.planning.errors import (
    DoneTooEarly,
    NothingChanged,
    NotYetApproved,
    PlanEmpty,
    PlanLineWrong,
    PlanThereAlready,
    PlanYearOutOfReach,
    SummaryOpen,
)
from plans.planning.models import PlanItem, PlanState, SummaryPeriod
from plans.planning.rules import ChangeKind, ItemStanding
from tenancy import tree
from tenancy.models import AdminKind, Role
from tenancy.moves import follow_moves
from tests.plans.planning_steps import (
    YEAR,
    act,
    again,
    approved,
    beat,
    begin,
    breaches,
    home,
    judge_summary,
    line,
    look,
    on_item,
    over,
    save,
    send_summary,
    write_summary,
)
from tests.plans.steps import topics
from tests.plans.training_steps import member
from tests.world import World, make_county_with_people
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.queries import list_inbox

pytestmark = pytest.mark.anyio
#: Mid-year of the plans' year, at noon in China.
JULY = datetime(YEAR, 7, 1, 4, tzinfo=UTC)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


class TestDown:
    async def test_emphases_go_down_and_the_county_sees_who_took_them_up(
        self, database: Database, world: World
    ) -> None:
        top = await approved(database, world, "C", line("打造示范站", section="服务体系"), line("就业招聘会"))
        assert {code: await topics(database, world, code) for code in ("A", "B", "A1")} == {
            "A": {"plan_due"},
            "B": {"plan_due"},
            "A1": set(),
        }
        town_id = await begin(database, world, "A", start="emphases")
        town = await look(database, world, town_id, "A")
        assert town.draft is not None
        assert [(one.what, one.serves_id) for one in town.draft] == [(one.what, one.id) for one in top.items]
        await act(database, world, town_id, "A", "submit")
        assert await topics(database, world, "A") == set()
        assert await topics(database, world, "C") == {"plan_review"}
        town = await act(database, world, town_id, "C", "approve")
        assert await topics(database, world, "C") == set()
        assert await topics(database, world, "A1") == {"plan_due"}
        await approved(database, world, "A1", line("站点打扫一新", serves_id=town.items[0].id))
        top = await look(database, world, top.id, "C")
        assert [one.taken_up for one in top.items] == [2, 1], "the village through its township's item"
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            found = await views.taken_up_view(session, actor, top.id)
        assert (
            [(one.taken_up, one.done) for one in found.emphases],
            [(one.unit, set(one.serves), one.below) for one in found.units],
        ) == (
            [(1, 0), (1, 0)],
            [("A镇", {top.items[0].id, top.items[1].id}, {top.items[0].id: 1}), ("B镇", set(), {})],
        )

    async def test_others_neither_see_nor_serve_it(self, database: Database, world: World) -> None:
        top = await approved(database, world, "A", line("镇里的重点"))
        for code in ("A1", "B", "B1"):
            with pytest.raises(NotFound):
                await look(database, world, top.id, code)
        below = await begin(database, world, "B1", start="emphases")
        assert (await look(database, world, below, "B1")).draft == []
        with pytest.raises(PlanLineWrong):
            await save(database, world, below, "B1", [line(serves_id=top.items[0].id)])
        with pytest.raises(NotFound):
            await look(database, world, below, "B")
        assert (await over(database, world, "B")).rows[1].state is None, "a draft is not there for those above"


class TestLifecycle:
    async def test_sent_up_taken_back_returned_and_approved(self, database: Database, world: World) -> None:
        plan_id = await begin(database, world, "A1")
        with pytest.raises(PlanEmpty):
            await act(database, world, plan_id, "A1", "submit")
        await save(database, world, plan_id, "A1", [line("莫𡐓村走访", measure="=cmd|' /C calc'!A0")])
        await act(database, world, plan_id, "A1", "submit")
        seen = await look(database, world, plan_id, "A")
        assert seen.waiting is not None and seen.draft is None and seen.items == []
        assert seen.actions == ["approve", "return"]
        recalled = await act(database, world, plan_id, "A1", "recall")
        assert (recalled.state, await topics(database, world, "A")) == (PlanState.DRAFT, set())
        assert (await look(database, world, plan_id, "A")).waiting is None
        await act(database, world, plan_id, "A1", "submit")
        with pytest.raises(ReasonMissing):
            await act(database, world, plan_id, "A", "return", " ")
        with pytest.raises(Forbidden):
            await act(database, world, plan_id, "C", "approve")
        await act(database, world, plan_id, "A", "return", "缺完成标准")
        assert await topics(database, world, "A1") == {"plan_returned"}
        back = await look(database, world, plan_id, "A1")
        assert (back.return_reason, back.draft is not None) == ("缺完成标准", True)
        with pytest.raises(NotYetApproved):
            await act(database, world, plan_id, "A1", "abandon")
        await act(database, world, plan_id, "A1", "submit")
        assert await topics(database, world, "A1") == set()
        done = await act(database, world, plan_id, "A", "approve")
        assert (done.state, [one.what for one in done.items]) == (PlanState.APPROVED, ["莫𡐓村走访"])
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            name, content = await sheets.plan_sheet(session, actor, plan_id)
        sheet = load_workbook(io.BytesIO(content)).active
        assert sheet is not None and name == f"A1村{YEAR}年度工作计划.xlsx"
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        assert any(cell.value == "莫𡐓村走访" for cell in cells)
        assert all(cell.data_type != "f" for cell in cells)

    async def test_a_change_stands_only_once_approved(self, database: Database, world: World) -> None:
        plan = await approved(database, world, "A1", line("甲"), line("乙"), line("丙"))
        first, second, third = plan.items
        with pytest.raises(ReasonMissing):
            await act(database, world, plan.id, "A1", "change")
        changing = await act(database, world, plan.id, "A1", "change", "人员调整")
        with pytest.raises(NothingChanged):
            await act(database, world, plan.id, "A1", "submit")
        new = [again(second, what="乙乙"), again(first), line("丁")]
        changing = await save(database, world, plan.id, "A1", new)
        assert [one.what for one in changing.items] == ["甲", "乙", "丙"]
        await on_item(database, world, "A1", third.id, "finish", "已办")
        await act(database, world, plan.id, "A1", "submit")
        above = await look(database, world, plan.id, "A")
        assert above.waiting is not None and above.waiting.reason == "人员调整"
        told = [(c.kind, c.before and c.before.what, c.after and c.after.what) for c in above.waiting.changes]
        assert told == [
            (ChangeKind.ALTERED, "乙", "乙乙"),
            (ChangeKind.ADDED, None, "丁"),
            (ChangeKind.DROPPED, "丙", None),
        ]
        assert [one.what for one in above.items] == ["甲", "乙", "丙"]
        after = await act(database, world, plan.id, "A", "approve")
        assert [one.what for one in after.items] == ["乙乙", "甲", "丁"]
        assert [len(one.changes) for one in after.editions] == [3, 0]
        await act(database, world, plan.id, "A1", "change", "试改")
        await save(database, world, plan.id, "A1", [line("不算")])
        abandoned = await act(database, world, plan.id, "A1", "abandon")
        assert [one.what for one in abandoned.items] == ["乙乙", "甲", "丁"]
        assert (abandoned.state, abandoned.draft) == (PlanState.APPROVED, None)

    async def test_refusals(self, database: Database, world: World) -> None:
        plan_id = await begin(database, world, "A1")
        with pytest.raises(PlanThereAlready):
            await begin(database, world, "A1")
        with pytest.raises(PlanYearOutOfReach):
            await begin(database, world, "A2", year=YEAR + 2)
        for bad in (
            line(first="05-02", last="05-01"),
            line(end_on=date(YEAR + 1, 1, 1)),
            line(staff_id=await member(database, world, "A2", "邻村人")),
        ):
            with pytest.raises(PlanLineWrong):
                await save(database, world, plan_id, "A1", [bad])
        own = await member(database, world, "A1", "本村人")
        kept = await save(database, world, plan_id, "A1", [line(staff_id=own)])
        with pytest.raises(Stale):
            await save(database, world, plan_id, "A1", [], version=1)
        foreign = (await approved(database, world, "A2", line("邻村"))).items[0]
        kept = await save(database, world, plan_id, "A1", [again(foreign), again(foreign)])
        assert kept.draft is not None and len({foreign.id, *(one.id for one in kept.draft)}) == 3
        with pytest.raises(Forbidden):
            await act(database, world, plan_id, "A1", "submit", roles=(Role.ADMINISTRATOR,))
        with pytest.raises(ActionNotAllowed):
            await act(database, world, plan_id, "A1", "change", "未批准")

    async def test_last_year_s_items_are_a_starting_point(self, database: Database, world: World) -> None:
        await approved(database, world, "A1", line("年年要做", "03-01", "03-31"))
        copied = await look(database, world, await begin(database, world, "A1", year=YEAR + 1, start="last_year"), "A1")
        assert copied.draft is not None
        assert [(one.what, one.end_on, one.serves_id) for one in copied.draft] == [
            ("年年要做", date(YEAR + 1, 3, 31), None)
        ]


async def late_told(database: Database, world: World) -> tuple[int, datetime | None]:
    """What the village's inbox says of late items: how many, and since when."""
    actor = world.actor("A1")
    roles = {world.units["A1"]: frozenset(role.value for role in Role)}
    async with database.transaction(actor.identity) as session:
        found = await list_inbox(session, principal=actor, roles_by_unit=roles)
    item = next(one for one in found if one.topic == "plan_late")
    return item.facts["count"], item.due_at


class TestProgress:
    async def test_late_is_told_once_and_settled_when_nothing_is_late(self, database: Database, world: World) -> None:
        plan = await approved(database, world, "A1", line("春", last="03-31"), line("夏", last="06-30"), line("全年"))
        spring, summer, _ = plan.items
        with clock.frozen_at(datetime(YEAR, 6, 30, 15, 59, 59, tzinfo=UTC)):
            seen = await look(database, world, plan.id, "A1")
            assert [one.standing for one in seen.items] == [
                ItemStanding.LATE,
                ItemStanding.UNDER_WAY,
                ItemStanding.UNDER_WAY,
            ]
            await beat(database, world)
            await beat(database, world)
            assert await topics(database, world, "A1") == {"plan_approved", "plan_late"}
            await on_item(database, world, "A1", spring.id, "progress", "还差两户", percent=80)
            assert "plan_late" in await topics(database, world, "A1")
        with clock.frozen_at(datetime(YEAR, 6, 30, 16, 0, 0, tzinfo=UTC)):
            assert (await home(database, world, "C")).counts.late == 2, "midnight in China"
            await beat(database, world)
            assert await late_told(database, world) == (2, datetime(YEAR, 3, 31, 16, tzinfo=UTC))
            await on_item(database, world, "A1", spring.id, "finish", "已完成")
            assert await late_told(database, world) == (1, datetime(YEAR, 6, 30, 16, tzinfo=UTC))
            assert "plan_late" in await topics(database, world, "A1"), "the summer's is late too"
            await beat(database, world)
            await on_item(database, world, "A1", summer.id, "finish", done_on=date(YEAR, 6, 30))
            assert "plan_late" not in await topics(database, world, "A1")
            with pytest.raises(DoneTooEarly):
                await on_item(
                    database, world, "A1", plan.items[2].id, "finish", done_on=clock.today() + timedelta(days=1)
                )
            await on_item(database, world, "A1", summer.id, "reopen", "有一户漏访")
            await beat(database, world)
            assert "plan_late" in await topics(database, world, "A1")
            await act(database, world, plan.id, "A1", "change", "顺延")
            draft = (await look(database, world, plan.id, "A1")).draft or []
            moved = [again(one, end_on=date(YEAR, 9, 30)) if one.what == "夏" else again(one) for one in draft]
            await save(database, world, plan.id, "A1", moved)
            await act(database, world, plan.id, "A1", "submit")
            assert "plan_late" in await topics(database, world, "A1")
            await act(database, world, plan.id, "A", "approve")
            assert "plan_late" not in await topics(database, world, "A1")

    async def test_only_the_unit_records(self, database: Database, world: World) -> None:
        item = (await approved(database, world, "A1", line())).items[0]
        for code in ("A", "C"):
            with pytest.raises(Forbidden):
                await on_item(database, world, code, item.id, "finish")
        for code in ("A2", "B"):
            with pytest.raises(NotFound):
                await on_item(database, world, code, item.id, "finish")
        await on_item(database, world, "A1", item.id, "finish")
        with pytest.raises(ReasonMissing):
            await on_item(database, world, "A1", item.id, "reopen")

    async def test_the_overview_counts_units_and_items(self, database: Database, world: World) -> None:
        await approved(database, world, "C", line("重点"))
        await approved(database, world, "A", line("镇", last="03-31"), line("镇二"))
        village = await approved(database, world, "A1", line("村", last="05-31"))
        waiting = await begin(database, world, "B1")
        await save(database, world, waiting, "B1", [line()])
        await act(database, world, waiting, "B1", "submit")
        with clock.frozen_at(JULY):
            await on_item(database, world, "A1", village.items[0].id, "finish")
            found = await over(database, world, "C")
            own, town, other = found.rows
            assert (own.own, town.short_name, other.short_name) == (True, "A镇", "B镇")
            assert (found.states.units, found.states.approved, found.states.submitted) == (7, 3, 1)
            assert found.states.missing == 3
            assert (found.counts.total, found.counts.done, found.counts.late) == (4, 1, 1)
            assert [one.standing for one in town.bars] == [ItemStanding.LATE, ItemStanding.UNDER_WAY]
            assert (town.below.units, town.below.approved, town.below_counts.done) == (2, 1, 1)
            assert (other.plan_id, other.below.submitted) == (None, 1)
            inner = await over(database, world, "C", "A")
            assert [one.unit for one in inner.trail] == ["测试县", "A镇"]
            assert inner.rows[1].counts.done == 1
            with pytest.raises(NotFound):
                await over(database, world, "A", "B")
            assert (await home(database, world, "A1")).states.units == 1


class TestSummaries:
    async def test_drafted_from_what_was_recorded_and_kept_as_versions(self, database: Database, world: World) -> None:
        plan = await approved(
            database, world, "A1", line("立功喜报送达", last="06-20"), line("就业推荐", last="06-30"), line("全年走访")
        )
        with clock.frozen_at(JULY):
            await on_item(database, world, "A1", plan.items[0].id, "finish", "送达3户。", done_on=date(YEAR, 6, 18))
            # Recorded in the third quarter: not the second's words.
            quarter = await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q2)
            with pytest.raises(SummaryOpen):
                await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q2)
            words = {one.heading.split("、")[1]: one.text for one in quarter.sections}
            assert quarter.title == f"A1村{YEAR}年第二季度工作小结"
            assert words["总体情况"].startswith("截至6月30日") and "已完成1项" in words["总体情况"]
            assert "立功喜报送达（6月18日完成）" in words["已完成事项"]
            assert "就业推荐（6月30日应完成，进度0%）" in words["逾期未完成事项"]
            with pytest.raises(NotFound):
                actor = world.actor("A")
                async with database.transaction(actor.identity) as session:
                    await views.summary_view(session, actor, quarter.id)
            await send_summary(database, world, "A1", quarter.id, "莫𡐓村二季度完成1项。")
            assert await topics(database, world, "A") == {"plan_summary"}
            with pytest.raises(Forbidden):
                await judge_summary(database, world, "C", quarter.id, "accept")
            with pytest.raises(ActionNotAllowed):
                await send_summary(database, world, "A1", quarter.id, None)
            async with database.transaction(world.actor("A").identity) as session:
                read = await views.summary_view(session, world.actor("A"), quarter.id)
                name, content = await sheets.summary_document(session, world.actor("A"), quarter.id)
            assert (read.actions, name) == (["accept", "return"], "小结.docx")
            assert "莫𡐓村二季度完成1项。" in [p.text for p in Document(io.BytesIO(content)).paragraphs]
            with pytest.raises(ReasonMissing):
                await judge_summary(database, world, "A", quarter.id, "return", " ")
            await judge_summary(database, world, "A", quarter.id, "return", "缺下步打算")
            assert await topics(database, world, "A") == set()
            assert "plan_summary_returned" in await topics(database, world, "A1")
            later = await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q2)
            assert "plan_summary_returned" not in await topics(database, world, "A1")
            assert (later.no, [one.text for one in later.sections]) == (2, ["莫𡐓村二季度完成1项。"])
            assert [one.no for one in (await look(database, world, plan.id, "A")).summaries] == [1]
            third = await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q3)
            assert "立功喜报送达" not in str(third.sections)
            await send_summary(database, world, "A1", later.id)
            accepted = await judge_summary(database, world, "A", later.id, "accept")
            assert (accepted.state.value, accepted.actions, await topics(database, world, "A")) == (
                "accepted",
                [],
                set(),
            )

    async def test_the_county_sends_to_nobody_and_its_leaders_approve(self, database: Database, world: World) -> None:
        plan_id = await begin(database, world, "C")
        await save(database, world, plan_id, "C", [line()])
        await act(database, world, plan_id, "C", "submit")
        assert await topics(database, world, "C") == {"plan_review", "plan_approve"}
        await act(database, world, plan_id, "C", "approve", roles=(Role.LEADER,))
        assert await topics(database, world, "C") == set()
        made = await write_summary(database, world, "C", plan_id)
        await send_summary(database, world, "C", made.id)
        with pytest.raises(Forbidden):
            await judge_summary(database, world, "C", made.id, "accept")
        assert await topics(database, world, "C") == set()
        await begin(database, world, "A")
        village = await look(database, world, await begin(database, world, "A1", start="emphases"), "A1")
        assert [one.what for one in village.draft or []] == ["走访慰问"], "its township published nothing"

    async def test_what_is_stored_otherwise_is_found(self, database: Database, world: World) -> None:
        plan = await approved(database, world, "A", line("甲"), line("乙"))
        await on_item(database, world, "A", plan.items[0].id, "finish", "已办")
        assert await breaches(database, world) == []
        async with database.transaction(world.actor("A").identity) as session:
            await session.execute(update(PlanItem).where(PlanItem.id == plan.items[0].id).values(percent=7))
            await session.execute(update(PlanItem).where(PlanItem.id == plan.items[1].id).values(what="丙"))
        found = "；".join(await breaches(database, world))
        for part in ("says 7%", "items are not those", "what it published"):
            assert part in found


class TestMoves:
    async def test_those_above_it_now_see_the_plan_of_a_unit_that_moved(self, database: Database, world: World) -> None:
        plan = await approved(database, world, "A1", line())
        system = world.admin(AdminKind.SYSTEM)
        async with database.transaction(system.identity) as session:
            await tree.move_unit(
                session,
                actor=system,
                unit_id=world.units["A1"],
                parent_id=world.units["B"],
                on=clock.today(),
                reason="调整",
            )
        async with database.transaction(world.identity) as session:
            await follow_moves(session, world.actor("C").county)
        for code in ("A", "B"):
            assert len((await look(database, world, plan.id, code)).items) == 1
        made = await write_summary(database, world, "A1", plan.id)
        await send_summary(database, world, "A1", made.id)
        assert await topics(database, world, "B") == {"plan_summary"}, "the superior of the day it is sent"
        with pytest.raises(Forbidden):
            await judge_summary(database, world, "A", made.id, "accept")
        assert (await judge_summary(database, world, "B", made.id, "accept")).state.value == "accepted"
