"""A lived county passes; each way of corrupting it is found, and named after what is wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from cli.check import CHECKS, run
from forms.outcome import Row
from kit import clock, seal
from kit.db.session import Database
from kit.embedded import Cluster
from kit.jobs import CountyRef, enqueue
from reporting import fold, review, submissions
from reporting.submissions import CellEdit, HandedIn
from tests.cli.commands import jiceng
from tests.reporting.test_submissions import approved, state_of, submitted
from tests.world import World, make_world

pytestmark = pytest.mark.anyio

PERSON = {"xm": "张三", "sfz": "110101199003070070", "zt": "在办"}


async def with_rows(database: Database, world: World, code: str) -> None:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        given = HandedIn({"pc": "3", "rc": "4"}, {"people": [Row("r1", PERSON)]}, {})
        await submissions.submit(session, actor=actor, submission_id=world.submission(code), version=1, given=given)


async def live(database: Database, world: World) -> None:
    """Every state there is: A's villages approved and handed in, one corrected since; B's in all other states."""
    await approved(database, world, "A1", "A", 5, 6)
    await approved(database, world, "A2", "A", 7, 9)
    await approved(database, world, "A", "C", 1, 1)
    actor = world.actor("A1")
    async with database.transaction(actor.identity) as session:
        await submissions.correct(
            session, actor=actor, submission_id=world.submission("A1"), version=3, reason="漏填一批"
        )
    await approved(database, world, "A1", "A", 6, 6)
    await with_rows(database, world, "B1")
    reviewer, clerk = world.actor("B"), world.actor("B2")
    async with database.transaction(reviewer.identity) as session:
        await review.send_back(
            session, actor=reviewer, submission_id=world.submission("B1"), version=2, reason="请核对", marked=["pc"]
        )
    async with database.transaction(clerk.identity) as session:
        await submissions.save_draft(
            session, actor=clerk, submission_id=world.submission("B2"), edits=[CellEdit("pc", None, "2")]
        )
    await submitted(database, world, "C", 1, 1)
    async with database.transaction(world.identity) as session:
        await seal.seal(session, CountyRef(world.county.id, world.county.unit_id))


@pytest.fixture
async def world(database: Database) -> World:
    world = await make_world(database, townships=2, villages=2)
    await live(database, world)
    return world


@pytest.fixture
async def intruder(servers: Cluster) -> AsyncIterator[AsyncConnection]:
    """Somebody with the superuser's password: no policy and no trigger of ours binds them."""
    engine = create_async_engine(servers.postgres.url("superuser"), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text("SET session_replication_role = replica"))  # foreign keys sleep
        await connection.commit()
        yield connection
    await engine.dispose()


@dataclass(frozen=True)
class Corruption:
    """One thing changed behind the platform's back, and what the check must say of it."""

    statement: str
    check: str
    told: str


#: :county, :cycle; :a1, :b1, :b2, :a, :c are submissions; :unit_a and so on units.
CORRUPTIONS = {
    "a figure of an approved revision": Corruption(
        """UPDATE revision SET cells = jsonb_set(cells, '{pc}', '"99"') WHERE submission_id = :a1 AND no = 2""",
        "revisions", "A1 revision 2: its contribution",
    ),
    "a contribution": Corruption(
        """UPDATE revision SET partials = jsonb_set(partials, '{sum,pc}', '"99"')
           WHERE submission_id = :a1 AND no = 2""",
        "revisions", "A1 revision 2: its contribution",
    ),
    "a figure that is none": Corruption(
        """UPDATE revision SET partials = jsonb_set(partials, '{sum,pc}', '"许多"') WHERE submission_id = :a1""",
        "revisions", "no figure",
    ),
    "somebody's encrypted name": Corruption(
        """UPDATE revision SET rows = CAST(regexp_replace(CAST(rows AS text), '(enc:.{20})..', '\\1zz') AS jsonb)
           WHERE submission_id = :b1""",
        "revisions", "B1 revision 1: its personal values can't be read",
    ),
    "what a township handed in": Corruption(
        """UPDATE revision SET frozen = jsonb_set(frozen, '{sum,pc}', '"99"') WHERE submission_id = :a""",
        "hand-ins", "A revision 1: what was handed in",
    ),
    "the list of what was handed in": Corruption(
        """UPDATE revision SET sources = '[]' WHERE submission_id = :a""",
        "hand-ins", "A revision 1",
    ),
    "a live total": Corruption(
        """UPDATE rollup SET live = jsonb_set(live, '{sum,pc}', '"99"') WHERE unit_id = :unit_a""",
        "rollups", "A: 含待审",
    ),
    "a reported total": Corruption(
        """UPDATE rollup SET reported = jsonb_set(reported, '{sum,pc}', '"99"') WHERE unit_id = :unit_c""",
        "rollups", "已审",
    ),
    "a count of units": Corruption(
        """UPDATE rollup SET counts = jsonb_set(counts, '{village,approved}', '9') WHERE unit_id = :unit_c""",
        "rollups", "counted wrongly",
    ),
    "the mark of a difference": Corruption(
        """UPDATE rollup SET differs = false WHERE unit_id = :unit_a""",
        "rollups", "A: 与上报数不一致",
    ),
    "an approval without a revision": Corruption(
        """UPDATE submission SET state = 'approved' WHERE id = :c""",
        "submissions", "approved, but not what counts",
    ),
    "the number of revisions": Corruption(
        """UPDATE submission SET revision_no = 7 WHERE id = :a1""",
        "submissions", "A1: says 7 revisions and has 2",
    ),
    "a lost revision": Corruption(
        """DELETE FROM revision WHERE submission_id = :b1""",
        "submissions", "B1: says 1 revisions and has 0",
    ),
    "a draft that counts": Corruption(
        """UPDATE submission SET live_revision_id = (SELECT id FROM revision WHERE submission_id = :b1)
           WHERE id = :b1""",
        "submissions", "B1: is returned and something unapproved counts",
    ),
    "an older revision that counts": Corruption(
        """UPDATE submission SET state = 'submitted', approved_revision_id = NULL,
           live_revision_id = (SELECT id FROM revision WHERE submission_id = :a1 AND no = 1) WHERE id = :a1""",
        "submissions", "A1: is submitted, but its newest",
    ),
    "a lost submission": Corruption(
        """DELETE FROM submission WHERE id = :b2""",
        "tree", "B2: owes, and has no submission",
    ),
    "a lost rollup": Corruption(
        """DELETE FROM rollup WHERE unit_id = :unit_b""",
        "tree", "B: a rollup is missing",
    ),
    "a superior who sees nothing": Corruption(
        """UPDATE submission SET place = place[1:1] || place[3:3] WHERE id = :b2""",
        "tree", "B2: a superior can't see",
    ),
    "a draft beside an approval": Corruption(
        """INSERT INTO draft (county_id, id, cells, rows, reasons, zeroed, saved_at, place)
           VALUES (:county, :a1, '{}', '{}', '{}', '[]', now(), ARRAY[CAST(:unit_a1 AS uuid)])""",
        "drafts", "approved",
    ),
    "a mark of a unit that has no rollup": Corruption(
        """INSERT INTO rollup_mark (county_id, id, cycle_id, unit_id, lvl, place)
           VALUES (:county, gen_random_uuid(), :cycle, :unit_a1, 2,
           CAST(ARRAY[:unit_a1, :unit_a, :unit_c] AS uuid[]))""",
        "marks", "A1: a mark outlives",
    ),
    "an audit entry": Corruption(
        """UPDATE audit_entry SET action = 'nothing.happened' WHERE id = (SELECT audit_id FROM audit_seal
           WHERE county_id = :county AND seq = 4) AND county_id = :county""",
        "audit", "broken at link 4",
    ),
    "a link of the chain": Corruption(
        """DELETE FROM audit_seal WHERE county_id = :county AND seq = 5""",
        "audit", "broken at link 5",
    ),
    "an audit entry that was passed over": Corruption(
        """INSERT INTO audit_entry (county_id, id, at, action, subject_kind, result, detail, address, place)
           VALUES (:county, gen_random_uuid(), now() - interval '1 hour', 'x', '', 'ok', '{}', '',
           ARRAY[CAST(:unit_c AS uuid)])""",
        "audit", "passed over 1",
    ),
    "a job that nobody works on": Corruption(
        """UPDATE job SET state = 'running', lease_until = now() - interval '6 minutes' WHERE county_id = :county""",
        "jobs", "runs without a lease",
    ),
}  # fmt: skip


async def corrupt(intruder: AsyncConnection, world: World, statement: str) -> None:
    wanted = {
        "county": world.county.id,
        "cycle": world.opened.id,
        **{code.lower(): world.submission(code) for code in ("A", "A1", "B1", "B2", "C")},
        **{f"unit_{code.lower()}": world.units[code] for code in ("A", "A1", "B", "B1", "B2", "C")},
    }
    prepared = text(statement)
    named = {name: value for name, value in wanted.items() if name in prepared.compile().params}
    done = await intruder.execute(prepared, named)
    assert done.rowcount == 1 or "revision" in statement, "the corruption must hit"
    await intruder.commit()


class TestClean:
    async def test_a_lived_county_passes(self, database: Database, world: World) -> None:
        report = await run(database, world.county.code)
        assert report.ok, report.breaches
        looked_at = {name: number for name, number in report.looked_at.items() if name not in ("marks", "audit")}
        assert looked_at == {
            "tree": 7, "submissions": 7, "revisions": 6, "hand-ins": 1, "archives": 0, "rollups": 3, "drafts": 1,
            "shares": 0, "plans": 0, "places": 0, "files": 0, "jobs": 0,
        }  # fmt: skip
        assert report.looked_at["audit"] > 10 and report.unjudged == 0

    async def test_folding_first_leaves_the_second_run_nothing_to_fold(self, database: Database, world: World) -> None:
        assert (await run(database, world.county.code)).looked_at["marks"] > 0
        assert (await run(database, world.county.code)).looked_at["marks"] == 0

    async def test_entries_that_wait_for_the_sealer_are_no_breach(self, database: Database, world: World) -> None:
        with clock.frozen_at(clock.now() + timedelta(minutes=2)):
            await submitted(database, world, "B2")
        report = await run(database, world.county.code)
        assert report.ok and report.unsealed > 0

    async def test_for_people_and_for_programs(self, database: Database, world: World) -> None:
        shown = jiceng("check", "--county", world.county.code)
        assert shown.exit_code == 0, shown.output
        assert [line.split()[0] for line in shown.stdout.splitlines()[: len(CHECKS)]] == list(CHECKS)
        told = json.loads(jiceng("check", "--county", world.county.code, "--json").stdout)
        assert told["ok"] and [c["name"] for c in told["checks"]] == list(CHECKS)

    async def test_beside_clerks_at_work(self, database: Database, world: World) -> None:
        """Every look sees somebody in the middle of something, and none of it is called a breach."""
        stop = asyncio.Event()

        async def clerk() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                await submitted(database, world, "B2", number % 7, 9)
                actor = world.actor("B2")
                version = (await state_of(database, world, "B2")).version
                async with database.transaction(actor.identity) as session:
                    await submissions.recall(
                        session, actor=actor, submission_id=world.submission("B2"), version=version
                    )

        working = asyncio.create_task(clerk())
        try:
            for _ in range(2):
                report = await run(database, world.county.code)
                assert report.ok, report.breaches
        finally:
            stop.set()
            await working


class TestCorrupted:
    @pytest.mark.parametrize("what", CORRUPTIONS)
    async def test_is_found_and_named(
        self, database: Database, world: World, intruder: AsyncConnection, what: str
    ) -> None:
        async with database.transaction(world.identity) as session:
            await enqueue(session, kind="test.unknown", payload={})
            # Folded before, so that what is corrupted is what a reader would be given.
            await fold.fold(
                session,
                county_unit_id=world.county.unit_id,
                county_id=world.county.id,
                cycle_id=world.opened.id,
                unit_id=world.county.unit_id,
                form=world.compiled,
            )
        corruption = CORRUPTIONS[what]
        await corrupt(intruder, world, corruption.statement)
        report = await run(database, world.county.code)
        told = report.breaches[corruption.check]
        assert any(corruption.told in line for line in told), report.breaches

    async def test_the_command_fails(self, database: Database, world: World, intruder: AsyncConnection) -> None:
        await run(database, world.county.code)
        await corrupt(intruder, world, CORRUPTIONS["a live total"].statement)
        shown = jiceng("check", "--county", world.county.code)
        assert shown.exit_code == 1 and "含待审 is not" in shown.output
        assert not json.loads(jiceng("check", "--county", world.county.code, "--json").stdout)["ok"]
