"""Whatever people do to a task, in whatever order: no share is due after the one it is a part of, the counters are a
recount, whoever owes has exactly one open item, and whoever owes nothing has none."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest

from kit.db.session import Database
from kit.errors import JicengError
from plans.tasks import answering, changing, judging, passing_on, queries
from plans.tasks.changing import Changes
from plans.tasks.lifecycle import OWED
from plans.tasks.models import AssignmentState
from tests.plans.steps import (
    ALL_TOWNSHIPS,
    ALL_VILLAGES,
    act,
    in_days,
    inbox,
    issue,
    on_task,
    page,
    unit,
)
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
CODES = ("A", "B", "A1", "A2", "B1", "B2")
ABOVE = {"A": "C", "B": "C", "A1": "A", "A2": "A", "B1": "B", "B2": "B"}


async def one_act(database: Database, world: World, task_id: UUID, dice: random.Random) -> str:
    """Something that somebody may or may not do. What is refused changes nothing."""
    code = dice.choice(CODES)
    above = world.actor(ABOVE[code])
    own: dict[str, dict[str, Any]] = {
        "acknowledge": {},
        "report_progress": {"percent": dice.randint(0, 100), "note": ""},
        "hand_in": {"result": "x", "open_reason": dice.choice(("", "y"))},
        "withdraw": {},
        "sign_amendment": {},
        "ask_extension": {"until": in_days(dice.randint(3, 40)), "reason": "x"},
    }
    others: dict[str, dict[str, Any]] = {
        "accept": {},
        "send_back": {"reason": "x"},
        "grant_extension": {"until": dice.choice((None, in_days(dice.randint(3, 40))))},
        "extend": {"until": in_days(dice.randint(3, 40)), "reason": "x"},
        "recall": {"reason": "x"},
    }
    # Taking back ends what it takes back, so it comes up seldom.
    kinds = [kind for kind in (*own, *others) if kind != "recall"]
    what = "recall" if dice.random() < 0.02 else dice.choice([*kinds, "pass_on", *["longer"] * 3, "amend"])
    try:
        if what == "longer":
            await act(database, world, answering.ask_extension, task_id, code, **own["ask_extension"])
            what, others = "grant_extension", {"grant_extension": {}}
        if what in own:
            await act(database, world, getattr(answering, what), task_id, code, **own[what])
        elif what in others:
            await act(database, world, getattr(judging, what), task_id, code, by=above, **others[what])
        elif what == "pass_on":
            to = unit(world, dice.choice(("A1", "A2"))) if code == "A" else ALL_VILLAGES
            due_at = in_days(dice.randint(2, 30))
            await act(database, world, passing_on.pass_on, task_id, code, to=[to], due_at=due_at, instruction="")
        else:
            changes = Changes(due_at=in_days(dice.randint(2, 40)))
            await on_task(database, world, changing.amend, task_id, changes=changes, reason="x")
    except (JicengError, LookupError) as refused:
        return f"{what} of {code}: {type(refused).__name__}"
    return f"{what} of {code}"


async def check(database: Database, world: World, task_id: UUID, told: list[str]) -> None:
    async with database.transaction(world.identity) as session:
        shares = await queries.list_shares(session, county_id=world.county.id, task_id=task_id)
        assert not await queries.list_late_children(session, county_id=world.county.id), told
    counted = (await page(database, world, task_id)).progress.by_state
    recount = {state: sum(share.state is state for share in shares) for state in AssignmentState}
    assert counted == recount, told
    by_unit = {share.unit_id: share for share in shares}
    for code in CODES:
        share = by_unit.get(world.units[code])
        items = [item for item in await inbox(database, world, code) if item.topic == "task"]
        owes = share is not None and share.state in OWED
        assert len(items) == int(owes), (code, told)
        if owes and share is not None:
            assert items[0].due_at == share.due_at, (code, told)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_people_do(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    world = await make_county_with_people(database, townships=2, villages=2)
    to = dice.choice((ALL_VILLAGES, ALL_TOWNSHIPS))
    task_id = (await issue(database, world, to, through=dice.random() < 0.8)).task_id
    told: list[str] = []
    for number in range(60):
        told.append(await one_act(database, world, task_id, dice))
        if number % 5 == 4:
            await check(database, world, task_id, told)
    done = [line for line in told if ":" not in line]
    assert len(done) >= 5, told
