"""交办: a task goes down, is passed on, answered, sent back, cut, recalled; every number is right when read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, Invalid, NotFound, Stale
from plans.addressing.errors import NobodyAddressed
from plans.tasks import answering, changing, issuing, judging, notice, passing_on, views
from plans.tasks.errors import (
    AlreadyAssigned,
    DeadlineBeyond,
    DeadlinePast,
    SharesOpen,
)
from plans.tasks.models import AssignmentState, TaskKind, TaskState
from plans.tasks.queries import Wanted
from tenancy.models import Role
from tenancy.tiers import Tier
from tests.plans.steps import (
    ALL_TOWNSHIPS,
    ALL_VILLAGES,
    act,
    finish,
    in_days,
    inbox,
    issue,
    on_task,
    page,
    share_of,
    share_page,
    states,
    topics,
    unit,
)
from tests.world import World, make_county_with_people
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.inbox import settle

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


class TestIssuing:
    async def test_villages_get_it_through_their_townships(self, database: Database, world: World) -> None:
        issued = await issue(database, world, ALL_VILLAGES)
        assert (issued.state, issued.units) == (TaskState.ISSUED, 4)
        assert await states(database, world, issued.task_id) == {
            "A": "in_progress", "B": "in_progress", "A1": "issued", "A2": "issued", "B1": "issued", "B2": "issued",
        }  # fmt: skip
        assert (await share_of(database, world, issued.task_id, "A1")).assigner_unit_id == world.units["A"]
        for code in ("A", "A1", "B2"):
            (item,) = await inbox(database, world, code, Role.REPORTER)
            assert (item.topic, item.facts["title"], item.facts["by"]) == ("task", "入户核对", "测试县")

    async def test_directly_the_county_accepts_and_the_township_is_told(self, database: Database, world: World) -> None:
        issued = await issue(database, world, unit(world, "A1"), through=False)
        assert await states(database, world, issued.task_id) == {"A1": "issued"}
        assert (await share_of(database, world, issued.task_id, "A1")).assigner_unit_id == world.units["C"]
        assert await topics(database, world, "A") == {"task_skipped"}
        await finish(database, world, issued.task_id, "A1")
        with pytest.raises(Forbidden):
            await act(database, world, judging.accept, issued.task_id, "A1", by=world.actor("A"))
        await act(database, world, judging.accept, issued.task_id, "A1", by=world.actor("C"))

    async def test_numbers_count_up_within_the_year(self, database: Database, world: World) -> None:
        numbers = []
        for _ in range(2):
            issued = await issue(database, world, ALL_TOWNSHIPS)
            numbers.append((await page(database, world, issued.task_id)).number)
        year = clock.today().year
        assert numbers == [f"测试县〔{year}〕1号", f"测试县〔{year}〕2号"]

    async def test_what_is_refused(self, database: Database, world: World) -> None:
        with pytest.raises(DeadlinePast):
            await issue(database, world, ALL_VILLAGES, due_at=in_days(-1))
        with pytest.raises(Forbidden):
            await issue(database, world, unit(world, "A1"), by=world.actor("A1"))
        with pytest.raises(Forbidden):
            await issue(database, world, ALL_VILLAGES, by=world.actor("C", Role.REPORTER))
        with pytest.raises(NotFound):
            await issue(database, world, unit(world, "B1"), by=world.actor("A"))
        with pytest.raises(NobodyAddressed):
            await issue(database, world, ALL_TOWNSHIPS, by=world.actor("A"))

    async def test_four_byte_names_and_formulas_are_words_like_others(self, database: Database, world: World) -> None:
        issued = await issue(database, world, ALL_TOWNSHIPS, title="莫𡐓村走访", text="=cmd|' /C calc'!A0")
        shown = await page(database, world, issued.task_id, "A")
        assert (shown.title, shown.text) == ("莫𡐓村走访", "=cmd|' /C calc'!A0")


class TestShortNotice:
    async def issue(self, database: Database, world: World, *roles: Role) -> issuing.Issued:
        due_at = clock.now() + timedelta(hours=5)
        return await issue(database, world, ALL_VILLAGES, by=world.actor("C", *roles), due_at=due_at)

    async def test_it_waits_for_the_leader_and_nobody_below_has_it(self, database: Database, world: World) -> None:
        issued = await self.issue(database, world, Role.REVIEWER)
        assert issued.state is TaskState.AWAITING
        assert await states(database, world, issued.task_id) == {}
        assert await topics(database, world, "A1") == set()
        with pytest.raises(NotFound):
            await page(database, world, issued.task_id, "A1")
        assert await topics(database, world, "C") == {"task_confirm"}
        with pytest.raises(Forbidden):
            await on_task(database, world, issuing.confirm, issued.task_id, by=world.actor("C", Role.REVIEWER))
        await on_task(database, world, issuing.confirm, issued.task_id)
        shown = await page(database, world, issued.task_id)
        assert (shown.state, shown.short_notice, shown.confirmed_by) == (TaskState.ISSUED, True, "C")
        assert len(await states(database, world, issued.task_id)) == 6
        assert await topics(database, world, "C") == set()

    async def test_the_leader_may_decline(self, database: Database, world: World) -> None:
        issued = await self.issue(database, world, Role.REVIEWER)
        with pytest.raises(ReasonMissing):
            await on_task(database, world, issuing.decline, issued.task_id, reason=" ")
        await on_task(database, world, issuing.decline, issued.task_id, reason="时间太紧")
        assert (await page(database, world, issued.task_id)).state is TaskState.DECLINED
        assert await states(database, world, issued.task_id) == {}

    async def test_a_leader_who_issues_confirms_by_that(self, database: Database, world: World) -> None:
        issued = await self.issue(database, world)
        assert issued.state is TaskState.ISSUED
        assert (await page(database, world, issued.task_id)).confirmed_by == "C"


class TestAnswering:
    async def test_from_signing_to_acceptance(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"))).task_id
        await act(database, world, answering.acknowledge, task_id, "A1")
        await act(database, world, answering.report_progress, task_id, "A1", percent=40, note="已走访 12 户")
        shown = await share_page(database, world, task_id, "A1")
        assert (shown.share.state, shown.share.percent, shown.share.note) == ("in_progress", 40, "已走访 12 户")
        await act(database, world, answering.hand_in, task_id, "A1", result="全部核对完毕")
        assert await topics(database, world, "A1") == set()
        assert await topics(database, world, "A") == {"task", "task_review"}
        await act(database, world, judging.accept, task_id, "A1", by=world.actor("A"))
        assert await topics(database, world, "A") == {"task"}
        shown = await share_page(database, world, task_id, "A1")
        assert [event.action for event in shown.history] == ["acknowledge", "progress", "hand_in", "accept"]
        assert (await page(database, world, task_id, "A")).own is not None

    async def test_several_are_accepted_at_once_and_what_cannot_be_says_why(
        self, database: Database, world: World
    ) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        for code in ("A1", "A2"):
            await finish(database, world, task_id, code)
        elsewhere = (await issue(database, world, unit(world, "A1"))).task_id
        await finish(database, world, elsewhere, "A1")
        first, second = [await share_of(database, world, task_id, code) for code in ("A1", "A2")]
        foreign = await share_of(database, world, elsewhere, "A1")
        township = world.actor("A")
        lines = {first.id: first.version, second.id: second.version - 1, foreign.id: foreign.version}
        async with database.transaction(township.identity) as session:
            outcomes = await judging.accept_many(session, actor=township, task_id=task_id, shares=lines)
        refused = {one.subject_id: one.refused.code for one in outcomes if one.refused}
        assert refused == {second.id: "stale", foreign.id: "not_found"}
        assert await states(database, world, task_id) == {
            "A": "in_progress",
            "A1": "accepted",
            "A2": "handed_in",
            "B": "in_progress",
            "B1": "issued",
            "B2": "issued",
        }

    async def test_it_must_be_signed_before_it_is_answered(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"))).task_id
        with pytest.raises(ActionNotAllowed):
            await act(database, world, answering.hand_in, task_id, "A1", result="x")

    async def test_sent_back_with_a_reason_it_is_owed_again(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"))).task_id
        await finish(database, world, task_id, "A1")
        with pytest.raises(ReasonMissing):
            await act(database, world, judging.send_back, task_id, "A1", by=world.actor("A"), reason="")
        await act(database, world, judging.send_back, task_id, "A1", by=world.actor("A"), reason="缺照片")
        (item,) = await inbox(database, world, "A1")
        assert (item.topic, item.facts["reason"]) == ("task", "缺照片")
        await act(database, world, answering.hand_in, task_id, "A1", result="补齐")
        await act(database, world, answering.withdraw, task_id, "A1")
        assert (await states(database, world, task_id))["A1"] == "in_progress"
        assert "task_review" not in await topics(database, world, "A")

    async def test_a_township_waits_for_its_villages_or_says_why_not(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        await finish(database, world, task_id, "A1")
        await act(database, world, judging.accept, task_id, "A1", by=world.actor("A"))
        own = (await page(database, world, task_id, "A")).own
        assert own is not None and own.percent == 50
        with pytest.raises(SharesOpen):
            await act(database, world, answering.hand_in, task_id, "A", result="汇总")
        await act(database, world, answering.hand_in, task_id, "A", result="汇总", open_reason="A2 村在换届")
        shown = await share_page(database, world, task_id, "A", by="C")
        assert (shown.share.state, shown.open_reason) == ("handed_in", "A2 村在换届")
        await act(database, world, judging.accept, task_id, "A", by=world.actor("C"))

    async def test_a_sibling_and_another_township_see_nothing(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"))).task_id
        for code in ("A2", "B", "B1"):
            with pytest.raises(NotFound):
                await page(database, world, task_id, code)
            with pytest.raises(NotFound):
                await act(database, world, answering.acknowledge, task_id, "A1", by=world.actor(code))

    async def test_a_stale_version_and_another_ones_hand_are_refused(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"))).task_id
        with pytest.raises(Stale):
            await act(database, world, answering.acknowledge, task_id, "A1", version=9)
        with pytest.raises(Forbidden):
            await act(database, world, answering.acknowledge, task_id, "A1", by=world.actor("A"))


class TestPassingOn:
    async def test_each_village_is_due_no_later_than_the_township(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_TOWNSHIPS, due_at=in_days(20))).task_id
        with pytest.raises(DeadlineBeyond):
            await self.pass_on(database, world, task_id, due_at=in_days(21))
        with pytest.raises(DeadlinePast):
            await self.pass_on(database, world, task_id, due_at=in_days(-1))
        await self.pass_on(database, world, task_id, due_at=in_days(10), instruction="请拍照")
        assert await states(database, world, task_id) == {
            "A": "in_progress", "B": "issued", "A1": "issued", "A2": "issued",
        }  # fmt: skip
        assert (await share_page(database, world, task_id, "A1")).instruction == "请拍照"
        with pytest.raises(AlreadyAssigned):
            await self.pass_on(database, world, task_id, due_at=in_days(10))

    async def pass_on(self, database: Database, world: World, task_id: UUID, **more: Any) -> None:
        more.setdefault("instruction", "")
        await act(database, world, passing_on.pass_on, task_id, "A", to=[ALL_VILLAGES], **more)

    async def test_a_share_taken_back_can_be_given_again(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_TOWNSHIPS)).task_id
        await self.pass_on(database, world, task_id, due_at=in_days(10))
        await act(database, world, judging.recall, task_id, "A1", by=world.actor("A"), reason="派错了")
        assert (await states(database, world, task_id))["A1"] == "recalled"
        assert await topics(database, world, "A1") == {"task_recalled"}
        await self.pass_on(database, world, task_id, due_at=in_days(9))
        share = await share_of(database, world, task_id, "A1")
        assert share.state is AssignmentState.ISSUED
        assert await topics(database, world, "A1") == {"task"}

    async def test_urging_says_who_urges_and_counts(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        await finish(database, world, task_id, "A1")
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            assert await passing_on.urge(session, actor=actor, task_id=task_id) == 1
        (item,) = await inbox(database, world, "A2")
        assert item.facts["urged_by"] == "A"
        assert (await share_of(database, world, task_id, "A2")).urged == 1
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            assert await passing_on.urge(session, actor=actor, task_id=task_id) == 5
        actor = world.actor("A", Role.REPORTER)
        with pytest.raises(Forbidden):
            async with database.transaction(actor.identity) as session:
                await passing_on.urge(session, actor=actor, task_id=task_id)


class TestConfidential:
    async def test_a_petition_is_for_the_sections_concerned(self, database: Database, world: World) -> None:
        issued = await issue(database, world, unit(world, "A"), kind=TaskKind.PETITION, title="某人来信")
        (item,) = await inbox(database, world, "A")
        assert item.facts["title"] == ""
        assert (await page(database, world, issued.task_id, "A")).title == "某人来信"

    async def test_lists_leave_out_what_is_not_ones_own(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"))).task_id
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            mine = await views.received_page(session, actor, open_only=True, wanted=Wanted("核对"), after=None)
            none = await views.received_page(session, actor, open_only=True, wanted=Wanted("%"), after=None)
        assert [line.task.id for line in mine.items] == [task_id] and none.items == []
        assert mine.items[0].share.tier is Tier.VILLAGE
        actor = world.actor("A2")
        async with database.transaction(actor.identity) as session:
            theirs = await views.received_page(session, actor, open_only=True, wanted=Wanted(), after=None)
        assert theirs.items == []


class TestOverview:
    async def test_a_month_has_its_deadlines_alone(self, database: Database, world: World) -> None:
        due = datetime(2027, 1, 31, 23, 59, 59, tzinfo=clock.SHANGHAI)
        task_id = (await issue(database, world, unit(world, "A1"), due_at=due)).task_id
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            pages = [
                await views.issued_page(session, actor, open_only=True, wanted=views.wanted_of("", month), after=None)
                for month in ("2026-12", "2027-01", "2027-02")
            ]
        assert [[task.id for task in page.items] for page in pages] == [[], [task_id], []]
        with pytest.raises(Invalid):
            views.wanted_of("", "2027-13")

    async def test_the_summary_counts_tasks_not_shares(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        closed = (await issue(database, world, ALL_TOWNSHIPS)).task_id
        for code in ("A1", "A2"):
            await act(database, world, judging.supervise, task_id, code, by=world.actor("C"), reason="重点")
        await on_task(database, world, changing.close, closed, reason="不再需要")
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            found = await views.summary_view(session, actor)
        assert (found.open, found.overdue, found.supervised) == (1, 0, 1)
        assert (await page(database, world, task_id)).progress.supervised == 2
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            assert (await views.summary_view(session, actor)).open == 0

    async def test_usual_deadlines_give_the_notice_they_name(self, database: Database, world: World) -> None:
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            found = await notice.deadlines_view(session, actor)
            notices = [await notice.notice_view(session, actor, one.due_at) for one in found.items]
        assert [one.working_days for one in found.items] == [3, 5, 10]
        assert [one.working_days for one in notices] == [3, 5, 10]
        assert not any(one.short for one in notices) and found.minimum == 3

    async def test_what_only_tells_is_settled_by_its_reader(self, database: Database, world: World) -> None:
        await issue(database, world, ALL_VILLAGES, through=False)
        (told,) = [item for item in await inbox(database, world, "A") if item.topic == "task_skipped"]
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            await settle(session, actor=actor, item_id=told.id)
        assert "task_skipped" not in await topics(database, world, "A")

    async def test_a_leader_sees_to_whom_a_short_notice_goes(self, database: Database, world: World) -> None:
        hand = world.actor("C", Role.REVIEWER)
        task_id = (await issue(database, world, ALL_VILLAGES, by=hand, due_at=in_days(0.1))).task_id
        shown = (await page(database, world, task_id, "C", Role.LEADER)).addressed
        assert shown is not None and (shown.total, shown.by_tier) == (4, {Tier.VILLAGE: 4})
        await on_task(database, world, issuing.confirm, task_id, by=world.actor("C", Role.LEADER))
        assert (await page(database, world, task_id)).addressed is None
