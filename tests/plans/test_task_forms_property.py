"""Whatever people do to a task's shares and to the reports that they carry, in whatever order: the two say the same,
rollups equal their recomputation, and whoever owes has exactly one open item."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from kit.db.session import Database
from kit.errors import JicengError
from plans.tasks import answering, changing, judging, passing_on, queries
from plans.tasks.changing import Changes
from plans.tasks.lifecycle import OWED
from reporting import behalf, granting, review, submissions
from reporting.submissions import HandedIn
from tests.plans import form_steps as on
from tests.plans.steps import ALL_TOWNSHIPS, ALL_VILLAGES, act, in_days, inbox, on_task, topics
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
CODES = ("A", "B", "A1", "A2", "B1", "B2")
ABOVE = {"A": "C", "B": "C", "A1": "A", "A2": "A", "B1": "B", "B2": "B"}

Command = Callable[..., Awaitable[Any]]


def acts(dice: random.Random) -> dict[str, tuple[Command, dict[str, Any], str]]:
    """On a report: command, what it is given, and from where it is done."""
    given = HandedIn({"c1": str(dice.randint(0, 9)), "c2": "1.5"}, {}, {})
    until = in_days(dice.randint(3, 60))
    return {
        "submit": (submissions.submit, {"given": given, "missing_reason": dice.choice(("", "外出"))}, "own"),
        "zero": (submissions.submit, {"zero": True}, "own"),
        "recall": (submissions.recall, {}, "own"),
        "correct": (submissions.correct, {"reason": "x"}, "own"),
        "abandon": (submissions.abandon, {}, "own"),
        "approve": (review.approve, {}, "above"),
        "return": (review.send_back, {"reason": "x"}, "above"),
        "return_through": (review.return_through, {"reason": "x"}, "county"),
        "fill_for": (behalf.fill, {"basis": "电话", "given": given}, "above"),
        "extend": (granting.extend, {"until": until, "reason": "x"}, "above"),
        "exempt": (granting.exempt, {"reason": "x"}, "county"),
        "require": (granting.require, {}, "county"),
    }


async def one_act(database: Database, world: World, task_id: UUID, dice: random.Random) -> str:
    """Something that somebody may or may not do. What is refused changes nothing."""
    code = dice.choice(CODES)
    on_reports = acts(dice)
    on_shares: dict[str, tuple[Command, dict[str, Any], str]] = {
        "acknowledge": (answering.acknowledge, {}, "own"),
        "hand_in": (answering.hand_in, {"result": "x"}, "own"),
        "ask": (answering.ask_extension, {"until": in_days(dice.randint(3, 60)), "reason": "x"}, "own"),
        "grant": (judging.grant_extension, {}, "above"),
        "give_time": (judging.extend, {"until": in_days(dice.randint(3, 60)), "reason": "x"}, "above"),
        "recall_share": (judging.recall, {"reason": "x"}, "above"),
    }
    weights = {"submit": 5, "approve": 5, "recall_share": 0.3, "exempt": 0.5}
    what = dice.choices(
        kinds := [*on_reports, *on_shares, "save", "amend", "urge"], [weights.get(kind, 1) for kind in kinds]
    )[0]
    try:
        if what in on_reports:
            command, more, side = on_reports[what]
            by = {"own": code, "above": ABOVE[code], "county": "C"}[side]
            await on.on_report(database, world, command, code, by=by, **more)
        elif what in on_shares:
            command, more, side = on_shares[what]
            by = {"own": code, "above": ABOVE[code]}[side]
            await act(database, world, command, task_id, code, by=world.actor(by), **more)
        elif what == "save":
            await on.save(database, world, code, c1=str(dice.randint(0, 9)))
        elif what == "urge":
            async with database.transaction(world.identity) as session:
                await passing_on.urge(session, actor=world.actor("C"), task_id=task_id)
        else:
            changes = Changes(due_at=in_days(dice.randint(2, 50)))
            await on_task(database, world, changing.amend, task_id, changes=changes, reason="x")
    except (JicengError, KeyError, LookupError) as refused:
        return f"{what} of {code}: {type(refused).__name__}"
    return f"{what} of {code}"


async def check(database: Database, world: World, task_id: UUID, told: list[str]) -> None:
    await on.prove(database, world, task_id)
    async with database.transaction(world.identity) as session:
        shares = await queries.list_shares(session, county_id=world.county.id, task_id=task_id)
        assert not await queries.list_late_children(session, county_id=world.county.id), told
    by_unit = {share.unit_id: share for share in shares}
    for code in CODES:
        items = [item for item in await inbox(database, world, code) if item.topic in ("task", "fill")]
        share = by_unit.get(world.units[code])
        # A correction that is being written has an item too; its share stands accepted.
        owes = share is not None and share.state in OWED
        writing = not owes and bool(items) and items[0].facts.get("correction")
        assert writing or len(items) == int(owes), (code, told)
        if owes and share is not None:
            assert items[0].due_at == share.due_at, (code, told)


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_people_do(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    world = await make_county_with_people(database, townships=2, villages=2)
    to = dice.choice(((ALL_VILLAGES,), (ALL_VILLAGES, ALL_TOWNSHIPS)))
    task_id = await on.ask(database, world, *to, through=dice.random() < 0.8)
    told: list[str] = []
    for number in range(70):
        told.append(await one_act(database, world, task_id, dice))
        if number % 10 == 9:
            await check(database, world, task_id, told)
    ending = dice.choice((changing.close, changing.recall))
    await on_task(database, world, ending, task_id, reason="x")
    await on.prove(database, world, task_id)
    for code in ("C", *CODES):
        assert not await topics(database, world, code) & {"fill", "task", "review", "task_review", "task_extension"}, (
            told
        )
    assert sum(":" not in line for line in told) >= 8, told
