"""A rollup equals its recomputation whatever order things happen in, on real connections at once.

The same drill is run against two folds that are known to be wrong; if it did not catch them it would prove nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from kit.db.session import Database
from kit.errors import JicengError
from reporting import (
    behalf,
    checking,
    closing,
    fold,
    granting,
    queries,
    recompute,
    review,
    rollup_queries,
    signing,
    submissions,
)
from reporting.models import SignOffSteps
from reporting.rollup_queries import Contribution
from reporting.submissions import CellEdit, HandedIn
from tests.reporting import broken_folds
from tests.reporting.steps import choose_steps
from tests.world import World, make_world

pytestmark = pytest.mark.anyio

FoldFunction = Callable[..., Awaitable[list[Contribution]]]


#: Every transition, and how often it is tried: those that move figures more than others.
WEIGHTS = {
    "save": 3,
    "submit": 9,
    "recall": 3,
    "prepare": 9,
    "check": 6,
    "sign": 9,
    "decline": 2,
    "withdraw": 1,
    "claim": 3,
    "release": 3,
    "approve": 7,
    "return": 3,
    "correct": 5,
    "abandon": 5,
    "extend": 1,
    "fill_for": 3,
    "mend": 3,
    "exempt": 6,
    "require": 2,
    "return_through": 4,
    "close": 2,
    "unclose": 6,
    "reopen": 3,
    "reclose": 3,
}
#: A grant and the act that ends it.
TAKEN_BACK = {"exempt": "require", "reopen": "reclose"}
ACTS = [act for act, weight in WEIGHTS.items() for _ in range(weight)]
SIGNING_ACTS = ("prepare", "check", "sign", "decline", "withdraw")
#: Who signs inside before handing in: a township and two villages; B2 without a check.
SIGNERS = {
    "A1": SignOffSteps.CHECK_AND_SIGN,
    "B": SignOffSteps.CHECK_AND_SIGN,
    "B2": SignOffSteps.SIGN,
}
#: Those of the county's reviewer, whatever the unit.
COUNTY_ACTS = ("exempt", "require", "return_through", "close", "unclose", "reopen", "reclose")


class Drill:
    """Clerks and reviewers who do random things to one cycle, beside readers who fold."""

    def __init__(self, database: Database, world: World, folding: FoldFunction, rng: Random) -> None:
        self.database = database
        self.world = world
        self.folding = folding
        self.rng = rng
        self.done: dict[str, int] = {}
        self.granted: dict[str, list[str]] = {}
        self.stale_reads = 0

    async def run(self, *, clerks: int, acts: int, readers: int) -> None:
        stop = asyncio.Event()
        reading = [asyncio.create_task(self._reader(stop)) for _ in range(readers)]
        await asyncio.gather(*(self._clerk(acts) for _ in range(clerks)))
        stop.set()
        await asyncio.gather(*reading)

    async def _clerk(self, acts: int) -> None:
        for _ in range(acts):
            act = self.rng.choice(ACTS)
            # What was granted to few is taken back from those few.
            among = self.granted.get(act) or list(SIGNERS if act in SIGNING_ACTS else self.world.units)
            code = self.rng.choice(among)
            try:
                await self._act(code, act)
            except JicengError:
                continue
            self.done[act] = self.done.get(act, 0) + 1
            if act in TAKEN_BACK:
                self.granted.setdefault(TAKEN_BACK[act], []).append(code)

    async def _act(self, code: str, act: str) -> None:
        world, submission_id = self.world, self.world.submission(code)
        owner = world.actor(code)
        above = world.actor(code[0] if len(code) > 1 else "C")
        actor = above if act in ("claim", "release", "approve", "return", "extend", "fill_for", "mend") else owner
        if act in COUNTY_ACTS:
            actor = world.actor("C")
        async with self.database.transaction(actor.identity) as session:
            filed = await queries.get_filed(session, county_id=world.county.id, submission_id=submission_id)
            version = filed.submission.version
            match act:
                case "submit":
                    pc = self.rng.randint(0, 50)
                    cells = {
                        "pc": str(pc),
                        "rc": str(pc + self.rng.randint(0, 9)),
                        "hi": str(self.rng.randint(0, 99)),
                        "av": str(self.rng.randint(0, 9)),
                    }
                    await submissions.submit(
                        session,
                        actor=actor,
                        submission_id=submission_id,
                        version=version,
                        given=HandedIn(cells, {}, {}),
                        missing_reason="其余未报",
                    )
                case "prepare":
                    typed = str(self.rng.randint(0, 50))
                    await signing.prepare(
                        session,
                        actor=actor,
                        submission_id=submission_id,
                        version=version,
                        given=HandedIn({"pc": typed, "rc": typed}, {}, {}),
                        missing_reason="其余未报",
                    )
                case "check" | "sign" | "withdraw":
                    step = {"check": signing.check, "sign": signing.sign, "withdraw": signing.withdraw}[act]
                    await step(session, actor=actor, submission_id=submission_id, version=version)
                case "decline":
                    await signing.decline(
                        session, actor=actor, submission_id=submission_id, version=version, reason="数字不对"
                    )
                case "return":
                    await review.send_back(
                        session, actor=actor, submission_id=submission_id, version=version, reason="核对"
                    )
                case "close" | "unclose":
                    cycle = await queries.get_cycle(session, county_id=world.county.id, cycle_id=world.opened.id)
                    if act == "close":
                        await closing.close(session, actor=actor, cycle_id=cycle.id, version=cycle.version)
                    else:
                        await closing.unclose(
                            session, actor=actor, cycle_id=cycle.id, version=cycle.version, reason="漏报"
                        )
                case "fill_for":
                    told = str(self.rng.randint(0, 50))
                    await behalf.fill(
                        session,
                        actor=actor,
                        submission_id=submission_id,
                        version=version,
                        basis="电话",
                        given=HandedIn({"pc": told, "rc": told}, {}, {}),
                    )
                case "mend":
                    seen = filed.newest.cells["rc"] if filed.newest else None
                    await behalf.mend(
                        session,
                        actor=actor,
                        submission_id=submission_id,
                        version=version,
                        basis="笔误",
                        edits=[CellEdit("rc", seen, str(self.rng.randint(60, 99)))],
                    )
                case "extend":
                    until = filed.submission.due_at + timedelta(days=1)
                    await granting.extend(
                        session, actor=actor, submission_id=submission_id, version=version, until=until, reason="停电"
                    )
                case "exempt" | "reopen":
                    grant = granting.exempt if act == "exempt" else granting.reopen
                    await grant(session, actor=actor, submission_id=submission_id, version=version, reason="核定")
                case "require" | "reclose":
                    end = granting.require if act == "require" else granting.reclose
                    await end(session, actor=actor, submission_id=submission_id, version=version)
                case "return_through":
                    await review.return_through(
                        session, actor=actor, submission_id=submission_id, version=version, reason="核对"
                    )
                case "correct":
                    await submissions.correct(
                        session, actor=actor, submission_id=submission_id, version=version, reason="更正"
                    )
                case "recall":
                    await submissions.recall(session, actor=actor, submission_id=submission_id, version=version)
                case "abandon":
                    await submissions.abandon(session, actor=actor, submission_id=submission_id, version=version)
                case "save":
                    edits = [CellEdit("pc", None, "1")]
                    await submissions.save_draft(session, actor=actor, submission_id=submission_id, edits=edits)
                case "release":
                    await review.release(session, actor=actor, submission_id=submission_id, version=version)
                case "claim":
                    await review.claim(session, actor=actor, submission_id=submission_id, version=version)
                case _:
                    await review.approve(session, actor=actor, submission_id=submission_id, version=version)

    async def _reader(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            code = self.rng.choice(("C", "A", "B"))
            async with self.database.transaction(self.world.actor(code).identity) as session:
                await self._fold(session, self.world.units[code])
            await asyncio.sleep(0)

    async def _fold(self, session: AsyncSession, unit_id: UUID) -> None:
        await self.folding(
            session,
            county_unit_id=self.world.county.unit_id,
            county_id=self.world.county.id,
            cycle_id=self.world.opened.id,
            unit_id=unit_id,
            form=self.world.compiled,
        )

    async def wrong_units(self) -> list[str]:
        """Fold to the end, then list the units whose stored rollup differs from the recomputation."""
        world = self.world
        async with self.database.transaction(world.identity) as session:
            await self._fold(session, world.county.unit_id)
        async with self.database.transaction(world.identity) as session:
            evidence = await recompute.gather(
                session, county_id=world.county.id, cycle_id=world.opened.id, form=world.compiled
            )
            stored = await rollup_queries.list_rollups(session, county_id=world.county.id, cycle_id=world.opened.id)
            marks = await rollup_queries.count_marks(session, county_id=world.county.id, cycle_id=world.opened.id)
        assert marks == 0
        return recompute.differences(evidence, stored)


async def drill(database: Database, folding: FoldFunction, seed: int) -> Drill:
    world = await make_world(database, townships=2, villages=3)
    for code, steps in SIGNERS.items():
        await choose_steps(database, world, code, steps)
    made = Drill(database, world, folding, Random(seed))
    await made.run(clerks=5, acts=180, readers=2)
    return made


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_whatever_happens_rollups_equal_their_recomputation(database: Database, seed: int) -> None:
    made = await drill(database, fold.fold, seed)
    assert await made.wrong_units() == []
    findings = checking.Findings()
    await checking.check_cycle(database, made.world.county, made.world.opened, "tiny", findings)
    assert not any(findings.breaches.values()), findings.breaches
    assert findings.looked_at["archives"] == made.done["close"]
    # Which rare act meets its rare state hangs on the interleaving; each seed leaves out two of twenty-four at most.
    assert len(set(ACTS) - set(made.done)) <= 2, "the drill did nearly everything"


async def read_races(database: Database, folding: FoldFunction, rounds: int) -> int:
    """How often a county reader is served an old total after a village's change has committed.

    Two readers fold at the moment a change commits: the second must not be served what the first is still writing.
    """
    world = await make_world(database, townships=1, villages=2)
    submission_id, owner = world.submission("A1"), world.actor("A1")
    stale = 0
    form: CompiledForm = world.compiled

    async def read_total() -> str | None:
        async with database.transaction(world.actor("C").identity) as session:
            family = await folding(
                session,
                county_unit_id=world.county.unit_id,
                county_id=world.county.id,
                cycle_id=world.opened.id,
                unit_id=world.county.unit_id,
                form=form,
            )
            unit = next(c for c in family if c.unit_id == world.county.unit_id)
            children = [c for c in family if c.parent_id == world.county.unit_id]
            return fold.fold_unit(form, unit, children).live["sum"].get("pc")

    for number in range(1, rounds + 1):
        async with database.transaction(owner.identity) as session:
            version = (
                await queries.get_filed(session, county_id=world.county.id, submission_id=submission_id)
            ).submission.version
            if number > 1:
                version = await submissions.recall(session, actor=owner, submission_id=submission_id, version=version)
            await submissions.submit(
                session,
                actor=owner,
                submission_id=submission_id,
                version=version,
                given=HandedIn({"pc": str(number), "rc": str(number)}, {}, {}),
            )
        totals = await asyncio.gather(*(read_total() for _ in range(4)))
        stale += sum(1 for total in totals if total != str(number))
    return stale


async def test_a_read_after_a_commit_sees_it(database: Database) -> None:
    assert await read_races(database, fold.fold, 15) == 0


async def test_the_drill_catches_a_fold_that_skips_locked_rows(database: Database) -> None:
    assert await read_races(database, broken_folds.skip_locked, 15) > 0


async def lost_updates(database: Database, early: FoldFunction, late: FoldFunction, rounds: int) -> int:
    """How often an update is lost for good when one fold began before a change and another after it.

    Each round ends quiet, everything folded: what is wrong then stays wrong.
    """
    world = await make_world(database, townships=1, villages=2)
    first, second = (Drill(database, world, folding, Random(0)) for folding in (early, late))
    owner, submission_id = world.actor("A1"), world.submission("A1")

    async def hand_in(value: int) -> None:
        async with database.transaction(owner.identity) as session:
            filed = await queries.get_filed(session, county_id=world.county.id, submission_id=submission_id)
            version = filed.submission.version
            if filed.submission.live_revision_id is not None:
                version = await submissions.recall(session, actor=owner, submission_id=submission_id, version=version)
            await submissions.submit(
                session,
                actor=owner,
                submission_id=submission_id,
                version=version,
                given=HandedIn({"pc": str(value), "rc": str(value)}, {}, {}),
            )

    async def fold_township(by: Drill) -> None:
        async with database.transaction(world.identity) as session:
            await by._fold(session, world.units["A"])

    lost = 0
    for number in range(rounds):
        await hand_in(2 * number + 1)
        begun = asyncio.create_task(fold_township(first))
        await asyncio.sleep(0.03)
        await hand_in(2 * number + 2)
        await fold_township(second)
        await begun
        lost += len(await second.wrong_units()) > 0
    return lost


async def test_no_update_is_lost(database: Database) -> None:
    assert await lost_updates(database, fold.fold, fold.fold, 6) == 0


async def test_the_drill_catches_a_fold_in_one_statement(database: Database) -> None:
    """Its snapshot is older than its lock: what it writes last may be what was read first."""
    early = partial(broken_folds.one_statement, pause=0.15)
    assert await lost_updates(database, early, broken_folds.one_statement, 6) > 0
