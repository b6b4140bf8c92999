"""信访交办 on a database: its course, the one extension, reminders once, and who sees what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.jobs import CountyRef
from plans.petitions import errors, service, views
from plans.petitions.filing import DUE, OBJECTED
from plans.petitions.models import Outcome, PetitionClass, PetitionState
from plans.petitions.schemas import PetitionActIn, PetitionAction, PetitionOut
from plans.tasks import answering, changing, judging, passing_on
from plans.tasks import views as task_views
from plans.tasks.models import TaskKind
from plans.tasks.queries import Wanted
from tenancy import sections
from tenancy.errors import SectionInUse, SectionNameTaken
from tenancy.models import Role
from tenancy.principal import Principal
from tests.plans import steps
from tests.plans.steps import ALL_TOWNSHIPS, inbox, issue, petition, topics, unit
from tests.world import World, make_county_with_people
from workflow import queries as workflow_queries
from workflow.errors import ActionNotAllowed, ReasonMissing

pytestmark = pytest.mark.anyio
Act = PetitionAction


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


async def sent(database: Database, world: World, **more: Any) -> UUID:
    return (await issue(database, world, unit(world, "A"), kind=TaskKind.PETITION, title="某人来信", **more)).task_id


async def look(database: Database, actor: Principal, task_id: UUID) -> PetitionOut:
    async with database.transaction(actor.identity) as session:
        return await views.petition_view(session, actor, task_id)


async def act(
    database: Database, world: World, task_id: UUID, action: Act, *, by: Principal | None = None, **more: Any
) -> PetitionOut:
    actor = by or world.actor("A")
    version = more.pop("version", None) or (await look(database, world.actor("C"), task_id)).version
    async with database.transaction(actor.identity) as session:
        given = PetitionActIn(action=action, **more)
        await service.act(session, actor=actor, task_id=task_id, version=version, given=given)
    return await look(database, actor, task_id)


async def made_section(database: Database, world: World, code: str, name: str) -> UUID:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await sections.add_section(session, actor=actor, unit_id=world.units[code], name=name)


class TestCourse:
    async def test_from_acceptance_to_the_review(self, database: Database, world: World) -> None:
        task_id = await sent(database, world, petition=petition(days_ago=5))
        assert (await act(database, world, task_id, Act.ACCEPT)).state is PetitionState.ACCEPTED
        with pytest.raises(errors.DayImpossible):
            await act(database, world, task_id, Act.INFORM, on=clock.today() + timedelta(1))
        await act(database, world, task_id, Act.INFORM)
        with pytest.raises(errors.StepDone):
            await act(database, world, task_id, Act.INFORM)
        with pytest.raises(errors.OutcomeMissing):
            await act(database, world, task_id, Act.CONCLUDE, text="已补发优待金")
        with pytest.raises(ReasonMissing):
            await act(database, world, task_id, Act.CONCLUDE, outcome=Outcome.SUPPORTED)
        done = await act(database, world, task_id, Act.CONCLUDE, text="已补发优待金", outcome=Outcome.SUPPORTED)
        assert (done.state, done.opinion, done.actions) == (PetitionState.CONCLUDED, "已补发优待金", ["tell"])
        await act(database, world, task_id, Act.TELL)
        asked = (await act(database, world, task_id, Act.ASK_REVIEW)).limits[-1]
        assert (asked.code, asked.due_on) == ("answer_review", clock.today() + timedelta(30))
        with pytest.raises(ActionNotAllowed):
            await act(database, world, task_id, Act.ACCEPT)

    async def test_to_accept_is_to_sign(self, database: Database, world: World) -> None:
        task_id = await sent(database, world)
        await act(database, world, task_id, Act.ACCEPT)
        shown = await steps.share_page(database, world, task_id, "A")
        assert (shown.share.state, [event.action for event in shown.history]) == ("acknowledged", ["acknowledge"])
        await act(database, world, task_id, Act.INFORM)
        assert len((await steps.share_page(database, world, task_id, "A")).history) == 1

    async def test_it_stays_with_whom_it_was_sent_to(self, database: Database, world: World) -> None:
        task_id = await sent(database, world)
        shown = await steps.share_page(database, world, task_id, "A")
        assert "pass_on" not in shown.share.actions
        with pytest.raises(errors.PetitionStays):
            await steps.act(
                database, world, passing_on.pass_on, task_id, "A",
                to=[unit(world, "A1")], due_at=clock.now() + timedelta(days=9), instruction="",
            )  # fmt: skip

    async def test_one_extension_of_thirty_days_by_a_leader(self, database: Database, world: World) -> None:
        task_id = await sent(database, world)
        before = await act(database, world, task_id, Act.ACCEPT)
        more: dict[str, Any] = {"text": "需跨县核实", "told": True}
        with pytest.raises(Forbidden):
            await act(database, world, task_id, Act.EXTEND, by=world.actor("A", Role.REVIEWER), days=30, **more)
        for days in (None, 0, 31):
            with pytest.raises(errors.ExtensionDays):
                await act(database, world, task_id, Act.EXTEND, days=days, **more)
        with pytest.raises(ReasonMissing):
            await act(database, world, task_id, Act.EXTEND, days=30)
        after = await act(database, world, task_id, Act.EXTEND, days=30, **more)
        assert after.limits[-1].due_on == before.limits[-1].due_on + timedelta(30)
        assert (after.extended_told, after.extended_by) == (True, "A")
        assert "extend" not in after.actions
        with pytest.raises(errors.ExtendedAlready):
            await act(database, world, task_id, Act.EXTEND, days=1, **more)
        with pytest.raises(Stale):
            await act(database, world, task_id, Act.INFORM, version=1)

    async def test_an_objection_in_time_waits_for_who_sent_it(self, database: Database, world: World) -> None:
        task_id = await sent(database, world)
        with clock.frozen_at(clock.now() + timedelta(days=40)), pytest.raises(errors.ObjectionLate):
            await act(database, world, task_id, Act.OBJECT, text="不属本单位职权")
        shown = await act(database, world, task_id, Act.OBJECT, text="不属本单位职权")
        assert (shown.state, shown.actions) == (PetitionState.OBJECTED, [])
        assert [one.facts["title"] for one in await inbox(database, world, "C")] == [""]
        with pytest.raises(Forbidden):
            await act(database, world, task_id, Act.OVERRULE, text="职责明确")
        back = await act(database, world, task_id, Act.OVERRULE, by=world.actor("C"), text="职责明确")
        assert back.state is PetitionState.ROUTED
        assert await inbox(database, world, "C") == []

    async def test_to_agree_to_an_objection_leaves_nothing_waiting(self, database: Database, world: World) -> None:
        task_id = await sent(database, world)
        await act(database, world, task_id, Act.OBJECT, text="不属本单位职权")
        assert [item.topic for item in await inbox(database, world, "C")] == [OBJECTED]
        await steps.on_task(database, world, changing.recall, task_id, reason="异议成立")
        assert await inbox(database, world, "C") == []
        assert await topics(database, world, "A") == {"task_recalled"}

    async def test_it_is_handed_in_concluded_or_with_a_reason(self, database: Database, world: World) -> None:
        task_id, other = await sent(database, world), await sent(database, world)
        for one in (task_id, other):
            await steps.act(database, world, answering.acknowledge, one, "A")
            with pytest.raises(errors.PetitionRunning):
                await steps.act(database, world, answering.hand_in, one, "A", result="已答复")
        await act(database, world, task_id, Act.ACCEPT)
        await act(database, world, task_id, Act.CONCLUDE, text="已补发", outcome=Outcome.SUPPORTED)
        await steps.act(database, world, answering.hand_in, task_id, "A", result="已答复")
        await steps.act(database, world, answering.hand_in, other, "A", result="已答复", open_reason="信访人撤诉")
        shown = await steps.share_page(database, world, other, "A", by="C")
        assert shown.open_reason == "信访人撤诉"

    async def test_what_a_petition_needs(self, database: Database, world: World) -> None:
        for more in ({"kind": TaskKind.PETITION, "petition": None}, {"petition": petition()}):
            with pytest.raises(errors.PetitionFacts):
                await issue(database, world, unit(world, "A"), **more)
        with pytest.raises(errors.OneHandler):
            await issue(database, world, ALL_TOWNSHIPS, kind=TaskKind.PETITION)
        with pytest.raises(errors.DayImpossible):
            await sent(database, world, petition=petition(days_ago=-1))
        task_id = await sent(database, world, petition=petition(PetitionClass.SUGGESTION))
        shown = await act(database, world, task_id, Act.ACCEPT)
        assert "extend" not in shown.actions and len(shown.limits) == 2
        with pytest.raises(errors.NotAnAppeal):
            await act(database, world, task_id, Act.EXTEND, days=3, text="x")


async def test_each_reminder_is_sent_once_across_restarts(database: Database, world: World) -> None:
    task_id = await sent(database, world)
    begun, county = clock.now(), CountyRef(world.county.id, world.county.unit_id)

    async def told_after(days: int, code: str = "A") -> list[int]:
        for _ in range(2):
            async with database.transaction(world.identity) as session:
                await service.remind(session, county)
        return [one.facts["days_left"] for one in await inbox(database, world, code) if one.topic == DUE]

    assert await told_after(0) == []
    for days, left in ((12, 3), (13, 3), (14, 1), (16, -1)):
        with clock.frozen_at(begun + timedelta(days=days)):
            assert await told_after(days) == [left]
    with clock.frozen_at(begun + timedelta(days=17)):
        assert await told_after(17, "C") == [-1]
        shown = await act(database, world, task_id, Act.INFORM)
        assert {one.code: one.state for one in shown.limits}["inform"] == "late"
        assert await told_after(17) == []
        assert await told_after(17, "C") == []


class TestWhoSees:
    async def test_another_section_finds_nothing(self, database: Database, world: World) -> None:
        ours, others = [await made_section(database, world, "A", name) for name in ("权益股", "就业股")]
        task_id = await sent(database, world)
        share = await steps.share_of(database, world, task_id, "A")
        await steps.act(database, world, passing_on.to_section, task_id, "A", section_id=ours)
        reporter = world.actor("A", Role.REPORTER, Role.REVIEWER)
        within, outside = replace(reporter, section_id=ours), replace(reporter, section_id=others)
        assert (await look(database, within, task_id)).handler == "A镇"
        for hidden in (outside, world.actor("B"), world.actor("A1")):
            with pytest.raises(NotFound):
                await look(database, hidden, task_id)
            async with database.transaction(hidden.identity) as session:
                with pytest.raises(NotFound):
                    await task_views.assignment_view(session, hidden, share.id)
                page = await task_views.received_page(session, hidden, open_only=True, wanted=Wanted(), after=None)
                assert page.items == []
        with pytest.raises(NotFound):
            await act(database, world, task_id, Act.ACCEPT, by=outside)
        with pytest.raises(NotFound):
            await steps.act(database, world, passing_on.to_section, task_id, "A", section_id=UUID(int=1))

    async def test_it_is_in_the_inbox_of_the_section_that_has_it(self, database: Database, world: World) -> None:
        ours, others = [await made_section(database, world, "A", name) for name in ("权益股", "就业股")]
        task_id = await sent(database, world)
        unit_id = world.units["A"]

        async def topics_of(section_id: UUID | None) -> list[str]:
            actor = world.actor("A", Role.REPORTER)
            roles = {unit_id: frozenset({Role.REPORTER.value})}
            sections_of = {} if section_id is None else {unit_id: section_id}
            async with database.transaction(actor.identity) as session:
                found = await workflow_queries.list_inbox(
                    session, principal=actor, roles_by_unit=roles, sections=sections_of
                )
            return [item.topic for item in found]

        assert [await topics_of(one) for one in (None, ours, others)] == [["task"]] * 3
        await steps.act(database, world, passing_on.to_section, task_id, "A", section_id=ours)
        assert [await topics_of(one) for one in (None, ours, others)] == [["task"], ["task"], []]
        county = CountyRef(world.county.id, world.county.unit_id)
        with clock.frozen_at(clock.now() + timedelta(days=13)):
            async with database.transaction(world.identity) as session:
                await service.remind(session, county)
            told = [["petition_due", "task"]] * 2
            assert [sorted(await topics_of(one)) for one in (None, ours, others)] == [*told, []]
        await steps.act(database, world, passing_on.to_section, task_id, "A", section_id=None)
        assert await topics_of(others) == ["task"]

    async def test_nobodys_reasons_leave_the_page(self, database: Database, world: World) -> None:
        task_id = await sent(database, world)
        await steps.act(database, world, judging.supervise, task_id, "A", by=world.actor("C"), reason="涉张某")
        found = await inbox(database, world, "A")
        assert {item.topic for item in found} == {"task", "task_supervised"}
        assert not any("reason" in item.facts for item in found)

    async def test_an_accusation_is_read_by_the_named_section_alone(self, database: Database, world: World) -> None:
        ours = await made_section(database, world, "A", "纪检岗")
        task_id = await sent(database, world, petition=petition(PetitionClass.ACCUSATION), text="检举某站长")
        share = await steps.share_of(database, world, task_id, "A")
        reporter = world.actor("A", Role.REPORTER, Role.REVIEWER)
        leader = world.actor("A", Role.LEADER, Role.REVIEWER)

        async def read(actor: Principal) -> set[str]:
            async with database.transaction(actor.identity) as session:
                one = await task_views.assignment_view(session, actor, share.id)
                task = await task_views.task_view(session, actor, task_id)
                lists = await task_views.received_page(session, actor, open_only=True, wanted=Wanted(), after=None)
            return {one.text, task.text, one.task.title, task.title, *(line.task.title for line in lists.items)}

        assert await read(leader) == {"某人来信", "检举某站长"}
        assert await read(reporter) == {""}
        # It is the leader's to name a section, whom the inbox tells.
        assert [item.role for item in await inbox(database, world, "A")] == ["leader"]
        with pytest.raises(Forbidden):
            await steps.act(database, world, passing_on.to_section, task_id, "A", by=reporter, section_id=ours)
        await steps.act(database, world, answering.acknowledge, task_id, "A", by=leader)
        await steps.act(
            database, world, answering.report_progress, task_id, "A", by=leader, percent=10, note="已约谈张某"
        )
        until = clock.now() + timedelta(days=90)
        await steps.act(
            database, world, answering.ask_extension, task_id, "A", by=leader, until=until, reason="张某外出"
        )
        async with database.transaction(reporter.identity) as session:
            own = (await task_views.task_view(session, reporter, task_id)).own
            shown = await task_views.assignment_view(session, reporter, share.id)
        assert own is not None
        assert {own.note, own.asked_reason, shown.share.note, shown.share.asked_reason} == {""}
        await steps.act(database, world, passing_on.to_section, task_id, "A", by=leader, section_id=ours)
        assert await read(leader) == {""}
        assert await read(replace(reporter, section_id=ours)) == {"某人来信", "检举某站长"}
        assert {item.role for item in await inbox(database, world, "A") if item.topic == "task"} == {"reporter"}
        withheld = await look(database, leader, task_id)
        assert withheld.withheld and withheld.actions == []
        with pytest.raises(ActionNotAllowed):
            await act(database, world, task_id, Act.ACCEPT, by=reporter)


async def test_an_administrator_keeps_sections_and_says_who_stands_where(database: Database, world: World) -> None:
    section_id = await made_section(database, world, "A", "权益股")
    with pytest.raises(SectionNameTaken):
        await made_section(database, world, "A", "权益股")
    above, own, sibling = world.actor("C"), world.actor("A"), world.actor("B")
    membership_id = world.memberships[world.units["A"]]

    async def place(actor: Principal, at: UUID | None) -> None:
        async with database.transaction(actor.identity) as session:
            await sections.place_membership(session, actor=actor, membership_id=membership_id, section_id=at)

    async def close(actor: Principal, *, closed: bool = True) -> None:
        async with database.transaction(actor.identity) as session:
            await sections.close_section(session, actor=actor, section_id=section_id, closed=closed)

    # Nobody places themselves; the unit's own administrator places a colleague.
    with pytest.raises(Forbidden):
        await place(own, section_id)
    await place(replace(own, account_id=world.accounts[world.units["B"]]), section_id)
    await place(above, None)
    with pytest.raises(NotFound):
        await place(sibling, section_id)
    elsewhere = await made_section(database, world, "B", "权益股")
    with pytest.raises(NotFound):
        await place(above, elsewhere)
    await place(above, section_id)
    with pytest.raises(SectionInUse):
        await close(own)
    await place(above, None)
    with pytest.raises(Forbidden):
        await close(world.actor("A", Role.REVIEWER))
    await close(own)
    with pytest.raises(NotFound):
        await place(above, section_id)
    await close(own, closed=False)
    await place(above, section_id)
