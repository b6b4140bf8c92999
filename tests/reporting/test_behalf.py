"""代报、代改: on the record, told to the unit, open to its objection; and its own draft is never lost."""

from __future__ import annotations

import pytest

from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from reporting import asides, behalf, checking, closing_views, queries, review, submission_views, submissions
from reporting.errors import ChecksFailed
from reporting.models import BehalfKind, Revision, SubmissionState
from reporting.schemas import SubmissionOut
from reporting.submissions import CellEdit, HandedIn
from tests.reporting.steps import approve, hand_in, person, prove, totals
from tests.reporting.test_submissions import open_topics, read, state_of
from tests.world import World, make_world
from workflow.errors import ActionNotAllowed, ReasonMissing

pytestmark = pytest.mark.anyio
FIVE = {"pc": "5", "rc": "5"}


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database, townships=2, villages=2)


async def fill(database: Database, world: World, by: str = "A", basis: str = "王主任电话报送") -> None:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, "A1")).version
        await behalf.fill(
            session,
            actor=actor,
            submission_id=world.submission("A1"),
            version=version,
            basis=basis,
            given=HandedIn(FIVE, {"people": [person()]}, {}),
        )


async def mend(database: Database, world: World, before: str = "5", after: str = "4", by: str = "A") -> None:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, "A1")).version
        await behalf.mend(
            session,
            actor=actor,
            submission_id=world.submission("A1"),
            version=version,
            basis="与台账不符",
            edits=[CellEdit("pc", before, after)],
        )


async def type_draft(database: Database, world: World, value: str) -> None:
    owner = world.actor("A1")
    async with database.transaction(owner.identity) as session:
        seen = await submission_views.submission_view(session, owner, world.submission("A1"), locale="zh-CN")
        edits = [CellEdit("pc", seen.cells.get("pc"), value)]
        await submissions.save_draft(session, actor=owner, submission_id=world.submission("A1"), edits=edits)


async def view(database: Database, world: World, code: str = "A1") -> SubmissionOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await submission_views.submission_view(session, actor, world.submission("A1"), locale="zh-CN")


async def newest(database: Database, world: World) -> Revision:
    async with database.transaction(world.identity) as session:
        found = await queries.list_revisions(session, county_id=world.county.id, submission_id=world.submission("A1"))
    return found[0]


async def drafts_are_sound(database: Database, world: World) -> None:
    findings = checking.Findings()
    await checking.check_drafts(database, world.county, findings)
    assert findings.breaches["drafts"] == []


class TestFilling:
    async def test_counts_waits_for_review_and_is_told(self, database: Database, world: World) -> None:
        await fill(database, world)
        revision = await newest(database, world)
        assert (revision.behalf_kind, revision.behalf_unit_name, revision.behalf_basis, revision.submitter_name) == (
            BehalfKind.FILLED,
            "A镇",
            "王主任电话报送",
            "A",
        )
        assert (await state_of(database, world, "A1")).state is SubmissionState.SUBMITTED
        assert await open_topics(database, world, "A1") == {"behalf"}
        assert "review" in await open_topics(database, world, "A")
        seen = await view(database, world)
        assert seen.behalf is not None and seen.behalf.unit_name == "A镇" and "object" in seen.actions
        await approve(database, world, "A1", "A")
        assert (await totals(database, world, "A"))[1] == "5"

    async def test_may_be_the_countys(self, database: Database, world: World) -> None:
        await fill(database, world, by="C")
        assert (await newest(database, world)).behalf_unit_name == "测试县"

    async def test_needs_a_basis_and_is_of_those_above(self, database: Database, world: World) -> None:
        with pytest.raises(ReasonMissing):
            await fill(database, world, basis=" ")
        with pytest.raises(NotFound):
            await fill(database, world, by="B")
        with pytest.raises(Forbidden):
            await fill(database, world, by="A1")

    async def test_is_checked_like_any_report(self, database: Database, world: World) -> None:
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            with pytest.raises(ChecksFailed):
                await behalf.fill(
                    session,
                    actor=actor,
                    submission_id=world.submission("A1"),
                    version=1,
                    basis="电话",
                    given=HandedIn({"pc": "5", "rc": "4"}, {}, {}),
                )

    async def test_a_unit_with_subordinates_hands_in_itself(self, database: Database, world: World) -> None:
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            with pytest.raises(ActionNotAllowed):
                await behalf.fill(
                    session,
                    actor=actor,
                    submission_id=world.submission("A"),
                    version=1,
                    basis="电话",
                    given=HandedIn(FIVE, {}, {}),
                )


class TestMending:
    async def test_keeps_before_and_after_and_goes_to_review_again(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", FIVE, person())
        await approve(database, world, "A1", "A")
        await mend(database, world)
        assert (await state_of(database, world, "A1")).state is SubmissionState.SUBMITTED
        assert await open_topics(database, world, "A1") == {"behalf"}
        reader = world.actor("A1")
        async with database.transaction(reader.identity) as session:
            found = await closing_views.changes_page(session, reader, world.submission("A1"))
        latest = found.items[0]
        assert (latest.behalf_kind, latest.reason) == ("mended", "与台账不符")
        assert ("pc", "5", "4") in {(c.code, c.before, c.after) for c in latest.changes}
        assert not any(c.table for c in latest.changes), "rows stay as they were"
        await prove(database, world)

    async def test_refuses_what_the_sender_did_not_see(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", FIVE)
        with pytest.raises(Stale):
            await mend(database, world, before="9")
        with pytest.raises(ActionNotAllowed):
            await mend(database, world, after="5")


class TestObjecting:
    async def test_stands_until_it_is_answered(self, database: Database, world: World) -> None:
        await fill(database, world)
        owner, reviewer, submission_id = world.actor("A1"), world.actor("A"), world.submission("A1")
        async with database.transaction(owner.identity) as session:
            version = (await read(session, world, "A1")).version
            version = await behalf.object_to(
                session, actor=owner, submission_id=submission_id, version=version, reason="本月只有3批"
            )
            with pytest.raises(ActionNotAllowed):
                await behalf.object_to(
                    session, actor=owner, submission_id=submission_id, version=version, reason="再说一次"
                )
        assert "objection" in await open_topics(database, world, "A")
        async with database.transaction(reviewer.identity) as session:
            await behalf.answer(
                session, actor=reviewer, submission_id=submission_id, version=version, reason="已退回，请改后重报"
            )
        assert "objection" not in await open_topics(database, world, "A")
        assert await open_topics(database, world, "A1") == {"objection_answered"}
        seen = await view(database, world)
        assert seen.objection is not None
        assert (seen.objection.reason, seen.objection.answer) == ("本月只有3批", "已退回，请改后重报")

    async def test_is_only_of_what_was_done_on_behalf(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", FIVE)
        owner = world.actor("A1")
        async with database.transaction(owner.identity) as session:
            version = (await read(session, world, "A1")).version
            with pytest.raises(ActionNotAllowed):
                await behalf.object_to(
                    session, actor=owner, submission_id=world.submission("A1"), version=version, reason="不对"
                )


class TestTheUnitsOwnDraft:
    async def test_is_set_aside_shown_and_taken_up(self, database: Database, world: World) -> None:
        await type_draft(database, world, "3")
        await fill(database, world)
        await drafts_are_sound(database, world)
        seen = await view(database, world)
        assert seen.cells["pc"] == "5" and seen.aside is not None and seen.aside.cells["pc"] == "3"
        assert (await view(database, world, "A")).aside is None
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            version = (await read(session, world, "A1")).version
            await review.send_back(
                session, actor=actor, submission_id=world.submission("A1"), version=version, reason="按你村的数"
            )
        await type_draft(database, world, "6")
        seen = await view(database, world)
        assert seen.cells["pc"] == "6" and seen.aside is not None and seen.aside.cells["pc"] == "3"
        owner = world.actor("A1")
        async with database.transaction(owner.identity) as session:
            await asides.take_up(session, actor=owner, submission_id=world.submission("A1"))
        seen = await view(database, world)
        assert seen.cells["pc"] == "3" and seen.aside is None
        await drafts_are_sound(database, world)

    async def test_is_thrown_away_by_the_unit_alone(self, database: Database, world: World) -> None:
        await type_draft(database, world, "3")
        await fill(database, world)
        for code in ("A", "C"):
            actor = world.actor(code)
            async with database.transaction(actor.identity) as session:
                with pytest.raises(Forbidden):
                    await asides.discard(session, actor=actor, submission_id=world.submission("A1"))
        owner = world.actor("A1")
        async with database.transaction(owner.identity) as session:
            await asides.discard(session, actor=owner, submission_id=world.submission("A1"))
        assert (await view(database, world)).aside is None
