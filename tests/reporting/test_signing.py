"""制表 → 审核 → 签批 inside a unit: only the leader's signature hands in, and nobody signs twice among several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, update

from kit.db.session import Database
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from reporting import behalf, checking, closing, queries, sign_off, signing, submission_views, submissions
from reporting.errors import ChecksFailed, SignedAlready, SignersMissing, SignOffNeeded
from reporting.models import Revision, SignOffSteps, SubmissionState
from reporting.schemas import SubmissionOut
from reporting.submissions import HandedIn
from tenancy.models import Account, Membership, Role
from tenancy.principal import Principal
from tests.reporting.steps import choose_steps, hand_in, recall, totals
from tests.reporting.test_submissions import open_topics, read, state_of
from tests.world import World, make_world
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.queries import list_history

pytestmark = pytest.mark.anyio
FIVE = {"pc": "5", "rc": "6"}


@pytest.fixture
async def world(database: Database) -> World:
    made = await make_world(database, townships=2, villages=2)
    await choose_steps(database, made, "A1", SignOffSteps.CHECK_AND_SIGN)
    return made


async def colleague(database: Database, world: World, code: str, name: str, *roles: Role) -> Principal:
    """A second person of a unit."""
    account_id, membership_id, unit_id = new_id(), new_id(), world.units[code]
    async with database.transaction(world.identity) as session:
        await session.execute(
            insert(Account).values(county_id=world.county.id, id=account_id, sign_name=name, display_name=name)
        )
        await session.execute(
            insert(Membership).values(
                county_id=world.county.id,
                id=membership_id,
                account_id=account_id,
                unit_id=unit_id,
                roles=[r.value for r in roles],
            )
        )
    return replace(world.actor(code, *roles), account_id=account_id, membership_id=membership_id, display_name=name)


async def prepare(database: Database, world: World, code: str = "A1", **given: Any) -> None:
    actor = world.actor(code)
    given.setdefault("given", HandedIn(FIVE, {}, {}))
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        await signing.prepare(session, actor=actor, submission_id=world.submission(code), version=version, **given)


async def act(
    database: Database,
    world: World,
    command: Callable[..., Awaitable[Any]],
    *,
    by: Principal | None = None,
    code: str = "A1",
    **given: Any,
) -> Any:
    actor = by or world.actor(code)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        return await command(session, actor=actor, submission_id=world.submission(code), version=version, **given)


async def view(database: Database, world: World, actor: Principal) -> SubmissionOut:
    async with database.transaction(actor.identity) as session:
        return await submission_views.submission_view(session, actor, world.submission("A1"), locale="zh-CN")


async def newest(database: Database, world: World) -> Revision:
    async with database.transaction(world.identity) as session:
        return (await queries.list_revisions(session, county_id=world.county.id, submission_id=world.submission("A1")))[
            0
        ]


class TestTheWayThrough:
    async def test_each_signs_and_only_the_last_hands_in(self, database: Database, world: World) -> None:
        reviewer = await colleague(database, world, "A1", "王审核", Role.REVIEWER)
        leader = await colleague(database, world, "A1", "李书记", Role.LEADER)
        await prepare(database, world)
        assert (await state_of(database, world, "A1")).state == SubmissionState.SIGNING
        assert "sign_check" in await open_topics(database, world, "A1")
        assert await totals(database, world, "A") == (None, None, False)

        await act(database, world, signing.check, by=reviewer)
        assert "sign" in await open_topics(database, world, "A1")
        assert "sign_check" not in await open_topics(database, world, "A1")

        await act(database, world, signing.sign, by=leader)
        assert (await state_of(database, world, "A1")).state == SubmissionState.SUBMITTED
        assert not {"sign", "sign_check", "fill"} & set(await open_topics(database, world, "A1"))
        assert "review" in await open_topics(database, world, "A")
        revision = await newest(database, world)
        assert [(s["step"], s["name"], s["sole"]) for s in revision.signatures] == [
            ("prepare", "A1", False),
            ("check", "王审核", False),
            ("sign", "李书记", False),
        ]
        assert (await totals(database, world, "A"))[1] == "5"

    async def test_without_a_check_the_leader_signs_next(self, database: Database, world: World) -> None:
        await choose_steps(database, world, "A1", SignOffSteps.SIGN)
        await prepare(database, world)
        with pytest.raises(ActionNotAllowed):
            await act(database, world, signing.check)
        await act(database, world, signing.sign)
        assert (await state_of(database, world, "A1")).state == SubmissionState.SUBMITTED

    async def test_a_zero_report_is_signed_as_one(self, database: Database, world: World) -> None:
        await choose_steps(database, world, "A1", SignOffSteps.SIGN)
        await prepare(database, world, given=None, zero=True)
        await act(database, world, signing.sign)
        assert (await newest(database, world)).zero_report

    async def test_a_township_says_who_is_missing_when_it_prepares(self, database: Database, world: World) -> None:
        await choose_steps(database, world, "B", SignOffSteps.SIGN)
        await prepare(database, world, "B", missing_reason="两村停电")
        await act(database, world, signing.sign, code="B")
        assert (await state_of(database, world, "B")).state == SubmissionState.SUBMITTED

    async def test_after_a_recall_it_is_signed_again(self, database: Database, world: World) -> None:
        await choose_steps(database, world, "A1", SignOffSteps.SIGN)
        await prepare(database, world)
        await act(database, world, signing.sign)
        await recall(database, world, "A1")
        with pytest.raises(SignOffNeeded):
            await hand_in(database, world, "A1", FIVE)
        await prepare(database, world)
        await act(database, world, signing.sign)
        assert (await newest(database, world)).no == 2


class TestBack:
    async def test_declining_keeps_the_draft_and_tells_why(self, database: Database, world: World) -> None:
        await prepare(database, world)
        with pytest.raises(ReasonMissing):
            await act(database, world, signing.decline, reason=" ")
        await act(database, world, signing.decline, reason="人次不对")
        seen = await view(database, world, world.actor("A1"))
        assert (seen.state, seen.editable, seen.cells["pc"]) == ("draft", True, "5")
        assert "prepare" in seen.actions and "submit" not in seen.actions
        topics = await open_topics(database, world, "A1")
        assert "fill" in topics and "sign_check" not in topics

    async def test_the_reviewer_declines_only_while_the_check_is_awaited(
        self, database: Database, world: World
    ) -> None:
        reviewer = await colleague(database, world, "A1", "王审核", Role.REVIEWER)
        await prepare(database, world)
        await act(database, world, signing.check, by=reviewer)
        with pytest.raises(ActionNotAllowed):
            await act(database, world, signing.decline, by=reviewer, reason="再看看")
        assert "decline" not in (await view(database, world, reviewer)).actions

    async def test_withdrawing(self, database: Database, world: World) -> None:
        await prepare(database, world)
        await act(database, world, signing.withdraw)
        assert (await state_of(database, world, "A1")).state == SubmissionState.DRAFT

    async def test_a_superior_may_still_fill_in_for_it(self, database: Database, world: World) -> None:
        await prepare(database, world)
        await act(
            database,
            world,
            behalf.fill,
            by=world.actor("A"),
            basis="电话",
            given=HandedIn({"pc": "3", "rc": "3"}, {}, {}),
        )
        assert not {"sign", "sign_check"} & set(await open_topics(database, world, "A1"))
        assert (await newest(database, world)).signatures == []
        assert (await view(database, world, world.actor("A1"))).aside is not None


class TestWho:
    async def test_the_only_person_signs_twice_and_the_record_says_so(self, database: Database, world: World) -> None:
        await prepare(database, world)
        await act(database, world, signing.check)
        await act(database, world, signing.sign)
        assert [s["sole"] for s in (await newest(database, world)).signatures] == [False, True, True]

    async def test_nobody_signs_twice_where_there_are_others(self, database: Database, world: World) -> None:
        await colleague(database, world, "A1", "李书记", Role.LEADER)
        await prepare(database, world)
        with pytest.raises(SignedAlready):
            await act(database, world, signing.check)

    async def test_roles(self, database: Database, world: World) -> None:
        await prepare(database, world)
        for command in (signing.check, signing.sign, signing.withdraw):
            with pytest.raises(Forbidden):
                await act(database, world, command, by=world.actor("A"))
        with pytest.raises(Forbidden):
            await act(database, world, signing.sign, by=world.actor("A1", Role.REPORTER, Role.REVIEWER))
        with pytest.raises(Forbidden):
            await act(database, world, signing.check, by=world.actor("A1", Role.LEADER))

    async def test_superiors_see_that_it_is_signed_and_no_figure(self, database: Database, world: World) -> None:
        await prepare(database, world)
        seen = await view(database, world, world.actor("A"))
        assert (seen.state, seen.cells, seen.signatures, seen.awaited) == ("signing", {}, [], None)

    async def test_who_chooses(self, database: Database, world: World) -> None:
        await choose_steps(database, world, "A2", SignOffSteps.SIGN, by="A")
        await choose_steps(database, world, "A2", SignOffSteps.NONE, by="A2")
        with pytest.raises(NotFound):
            await choose_steps(database, world, "A2", SignOffSteps.SIGN, by="B")
        with pytest.raises(NotFound):
            await choose_steps(database, world, "A", SignOffSteps.SIGN, by="A1")
        await hand_in(database, world, "A2", FIVE)


class TestBeside:
    async def test_directly_handing_in_is_refused_and_typing_is_not(self, database: Database, world: World) -> None:
        with pytest.raises(SignOffNeeded):
            await hand_in(database, world, "A1", FIVE)
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            edits = [submissions.CellEdit("pc", None, "5")]
            await submissions.save_draft(session, actor=actor, submission_id=world.submission("A1"), edits=edits)

    async def test_what_is_being_signed_is_not_typed_in(self, database: Database, world: World) -> None:
        await prepare(database, world)
        actor = world.actor("A1")
        with pytest.raises(ActionNotAllowed):
            async with database.transaction(actor.identity) as session:
                edits = [submissions.CellEdit("pc", "5", "9")]
                await submissions.save_draft(session, actor=actor, submission_id=world.submission("A1"), edits=edits)

    async def test_checks_are_asked_when_it_is_prepared(self, database: Database, world: World) -> None:
        with pytest.raises(ChecksFailed):
            await prepare(database, world, given=HandedIn({"pc": "5", "rc": "1"}, {}, {}))
        assert (await state_of(database, world, "A1")).state == SubmissionState.NOT_STARTED

    async def test_closing_takes_the_signature_out_of_the_inbox_and_puts_it_back(
        self, database: Database, world: World
    ) -> None:
        await prepare(database, world)
        county = world.actor("C")
        async with database.transaction(county.identity) as session:
            version = await closing.close(session, actor=county, cycle_id=world.opened.id, version=1)
        assert not {"sign", "sign_check", "fill"} & set(await open_topics(database, world, "A1"))
        async with database.transaction(county.identity) as session:
            await closing.unclose(session, actor=county, cycle_id=world.opened.id, version=version, reason="漏报")
        assert "sign_check" in await open_topics(database, world, "A1")

    async def test_the_drafts_that_are_signed_are_sound(self, database: Database, world: World) -> None:
        await prepare(database, world)
        findings = checking.Findings()
        await checking.check_drafts(database, world.county, findings)
        assert findings.breaches["drafts"] == []


class TestNobodyToSign:
    """A unit that has lost its leader, or its reviewer, is not stuck; history says what was passed over."""

    async def leave(self, database: Database, world: World, code: str, *roles: Role) -> None:
        """The unit's person keeps only these roles."""
        async with database.transaction(world.identity) as session:
            await session.execute(
                update(Membership)
                .where(Membership.id == world.memberships[world.units[code]])
                .values(roles=[role.value for role in roles])
            )

    async def told(self, database: Database, world: World) -> tuple[str, str]:
        async with database.transaction(world.identity) as session:
            last = (await list_history(session, county_id=world.county.id, subject_id=world.submission("A1")))[-1]
        return last.action, last.reason

    async def test_without_a_leader_it_goes_up_unsigned(self, database: Database, world: World) -> None:
        await self.leave(database, world, "A1", Role.REPORTER, Role.REVIEWER)
        reporter = world.actor("A1", Role.REPORTER)
        seen = await view(database, world, reporter)
        assert "submit" in seen.actions and "prepare" not in seen.actions
        with pytest.raises(ActionNotAllowed):
            await prepare(database, world)
        await hand_in(database, world, "A1", FIVE)
        assert await self.told(database, world) == ("submit", "本单位无人担任领导，未经该步签批")

    async def test_without_a_reviewer_the_leader_signs_next(self, database: Database, world: World) -> None:
        await self.leave(database, world, "A1", Role.REPORTER, Role.LEADER)
        await prepare(database, world)
        await act(database, world, signing.sign)
        assert await self.told(database, world) == ("sign", "本单位无人担任审核，未经该步签批")

    async def test_who_was_left_waiting_is_taken_back(self, database: Database, world: World) -> None:
        await prepare(database, world)
        await self.leave(database, world, "A1", Role.REPORTER)
        await act(database, world, signing.withdraw)
        await hand_in(database, world, "A1", FIVE)
        assert (await self.told(database, world))[1] == "本单位无人担任审核、领导，未经该步签批"

    async def test_a_full_unit_says_nothing(self, database: Database, world: World) -> None:
        await prepare(database, world)
        await act(database, world, signing.check)
        await act(database, world, signing.sign)
        assert await self.told(database, world) == ("sign", "")

    async def test_it_is_not_chosen_where_nobody_could_sign(self, database: Database, world: World) -> None:
        await self.leave(database, world, "A2", Role.REPORTER)
        with pytest.raises(SignersMissing) as refused:
            await choose_steps(database, world, "A2", SignOffSteps.CHECK_AND_SIGN, by="A")
        assert "A2村缺审核、领导" in refused.value.message("zh-CN")
        assert "no reviewer, leader" in refused.value.message("en")
        await choose_steps(database, world, "A2", SignOffSteps.NONE, by="A")

    async def test_the_administrator_sees_who_is_lacking(self, database: Database, world: World) -> None:
        await self.leave(database, world, "A1", Role.REPORTER, Role.REVIEWER)
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            found = await sign_off.choices_view(session, actor, world.opened.form_id)
        assert {one.unit_id: one.lacking for one in found.items if one.lacking} == {world.units["A1"]: [Role.LEADER]}
