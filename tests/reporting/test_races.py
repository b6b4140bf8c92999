"""Two people at the same moment: one of them wins, the other is told, and no figure is lost or counted twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from random import Random

import pytest
from sqlalchemy import func, select

from kit.db.session import Database
from kit.jobs import CountyRef
from reporting import exports, jobs, review, submissions
from reporting.errors import BeingReviewed
from reporting.models import Cycle, Revision, RollupMark, SubmissionState
from reporting.submissions import CellEdit, HandedIn
from reporting.workbook.lines import LineKind
from tests.reporting.steps import open_period, prove, totals
from tests.reporting.test_submissions import read, state_of, submitted
from tests.world import World, make_world
from workflow.bulk import Outcome
from workflow.errors import ActionNotAllowed
from workflow.models import TransitionEntry

pytestmark = pytest.mark.anyio
ROUNDS = range(4)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


async def at_once(*acts: Awaitable[object]) -> list[str]:
    """What became of each: `ok`, or the refusal's code. Anything else is a failure of the test."""
    told: list[str] = []
    for outcome in await asyncio.gather(*acts, return_exceptions=True):
        code = getattr(outcome, "code", None) if isinstance(outcome, Exception) else "ok"
        if code is None:
            raise AssertionError(outcome) from outcome  # type: ignore[misc] # what gather gives back may be any exception
        told.append(str(code))
    return told


async def approve(database: Database, world: World, code: str, version: int) -> None:
    actor = world.actor(code[0] if len(code) > 1 else "C")
    async with database.transaction(actor.identity) as session:
        await review.approve(session, actor=actor, submission_id=world.submission(code), version=version)


async def send_back(database: Database, world: World, code: str, version: int) -> None:
    actor = world.actor(code[0])
    async with database.transaction(actor.identity) as session:
        await review.send_back(
            session, actor=actor, submission_id=world.submission(code), version=version, reason="核对"
        )


async def claim(database: Database, world: World, code: str, version: int) -> None:
    actor = world.actor(code[0])
    async with database.transaction(actor.identity) as session:
        await review.claim(session, actor=actor, submission_id=world.submission(code), version=version)


async def recall(database: Database, world: World, code: str, version: int) -> None:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        await submissions.recall(session, actor=actor, submission_id=world.submission(code), version=version)


async def submit(database: Database, world: World, code: str, version: int, pc: int) -> None:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        await submissions.submit(
            session,
            actor=actor,
            submission_id=world.submission(code),
            version=version,
            given=HandedIn({"pc": str(pc), "rc": str(pc)}, {}, {}),
            missing_reason="其余未报",
        )


async def actions(database: Database, world: World, code: str) -> list[str]:
    async with database.transaction(world.identity) as session:
        statement = select(TransitionEntry.action).where(TransitionEntry.subject_id == world.submission(code))
        return list(await session.scalars(statement.order_by(TransitionEntry.version)))


@pytest.mark.parametrize("number", ROUNDS)
async def test_one_reviewer_approves_while_another_returns(database: Database, world: World, number: int) -> None:
    version = await submitted(database, world, "A1", 5, 5)
    told = await at_once(approve(database, world, "A1", version), send_back(database, world, "A1", version))
    assert sorted(told) == ["ok", "stale"]
    state = (await state_of(database, world, "A1")).state
    assert state is (SubmissionState.APPROVED if told[0] == "ok" else SubmissionState.RETURNED)
    assert await totals(database, world, "A") == (None, "5" if told[0] == "ok" else None, False)


@pytest.mark.parametrize("number", ROUNDS)
async def test_the_village_recalls_while_a_reviewer_begins(database: Database, world: World, number: int) -> None:
    version = await submitted(database, world, "A1", 5, 5)
    told = await at_once(recall(database, world, "A1", version), claim(database, world, "A1", version))
    assert sorted(told) == ["ok", "stale"]
    submission = await state_of(database, world, "A1")
    assert (submission.claimed_until is None) is (told[0] == "ok")
    with pytest.raises(ActionNotAllowed if told[0] == "ok" else BeingReviewed):
        await recall(database, world, "A1", submission.version)


@pytest.mark.parametrize("number", ROUNDS)
async def test_two_devices_submit(database: Database, world: World, number: int) -> None:
    told = await at_once(*(submit(database, world, "A1", 1, pc) for pc in (1, 2, 4)))
    assert sorted(told) == ["ok", "stale", "stale"]
    assert await actions(database, world, "A1") == ["submit"]
    assert (await totals(database, world, "A"))[1] == str((1, 2, 4)[told.index("ok")])


async def test_one_device_saves_while_another_submits(database: Database, world: World) -> None:
    actor = world.actor("A1")

    async def save() -> None:
        async with database.transaction(actor.identity) as session:
            await submissions.save_draft(
                session, actor=actor, submission_id=world.submission("A1"), edits=[CellEdit("pc", None, "9")]
            )

    told = await at_once(save(), submit(database, world, "A1", 1, 1))
    assert told in (["ok", "stale"], ["action_not_allowed", "ok"])


@pytest.mark.parametrize("number", ROUNDS)
async def test_bulk_approvals_in_opposite_orders(database: Database, number: int) -> None:
    world = await make_world(database, townships=1, villages=8)
    codes = [f"A{n}" for n in range(1, 9)]
    lines = [(world.submission(code), await submitted(database, world, code)) for code in codes]
    actor = world.actor("A")

    async def approve_all(order: int) -> Sequence[Outcome]:
        async with database.transaction(actor.identity) as session:
            return await review.approve_many(session, actor=actor, submissions=dict(lines[::order]))

    both = await asyncio.gather(approve_all(1), approve_all(-1))
    won = [outcome.subject_id for outcomes in both for outcome in outcomes if outcome.refused is None]
    assert sorted(won) == sorted(submission_id for submission_id, _ in lines)
    assert await totals(database, world, "A") == (None, "8", False)


@pytest.mark.parametrize("number", ROUNDS)
async def test_a_hand_in_while_villages_are_approved_lists_what_it_counted(database: Database, number: int) -> None:
    """Whatever the moment, the figures handed in are those of the revisions it names; the others are missing."""
    world = await make_world(database, townships=1, villages=6)
    versions = {f"A{n}": await submitted(database, world, f"A{n}", 1 << n, 1 << n) for n in range(1, 7)}
    told = await at_once(
        submit(database, world, "A", 1, 0), *(approve(database, world, code, v) for code, v in versions.items())
    )
    assert set(told) == {"ok"}
    async with database.transaction(world.identity) as session:
        found = (await session.scalars(select(Revision))).all()
    handed_in = next(revision for revision in found if revision.submission_id == world.submission("A"))
    assert handed_in.frozen is not None and handed_in.sources is not None
    listed = {source["revision_id"] for source in handed_in.sources}
    counted = sum(int(revision.cells["pc"]) for revision in found if str(revision.id) in listed)
    assert handed_in.frozen["sum"]["pc"] == str(counted)
    await prove(database, world)


async def test_an_export_while_figures_change_adds_up(database: Database) -> None:
    world = await make_world(database, townships=2, villages=2)
    stop = asyncio.Event()
    rng = Random(7)

    async def clerks(code: str) -> None:
        actor = world.actor(code)
        while not stop.is_set():
            async with database.transaction(actor.identity) as session:
                submission = await read(session, world, code)
            if submission.state == SubmissionState.SUBMITTED:
                await recall(database, world, code, submission.version)
            else:
                await submit(database, world, code, submission.version, rng.randint(0, 99))

    changing = [asyncio.create_task(clerks(code)) for code in ("A1", "A2", "B1")]
    try:
        for _ in range(15):
            async with database.session(world.identity) as session, session.begin():
                sheet = await exports.read_sheet(
                    session,
                    county_id=world.county.id,
                    cycle_id=world.opened.id,
                    unit_id=world.county.unit_id,
                    basis="live",
                )
            figures = dict.fromkeys(LineKind, 0)
            for line in sheet.lines:
                figures[line.kind] += int((line.cells or {}).get("pc") or 0)
            assert figures[LineKind.TOTAL] == figures[LineKind.SUBTOTAL] == figures[LineKind.UNIT]
    finally:
        stop.set()
        await asyncio.gather(*changing)


async def test_cycles_open_once_while_the_worker_folds(database: Database, world: World) -> None:
    county = CountyRef(world.county.id, world.county.unit_id)
    await submitted(database, world, "A1", 5, 5)

    async def fold() -> None:
        async with database.transaction(world.identity) as session:
            await jobs.fold_marked(session, county)

    await asyncio.gather(*(open_period(database, world, "2026-11") for _ in range(3)), *(fold() for _ in range(3)))
    await fold()
    async with database.transaction(world.identity) as session:
        assert await session.scalar(select(func.count()).select_from(Cycle)) == 2
        assert await session.scalar(select(func.count()).select_from(RollupMark)) == 0
    await prove(database, world)
