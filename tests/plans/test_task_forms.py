"""附表: a task that carries a form. Its answers are reports like any other; shares stand where their reports stand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select, update

from forms.fields import OverUnits
from forms.models import Form
from forms.on_the_spot import SpotField, SpotKind
from forms.queries import list_forms, list_published
from kit.db.session import Database
from kit.errors import Forbidden, NotFound
from plans.tasks import answering, changing, issuing, judging, passing_on
from plans.tasks.changing import Changes
from plans.tasks.checking import check_shares
from plans.tasks.errors import DeadlineBeyond, ReportDecides, TableConfidential, TableNotFor
from plans.tasks.models import Assignment, AssignmentState, TaskKind, TaskState
from plans.tasks.table_schemas import TableIn
from plans.tasks.tables import Table
from reporting import closing, cycles, granting
from reporting.carried.errors import FiguresCount, TaskDecides
from reporting.errors import CycleClosed, SubordinatesMissing
from reporting.models import Cycle, CycleUnit
from reporting.reminders import remind
from tenancy.models import Role
from tests.plans import form_steps as on
from tests.plans.steps import (
    ALL_VILLAGES,
    act,
    in_days,
    inbox,
    issue,
    on_task,
    page,
    share_of,
    share_page,
    topics,
    unit,
)
from tests.world import World, make_county_with_people, open_form

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


async def ask(database: Database, world: World, *to: Any, **more: Any) -> UUID:
    """A task with the small table to these units; the world turns to its cycle."""
    return await on.ask(database, world, *to, **more)


class TestAsking:
    async def test_the_frozen_tree_is_the_addressees_and_those_between(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, unit(world, "A1"), unit(world, "B2"))
        async with database.transaction(world.identity) as session:
            found = (await session.scalars(select(CycleUnit).where(CycleUnit.cycle_id == world.opened.id))).all()
        codes = {unit_id: code for code, unit_id in world.units.items()}
        seen = {codes[one.unit_id]: (one.parent_id and codes[one.parent_id], one.lvl, one.asked) for one in found}
        assert seen == {
            "C": (None, 0, False),
            "A": ("C", 1, False), "B": ("C", 1, False),
            "A1": ("A", 2, True), "B2": ("B", 2, True),
        }  # fmt: skip
        for code in ("A", "B", "A1", "B2"):
            assert (await share_of(database, world, task_id, code)).id == world.submission(code)
        assert await topics(database, world, "A1") == {"fill"}
        assert [item.facts["task_id"] for item in await inbox(database, world, "A1")] == [str(task_id)]
        assert await topics(database, world, "A2") == set()
        await on.prove(database, world, task_id)

    async def test_it_stays_out_of_the_catalogue_and_of_the_plan(self, database: Database, world: World) -> None:
        await ask(database, world, ALL_VILLAGES)
        async with database.transaction(world.identity) as session:
            assert await list_forms(session, county_id=world.county.id) == []
            assert list(await list_published(session, county_id=world.county.id)) == []
            assert await cycles.open_due(session, world.county) == []
            assert await session.scalar(select(func.count()).select_from(Form)) == 1

    async def test_past_the_township_the_village_answers_to_the_county(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, unit(world, "A1"), through=False)
        await on.hand_in(database, world, "A1", c1="3", c2="1.5")
        with pytest.raises(Forbidden):
            await on.approve(database, world, "A1", by="A")
        await on.approve(database, world, "A1", by="C")
        assert (await share_of(database, world, task_id, "A1")).state is AssignmentState.ACCEPTED
        assert (await on.totals(database, world, "C"))["c1"] == ("3", "3")
        await on.prove(database, world, task_id)

    async def test_a_township_asks_its_own_villages(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, ALL_VILLAGES, by=world.actor("A"))
        assert set(world.submissions) == {world.units["A1"], world.units["A2"]}
        for code, number in (("A1", "2"), ("A2", "5")):
            await on.hand_in(database, world, code, c1=number, c2="0")
            await on.approve(database, world, code, by="A")
        assert (await on.totals(database, world, "A"))["c1"] == ("7", "7")
        with pytest.raises(NotFound):
            await on.totals(database, world, "B")
        await on_task(database, world, changing.close, task_id, by=world.actor("A"))
        await on.prove(database, world, task_id)

    async def test_a_form_of_the_catalogue_is_asked_once(self, database: Database, world: World) -> None:
        await open_form(database, world)
        version_id, before = world.opened.form_version_id, world.opened.id
        task_id = await on.ask(database, world, ALL_VILLAGES, table=Table(form_version_id=version_id))
        assert world.opened.id != before and world.opened.form_version_id != version_id
        assert (await page(database, world, task_id)).table is not None
        await on.hand_in(database, world, "A1", pc="1", rc="2")
        assert (await share_of(database, world, task_id, "A1")).state is AssignmentState.HANDED_IN
        async with database.transaction(world.identity) as session:
            assert len(await list_forms(session, county_id=world.county.id)) == 1
        copy = (await page(database, world, task_id)).table
        assert copy is not None
        with pytest.raises(TableNotFor):  # what is kept with a task is not chosen for another
            await on.ask(database, world, ALL_VILLAGES, table=Table(form_version_id=copy.form_version_id))

    async def test_a_petition_carries_no_table(self, database: Database, world: World) -> None:
        with pytest.raises(TableConfidential):
            await ask(database, world, ALL_VILLAGES, kind=TaskKind.PETITION)

    async def test_a_short_notice_opens_nothing_before_the_leader_agrees(
        self, database: Database, world: World
    ) -> None:
        reviewer = world.actor("C", Role.REVIEWER)
        issued = await issue(
            database, world, ALL_VILLAGES, by=reviewer, due_at=in_days(0.5), table=on.SMALL, kind=TaskKind.DATA
        )
        assert issued.state is TaskState.AWAITING
        table = (await page(database, world, issued.task_id)).table
        assert table is not None and table.cycle_id is None and table.fields == 3
        await on_task(database, world, issuing.confirm, issued.task_id)
        await on.turn_to(database, world, issued.task_id)
        assert await topics(database, world, "A1") == {"fill"}

    async def test_opening_costs_the_same_whatever_the_number_of_units(self, database: Database, world: World) -> None:
        one = await on.statements_of(database, world, unit(world, "A1"))
        all_of_them = await on.statements_of(database, world, ALL_VILLAGES)
        assert all_of_them == one < 50

    @pytest.mark.parametrize(
        "table",
        [
            {},
            {"fields": [{"name": " "}]},
            {"fields": [{"name": "户数"}, {"name": "户数"}]},
            {"fields": [{"name": "类别", "kind": "choice", "choices": ["一"]}]},
            {"fields": [{"name": "户数", "total": "computed"}]},
            {"fields": [{"name": "户"}], "form_version_id": str(UUID(int=1))},
        ],
    )
    def test_what_is_no_table_is_refused(self, table: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            TableIn.model_validate(table)


class TestAnswering:
    async def test_reporting_is_handing_in_and_approving_is_accepting(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, ALL_VILLAGES)

        async def state(code: str) -> str:
            await on.prove(database, world, task_id)
            return (await share_of(database, world, task_id, code)).state.value

        await act(database, world, answering.acknowledge, task_id, "A1")
        assert await state("A1") == "acknowledged"
        await on.save(database, world, "A1", c1="3")
        assert await state("A1") == "in_progress"
        await on.hand_in(database, world, "A1", c1="3", c2="2.50", c3="两户=外出")
        assert await state("A1") == "handed_in"
        assert await topics(database, world, "A1") == set()
        await on.recall(database, world, "A1")
        assert await state("A1") == "in_progress"
        assert await topics(database, world, "A1") == {"fill"}
        await on.hand_in(database, world, "A1", c1="4", c2="2.50")
        await on.send_back(database, world, "A1", by="A")
        assert await state("A1") == "returned"
        assert (await share_of(database, world, task_id, "A1")).return_reason == "核对"
        await on.hand_in(database, world, "A1", c1="5", c2="2.50")
        await on.approve(database, world, "A1", by="A")
        assert await state("A1") == "accepted"
        await on.correct(database, world, "A1")
        assert await state("A1") == "accepted"  # what was approved goes on counting
        await on.hand_in(database, world, "A1", c1="6", c2="2.50")
        assert await state("A1") == "handed_in"
        await on.send_back(database, world, "A1", by="A")
        assert await state("A1") == "returned"
        await on.abandon(database, world, "A1")
        assert await state("A1") == "accepted"
        assert (await on.totals(database, world, "A"))["c1"][0] == "5"
        actions = [event.action for event in (await share_page(database, world, task_id, "A1")).history]
        assert actions[:4] == ["acknowledge", "begin", "hand_in", "withdraw"]

    async def test_a_township_hands_in_by_the_rules_of_reporting(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, ALL_VILLAGES)
        for code in ("A1", "A2"):
            await on.hand_in(database, world, code, c1="2", c2="1")
        await on.approve(database, world, "A1", by="A")
        with pytest.raises(SubordinatesMissing):
            await on.hand_in(database, world, "A")
        await on.hand_in(database, world, "A", missing_reason="A2村外出")
        share = await share_of(database, world, task_id, "A")
        assert (share.state, share.open_reason) == (AssignmentState.HANDED_IN, "A2村外出")
        await on.approve(database, world, "A", by="C")
        assert (await on.totals(database, world, "C"))["c1"] == ("4", "2")
        await on.prove(database, world, task_id)

    async def test_the_share_alone_can_not_be_handed_in(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, ALL_VILLAGES)
        await act(database, world, answering.acknowledge, task_id, "A1")
        for command, code, more in (
            (answering.hand_in, "A1", {"result": "x"}),
            (answering.report_progress, "A1", {"percent": 5, "note": ""}),
            (passing_on.pass_on, "A", {"to": [unit(world, "A1")], "due_at": in_days(3), "instruction": ""}),
        ):
            with pytest.raises(ReportDecides):
                await act(database, world, command, task_id, code, **more)
        assert "hand_in" not in (await share_page(database, world, task_id, "A1")).share.actions

    async def test_exempt_is_taken_back_and_required_is_asked_again(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, ALL_VILLAGES)
        await on.on_report(database, world, granting.exempt, "A1", by="C", reason="已撤并")
        assert (await share_of(database, world, task_id, "A1")).state is AssignmentState.RECALLED
        assert await topics(database, world, "A1") == set()
        await on.on_report(database, world, granting.require, "A1", by="C")
        assert (await share_of(database, world, task_id, "A1")).state is AssignmentState.ISSUED
        await act(database, world, judging.recall, task_id, "A2", by=world.actor("C"), reason="不涉及")
        assert await topics(database, world, "A2") == {"task_recalled"}
        await on.on_report(database, world, granting.require, "A2", by="C")
        assert await topics(database, world, "A2") == {"fill"}, "asked again, it is not taken back any more"
        await act(database, world, judging.recall, task_id, "A2", by=world.actor("C"), reason="不涉及")
        await on.hand_in(database, world, "A1", c1="1", c2="1")
        with pytest.raises(FiguresCount):
            await act(database, world, judging.recall, task_id, "A", by=world.actor("C"), reason="x")
        await on.approve(database, world, "A1", by="A")
        await on.hand_in(database, world, "A")  # nothing of A2 is missing
        await on.prove(database, world, task_id)


class TestDeadline:
    async def test_there_is_one(self, database: Database, world: World) -> None:
        until = in_days(20)
        task_id = await ask(database, world, ALL_VILLAGES, due_at=until)
        later, latest = in_days(30), in_days(40)
        with pytest.raises(DeadlineBeyond):  # past the township's own
            await on.on_report(database, world, granting.extend, "A1", by="A", until=later, reason="雨")
        await on.on_report(database, world, granting.extend, "A", by="C", until=latest, reason="雨")
        await act(database, world, answering.ask_extension, task_id, "A1", until=later, reason="雨")
        await act(database, world, judging.grant_extension, task_id, "A1", by=world.actor("A"))
        due = {code: (await on.report_of(database, world, code)).due_at for code in ("A", "A1", "A2")}
        assert due == {"A": latest, "A1": later, "A2": until}
        assert [item.due_at for item in await inbox(database, world, "A1")] == [later]
        await on.prove(database, world, task_id)
        cut = in_days(5)
        await on_task(database, world, changing.amend, task_id, changes=Changes(due_at=cut), reason="提前")
        assert {(await on.report_of(database, world, code)).due_at for code in ("A", "A1", "B", "B2")} == {cut}
        assert {item.due_at for item in await inbox(database, world, "B2")} == {cut}
        await on.prove(database, world, task_id)

    async def test_urging_and_reminding_are_the_same_item(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, ALL_VILLAGES)
        async with database.transaction(world.actor("A").identity) as session:
            await passing_on.urge(session, actor=world.actor("A"), task_id=task_id)
        (item,) = await inbox(database, world, "A1")
        assert (item.topic, item.facts["urged_by"]) == ("fill", "A")
        async with database.transaction(world.actor("A").identity) as session:
            await remind(session, actor=world.actor("A"), cycle_id=world.opened.id, unit_ids=None)
        assert len(await inbox(database, world, "A1")) == 1


class TestEnding:
    async def test_recalled_stops_the_reports(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, ALL_VILLAGES)
        await on.hand_in(database, world, "A1", c1="1", c2="1")
        await on.save(database, world, "A2", c1="1")
        await on_task(database, world, changing.recall, task_id, reason="重发")
        for code in ("A", "A1", "A2", "B1"):
            assert await topics(database, world, code) == {"task_recalled"}
        with pytest.raises(CycleClosed):
            await on.hand_in(database, world, "A2", c1="1", c2="1")
        with pytest.raises(TaskDecides):
            await on.on_report(database, world, granting.reopen, "A2", by="C", reason="x")
        await on.prove(database, world, task_id)

    async def test_closed_with_the_task_alone(self, database: Database, world: World) -> None:
        task_id = await ask(database, world, unit(world, "A1"))
        county = world.actor("C")
        commands: tuple[tuple[Any, dict[str, Any]], ...] = ((closing.close, {}), (closing.unclose, {"reason": "x"}))
        for command, more in commands:
            with pytest.raises(TaskDecides):
                async with database.transaction(county.identity) as session:
                    await command(session, actor=county, cycle_id=world.opened.id, version=1, **more)
        await on.hand_in(database, world, "A1", c1="1", c2="1")
        await on.approve(database, world, "A1", by="A")
        await on.hand_in(database, world, "A")
        await on.approve(database, world, "A", by="C")
        await on_task(database, world, changing.close, task_id)
        async with database.transaction(world.identity) as session:
            cycle = (await session.scalars(select(Cycle).where(Cycle.id == world.opened.id))).one()
        assert cycle.closed_at is not None
        with pytest.raises(CycleClosed):
            await on.correct(database, world, "A1")
        await on.prove(database, world, task_id)


async def test_a_share_that_says_otherwise_than_its_report_is_a_breach(database: Database, world: World) -> None:
    task_id = await ask(database, world, ALL_VILLAGES)
    share = await share_of(database, world, task_id, "A1")
    async with database.transaction(world.identity) as session:
        moved = {"state": AssignmentState.ACCEPTED, "due_at": in_days(99)}
        await session.execute(update(Assignment).where(Assignment.id == share.id).values(**moved))
        _, faults = await check_shares(session, county_id=world.county.id)
    assert len(faults) == 2 and all("A1村" in fault for fault in faults)


def test_a_number_is_added_up_and_text_is_listed() -> None:
    form = on.compiled(
        SpotField("户数"),
        SpotField("平均年龄", SpotKind.DECIMAL, "岁", OverUnits.AVERAGE),
        SpotField("备注 | x", SpotKind.TEXT),
        SpotField("类别", SpotKind.CHOICE, choices=("甲", "乙")),
    )
    fields = {field.name().zh: field for field in form.definition.fields}
    assert list(fields) == ["户数", "平均年龄", "备注 | x", "类别"]
    assert [field.over_units.value for field in fields.values()] == ["sum", "average", "list", "list"]
    assert [field.required for field in fields.values()] == [True, True, False, True]
    assert form.definition.zero_report is None  # a choice has to be made
    assert on.compiled(SpotField("户数")).definition.zero_report is not None
