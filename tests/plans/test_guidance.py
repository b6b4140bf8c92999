"""调研指导: written down, answered, a finding becomes a rectification; and who has not been visited for how long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from plans.follow_up.rules import FollowState
from plans.guidance import service, views
from plans.guidance.errors import FindingsElsewhere, FindingTasked, VisitAhead
from plans.guidance.models import VisitKind, VisitState
from plans.guidance.queries import Wanted
from plans.guidance.schemas import VisitedUnits, VisitOut
from plans.guidance.service import Found, Given, Visitor
from plans.tasks import answering, judging
from tenancy.models import Role
from tenancy.tiers import Tier
from tests.plans.steps import act as on_share
from tests.plans.steps import topics
from tests.world import World, make_county_with_people
from workflow.errors import ActionNotAllowed, ReasonMissing

pytestmark = pytest.mark.anyio
WHO = (Visitor("张镇长", "镇长"),)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


async def do(
    database: Database, world: World, command: Callable[..., Awaitable[Any]], code: str = "A", **given: Any
) -> Any:
    actor = world.actor(code, *given.pop("roles", ()))
    async with database.transaction(actor.identity) as session:
        return await command(session, actor=actor, **given)


async def visit(database: Database, world: World, unit: str = "A1", code: str = "A", **more: Any) -> UUID:
    kind = VisitKind.LEADER if unit == code else VisitKind.GUIDANCE
    values: dict[str, Any] = {"kind": kind, "visited_on": clock.today(), "people": WHO, "text": "查看台账。", **more}
    given = Given(unit_id=world.units[unit], **values)
    return await do(database, world, service.record, code, given=given)  # type: ignore[no-any-return] # the helper runs any command


async def look(database: Database, world: World, visit_id: UUID, code: str = "A") -> VisitOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await views.visit_view(session, actor, visit_id)


async def act(database: Database, world: World, visit_id: UUID, code: str, action: str, text: str = "") -> None:
    version = (await look(database, world, visit_id, "C")).version
    await do(database, world, service.act, code, visit_id=visit_id, version=version, action=action, text=text)


async def units(database: Database, world: World, code: str, **more: Any) -> VisitedUnits:
    actor = world.actor(code)
    wanted = {"year": clock.today().year, "tier": None, "anybody": False, **more}
    async with database.transaction(actor.identity) as session:
        return await views.visited_units(session, actor, **wanted)


async def test_a_finding_becomes_a_rectification_and_the_visit_shows_it_done(database: Database, world: World) -> None:
    due = clock.today() + timedelta(days=30)
    visit_id = await visit(database, world, findings=[Found("莫𡐓村台账不全", due), Found("制度未上墙")])
    assert await topics(database, world, "A1") == {"visit_recorded"}
    first, _ = (await look(database, world, visit_id, "A1")).found
    assert (first.tasked, first.follow) == (False, None)
    task_id = new_id()
    with pytest.raises(Forbidden):
        await do(database, world, service.to_task, "A1", finding_id=first.id, made=new_id())
    with pytest.raises(Forbidden):
        await do(database, world, service.to_task, "C", finding_id=first.id, made=new_id())
    with pytest.raises(NotFound):
        await do(database, world, service.to_task, "B", finding_id=first.id, made=new_id())
    await do(database, world, service.to_task, finding_id=first.id, made=task_id)
    with pytest.raises(FindingTasked):
        await act(database, world, visit_id, "A", "void", "写错了")
    await on_share(database, world, answering.acknowledge, task_id, "A1")
    await on_share(database, world, answering.hand_in, task_id, "A1", result="已补齐")
    seen = await look(database, world, visit_id)
    assert seen.found[0].follow is not None
    assert (seen.found[0].follow.state, seen.rectified) == (FollowState.HANDED_IN, 0)
    await on_share(database, world, judging.accept, task_id, "A1", by=world.actor("A"))
    for code in ("A", "A1", "C"):
        seen = await look(database, world, visit_id, code)
        assert seen.found[0].follow is not None
        assert (seen.found[0].follow.state, seen.findings, seen.rectified) == (FollowState.DONE, 2, 1)


async def test_the_station_answers_and_a_mistake_is_taken_back(database: Database, world: World) -> None:
    visit_id = await visit(database, world)
    assert (await look(database, world, visit_id, "A1")).actions == ["answer"]
    with pytest.raises(ReasonMissing):
        await act(database, world, visit_id, "A1", "answer", " ")
    await act(database, world, visit_id, "A1", "answer", "立即整改。")
    assert await topics(database, world, "A") == {"visit_answered"}
    assert (await look(database, world, visit_id)).answer == "立即整改。"
    await act(database, world, visit_id, "A", "void", "单位选错")
    gone = await look(database, world, visit_id)
    assert (gone.state, gone.actions) == (VisitState.VOID, [])
    with pytest.raises(ActionNotAllowed):
        await act(database, world, visit_id, "A1", "answer", "补充")
    # What was taken back counts nowhere.
    assert (await units(database, world, "A")).items[0].last_on is None


async def test_who_writes_down_what_of_whom(database: Database, world: World) -> None:
    for unit, code in (("B1", "A"), ("C", "A"), ("A2", "A1")):
        with pytest.raises(NotFound):
            await visit(database, world, unit, code)
    with pytest.raises(NotFound):
        await visit(database, world, "A", "A", kind=VisitKind.GUIDANCE)
    with pytest.raises(FindingsElsewhere):
        await visit(database, world, "A", "A", findings=[Found("问题")])
    with pytest.raises(Forbidden):
        await do(
            database,
            world,
            service.record,
            roles=(Role.ADMINISTRATOR,),
            given=Given(VisitKind.LEADER, world.units["A"], clock.today(), WHO),
        )
    # One o'clock in the morning in China is yesterday in UTC; tomorrow there is not yet.
    with clock.frozen_at(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):
        await visit(database, world, visited_on=date(2027, 1, 1))
        with pytest.raises(VisitAhead):
            await visit(database, world, visited_on=date(2027, 1, 2))


async def test_others_see_nothing(database: Database, world: World) -> None:
    guided, leaders = await visit(database, world), await visit(database, world, "A1", "A1")
    for visit_id in (guided, leaders):
        for code in ("A2", "B", "B1"):
            with pytest.raises(NotFound):
                await look(database, world, visit_id, code)
    actor = world.actor("B")
    async with database.transaction(actor.identity) as session:
        assert (await views.visit_page(session, actor, wanted=Wanted(), after=None)).items == []


async def test_never_visited_first_then_the_longest_ago(database: Database, world: World) -> None:
    today = date(2026, 11, 20)
    with clock.frozen_at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        await visit(database, world, "A1", "A", visited_on=today - timedelta(days=400))
        await visit(database, world, "A1", "A", visited_on=today - timedelta(days=3))
        await visit(database, world, "A2", "C", visited_on=today - timedelta(days=1))
        await visit(database, world, "A", "A", visited_on=today)
        seen = await units(database, world, "A")
        assert [(one.unit_id, one.days, one.guided) for one in seen.items] == [
            (world.units["A2"], None, 0),
            (world.units["A1"], 3, 1),
        ]
        assert (seen.own.leaders, seen.own.guided) == (1, 0)
        # The county's own, and by anybody; a year in which nobody came still knows the last day.
        own = {one.unit_id: one.days for one in (await units(database, world, "C", tier=Tier.VILLAGE)).items}
        assert own == {world.units["A1"]: None, world.units["A2"]: 1, world.units["B1"]: None, world.units["B2"]: None}
        by_all = (await units(database, world, "C", tier=Tier.VILLAGE, anybody=True)).items
        assert [one.days for one in by_all] == [None, None, 3, 1]
        assert {one.unit_id for one in (await units(database, world, "C")).items} == {
            world.units["A"],
            world.units["B"],
        }
        before = await units(database, world, "A", year=2025)
        assert [(one.guided, one.days) for one in before.items] == [(0, None), (1, 3)]
