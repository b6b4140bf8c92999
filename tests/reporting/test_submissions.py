"""The submission's commands, as a specification: a class per command."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from reporting import queries, review, submissions
from reporting.errors import BeingReviewed, ChecksFailed, SubordinatesMissing
from reporting.explaining import reason_key
from reporting.models import Draft, Revision, Submission, SubmissionState
from reporting.submissions import CellEdit, HandedIn
from tenancy.models import Role
from tenancy.principal import Principal
from tests.world import World, make_world
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.models import InboxItem, TransitionEntry
from workflow.queries import list_inbox

pytestmark = pytest.mark.anyio


def figures(pc: int, rc: int) -> HandedIn:
    return HandedIn({"pc": str(pc), "rc": str(rc)}, {}, {})


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


async def submitted(database: Database, world: World, code: str, pc: int = 1, rc: int = 2) -> int:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        given = figures(pc, rc)
        done = await submissions.submit(
            session,
            actor=actor,
            submission_id=world.submission(code),
            version=version,
            given=HandedIn(given.cells, {"people": []}, {}),
            zero=False,
            missing_reason="其余村电话报送",
        )
    return done.version


async def approved(database: Database, world: World, code: str, by: str, pc: int = 1, rc: int = 2) -> int:
    version = await submitted(database, world, code, pc, rc)
    reviewer = world.actor(by)
    async with database.transaction(reviewer.identity) as session:
        return await review.approve(session, actor=reviewer, submission_id=world.submission(code), version=version)


async def read(session: AsyncSession, world: World, code: str) -> Submission:
    filed = await queries.get_filed(session, county_id=world.county.id, submission_id=world.submission(code))
    return filed.submission


async def state_of(database: Database, world: World, code: str) -> Submission:
    async with database.transaction(world.identity) as session:
        return await read(session, world, code)


async def open_topics(database: Database, world: World, code: str) -> set[str]:
    """What a unit owes now: topics of open inbox items about any submission."""

    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        items = await list_inbox(
            session,
            principal=actor,
            roles_by_unit={actor.unit_id: frozenset(r.value for r in Role)},
        )
    return {item.topic for item in items}


class TestSave:
    async def save(
        self, database: Database, actor: Principal, submission_id: UUID, *edits: CellEdit
    ) -> submissions.Saved:
        async with database.transaction(actor.identity) as session:
            return await submissions.save_draft(session, actor=actor, submission_id=submission_id, edits=edits)

    async def test_keeps_what_was_typed_and_begins_the_draft(self, database: Database, world: World) -> None:
        saved = await self.save(database, world.actor("A1"), world.submission("A1"), CellEdit("pc", None, "7"))
        assert saved.cells == {"pc": "7"}
        assert (await state_of(database, world, "A1")).state is SubmissionState.DRAFT

    async def test_keeps_values_that_could_not_be_submitted(self, database: Database, world: World) -> None:
        saved = await self.save(database, world.actor("A1"), world.submission("A1"), CellEdit("pc", None, "七"))
        assert saved.cells == {"pc": "七"}

    async def test_two_devices_on_different_cells_both_win(self, database: Database, world: World) -> None:
        actor, submission = world.actor("A1"), world.submission("A1")
        await self.save(database, actor, submission, CellEdit("pc", None, "7"))
        saved = await self.save(database, actor, submission, CellEdit("rc", None, "9"))
        assert saved.cells == {"pc": "7", "rc": "9"}
        assert saved.conflicts == []

    async def test_two_devices_on_one_cell_conflict_and_nothing_is_overwritten(
        self, database: Database, world: World
    ) -> None:
        actor, submission = world.actor("A1"), world.submission("A1")
        await self.save(database, actor, submission, CellEdit("pc", None, "7"))
        saved = await self.save(database, actor, submission, CellEdit("pc", None, "8"))
        assert saved.cells == {"pc": "7"}
        assert [(c.base, c.mine, c.theirs) for c in saved.conflicts] == [(None, "8", "7")]
        assert saved.conflicts[0].by_name != ""
        assert saved.conflicts[0].at is not None

    async def test_the_same_save_twice_is_harmless(self, database: Database, world: World) -> None:
        actor, submission = world.actor("A1"), world.submission("A1")
        await self.save(database, actor, submission, CellEdit("pc", None, "7"))
        assert (await self.save(database, actor, submission, CellEdit("pc", None, "7"))).conflicts == []

    async def test_the_township_does_not_see_a_draft(self, database: Database, world: World) -> None:
        await self.save(database, world.actor("A1"), world.submission("A1"), CellEdit("pc", None, "7"))
        async with database.transaction(world.actor("A").identity) as session:
            assert (await session.scalars(select(Draft))).all() == []

    async def test_a_sibling_finds_nothing(self, database: Database, world: World) -> None:
        with pytest.raises(NotFound):
            await self.save(database, world.actor("A2"), world.submission("A1"), CellEdit("pc", None, "7"))

    async def test_refused_once_submitted(self, database: Database, world: World) -> None:
        await submitted(database, world, "A1")
        with pytest.raises(ActionNotAllowed):
            await self.save(database, world.actor("A1"), world.submission("A1"), CellEdit("pc", None, "7"))


class TestSubmit:
    async def test_keeps_a_revision_and_tells_the_reviewer(self, database: Database, world: World) -> None:
        await submitted(database, world, "A1", 3, 5)
        submission = await state_of(database, world, "A1")
        assert submission.state is SubmissionState.SUBMITTED
        assert submission.revision_no == 1
        assert "review" in await open_topics(database, world, "A")
        assert "fill" not in await open_topics(database, world, "A1")
        async with database.transaction(world.identity) as session:
            revision = await queries.get_revision(
                session, county_id=world.county.id, revision_id=submission.live_revision_id or UUID(int=0)
            )
        assert revision.cells["rt"] == "1.67"

    async def test_refused_with_every_problem(self, database: Database, world: World) -> None:
        actor = world.actor("A1")
        with pytest.raises(ChecksFailed) as refusal:
            async with database.transaction(actor.identity) as session:
                await submissions.submit(
                    session,
                    actor=actor,
                    submission_id=world.submission("A1"),
                    version=1,
                    given=HandedIn({"pc": "3", "rc": "2"}, {}, {}),
                )
        assert {p.code for p in refusal.value.fields["problems"]} == {"E1"}
        assert (await state_of(database, world, "A1")).state is SubmissionState.NOT_STARTED

    async def test_a_warning_needs_a_reason(self, database: Database, world: World) -> None:
        actor = world.actor("A1")

        async def hand_in(reasons: dict[str, str]) -> None:
            async with database.transaction(actor.identity) as session:
                await submissions.submit(
                    session,
                    actor=actor,
                    submission_id=world.submission("A1"),
                    version=1,
                    given=HandedIn({"pc": "101", "rc": "200"}, {}, reasons),
                )

        with pytest.raises(ChecksFailed) as refusal:
            await hand_in({})
        key = reason_key(refusal.value.fields["problems"][0])
        await hand_in({key: "集中清理积案"})
        assert (await state_of(database, world, "A1")).warnings == 1

    async def test_a_reason_may_come_with_the_submit_of_a_draft(self, database: Database, world: World) -> None:
        actor = world.actor("A1")
        edits = [CellEdit("pc", None, "101"), CellEdit("rc", None, "200")]
        async with database.transaction(actor.identity) as session:
            saved = await submissions.save_draft(
                session, actor=actor, submission_id=world.submission("A1"), edits=edits
            )
        async with database.transaction(actor.identity) as session:
            await submissions.submit(
                session,
                actor=actor,
                submission_id=world.submission("A1"),
                version=saved.version,
                reasons={"W1": "集中清理积案"},
            )
        assert (await state_of(database, world, "A1")).warnings == 1

    async def test_a_stale_version_is_refused(self, database: Database, world: World) -> None:
        await submitted(database, world, "A1")
        actor = world.actor("A1")
        with pytest.raises(Stale):
            async with database.transaction(actor.identity) as session:
                await submissions.submit(
                    session, actor=actor, submission_id=world.submission("A1"), version=1, given=figures(1, 1)
                )

    async def test_who_only_looks_may_not(self, database: Database, world: World) -> None:
        leader = world.actor("A1", Role.LEADER)
        with pytest.raises(Forbidden):
            async with database.transaction(leader.identity) as session:
                await submissions.submit(
                    session, actor=leader, submission_id=world.submission("A1"), version=1, given=figures(1, 1)
                )

    async def test_zero_report_in_one_act(self, database: Database, world: World) -> None:
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            await submissions.submit(session, actor=actor, submission_id=world.submission("A1"), version=1, zero=True)
        async with database.transaction(actor.identity) as session:
            filed = await queries.get_filed(session, county_id=world.county.id, submission_id=world.submission("A1"))
        assert filed.newest is not None
        assert filed.newest.zero_report
        assert (filed.newest.cells["pc"], filed.newest.cells["rt"]) == ("0", None)

    async def test_submitting_takes_the_draft_away(self, database: Database, world: World) -> None:
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            await submissions.save_draft(
                session, actor=actor, submission_id=world.submission("A1"), edits=[CellEdit("pc", None, "1")]
            )
        await submitted(database, world, "A1")
        async with database.transaction(actor.identity) as session:
            assert (await session.scalars(select(Draft))).all() == []


class TestHandIn:
    async def test_freezes_what_is_approved_with_its_list(self, database: Database, world: World) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        await approved(database, world, "A2", "A", 7, 9)
        await submitted(database, world, "A", 1, 1)
        async with database.transaction(world.identity) as session:
            filed = await queries.get_filed(session, county_id=world.county.id, submission_id=world.submission("A"))
        assert filed.newest is not None and filed.newest.frozen is not None
        assert filed.newest.frozen["sum"]["pc"] == "13"
        assert {s["unit_id"] for s in filed.newest.sources or []} == {
            str(world.units["A1"]),
            str(world.units["A2"]),
        }

    async def test_missing_villages_need_a_reason(self, database: Database, world: World) -> None:
        await approved(database, world, "A1", "A")
        actor = world.actor("A")
        with pytest.raises(SubordinatesMissing) as refusal:
            async with database.transaction(actor.identity) as session:
                await submissions.submit(
                    session, actor=actor, submission_id=world.submission("A"), version=1, given=figures(1, 1)
                )
        assert refusal.value.fields["count"] == 1


class TestRecall:
    async def recall(self, database: Database, world: World, version: int) -> None:
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            await submissions.recall(session, actor=actor, submission_id=world.submission("A1"), version=version)

    async def test_takes_it_back_and_out_of_the_figures(self, database: Database, world: World) -> None:
        await self.recall(database, world, await submitted(database, world, "A1"))
        submission = await state_of(database, world, "A1")
        assert submission.state is SubmissionState.DRAFT
        assert submission.live_revision_id is None
        assert submission.first_submitted_at is None
        assert "review" not in await open_topics(database, world, "A")

    async def test_not_while_somebody_reviews(self, database: Database, world: World) -> None:
        version = await submitted(database, world, "A1")
        reviewer = world.actor("A")
        async with database.transaction(reviewer.identity) as session:
            version = await review.claim(session, actor=reviewer, submission_id=world.submission("A1"), version=version)
        with pytest.raises(BeingReviewed):
            await self.recall(database, world, version)


class TestReview:
    async def test_approving_counts_it(self, database: Database, world: World) -> None:
        await approved(database, world, "A1", "A")
        submission = await state_of(database, world, "A1")
        assert submission.state is SubmissionState.APPROVED
        assert submission.approved_revision_id == submission.live_revision_id

    async def test_the_county_may_see_but_not_approve_a_village(self, database: Database, world: World) -> None:
        version = await submitted(database, world, "A1")
        county = world.actor("C")
        with pytest.raises(Forbidden):
            async with database.transaction(county.identity) as session:
                await review.approve(session, actor=county, submission_id=world.submission("A1"), version=version)

    async def test_another_township_finds_nothing(self, database: Database, world: World) -> None:
        version = await submitted(database, world, "A1")
        other = world.actor("B")
        with pytest.raises(NotFound):
            async with database.transaction(other.identity) as session:
                await review.approve(session, actor=other, submission_id=world.submission("A1"), version=version)

    async def test_returning_needs_a_reason_and_marks_cells(self, database: Database, world: World) -> None:
        version = await submitted(database, world, "A1")
        reviewer = world.actor("A")
        with pytest.raises(ReasonMissing):
            async with database.transaction(reviewer.identity) as session:
                await review.send_back(
                    session,
                    actor=reviewer,
                    submission_id=world.submission("A1"),
                    version=version,
                    reason=" ",
                )
        async with database.transaction(reviewer.identity) as session:
            await review.send_back(
                session,
                actor=reviewer,
                submission_id=world.submission("A1"),
                version=version,
                reason="人次不对",
                marked=["rc"],
            )
        submission = await state_of(database, world, "A1")
        assert (submission.state, submission.marked_cells) == (SubmissionState.RETURNED, ["rc"])
        assert submission.first_submitted_at is not None, "a return makes nobody late"
        assert "fill" in await open_topics(database, world, "A1")

    async def test_bulk_approval_says_which_were_refused(self, database: Database, world: World) -> None:
        good = await submitted(database, world, "A1")
        reviewer = world.actor("A")
        async with database.transaction(reviewer.identity) as session:
            outcomes = await review.approve_many(
                session,
                actor=reviewer,
                submissions={world.submission("A1"): good, world.submission("A2"): 1},
            )
        refused = {o.subject_id: o.refused.code for o in outcomes if o.refused is not None}
        assert refused == {world.submission("A2"): "action_not_allowed"}
        assert (await state_of(database, world, "A1")).state is SubmissionState.APPROVED


class TestHistory:
    async def test_every_transition_is_kept_with_its_actor(self, database: Database, world: World) -> None:
        await approved(database, world, "A1", "A")
        async with database.transaction(world.identity) as session:
            entries = (await session.scalars(select(TransitionEntry).order_by(TransitionEntry.version))).all()
        assert [(e.action, e.actor_name) for e in entries] == [("submit", "A1"), ("approve", "A")]

    async def test_revisions_are_kept(self, database: Database, world: World) -> None:
        await approved(database, world, "A1", "A")
        async with database.transaction(world.identity) as session:
            assert len((await session.scalars(select(Revision))).all()) == 1
            mail = (await session.scalars(select(InboxItem))).all()
        assert {item.recipient_unit_id for item in mail} == {world.county.unit_id}, "nobody reads others' mail"
