"""What departs from the month's usual course: extensions, exemptions, returns through the middle level."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound
from reporting import (
    closing_views,
    granting,
    review,
    submission_views,
    submissions,
)
from reporting.errors import Exempted, ExemptionRefused, ExtensionTooEarly
from reporting.models import SubmissionState
from reporting.submissions import HandedIn
from tests.reporting.steps import (
    FIVE,
    all_approved,
    approve,
    correct,
    hand_in,
    page,
    person,
    prove,
    totals,
)
from tests.reporting.test_submissions import open_topics, read, state_of
from tests.world import World, make_world
from workflow.errors import ActionNotAllowed
from workflow.inbox import settle
from workflow.queries import list_inbox

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database, townships=1, villages=2)


class TestExtension:
    async def extend(self, database: Database, world: World, code: str, by: str, days: int) -> None:
        actor = world.actor(by)
        async with database.transaction(actor.identity) as session:
            s = await read(session, world, code)
            await granting.extend(
                session,
                actor=actor,
                submission_id=s.id,
                version=s.version,
                until=clock.end_of_day((clock.now() + timedelta(days=days)).date()),
                reason="停电",
            )

    async def test_makes_the_late_one_be_on_time(self, database: Database, world: World) -> None:
        with clock.frozen_at(world.opened.due_village + timedelta(days=2)):
            await hand_in(database, world, "A1", FIVE)
            assert (await state_of(database, world, "A1")).late
            assert (await page(database, world, "A")).counts["village"]["late"] == 1
            await self.extend(database, world, "A1", "A", 3)
            assert not (await state_of(database, world, "A1")).late
            assert "late" not in (await page(database, world, "A")).counts["village"]
            await prove(database, world)
            owner = world.actor("A1")
            async with database.transaction(owner.identity) as session:
                view = await submission_views.submission_view(session, owner, world.submission("A1"), locale="zh-CN")
            assert view.extended is not None and (view.extended.reason, view.extended.by_name) == ("停电", "A")

    async def test_may_be_the_countys_but_not_ones_own_or_a_sisters(self, database: Database, world: World) -> None:
        with clock.frozen_at(world.opened.due_village):
            await self.extend(database, world, "A1", "C", 3)
            with pytest.raises(Forbidden):
                await self.extend(database, world, "A1", "A1", 4)
            with pytest.raises(NotFound):
                await self.extend(database, world, "A1", "A2", 4)
            with pytest.raises(ExtensionTooEarly):
                await self.extend(database, world, "A1", "A", 1)
            with pytest.raises(ExtensionTooEarly):
                await self.extend(database, world, "A1", "A", 800)


class TestExemption:
    async def exempt(self, database: Database, world: World, code: str, by: str = "C") -> None:
        actor = world.actor(by)
        async with database.transaction(actor.identity) as session:
            s = await read(session, world, code)
            await granting.exempt(session, actor=actor, submission_id=s.id, version=s.version, reason="整村搬迁")

    async def test_the_unit_owes_nothing_and_the_township_need_not_explain(
        self, database: Database, world: World
    ) -> None:
        await self.exempt(database, world, "A2")
        assert await open_topics(database, world, "A2") == set()
        with pytest.raises(Exempted):
            await hand_in(database, world, "A2", FIVE)
        await hand_in(database, world, "A1", FIVE)
        await approve(database, world, "A1", "A")
        await hand_in(database, world, "A", {"pc": "0", "rc": "0"})
        seen = await page(database, world, "A")
        assert {k: n for k, n in seen.counts["village"].items() if k != "late"} == {"approved": 1, "exempt": 1}
        counts = seen.cycle.counts
        assert (counts.total, counts.approved, counts.not_started, counts.exempt) == (2, 1, 0, 1)
        await prove(database, world)

    async def test_is_withdrawn(self, database: Database, world: World) -> None:
        await self.exempt(database, world, "A2")
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            s = await read(session, world, "A2")
            await granting.require(session, actor=actor, submission_id=s.id, version=s.version)
        assert await open_topics(database, world, "A2") == {"fill"}
        await hand_in(database, world, "A2", FIVE)

    async def test_is_the_countys_and_of_units_without_figures(self, database: Database, world: World) -> None:
        with pytest.raises(Forbidden):
            await self.exempt(database, world, "A2", by="A")
        with pytest.raises(ExemptionRefused):
            await self.exempt(database, world, "A")
        await hand_in(database, world, "A1", FIVE)
        with pytest.raises(ActionNotAllowed):
            await self.exempt(database, world, "A1")


class TestReturnThrough:
    async def through(self, database: Database, world: World, by: str = "C") -> None:
        actor = world.actor(by)
        async with database.transaction(actor.identity) as session:
            s = await read(session, world, "A1")
            await review.return_through(
                session, actor=actor, submission_id=s.id, version=s.version, reason="人次偏大", marked=["rc"]
            )

    async def test_returns_village_and_township_and_tells_the_township(self, database: Database, world: World) -> None:
        await all_approved(database, world)
        await self.through(database, world)
        village, township = await state_of(database, world, "A1"), await state_of(database, world, "A")
        assert (village.state, village.return_reason, village.marked_cells) == (
            SubmissionState.RETURNED,
            "人次偏大",
            ["rc"],
        )
        assert township.state is SubmissionState.RETURNED and "A1村：人次偏大" in township.return_reason
        assert (await totals(database, world, "C"))[1] == "7"
        assert await open_topics(database, world, "A") == {"fill", "returned_through"}
        assert await open_topics(database, world, "A1") == {"fill"}

    async def test_leaves_a_township_that_has_not_handed_in(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", FIVE)
        await self.through(database, world)
        assert (await state_of(database, world, "A")).state is SubmissionState.NOT_STARTED
        assert "returned_through" in await open_topics(database, world, "A")

    async def test_the_township_has_read_it(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", FIVE)
        await self.through(database, world)
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            items = {
                i.topic: i.id
                for i in await list_inbox(
                    session, principal=actor, roles_by_unit={actor.unit_id: frozenset({"reviewer", "reporter"})}
                )
            }
            await settle(session, actor=actor, item_id=items["returned_through"])
            with pytest.raises(ActionNotAllowed):
                await settle(session, actor=actor, item_id=items["fill"])
        assert "returned_through" not in await open_topics(database, world, "A")

    async def test_the_reviewer_itself_returns_the_plain_way(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", FIVE)
        with pytest.raises(Forbidden):
            await self.through(database, world, by="A")


class TestHistoryOfRevisions:
    async def test_tells_who_why_and_what_changed_with_personal_values_masked(
        self, database: Database, world: World
    ) -> None:
        await hand_in(database, world, "A1", FIVE, person())
        await approve(database, world, "A1", "A")
        await correct(database, world, "A1")
        await hand_in(database, world, "A1", {**FIVE, "pc": "4"}, person(number="440308199901101512"))
        reader = world.actor("A")
        async with database.transaction(reader.identity) as session:
            found = await closing_views.changes_page(session, reader, world.submission("A1"))
        second, first = found.items
        assert (second.no, second.by_name, second.reason, first.reason, first.changes) == (2, "A1", "更正", "", [])
        told = {(c.table, c.code): (c.before, c.after) for c in second.changes}
        assert told[(None, "pc")] == ("5", "4")
        assert told[("people", "sfz")] == ("110***********002X", "440***********1512")
        assert "11010519491231002X" not in found.model_dump_json()

    async def test_reasons_stand_beside_the_figure_above(self, database: Database, world: World) -> None:
        owner = world.actor("A1")
        async with database.transaction(owner.identity) as session:
            await submissions.submit(
                session,
                actor=owner,
                submission_id=world.submission("A1"),
                version=1,
                given=HandedIn({"pc": "200", "rc": "200"}, {}, {"W1": "庙会"}),
            )
        for code in ("A", "C"):
            reader = world.actor(code)
            async with database.transaction(reader.identity) as session:
                found = await closing_views.reason_page(session, reader, world.opened.id, None, locale="zh-CN")
            assert [(r.unit.code, r.said, r.cells) for r in found.items] == [("A1", "庙会", ["pc"])]
