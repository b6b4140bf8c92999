"""交办, after it was issued: longer, amended, recalled, closed, shown to the leader, overdue."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden
from kit.jobs import CountyRef
from plans.tasks import answering, changing, jobs, judging, passing_on
from plans.tasks.changing import Changes
from plans.tasks.errors import (
    DeadlineBeyond,
    ExtensionTooShort,
    NothingAmended,
    NothingAsked,
)
from plans.tasks.models import TaskState
from tenancy.models import Role
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
from workflow.models import InboxItem

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


class TestExtension:
    async def test_asked_and_granted(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_TOWNSHIPS, due_at=in_days(5))).task_id
        until = in_days(8)
        await act(database, world, answering.ask_extension, task_id, "A", until=until, reason="下雪")
        assert await topics(database, world, "C") == {"task_extension"}
        await act(database, world, judging.grant_extension, task_id, "A", by=world.actor("C"))
        assert (await share_of(database, world, task_id, "A")).due_at == until
        assert await topics(database, world, "C") == set()
        with pytest.raises(NothingAsked):
            await act(database, world, judging.grant_extension, task_id, "A", by=world.actor("C"))

    async def test_a_village_never_gets_more_than_its_township_has(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(5))).task_id
        await act(database, world, answering.ask_extension, task_id, "A1", until=in_days(8), reason="下雪")
        with pytest.raises(DeadlineBeyond):
            await act(database, world, judging.grant_extension, task_id, "A1", by=world.actor("A"))
        own = (await share_of(database, world, task_id, "A")).due_at
        assert (await share_page(database, world, task_id, "A1", by="A")).latest == own
        assert (await share_page(database, world, task_id, "A", by="C")).latest is None
        assert (await share_page(database, world, task_id, "A1")).latest is None, "a village sees no share but its own"
        await act(database, world, judging.refuse_extension, task_id, "A1", by=world.actor("A"), reason="不行")
        (item,) = await inbox(database, world, "A1")
        assert (item.facts["refused"], item.facts["reason"]) == (True, "不行")

    async def test_it_has_to_be_later(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_TOWNSHIPS, due_at=in_days(5))).task_id
        with pytest.raises(ExtensionTooShort):
            await act(database, world, answering.ask_extension, task_id, "A", until=in_days(4), reason="下雪")


class TestGivingTime:
    async def test_a_township_hands_on_what_it_got_in_one_act(self, database: Database, world: World) -> None:
        """Its villages have the old deadline until it does, and none gets more than the township has."""
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(5))).task_id
        until = in_days(8)
        await act(database, world, judging.extend, task_id, "A", by=world.actor("C"), until=until, reason="大雪封路")
        villages = {code: await share_of(database, world, task_id, code) for code in ("A1", "A2", "B1")}
        assert all(one.due_at < until for one in villages.values())
        township, versions = world.actor("A"), {one.id: one.version for one in villages.values()}

        async def hand_on(day: datetime) -> dict[str, str]:
            async with database.transaction(township.identity) as session:
                outcomes = await judging.extend_many(
                    session, actor=township, task_id=task_id, shares=versions, until=day, reason="大雪封路"
                )
            return {str(one.subject_id): type(one.refused).__name__ for one in outcomes}

        ids = {code: str(one.id) for code, one in villages.items()}
        assert await hand_on(in_days(9)) == {
            ids["A1"]: "DeadlineBeyond", ids["A2"]: "DeadlineBeyond", ids["B1"]: "NotFound"
        }  # fmt: skip
        assert await hand_on(until) == {ids["A1"]: "NoneType", ids["A2"]: "NoneType", ids["B1"]: "NotFound"}
        for code in ("A1", "A2"):
            assert (await share_of(database, world, task_id, code)).due_at == until
            (item,) = await inbox(database, world, code)
            assert (item.due_at, item.facts["extended"], item.facts["reason"]) == (until, True, "大雪封路")
        assert (await share_of(database, world, task_id, "B1")).due_at < until

    async def test_it_answers_what_was_asked(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_TOWNSHIPS, due_at=in_days(5))).task_id
        await act(database, world, answering.ask_extension, task_id, "A", until=in_days(7), reason="下雪")
        await act(database, world, judging.extend, task_id, "A", by=world.actor("C"), until=in_days(9), reason="多给")
        share = await share_of(database, world, task_id, "A")
        assert (share.asked_until, share.asked_reason) == (None, "")
        assert await topics(database, world, "C") == set()

    async def test_who_may_and_until_when(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(5))).task_id
        given = {"until": in_days(8), "reason": "x"}
        for code in ("C", "A1"):
            with pytest.raises(Forbidden):
                await act(database, world, judging.extend, task_id, "A1", by=world.actor(code), **given)
        with pytest.raises(ExtensionTooShort):
            await act(database, world, judging.extend, task_id, "A", by=world.actor("C"), until=in_days(4), reason="x")
        with pytest.raises(ReasonMissing):
            await act(database, world, judging.extend, task_id, "A", by=world.actor("C"), until=in_days(8), reason=" ")


class TestAmending:
    async def test_everybody_sees_what_changed_and_signs_again(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        await act(database, world, answering.acknowledge, task_id, "A1")
        amended = await on_task(
            database, world, changing.amend, task_id, changes=Changes(text="只核对重点户。"), reason="减负"
        )
        assert (amended.units, amended.cut) == (6, 0)
        (unsigned,) = await inbox(database, world, "A2")
        assert (
            "amended" not in unsigned.facts and not (await share_page(database, world, task_id, "A2")).share.signs_again
        )
        (signed,) = await inbox(database, world, "A1")
        assert signed.facts["amended"] == 1
        shown = await share_page(database, world, task_id, "A1")
        assert shown.share.signs_again and "sign_amendment" in shown.share.actions
        assert [(a.before, a.after, a.reason) for a in shown.amendments] == [
            ({"text": "请逐户核对。"}, {"text": "只核对重点户。"}, "减负")
        ]
        await act(database, world, answering.sign_amendment, task_id, "A1")
        assert not (await share_page(database, world, task_id, "A1")).share.signs_again
        with pytest.raises(ActionNotAllowed):
            await act(database, world, answering.sign_amendment, task_id, "A1")
        with pytest.raises(NothingAmended):
            await on_task(
                database, world, changing.amend, task_id, changes=Changes(text="只核对重点户。"), reason="减负"
            )

    async def test_cutting_the_deadline_cuts_everybodys(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(20))).task_id
        soon = in_days(6)
        amended = await on_task(database, world, changing.amend, task_id, changes=Changes(due_at=soon), reason="提前")
        assert amended.cut == 6
        assert {(await share_of(database, world, task_id, code)).due_at for code in ("A", "A1", "B2")} == {soon}

    async def test_extending_it_moves_everybody_who_had_its_deadline(self, database: Database, world: World) -> None:
        was, later = in_days(20), in_days(30)
        task_id = (await issue(database, world, ALL_TOWNSHIPS, due_at=was)).task_id
        for code, due_at in (("A1", was), ("A2", in_days(10))):
            await act(
                database, world, passing_on.pass_on, task_id, "A", to=[unit(world, code)], due_at=due_at, instruction=""
            )
        set_by_township = (await share_of(database, world, task_id, "A2")).due_at
        await on_task(database, world, changing.amend, task_id, changes=Changes(due_at=later), reason="放宽")
        dues = {code: (await share_of(database, world, task_id, code)).due_at for code in ("A", "B", "A1", "A2")}
        assert dues == {"A": later, "B": later, "A1": later, "A2": set_by_township}
        (item,) = await inbox(database, world, "A1")
        assert item.due_at == later

    async def test_extended_nobody_is_due_after_the_share_above(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(20))).task_id
        longer = in_days(25)
        await act(database, world, answering.ask_extension, task_id, "A", until=longer, reason="下雪")
        await act(database, world, judging.grant_extension, task_id, "A", by=world.actor("C"))
        later = in_days(30)
        await on_task(database, world, changing.amend, task_id, changes=Changes(due_at=later), reason="放宽")
        due = {code: (await share_of(database, world, task_id, code)).due_at for code in ("A", "A1", "B", "B1")}
        # A has a deadline of its own by now: it keeps it, and so do its villages.
        assert due["A"] == longer and due["A1"] <= longer
        assert (due["B"], due["B1"]) == (later, later)

    async def test_only_the_issuer_amends(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        with pytest.raises(Forbidden):
            await on_task(
                database, world, changing.amend, task_id, by=world.actor("A"), changes=Changes(text="x"), reason="y"
            )


class TestEnding:
    async def test_recalled_nobody_owes_it(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        await finish(database, world, task_id, "A1")
        await act(database, world, judging.accept, task_id, "A1", by=world.actor("A"))
        await on_task(database, world, changing.recall, task_id, reason="任务取消")
        found = await states(database, world, task_id)
        assert found.pop("A1") == "accepted" and set(found.values()) == {"recalled"}
        assert await topics(database, world, "A1") == set(), "what was accepted stays"
        for code in ("A", "A2", "B1"):
            (told,) = await inbox(database, world, code)
            assert (told.topic, told.facts["reason"]) == ("task_recalled", "任务取消")
        with pytest.raises(ActionNotAllowed):
            await act(database, world, answering.acknowledge, task_id, "A2")

    async def test_closing_with_shares_open_needs_a_reason(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_TOWNSHIPS)).task_id
        with pytest.raises(ReasonMissing):
            await on_task(database, world, changing.close, task_id)
        for code in ("A", "B"):
            await finish(database, world, task_id, code)
            await act(database, world, judging.accept, task_id, code, by=world.actor("C"))
        await on_task(database, world, changing.close, task_id)
        assert (await page(database, world, task_id)).state is TaskState.CLOSED

    async def test_what_was_taken_back_asks_for_nothing(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        await act(database, world, answering.acknowledge, task_id, "A1")
        await act(database, world, answering.ask_extension, task_id, "A1", until=in_days(40), reason="下雪")
        await act(database, world, judging.supervise, task_id, "A1", by=world.actor("C"), reason="慢")
        await act(database, world, judging.recall, task_id, "A1", by=world.actor("A"), reason="派错了")
        shown = (await share_page(database, world, task_id, "A1")).share
        assert (shown.asked_until, shown.supervised) == (None, False)
        assert "task_extension" not in await topics(database, world, "A")

    async def test_given_again_it_begins_from_nothing(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES)).task_id
        await finish(database, world, task_id, "A1")
        await act(database, world, judging.recall, task_id, "A1", by=world.actor("A"), reason="派错了")
        await act(
            database, world, passing_on.pass_on, task_id, "A", to=[unit(world, "A1")], due_at=in_days(9), instruction=""
        )
        shown = await share_page(database, world, task_id, "A1")
        assert (shown.share.state, shown.share.percent, shown.result) == ("issued", 0, "")
        assert (shown.share.acknowledged_at, shown.share.handed_in_at) == (None, None)
        assert [event.action for event in shown.history] == ["acknowledge", "hand_in", "recall", "reissue"]


class TestSupervising:
    async def test_the_leader_is_shown_it(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_TOWNSHIPS)).task_id
        await act(database, world, judging.supervise, task_id, "A", by=world.actor("C"), reason="进展慢")
        leaders = await inbox(database, world, "A", Role.LEADER)
        assert [(item.topic, item.facts["reason"]) for item in leaders] == [("task_supervised", "进展慢")]
        assert (await share_page(database, world, task_id, "A")).share.supervised
        await act(database, world, judging.ease, task_id, "A", by=world.actor("C"))
        assert await inbox(database, world, "A", Role.LEADER) == []


class TestOverdue:
    async def test_it_is_told_once(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(10))).task_id
        await finish(database, world, task_id, "A1")
        county = CountyRef(world.county.id, world.county.unit_id)
        with clock.frozen_at(in_days(11)):
            for _ in range(2):
                async with database.transaction(world.identity) as session:
                    await jobs.tell_overdue(session, county)
            shown = await page(database, world, task_id)
            assert shown.progress.overdue == 5
            assert {s.unit: s.overdue for s in shown.shares} == {"A镇": True, "B镇": True}
            assert not (await share_page(database, world, task_id, "A1")).share.overdue
        (item,) = await inbox(database, world, "A2")
        assert item.facts["overdue"] is True
        async with database.transaction(world.actor("A2").identity) as session:
            told = await session.scalar(select(func.count()).select_from(InboxItem))
        assert told == 2

    async def test_handed_in_late_is_late_for_good(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"), due_at=in_days(10))).task_id
        with clock.frozen_at(in_days(11)):
            await finish(database, world, task_id, "A1")
        assert (await share_of(database, world, task_id, "A1")).late
