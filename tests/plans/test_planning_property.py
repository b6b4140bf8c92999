"""Whatever a unit, its superior and the scheduler do, in whatever order: what is in force is the edition that was
approved last, and every count is a recount."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import JicengError
from plans.planning.models import PlanState
from plans.planning.rules import ItemStanding
from plans.planning.schemas import WorkPlanOut
from tests.plans.planning_steps import YEAR, act, again, beat, begin, breaches, home, line, look, on_item, over, save
from tests.plans.steps import topics
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio


async def one_act(database: Database, world: World, plan: WorkPlanOut, d: random.Random) -> str:
    verb = d.choice(["save", "save", "submit", "submit", "recall", "approve", "approve", "return", "change", "abandon"])
    if d.random() < 0.4:
        verb = d.choice(["progress", "finish", "reopen", "beat"])
    try:
        match verb:
            case "save":
                lines = [again(one) for one in plan.draft or []]
                d.shuffle(lines)
                month = d.randint(1, 11)
                last = f"{month:02}-28"
                fresh = [line(f"事项{d.randint(1, 9)}", last=last) for _ in range(d.randint(0, 2))]
                moved = [again(one, end_on=fresh[0].end_on) for one in (plan.draft or [])[:1] if fresh]
                await save(database, world, plan.id, "A1", [*moved, *lines[: d.randint(0, 4)], *fresh])
            case "progress" | "finish" | "reopen":
                if plan.items:
                    await on_item(database, world, "A1", d.choice(plan.items).id, verb, "记", percent=d.randint(0, 99))
            case "beat":
                await beat(database, world)
            case "approve" | "return":
                await act(database, world, plan.id, "A", verb, "由")
            case _:
                await act(database, world, plan.id, "A1", verb, "由")
    except JicengError as refused:
        return f"{verb}: {type(refused).__name__}"
    return verb


def lines_of(plan: WorkPlanOut) -> list[UUID]:
    return [one.id for one in plan.items]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_in_force_is_what_was_approved(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    world = await make_county_with_people(database, townships=1, villages=1)
    plan_id = await begin(database, world, "A1")
    told: list[str] = []
    at = datetime(YEAR, 1, 1, tzinfo=UTC)
    for _ in range(30):
        at += timedelta(days=dice.randint(1, 20), seconds=1)
        with clock.frozen_at(at):
            before = await look(database, world, plan_id, "A1")
            told.append(await one_act(database, world, before, dice))
            plan = await look(database, world, plan_id, "A1")
            if told[-1] == "approve":
                edition = plan.editions[0]
                assert [(i.id, i.what, i.end_on) for i in plan.items] == [
                    (i.id, i.what, i.end_on) for i in edition.items
                ], told
            else:
                planned = [(i.id, i.what, i.start_on, i.end_on, i.measure) for i in before.items]
                assert [(i.id, i.what, i.start_on, i.end_on, i.measure) for i in plan.items] == planned, told
            counts = {how: sum(1 for i in plan.items if i.standing is how) for how in ItemStanding}
            row = next(one for one in (await over(database, world, "A")).rows if not one.own)
            for said in (plan.counts, row.counts, (await home(database, world, "C")).counts):
                assert (said.total, said.done, said.late, said.under_way) == (
                    len(plan.items),
                    counts[ItemStanding.DONE],
                    counts[ItemStanding.LATE],
                    counts[ItemStanding.UNDER_WAY],
                ), told
            assert plan.in_force == bool(plan.editions), told
            assert (plan.state is PlanState.APPROVED) <= plan.in_force, told
            assert await breaches(database, world) == [], told
            await beat(database, world)
            assert ("plan_late" in await topics(database, world, "A1")) == (counts[ItemStanding.LATE] > 0), told
    assert len({one.split(":")[0] for one in told}) > 5
