"""A unit that moved: its past is seen from where it stood and from where it stands; no figure moves with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from kit import clock
from kit.db.session import Database, Identity
from kit.errors import Forbidden, NotFound
from kit.jobs import CountyRef
from reporting import queries, rollup_views, submission_views
from reporting.models import Submission
from reporting.schemas import SubmissionOut
from tenancy import tree, tree_queries
from tenancy.models import AdminKind
from tenancy.moves import follow_moves
from tenancy.tiers import Tier
from tenancy.tree import NewUnit
from tests.reporting.steps import approve, correct, hand_in, open_period, page, person, totals
from tests.reporting.test_submissions import approved
from tests.world import World, make_county_with_people, open_form
from workflow.queries import list_history

pytestmark = pytest.mark.anyio
MOVED = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def october() -> Iterator[None]:
    with clock.frozen_at(datetime(2026, 10, 15, tzinfo=UTC)):
        yield


@pytest.fixture
async def world(database: Database) -> World:
    """In September A1 has reported 5 and one person to A."""
    world = await make_county_with_people(database)
    await open_form(database, world, period="2026-09")
    await hand_in(database, world, "A1", {"pc": "5", "rc": "5"}, person())
    await approve(database, world, "A1", "A")
    return world


async def move(database: Database, world: World, code: str, to: str, on: date = MOVED) -> None:
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        await tree.move_unit(
            session, actor=system, unit_id=world.units[code], parent_id=world.units[to], on=on, reason="划转"
        )


async def follow(database: Database, world: World) -> int:
    async with database.transaction(world.identity) as session:
        return await follow_moves(session, CountyRef(world.county.id, world.county.unit_id))


async def seen(database: Database, world: World, by: str, submission_id: UUID) -> SubmissionOut:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await submission_views.submission_view(session, actor, submission_id, locale="zh-CN")


async def sees(database: Database, world: World, unit_id: UUID, code: str) -> bool:
    async with database.transaction(Identity.of_unit(world.county.id, unit_id)) as session:
        return await session.get(Submission, (world.county.id, world.submission(code))) is not None


async def listed(database: Database, world: World, by: str) -> list[str]:
    """Whose people the row listing of a unit shows."""
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        rows = await rollup_views.rows_view(session, actor, world.opened.id, None, "people")
    return [item.unit.code for item in rows.items]


class TestThePast:
    async def test_is_seen_by_the_new_superior_with_its_history(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B")
        assert await follow(database, world) == 1
        submission_id = world.submission("A1")
        assert (await seen(database, world, "B", submission_id)).cells["pc"] == "5"
        async with database.transaction(world.actor("B").identity) as session:
            revisions = await queries.list_revisions(session, county_id=world.county.id, submission_id=submission_id)
            history = await list_history(session, county_id=world.county.id, subject_id=submission_id)
        assert [revision.no for revision in revisions] == [1]
        assert [entry.action for entry in history] == ["submit", "approve"]

    async def test_and_still_by_the_old_one(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B")
        await follow(database, world)
        assert (await seen(database, world, "A", world.submission("A1"))).cells["pc"] == "5"

    async def test_but_by_no_other(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B")
        await follow(database, world)
        for code in ("A2", "B1"):
            with pytest.raises(NotFound):
                await seen(database, world, code, world.submission("A1"))

    async def test_is_not_the_new_superior_s_to_review(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A2", {"pc": "1", "rc": "1"})
        await move(database, world, "A2", "B")
        await follow(database, world)
        with pytest.raises(Forbidden):
            await approve(database, world, "A2", "B")
        await approve(database, world, "A2", "A")

    async def test_keeps_its_figures_where_they_were(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B")
        await follow(database, world)
        await correct(database, world, "A1")
        await hand_in(database, world, "A1", {"pc": "6", "rc": "6"}, person())
        assert await totals(database, world, "A") == (None, "6", False)
        assert await totals(database, world, "B") == (None, None, False)
        assert await totals(database, world, "C") == (None, "6", False)
        assert (await listed(database, world, "A"), await listed(database, world, "B")) == (["A1"], [])
        assert (await seen(database, world, "B", world.submission("A1"))).revision_no == 2
        assert {row.unit.code for row in (await page(database, world, "B")).rows} == {"B", "B1", "B2"}

    async def test_a_move_of_tomorrow_is_followed_tomorrow(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B", on=date(2026, 11, 1))
        assert await follow(database, world) == 0
        with pytest.raises(NotFound):
            await seen(database, world, "B", world.submission("A1"))
        with clock.frozen_at(datetime(2026, 11, 1, 1, tzinfo=UTC)):
            assert await follow(database, world) == 1

    async def test_is_followed_once(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B")
        assert (await follow(database, world), await follow(database, world)) == (1, 0)


class TestTheNextMonth:
    async def test_is_judged_by_the_month_before(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B")
        await follow(database, world)
        await open_period(database, world, "2026-10")
        await hand_in(database, world, "A1", {"pc": "7", "rc": "7"}, person("办结"))
        before = await seen(database, world, "B", world.submission("A1"))
        assert before.previous is not None
        assert (before.previous.cells["pc"], before.opening_changed, before.medians["pc"]) == ("5", False, "5")
        await approve(database, world, "A1", "B")
        assert await totals(database, world, "B") == (None, "7", False)
        assert await totals(database, world, "A") == (None, None, False)

    async def test_is_not_the_old_superior_s_business(self, database: Database, world: World) -> None:
        await move(database, world, "A1", "B")
        await follow(database, world)
        await open_period(database, world, "2026-10")
        with pytest.raises(NotFound):
            await seen(database, world, "A", world.submission("A1"))


class TestMergedAndSplit:
    async def test_a_merged_township_sees_what_its_villages_reported(self, database: Database, world: World) -> None:
        system = world.admin(AdminKind.SYSTEM)
        async with database.transaction(system.identity) as session:
            await tree.merge_units(
                session,
                actor=system,
                unit_ids=[world.units["A"], world.units["B"]],
                into=world.units["B"],
                on=MOVED,
                reason="撤并",
            )
        await follow(database, world)
        assert (await seen(database, world, "B", world.submission("A1"))).cells["pc"] == "5"

    async def test_a_split_one_too(self, database: Database, world: World) -> None:
        system = world.admin(AdminKind.SYSTEM)
        part = NewUnit(Tier.TOWNSHIP, "D", "D镇", "D镇", world.county.unit_id)
        async with database.transaction(system.identity) as session:
            (made,) = await tree.split_unit(
                session,
                actor=system,
                unit_id=world.units["A"],
                parts=[(part, [world.units["A1"]])],
                on=MOVED,
                reason="析置",
            )
        await approved(database, world, "A2", "A")
        await follow(database, world)
        assert await sees(database, world, made, "A1")
        assert not await sees(database, world, made, "A2")


class TestTheException:
    @pytest.mark.parametrize("table", ["revision", "transition_entry"])
    async def test_the_program_itself_changes_neither_content_nor_audience(
        self, database: Database, world: World, table: str
    ) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction(world.identity) as session:
                await session.execute(text(f"UPDATE {table} SET place = '{{}}'"))

    async def test_nobody_widens_what_they_do_not_see(self, database: Database, world: World) -> None:
        outsider = world.actor("B")
        async with database.transaction(outsider.identity) as session:
            shown = await tree_queries.show_records(
                session, "submission", "unit_id", [world.units["A1"]], [world.units["B"]]
            )
        assert shown == []
        with pytest.raises(NotFound):
            await seen(database, world, "B", world.submission("A1"))
