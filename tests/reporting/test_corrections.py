"""更正: what was approved is opened for a new revision, and goes on counting until that is handed in."""

from __future__ import annotations

import pytest

from kit.db.session import Database
from reporting import review, submissions
from reporting.models import SubmissionState
from reporting.submissions import CellEdit
from tenancy.models import Role
from tests.reporting.test_submissions import approved, state_of, submitted
from tests.world import World, make_world
from workflow.errors import ActionNotAllowed
from workflow.queries import list_inbox

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


class TestCorrect:
    async def correct(self, database: Database, world: World, version: int) -> int:
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            return await submissions.correct(
                session,
                actor=actor,
                submission_id=world.submission("A1"),
                version=version,
                reason="漏报一批",
            )

    async def test_what_was_approved_goes_on_counting(self, database: Database, world: World) -> None:
        await self.correct(database, world, await approved(database, world, "A1", "A", 5, 6))
        submission = await state_of(database, world, "A1")
        assert submission.state is SubmissionState.DRAFT
        assert submission.live_revision_id == submission.approved_revision_id is not None

    async def test_a_returned_correction_leaves_the_approval(self, database: Database, world: World) -> None:
        await self.correct(database, world, await approved(database, world, "A1", "A", 5, 6))
        before = (await state_of(database, world, "A1")).approved_revision_id
        version = await submitted(database, world, "A1", 6, 7)
        assert (await state_of(database, world, "A1")).live_revision_id != before
        reviewer = world.actor("A")
        async with database.transaction(reviewer.identity) as session:
            await review.send_back(
                session,
                actor=reviewer,
                submission_id=world.submission("A1"),
                version=version,
                reason="说明依据",
            )
        submission = await state_of(database, world, "A1")
        assert submission.live_revision_id == submission.approved_revision_id == before

    async def test_abandoning_goes_back_to_the_approval(self, database: Database, world: World) -> None:
        version = await self.correct(database, world, await approved(database, world, "A1", "A", 5, 6))
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            await submissions.abandon(session, actor=actor, submission_id=world.submission("A1"), version=version)
        assert (await state_of(database, world, "A1")).state is SubmissionState.APPROVED

    async def test_nothing_to_abandon_in_a_first_draft(self, database: Database, world: World) -> None:
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            saved = await submissions.save_draft(
                session, actor=actor, submission_id=world.submission("A1"), edits=[CellEdit("pc", None, "1")]
            )
        with pytest.raises(ActionNotAllowed):
            async with database.transaction(actor.identity) as session:
                await submissions.abandon(
                    session, actor=actor, submission_id=world.submission("A1"), version=saved.version
                )

    async def test_a_recalled_correction_is_told_as_one(self, database: Database, world: World) -> None:
        """The unit goes on writing, and nothing is missing: what was approved stands."""
        await self.correct(database, world, await approved(database, world, "A1", "A", 5, 6))
        version = await submitted(database, world, "A1", 6, 7)
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            await submissions.recall(session, actor=actor, submission_id=world.submission("A1"), version=version)
        async with database.transaction(actor.identity) as session:
            roles = {actor.unit_id: frozenset(role.value for role in Role)}
            (item,) = await list_inbox(session, principal=actor, roles_by_unit=roles)
        assert (item.topic, item.facts["correction"]) == ("fill", True)
