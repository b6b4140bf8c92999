"""小结: what a quarter's words say is how things stood when the quarter ended, whenever they are drafted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kit import clock
from kit.db.session import Database
from plans.planning.errors import DoneBeforeYear, PeriodToCome
from plans.planning.models import SummaryPeriod
from plans.planning.schemas import PlanSummaryOut
from plans.training import announcing
from tests.plans.planning_steps import YEAR, approved, line, on_item, write_summary
from tests.plans.steps import unit
from tests.plans.training_steps import announce, mark, member, on_training, place_of, planned, sessions_of, sign_up
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio


def noon(month: int, day: int) -> datetime:
    """Noon in China."""
    return datetime(YEAR, month, day, 4, tzinfo=UTC)


def words(made: PlanSummaryOut) -> str:
    return "".join(part.text for part in made.sections)


async def test_a_quarter_is_told_as_it_ended(database: Database, world: World) -> None:
    plan = await approved(database, world, "A1", line("走访慰问"), line("就业推荐"), line("年底慰问", first="10-01"))
    visits, jobs, later = plan.items
    with clock.frozen_at(noon(2, 10)):
        await on_item(database, world, "A1", visits.id, "progress", "走访12户。", percent=40)
    with clock.frozen_at(noon(4, 20)):
        await on_item(database, world, "A1", visits.id, "progress", "走访25户。", percent=80)
        await on_item(database, world, "A1", later.id, "progress", "先备物资。", percent=5)
    with clock.frozen_at(noon(5, 30)):
        await on_item(database, world, "A1", visits.id, "finish", "全部走访。", done_on=date(YEAR, 5, 29))
        # The inspection at the end of March was written down late: it belongs to the quarter in which it was done.
        await on_item(database, world, "A1", jobs.id, "finish", "推荐3人。", done_on=date(YEAR, 3, 31))
    with clock.frozen_at(noon(7, 1)):
        first = await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q1)
        second = await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q2)
    q1, q2 = ({one.heading.split("、")[1]: one.text for one in made.sections} for made in (first, second))
    assert "涉及事项2项，已完成1项，正在推进1项" in q1["总体情况"]
    assert "走访慰问（进度40%）：走访12户" in q1["正在推进事项"]
    assert "就业推荐（3月31日完成）" in q1["已完成事项"]
    assert "走访慰问（5月29日完成）：全部走访" in q2["已完成事项"]
    assert "年底慰问（进度5%）：先备物资" in q2["正在推进事项"]


async def test_trainings_are_told_by_who_held_them_and_by_who_came(database: Database, world: World) -> None:
    plans = {code: await approved(database, world, code, line()) for code in ("C", "A1")}
    with clock.frozen_at(noon(2, 10)):
        training_id = await announce(database, world, planned(hours="4.0"), to=[unit(world, "A1")])
        (one,) = await sessions_of(database, world, training_id)
        people = [await member(database, world, "A1", name) for name in ("李", "王")]
        await sign_up(database, world, "A1", one.id, *people)
        await on_training(database, world, announcing.hold, training_id)
        await mark(database, world, one.id, (await place_of(database, world, one.id, people[0])).id)
    with clock.frozen_at(noon(4, 2)):
        told = {
            code: words(await write_summary(database, world, code, plan.id, SummaryPeriod.Q1))
            for code, plan in plans.items()
        }
        second = await write_summary(database, world, "C", plans["C"].id, SummaryPeriod.Q2)
    assert "组织下级工作人员培训1场，参训1人次" in told["C"] and "参加业务培训" not in told["C"]
    assert "参加业务培训1场次、1人，累计4学时" in told["A1"] and "组织下级" not in told["A1"]
    assert "组织下级" not in words(second)


async def test_a_quarter_to_come_is_not_summed_up(database: Database, world: World) -> None:
    plan = await approved(database, world, "A1", line())
    with clock.frozen_at(noon(3, 31)):
        with pytest.raises(PeriodToCome):
            await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q2)
        await write_summary(database, world, "A1", plan.id, SummaryPeriod.Q1)


async def test_nothing_is_done_before_the_year(database: Database, world: World) -> None:
    plan = await approved(database, world, "A1", line())
    with clock.frozen_at(noon(3, 1)), pytest.raises(DoneBeforeYear):
        await on_item(database, world, "A1", plan.items[0].id, "finish", done_on=date(YEAR - 1, 12, 31))


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=1)
